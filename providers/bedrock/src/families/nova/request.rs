//! A call in Nova's own form: Converse's, but for a few places.
//!
//! Source: Nova User Guide, "Complete request schema" and "Using the Invoke API"; for cache points Bedrock's user guide,
//! "Prompt caching", and recorded requests.

use reqllm_core::{Call, Model, Result, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::converse;
use crate::families::turns;
use crate::profile::Profile;

#[derive(Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct InferenceConfig<'a> {
    /// What the service takes where it is not given depends on the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop_sequences: &'a [String],
}

pub(super) fn encode(
    model: &Model,
    call: &Call,
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Result<Value> {
    let settings = &call.settings;
    if settings.seed.is_some() {
        turns::unsupported(model, call, "a seed", warnings)?;
    }
    let config = InferenceConfig {
        max_tokens: settings.max_tokens,
        temperature: settings.temperature,
        top_p: settings.top_p,
        top_k: settings.top_k,
        stop_sequences: &settings.stop,
    };
    let mut conversation = converse::conversation(model, call, profile, warnings)?;
    let mut form = Form {
        model,
        call,
        warnings,
    };
    form.blocks(conversation.get_mut("system"))?;
    let messages = conversation
        .get_mut("messages")
        .and_then(Value::as_array_mut);
    for message in messages.into_iter().flatten() {
        form.blocks(message.get_mut("content"))?;
    }
    form.tools(conversation.pointer_mut("/toolConfig/tools"))?;
    let mut body = Map::new();
    body.insert("schemaVersion".to_owned(), "messages-v1".into());
    if let Value::Object(members) = conversation {
        body.extend(members);
    }
    if config != InferenceConfig::default() {
        body.insert("inferenceConfig".to_owned(), turns::body(&config)?);
    }
    Ok(body.into())
}

/// Makes Converse's form Nova's.
struct Form<'a> {
    model: &'a Model,
    call: &'a Call,
    warnings: &'a mut Vec<Warning>,
}

impl Form<'_> {
    fn unsupported(&mut self, what: &str) -> Result<()> {
        turns::unsupported(self.model, self.call, what, self.warnings)
    }

    fn blocks(&mut self, blocks: Option<&mut Value>) -> Result<()> {
        let Some(blocks) = blocks.and_then(Value::as_array_mut) else {
            return Ok(());
        };
        let mut native: Vec<Value> = Vec::with_capacity(blocks.len());
        for mut block in blocks.drain(..) {
            if let Some(point) = block.get("cachePoint") {
                // It is a member of the block before it, and no block of its own.
                match native.last_mut().and_then(Value::as_object_mut) {
                    Some(before) => {
                        before.insert("cachePoint".to_owned(), point.clone());
                    }
                    None => self.unsupported("a cache point before the first block")?,
                }
                continue;
            }
            if let Some(content) = block.pointer_mut("/toolResult/content") {
                self.blocks(Some(content))?;
            }
            native.extend(self.block(block)?);
        }
        *blocks = native;
        Ok(())
    }

    fn block(&mut self, mut block: Value) -> Result<Option<Value>> {
        // Nova User Guide, "Using the Invoke API": documents are for Converse only.
        if block.get("document").is_some() {
            self.unsupported("documents")?;
            return Ok(None);
        }
        if let Some(guarded) = block.get_mut("guardContent") {
            let guarded = guarded.take();
            self.unsupported("guarded content")?;
            return Ok(Some(match guarded.pointer("/text/text") {
                Some(text) => json!({ "text": text }),
                None => guarded,
            }));
        }
        if let Some(text) = block.pointer("/citationsContent/content/0/text") {
            self.warnings.push(Warning::new(
                "citations_dropped",
                "a text of the conversation has citations, for which Nova's native body has no place; it goes without them",
            ));
            return Ok(Some(json!({ "text": text })));
        }
        Ok(Some(block))
    }

    fn tools(&mut self, tools: Option<&mut Value>) -> Result<()> {
        let Some(tools) = tools.and_then(Value::as_array_mut) else {
            return Ok(());
        };
        let before = tools.len();
        tools.retain(|tool| tool.get("cachePoint").is_none());
        if tools.len() < before {
            self.unsupported("cache points among the tools")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
