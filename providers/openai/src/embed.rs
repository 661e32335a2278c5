//! Embeddings.
//!
//! Source: OpenAI's API reference, "Create embeddings".

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::response::Parts;
use reqllm_core::{
    Delivery, Embed, EmbedPurpose, Embeddings, Error, ErrorKind, Identity, Model, Part, Result,
    Route, Task, Truncate, Usage, Warning,
};
use reqllm_dialects::answer::Head;
use reqllm_dialects::{chat_completions, door, json, merge};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::Decoder;
use crate::options::Read;
use crate::place::Place;
use crate::provider::OpenAi;
use crate::quirks;
use crate::route::Choice;
use crate::row::Embeds;

/// One request for each batch of inputs.
pub(crate) fn prepare(
    provider: &OpenAi,
    model: &Model,
    request: &Embed,
) -> Result<Vec<Task<Embeddings>>> {
    let options = Read::of(&provider.facts.id, &request.options)?;
    let place = Place::of(provider, &options, Some(model))?;
    let choice = Choice::of(&options, &provider.facts.id, &provider.env)?;
    let at_openai = Choice::is_openai(choice, &place);
    let embeds = quirks::find(&provider.facts.id, model, at_openai).embeds;
    let inputs = texts(model, request)?;
    let mut warnings = Vec::new();
    only_known(model, request, &mut warnings)?;
    let asked = asked(&embeds, model, request, &options, &mut warnings)?;
    let identity = Arc::new(Identity::from(model));
    let mut tasks = Vec::new();
    for batch in inputs.chunks(embeds.most.max(1)) {
        let mut body = Map::new();
        body.insert("model".to_owned(), model.sent_id().into());
        body.insert("input".to_owned(), batch.iter().copied().collect());
        merge::deep(&mut body, &asked);
        merge::deep(&mut body, &options.extra_body);
        let room = batch.iter().map(|text| text.len() + 16).sum::<usize>() + 256;
        let body = json::write(&body, room)?;
        let mut http = door::post(&place.base, "/embeddings", body, Delivery::Whole)?;
        options.put_headers(provider, &place, http.headers_mut())?;
        let route = Route::new("Embeddings", "embeddings have an operation of their own");
        let auth = Arc::new(provider.auth(&options, &place));
        let (count, identity) = (batch.len(), Arc::clone(&identity));
        let decoder = Decoder(move |head: &Parts, body: &[u8]| read(head, body, count, &identity));
        tasks.push(Task::new(http, route, auth, Arc::new(decoder)));
    }
    if let Some(first) = tasks.first_mut() {
        first.warnings = warnings;
    }
    Ok(tasks)
}

/// The options that mean something here.
const OPTIONS: &[&str] = &[
    "api_key",
    "base_url",
    "allow_http",
    "api",
    "organization",
    "project",
    "user",
    "http_referer",
    "x_title",
    "extra_body",
    "extra_headers",
];

/// Options that are about conversations have no place in a request for embeddings.
fn only_known(model: &Model, request: &Embed, warnings: &mut Vec<Warning>) -> Result<()> {
    for (name, value) in request.options.iter() {
        let is_blank = value.as_str().is_some_and(|text| text.trim().is_empty());
        if !is_blank && !OPTIONS.contains(&name) {
            let what = format!("option `{name}` in a request for embeddings");
            request.unsupported(&model.id, &what, warnings)?;
        }
    }
    Ok(())
}

/// The texts of the inputs; the form has no place for anything else.
fn texts<'a>(model: &Model, request: &'a Embed) -> Result<Vec<&'a str>> {
    if request.inputs.is_empty() {
        return Err(Error::invalid_request(
            "`inputs` is empty; at least one is needed",
        ));
    }
    let texts = request.inputs.iter().enumerate().map(|(at, input)| match &*input.parts {
        [Part::Text(part)] if part.text.is_empty() => Err(Error::invalid_request(format!(
            "inputs[{at}] is an empty text; one of at least a character would do"
        ))),
        [Part::Text(part)] => Ok(part.text.as_str()),
        parts => Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "inputs[{at}] has {} parts, or one that is no text; {} embeds one text an input",
                parts.len(),
                model.id
            ),
        )),
    });
    texts.collect()
}

