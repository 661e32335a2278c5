//! The models that a server lists.
//!
//! Source: OpenAI's API reference, "List models" and "Retrieve model".

use std::sync::Arc;

use http::response::Parts;
use reqllm_core::{
    AccountModel, AccountModelKind, AccountPage, AccountQuery, Error, ErrorKind, Result, Route,
    Task, Warning,
};
use reqllm_dialects::{door, json};
use serde::Deserialize;
use serde_json::Value;

use crate::answer::Decoder;
use crate::options::Read;
use crate::place::Place;
use crate::provider::OpenAi;

pub(crate) fn prepare(
    provider: &OpenAi,
    query: &AccountQuery,
    page: Option<&str>,
) -> Result<Task<AccountPage>> {
    let options = Read::of(&provider.facts.id, &query.options)?;
    if let Some(page) = page {
        return Err(Error::invalid_request(format!(
            "`page` is {page:?}; the list of models comes in one piece"
        )));
    }
    if query.kind == Some(AccountModelKind::InferenceProfile) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("{} has no inference profiles", provider.facts.id),
        ));
    }
    let place = Place::of(provider, &options, None)?;
    let mut request = door::get(&place.base, "/models")?;
    options.put_headers(provider, &place, request.headers_mut())?;
    let route = Route::new("ListModels", "the server lists what the key sees");
    let auth = Arc::new(provider.auth(&options, &place));
    let id = query.id.clone();
    let decoder = Decoder(move |_: &Parts, body: &[u8]| read(body, id.as_deref()));
    Ok(Task::new(request, route, auth, Arc::new(decoder)))
}

/// A list in `data`; Together has it bare.
#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Data { data: Vec<Value> },
    Bare(Vec<Value>),
}

/// The models, or the one of this id.
fn read(body: &[u8], id: Option<&str>) -> Result<AccountPage> {
    let (List::Data { data } | List::Bare(data)) = json::read(body, "the list of models")?;
    let count = data.len();
    let models: Vec<AccountModel> = data.into_iter().filter_map(model).collect();
    let nameless = count - models.len();
    let wanted = |model: &AccountModel| id.is_none_or(|id| model.id == id);
    let models: Vec<AccountModel> = models.into_iter().filter(wanted).collect();
    if let Some(id) = id.filter(|_| models.is_empty()) {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("the server lists {count} models, and none of them is {id:?}"),
        ));
    }
    let mut page = AccountPage::new(models);
    if nameless > 0 {
        page.warnings.push(Warning::new(
            "models_dropped",
            format!("{nameless} models of the list have no `id`; they were left out"),
        ));
    }
    Ok(page)
}

fn model(raw: Value) -> Option<AccountModel> {
    let text = |name: &str| Some(raw.get(name)?.as_str()?.to_owned());
    let list = |name: &str| -> Vec<String> {
        // OpenRouter says them so.
        let of = raw.get("architecture").and_then(|it| it.get(name));
        let words = of.and_then(Value::as_array).into_iter().flatten();
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    // Gemini's door lists names of resources, and takes them without the front, as everybody writes them.
    let id = text("id")?;
    let id = id.strip_prefix("models/").unwrap_or(&id);
    let mut model = AccountModel::new(id, AccountModelKind::Model);
    model.name = text("name").or_else(|| text("display_name"));
    model.vendor = text("owned_by").or_else(|| text("organization"));
    model.input_modalities = list("input_modalities");
    model.output_modalities = list("output_modalities");
    model.raw = raw;
    Some(model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::{Environment, Provider as _, ProviderContext};

    #[test]
    fn lists_are_read_in_both_forms() {
        let provider = OpenAi::new(&ProviderContext::new(Environment::empty()));
        let task = provider.account_models(&AccountQuery::new(), None).unwrap();
        assert_eq!(task.request.uri(), "https://api.openai.com/v1/models");
        let of = |body: &[u8], id| read(body, id).map(|page| (page.models, page.warnings.len()));
        let (models, warnings) = of(
            br#"{"object":"list","data":[{"id":"a","owned_by":"acme","name":"A","architecture":{"input_modalities":["text","image"]}},{"x":1}]}"#,
            None,
        )
        .unwrap();
        assert_eq!((models.len(), warnings), (1, 1));
        assert_eq!(
            (models[0].vendor.as_deref(), &*models[0].input_modalities),
            (Some("acme"), &["text".to_owned(), "image".to_owned()][..])
        );
        let list = br#"{"data":[{"id":"models/gemini-3-flash-preview","owned_by":"google"}]}"#;
        let (models, _) = of(list, Some("gemini-3-flash-preview")).unwrap();
        assert_eq!(models[0].raw["id"], "models/gemini-3-flash-preview");
        let (models, _) = of(br#"[{"id":"a"},{"id":"b"}]"#, Some("b")).unwrap();
        assert_eq!(models[0].id, "b");
        assert_eq!(
            of(br#"[{"id":"a"}]"#, Some("b")).unwrap_err().kind(),
            ErrorKind::NotFound
        );
        assert_eq!(of(b"{}", None).unwrap_err().kind(), ErrorKind::Decode);
        let error = provider
            .account_models(&AccountQuery::new(), Some("2"))
            .unwrap_err();
        assert!(error.message().contains("`page`"), "{error}");
    }
}
