//! Embeddings, by InvokeModel in the form of each line of models.

mod cohere;
mod item;
mod marengo;
mod nova;
mod profile;
mod titan;
mod vectors;

use std::sync::Arc;

use reqllm_core::{
    Delivery, Embed, EmbedPurpose, Embeddings, Error, ErrorKind, Identity, Model, Result, Route,
    Task, Truncate, Warning,
};
use serde::Serialize;
use serde_json::Value;

use self::item::Item;
use self::profile::{PROFILES, Profile, Purposes};
use self::vectors::Vectors;
use super::answer::{Decoder, Facts};
use super::options::{EMBED, INVOKE, PLACE, Taken};
use crate::place::Place;
use crate::provider::Bedrock;
use crate::{invoke, merge, model_id};

/// How inputs are asked for, once it is clear that the model can do it.
#[derive(Debug, Default)]
struct Asked {
    dimensions: Option<u32>,
    purpose: Option<EmbedPurpose>,
    truncate: Option<Truncate>,
    /// Cohere's word for the purpose.
    input_type: Option<String>,
    /// Nova's word for the purpose.
    embedding_purpose: Option<String>,
    types: Vec<String>,
    normalize: Option<bool>,
}

/// One request for each batch of inputs.
pub(crate) fn prepare(
    bedrock: &Bedrock,
    model: &Model,
    request: &Embed,
) -> Result<Vec<Task<Embeddings>>> {
    let mut taken = Taken::of(&request.options, "embeddings", EMBED, &[PLACE, INVOKE])?;
    let profile = super::row(model, PROFILES, |row| row.prefix).ok_or_else(|| unknown(model))?;
    let mut place = Place::of_model(bedrock, &taken.shared, model)?;
    let mut warnings = std::mem::take(&mut place.warnings);
    let asked = asked(profile, model, request, &mut taken, &mut warnings)?;
    let items = item::items(request, profile, &model.id)?;
    let has_media = items.iter().any(|item| !item.is_text());
    if let (Purposes::OfTexts, true, None, Some(purpose)) = (
        profile.purposes,
        has_media,
        &asked.input_type,
        asked.purpose,
    ) {
        warnings.push(Warning::new(
            "purpose_ignored",
            format!(
                "{} makes the same vectors of an image for every purpose; {purpose} holds for texts alone",
                model.id
            ),
        ));
    }
    let id = model_id::path_segment(model.sent_id())?;
    let identity = Arc::new(Identity::from(model));
    let mut tasks = Vec::new();
    for batch in item::batches(&items, profile) {
        let Value::Object(mut body) = (profile.body)(&asked, batch)? else {
            return Err(Error::config("an embedding body that is no JSON object"));
        };
        merge::deep(&mut body, &taken.shared.additional_model_request_fields);
        let mut http = place.post(format_args!("/model/{id}/invoke"), super::body(&body)?)?;
        invoke::headers(&taken.shared, Delivery::Whole, http.headers_mut())?;
        let route = Route::new(
            "InvokeModel",
            format!("embeddings of {} have a body of their own", profile.name),
        );
        let decoder = decoder(profile, batch, Arc::clone(&identity));
        let auth = Arc::new(place.auth.another());
        tasks.push(Task::new(http, route, auth, Arc::new(decoder)));
    }
    if let Some(first) = tasks.first_mut() {
        first.warnings = warnings;
    }
    Ok(tasks)
}

fn unknown(model: &Model) -> Error {
    let known: Vec<&str> = PROFILES.iter().map(|row| row.prefix).collect();
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "{} is no embedding model that this version knows; those begin with {}; for an ARN, `base_model` of a full spec says what stands behind it",
            model.id,
            known.join(", ")
        ),
    )
}

/// Checks what is asked for against what the model can do.
fn asked(
    profile: &Profile,
    model: &Model,
    request: &Embed,
    taken: &mut Taken,
    warnings: &mut Vec<Warning>,
) -> Result<Asked> {
    let id = model.id.as_str();
    let foreign: Vec<String> = taken
        .own_names()
        .filter(|name| !profile.options.contains(name) && *name != "truncate")
        .map(str::to_owned)
        .collect();
    for name in foreign {
        request.unsupported(id, &format!("option `{name}`"), warnings)?;
        taken.take::<Value>(&name)?;
    }
    let mut asked = Asked {
        dimensions: dimensions(profile, id, request, warnings)?,
        input_type: taken.take("input_type")?,
        embedding_purpose: taken.take("embedding_purpose")?,
        types: types(taken)?,
        normalize: taken.take("normalize")?,
        ..Asked::default()
    };
    let truncate = match taken.take::<String>("truncate")? {
        Some(word) => Some(word.parse()?),
        None => request.truncate,
    };
    match truncate {
        Some(truncate) if !profile.truncates.contains(&truncate) => {
            request.unsupported(id, &format!("truncate {truncate}"), warnings)?;
        }
        truncate => asked.truncate = truncate,
    }
    asked.purpose = request.purpose;
    if let Some(purpose) = request
        .purpose
        .filter(|_| profile.purposes == Purposes::Ignored)
    {
        // The vectors are as good for it as for any other, so this is no reason to refuse.
        warnings.push(Warning::new(
            "purpose_ignored",
            format!("{id} makes the same vectors for every purpose; {purpose} was left out"),
        ));
    }
    Ok(asked)
}

