//! Where options go.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use reqllm_core::{Call, Error, Model, Result, Warning};
use reqllm_dialects::chat_completions::Body;
use serde_json::{Map, Value};

use super::Read;
use crate::ID;
use crate::place::Place;
use crate::provider::OpenAi;
use crate::row::Row;

impl Read {
    /// Puts what goes into a body of Chat Completions.
    pub(crate) fn put(
        &self,
        row: &Row,
        model: &Model,
        call: &Call,
        body: &mut Body<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let map = |map: &Map<String, Value>| (!map.is_empty()).then(|| Value::Object(map.clone()));
        let mut parallel = self.parallel_tool_calls;
        // Source: OpenAI's answer to one without tools: "only allowed when 'tools' are specified".
        if parallel.is_some() && call.tools.is_empty() {
            parallel = None;
            warnings.push(Warning::new(
                "option_without_effect",
                "`parallel_tool_calls` is set, and no tool is on offer",
            ));
        }
        for (name, value) in [
            ("service_tier", text(&self.service_tier)),
            ("user", text(&self.user)),
            ("safety_identifier", text(&self.safety_identifier)),
            ("prompt_cache_key", text(&self.prompt_cache_key)),
            ("prompt_cache_retention", text(&self.prompt_cache_retention)),
            ("parallel_tool_calls", parallel.map(Value::from)),
            ("logprobs", self.logprobs.map(Value::from)),
            ("top_logprobs", self.top_logprobs.map(Value::from)),
            ("verbosity", text(&self.verbosity)),
            ("metadata", map(&self.metadata)),
            ("store", self.store.map(Value::from)),
            ("logit_bias", map(&self.logit_bias)),
            (
                "frequency_penalty",
                self.frequency_penalty.clone().map(Value::from),
            ),
            (
                "presence_penalty",
                self.presence_penalty.clone().map(Value::from),
            ),
        ] {
            let Some(value) = value else { continue };
            if row.refuses.contains(&name) {
                call.unsupported(&model.id, &format!("option `{name}`"), warnings)?;
                continue;
            }
            body.put(name, value);
        }
        for (name, given) in [
            ("reasoning_summary", self.reasoning_summary.is_some()),
            ("previous_response_id", self.previous_response_id.is_some()),
            ("truncation", self.truncation.is_some()),
        ] {
            if given {
                let what = format!("option `{name}` outside of the Responses API");
                call.unsupported(&model.id, &what, warnings)?;
            }
        }
        Ok(())
    }

    /// Puts what goes into headers. Whose account it is, the environment tells nobody but OpenAI.
    pub(crate) fn put_headers(
        &self,
        provider: &OpenAi,
        place: &Place,
        headers: &mut HeaderMap,
    ) -> Result<()> {
        let id = &*provider.facts.id;
        let is_own = id == ID && place.is_openai();
        let env = |name| {
            let value = is_own.then(|| provider.env.get(name))?;
            value.filter(|value| !value.trim().is_empty())
        };
        let organization = self.organization.clone().or_else(|| env("OPENAI_ORG_ID"));
        let project = self.project.clone().or_else(|| env("OPENAI_PROJECT_ID"));
        for (header, option, value) in [
            ("openai-organization", "organization", &organization),
            ("openai-project", "project", &project),
            ("http-referer", "http_referer", &self.http_referer),
            ("x-title", "x_title", &self.x_title),
        ] {
            if let Some(value) = value {
                let value = value_of(id, option, value.trim())?;
                headers.insert(HeaderName::from_static(header), value);
            }
        }
        for (name, value) in &self.extra_headers {
            let parsed = name.parse::<HeaderName>().ok();
            // These are settled by whoever sends the request.
            let own = [
                "authorization",
                "host",
                "content-length",
                "content-type",
                "transfer-encoding",
            ];
            let Some(header) = parsed.filter(|name| !own.contains(&name.as_str())) else {
                return Err(Error::invalid_request(format!(
                    "option `extra_headers` of {id} has a header {name:?}, which is no name of one or not yours to set; `api_key` gives the key"
                )));
            };
            let mut value = value_of(id, "extra_headers", value)?;
            // It may be a secret: only its name is shown.
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        Ok(())
    }
}

fn value_of(provider: &str, option: &str, value: &str) -> Result<HeaderValue> {
    HeaderValue::try_from(value).map_err(|_| {
        Error::invalid_request(format!(
            "option `{option}` of {provider} has characters that no header can carry; ASCII would do"
        ))
    })
}
