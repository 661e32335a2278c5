//! How many tokens a call through a door would take: `bedrock-mantle` counts them for Messages.

use std::sync::Arc;

use reqllm_core::{Call, Error, ErrorKind, Identity, Model, Result, Route, Task, TokenCount};
use reqllm_dialects::messages;
use serde::Deserialize;

use super::choice::Door;
use super::exchange::MESSAGES;
use super::options;
use crate::operations::answer::{Decoder, Facts};
use crate::options::{Api, Endpoint, Read};
use crate::place::Place;
use crate::provider::Bedrock;
use crate::{json, shape};

/// The members that are counted, beside system prompt, messages and tools; others are refused. Source: Anthropic's API
/// reference, "Count tokens in a Message".
const COUNTED: &[&str] = &["model", "thinking", "tool_choice", "output_config"];

impl Door<'_> {
    /// Puts a call into a request that counts its tokens and does not make it.
    pub(crate) fn count(
        self,
        bedrock: &Bedrock,
        model: &Model,
        call: &Call,
        options: &Read,
    ) -> Result<Task<TokenCount>> {
        // AWS user guide, "Messages API": the path is `bedrock-mantle`'s alone.
        if (self.endpoint, self.api) != (Endpoint::Mantle, Api::Messages) {
            return Err(self.cannot_count(model));
        }
        let mut place = Place::of_model_at(bedrock, options, model, self.endpoint)?;
        let mut warnings = std::mem::take(&mut place.warnings);
        warnings.extend(self.note.clone());
        self.look_at_region(&place, &mut warnings);
        options::check(&self, model, call, options, &mut warnings)?;
        let (_, profile) = bedrock.families.of(model);
        let profile = self.profile(profile);
        let shaped = shape::shape_as(model, call, options, &profile, self.form(), &mut warnings)?;
        let over = &options.additional_model_request_fields;
        let mut body = messages::encode(&MESSAGES, model, &shaped.call, &mut warnings)?;
        body.set("model", self.id);
        body.merge(&shaped.fields);
        body.merge(over);
        // What the caller puts over the body is the caller's.
        body.retain(|name| COUNTED.contains(&name) || over.contains_key(name));
        let body = body.write(json::room_for(&shaped.call))?;
        let path = format_args!("{}/messages/count_tokens", self.base);
        let mut request = place.post_with_base(path, body)?;
        options::put(&self, options, request.headers_mut())?;
        let mut identity = Identity::from(model);
        identity.wire_id = self.id.to_owned();
        let decoder = Decoder(move |facts: Facts, body: &[u8]| read(&identity, facts, body));
        let route = Route::new("CountTokens", self.reason);
        let auth = Arc::new(place.auth.with_bare_key());
        let mut task = Task::new(request, route, auth, Arc::new(decoder));
        task.warnings = warnings;
        Ok(task)
    }

    fn cannot_count(&self, model: &Model) -> Error {
        Error::new(
            ErrorKind::Unsupported,
            format!(
                "tokens are counted for calls by Converse, Invoke and Messages on bedrock-mantle, and {} goes by {}; what an answer took stands in its usage",
                model.id,
                self.name()
            ),
        )
    }
}

#[derive(Deserialize)]
struct Answer {
    input_tokens: u64,
}

fn read(identity: &Identity, facts: Facts, body: &[u8]) -> Result<TokenCount> {
    let answer: Answer = json::read(body, "the count of tokens")?;
    let mut count = TokenCount::of(identity, answer.input_tokens);
    if let Some(id) = facts.request_id {
        let metadata = &mut count.provider_metadata;
        metadata.insert("request_id".to_owned(), id.into());
    }
    Ok(count)
}