fn dimensions(
    profile: &Profile,
    id: &str,
    request: &Embed,
    warnings: &mut Vec<Warning>,
) -> Result<Option<u32>> {
    match request.dimensions {
        Some(wanted) if profile.dimensions.is_empty() => {
            let feature = format!("`dimensions` ({wanted} was given); its vectors have one length");
            request.unsupported(id, &feature, warnings)?;
            Ok(None)
        }
        Some(wanted) if !profile.dimensions.contains(&wanted) => {
            let known: Vec<String> = profile.dimensions.iter().map(u32::to_string).collect();
            Err(Error::invalid_request(format!(
                "`dimensions` is {wanted}; {id} takes {}",
                known.join(", ")
            )))
        }
        wanted => Ok(wanted),
    }
}

/// A list, or one type alone, which is how the command line says it.
fn types(taken: &mut Taken) -> Result<Vec<String>> {
    let types = match taken.take("embedding_types")? {
        None => return Ok(Vec::new()),
        Some(Value::String(one)) => vec![Value::String(one)],
        Some(Value::Array(types)) if !types.is_empty() => types,
        Some(_) => Vec::new(),
    };
    let words: Option<Vec<String>> = types
        .iter()
        .map(|word| word.as_str().map(str::to_owned))
        .collect();
    words.filter(|words| !words.is_empty()).ok_or_else(|| {
        Error::invalid_request(
            r#"option `embedding_types` of bedrock is no list of types; ["float", "int8"] would do"#,
        )
    })
}

/// The only input of a batch, for models that take one a request.
fn one<'i, 'a>(batch: &'i [Item<'a>]) -> Result<&'i Item<'a>> {
    match batch {
        [item] => Ok(item),
        _ => Err(Error::config(
            "a batch of inputs for a model that takes one",
        )),
    }
}

fn value(request: &impl Serialize) -> Result<Value> {
    serde_json::to_value(request).map_err(|error| {
        Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
    })
}

fn decoder(
    profile: &'static Profile,
    batch: &[Item<'_>],
    identity: Arc<Identity>,
) -> Decoder<impl Fn(Facts, &[u8]) -> Result<Embeddings> + Send + Sync + use<>> {
    let inputs = batch.len();
    let all_text = batch.iter().all(Item::is_text);
    Decoder(move |facts: Facts, body: &[u8]| {
        let vectors = (profile.read)(body)?;
        vectors.check(inputs)?;
        Ok(embeddings(vectors, facts, &identity, all_text))
    })
}

fn embeddings(vectors: Vectors, facts: Facts, identity: &Identity, all_text: bool) -> Embeddings {
    let mut answer = Embeddings::of(identity);
    answer.usage = facts.usage;
    answer.usage.input_tokens = answer.usage.input_tokens.or(vectors.tokens);
    answer.usage = answer.usage.totalled();
    // Vectors are no output that is billed.
    let mut billed = answer.usage;
    billed.output_tokens = billed.output_tokens.or(Some(0));
    let cost = match all_text {
        true => identity.cost(&billed, facts.service_tier.as_deref()),
        false => Err("images, video and sound are not billed as text is".to_owned()),
    };
    let metadata = &mut answer.provider_metadata;
    match cost {
        Ok(cost) => answer.cost = Some(cost),
        Err(reason) => {
            metadata.insert("cost_unknown".to_owned(), reason.into());
        }
    }
    if let Some(id) = facts.request_id {
        metadata.insert("request_ids".to_owned(), Value::Array(vec![id.into()]));
    }
    if let Some(tier) = facts.service_tier {
        metadata.insert("service_tier".to_owned(), tier.into());
    }
    answer.dimensions = vectors.floats.first().map(Vec::len);
    answer.embeddings = vectors.floats;
    answer.by_type = vectors.by_type;
    answer.warnings = vectors.warnings;
    answer
}

#[cfg(test)]
mod tests;
