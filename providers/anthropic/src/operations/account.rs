//! The models of an account. Source: Anthropic's API reference, "List Models" and "Get a Model".

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqllm_core::{
    AccountModel, AccountModelKind, AccountPage, AccountQuery, Error, ErrorKind, Result, Route,
    Task, Warning,
};
use reqllm_dialects::{door, json};
use serde::Deserialize;
use serde_json::Value;

use super::Decoder;
use crate::address::Address;
use crate::options::Read;
use crate::provider::Anthropic;

/// The most models in one answer.
const LIMIT: u32 = 1000;
/// What stays as it is in a path and in a query.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

pub(crate) fn prepare(
    anthropic: &Anthropic,
    query: &AccountQuery,
    page: Option<&str>,
) -> Result<Task<AccountPage>> {
    if query.kind == Some(AccountModelKind::InferenceProfile) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "provider {:?} has no inference profiles; models would do",
                anthropic.facts.id
            ),
        ));
    }
    let options = Read::of(&anthropic.facts.id, &query.options)?;
    let address = Address::of(anthropic, &options, None)?;
    let encoded = |text| utf8_percent_encode(text, SEGMENT);
    let (operation, path) = match (&query.id, page) {
        (Some(id), _) => ("GetModel", format!("/v1/models/{}", encoded(id))),
        (None, None) => ("ListModels", format!("/v1/models?limit={LIMIT}")),
        (None, Some(last)) => (
            "ListModels",
            format!("/v1/models?limit={LIMIT}&after_id={}", encoded(last)),
        ),
    };
    let mut request = door::get(&address.base, &path)?;
    anthropic.headers(&options, &mut request)?;
    let one = query.id.is_some();
    let decoder = Decoder(move |_: &_, body: &[u8]| match one {
        true => only(body),
        false => list(body),
    });
    let route = Route::new(operation, "the service lists what the account sees");
    let auth = anthropic.auth(&options, &address);
    Ok(Task::new(request, route, auth, Arc::new(decoder)))
}

#[derive(Deserialize)]
struct List {
    data: Vec<Value>,
    #[serde(default)]
    has_more: bool,
    last_id: Option<String>,
}

fn list(body: &[u8]) -> Result<AccountPage> {
    let list: List = json::read(body, "the list of models")?;
    let mut page = AccountPage::default();
    for raw in list.data {
        match model(raw) {
            Ok(model) => page.models.push(model),
            Err(raw) => page.warnings.push(Warning::new(
                "entry_skipped",
                format!("an entry of the list has no id and was left out: {raw}"),
            )),
        }
    }
    page.next = list.last_id.filter(|id| list.has_more && !id.is_empty());
    Ok(page)
}

fn only(body: &[u8]) -> Result<AccountPage> {
    let raw: Value = json::read(body, "the model")?;
    let model = model(raw).map_err(|_| Error::decode("the model has no `id`"))?;
    Ok(AccountPage::new(vec![model]))
}

/// The model of an entry; the entry itself if it names none.
fn model(raw: Value) -> Result<AccountModel, Value> {
    let text = |key: &str| raw.get(key).and_then(Value::as_str).map(str::to_owned);
    let Some(id) = text("id").filter(|id| !id.is_empty()) else {
        return Err(raw);
    };
    let mut model = AccountModel::new(id, AccountModelKind::Model);
    model.name = text("display_name");
    model.raw = raw;
    Ok(model)
}