/// What is asked for beside the inputs.
fn asked(
    embeds: &Embeds,
    model: &Model,
    request: &Embed,
    options: &Read,
    warnings: &mut Vec<Warning>,
) -> Result<Map<String, Value>> {
    let mut asked = Map::new();
    if embeds.base64 {
        asked.insert("encoding_format".to_owned(), "base64".into());
    }
    if let Some(user) = &options.user {
        asked.insert("user".to_owned(), user.as_str().into());
    }
    match request.dimensions {
        Some(0) => {
            return Err(Error::invalid_request(
                "`dimensions` is 0; 1 or more would do",
            ));
        }
        Some(dimensions) if embeds.dimensions => {
            asked.insert("dimensions".to_owned(), dimensions.into());
        }
        Some(_) => request.unsupported(&model.id, "`dimensions`", warnings)?,
        None => {}
    }
    if let Some(purpose) = request.purpose {
        let word = embeds
            .purpose
            .and_then(|(member, document, query)| match purpose {
                EmbedPurpose::Document => Some((member, document)),
                EmbedPurpose::Query => Some((member, query)),
                _ => None,
            });
        match word {
            Some((member, word)) => {
                asked.insert(member.to_owned(), word.into());
            }
            // The vectors are as good for it as for any other, so this is no reason to refuse.
            None => warnings.push(Warning::new(
                "purpose_ignored",
                format!(
                    "{} is told no purpose such as {purpose}; it was left out",
                    model.id
                ),
            )),
        }
    }
    match (request.truncate, embeds.truncate) {
        (None, _) => {}
        (Some(truncate), Some(member)) => {
            let word = match truncate {
                Truncate::None => "NONE",
                Truncate::Start => "START",
                _ => "END",
            };
            asked.insert(member.to_owned(), word.into());
        }
        // It is refused where nothing is said.
        (Some(Truncate::None), None) => {}
        (Some(truncate), None) => {
            request.unsupported(&model.id, &format!("truncate {truncate}"), warnings)?;
        }
    }
    Ok(asked)
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<Item<'a>>,
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Item<'a> {
    index: Option<usize>,
    #[serde(borrow)]
    embedding: Vector<'a>,
}

/// Numbers, or base64 of their bytes, the least significant first. A server may give numbers though it was asked for the
/// other.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vector<'a> {
    Numbers(Vec<f32>),
    Base64(#[serde(borrow)] std::borrow::Cow<'a, str>),
}

#[derive(Clone, Copy, Deserialize)]
struct Counts {
    prompt_tokens: Option<u64>,
    total_tokens: Option<u64>,
}

/// The vectors of a batch of `count` inputs, in their order.
fn read(head: &Parts, body: &[u8], count: usize, identity: &Identity) -> Result<Embeddings> {
    let answer: Answer<'_> =
        serde_json::from_slice(body).map_err(|error| no_embeddings(&error, body))?;
    if answer.data.len() != count {
        return Err(Error::decode(format!(
            "the answer has {} embeddings for {count} inputs",
            answer.data.len()
        )));
    }
    let mut places: Vec<Option<Vec<f32>>> = vec![None; count];
    for (at, item) in answer.data.into_iter().enumerate() {
        let index = item.index.unwrap_or(at);
        match places.get_mut(index) {
            Some(place @ None) => *place = Some(numbers(item.embedding)?),
            _ => {
                return Err(Error::decode(format!(
                    "the answer has an embedding of index {index}, which is none of the {count} or there twice"
                )));
            }
        }
    }
    let mut embeddings = Embeddings::of(identity);
    embeddings.embeddings = places.into_iter().flatten().collect();
    embeddings.dimensions = embeddings.embeddings.first().map(Vec::len);
    let mut usage = Usage::default();
    usage.input_tokens = answer
        .usage
        .and_then(|it| it.prompt_tokens.or(it.total_tokens));
    embeddings.usage = usage.totalled();
    if let Some(id) = Head::of(head).request_id() {
        let ids = Value::Array(vec![id.into()]);
        embeddings
            .provider_metadata
            .insert("request_ids".to_owned(), ids);
    }
    Ok(embeddings)
}

/// Servers that stand in front of others report their errors under status 200, too.
fn no_embeddings(error: &serde_json::Error, body: &[u8]) -> Error {
    let said = serde_json::from_slice::<Value>(body).unwrap_or_default();
    match said.get("error").filter(|error| !error.is_null()) {
        Some(error) => chat_completions::failure(error),
        None => Error::decode(format!(
            "the embeddings are not in the form that they should have, at line {} column {}",
            error.line(),
            error.column()
        )),
    }
}

fn numbers(vector: Vector<'_>) -> Result<Vec<f32>> {
    let text = match vector {
        Vector::Numbers(numbers) => return Ok(numbers),
        Vector::Base64(text) => text,
    };
    let bytes = STANDARD
        .decode(&*text)
        .map_err(|error| Error::decode(format!("an embedding is not base64: {error}")))?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(Error::decode(format!(
            "an embedding has {} bytes; four a number would do",
            bytes.len()
        )));
    }
    Ok(numbers
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect())
}

#[cfg(test)]
mod tests;
