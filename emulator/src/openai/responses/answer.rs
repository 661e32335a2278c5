//! The items of a response, and the response around them.

use serde_json::{Value, json};

use super::schema::Body;
use super::sealed;
use crate::brain::tokens::InputUsage;
use crate::brain::{self, Answer, Block, Stop};
use crate::openai::chat::{cached, thought};
use crate::openai::door::House;
use crate::openai::{CREATED, Call};

/// An answer, and the request that it answers.
pub(super) struct Answered<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) body: &'a Body,
    pub(super) answer: &'a Answer,
    pub(super) input: &'a InputUsage,
}

impl Answered<'_> {
    pub(super) fn id(&self) -> String {
        self.item_id("resp", 0)
    }

    fn item_id(&self, kind: &str, index: usize) -> String {
        format!(
            "{kind}_{}",
            self.call.dice.uuid(kind, index).replace('-', "")
        )
    }

    /// Open-weight models of Bedrock show their thoughts as they are.
    fn thinks_aloud(&self) -> bool {
        self.call.house != House::OpenAi && self.call.model.contains("gpt-oss")
    }

    /// The items of the answer.
    pub(super) fn output(&self) -> Vec<Value> {
        let mut items: Vec<Value> = Vec::new();
        for block in &self.answer.blocks {
            let index = items.len();
            items.extend(match block {
                Block::Thinking { text, .. } => Some(self.reasoning(text, index)),
                Block::Text(text) => Some(self.message(text, index)),
                Block::ToolCall { name, input, .. } => Some(self.tool_call(name, input, index)),
                Block::Redacted(_) => None,
            });
        }
        if self.answer.stop == Stop::MaxTokens
            && let Some(last) = items.last_mut()
            && last.get("status").is_some()
        {
            last["status"] = "incomplete".into();
        }
        items
    }

    fn reasoning(&self, text: &str, index: usize) -> Value {
        if self.thinks_aloud() {
            return json!({
                "id": self.item_id("msg", index), "type": "reasoning", "status": "completed", "summary": [],
                "content": [{"type": "reasoning_text", "text": text}],
            });
        }
        let id = self.item_id("rs", index);
        let summary = self
            .body
            .reasoning
            .as_ref()
            .and_then(|it| it.summary.as_ref());
        let summary: Vec<Value> = summary
            .map(|_| json!({"type": "summary_text", "text": text}))
            .into_iter()
            .collect();
        let mut item = json!({"id": id, "type": "reasoning", "summary": summary});
        let includes = |it: &String| it == "reasoning.encrypted_content";
        if self.body.include.iter().flatten().any(includes) {
            item["encrypted_content"] = sealed::seal(&id, text).into();
        }
        item
    }

    fn message(&self, text: &str, index: usize) -> Value {
        let part = if self.answer.stop == Stop::Refused {
            json!({"type": "refusal", "refusal": text})
        } else {
            json!({"type": "output_text", "annotations": [], "logprobs": [], "text": text})
        };
        let mut item = json!({
            "id": self.item_id("msg", index), "type": "message", "status": "completed",
            "role": "assistant", "content": [part],
        });
        if self.call.house != House::OpenAi && !self.thinks_aloud() {
            item["phase"] = "final_answer".into();
        }
        item
    }

    fn tool_call(&self, name: &str, input: &Value, index: usize) -> Value {
        // Bedrock's begin anew with each response: recordings of mantle.
        let call_id = match self.call.house {
            House::OpenAi => format!("call_{}", self.call.dice.token("tool call", index, 24)),
            _ => format!("call_{index}"),
        };
        json!({
            "id": self.item_id("fc", index), "type": "function_call", "status": "completed",
            "arguments": brain::spaced_json(input), "call_id": call_id, "name": name,
        })
    }

    /// The whole response, with `output` in it.
    pub(super) fn response(&self, output: &[Value]) -> Value {
        let (status, details) = match self.answer.stop {
            Stop::MaxTokens => ("incomplete", json!({"reason": "max_output_tokens"})),
            _ => ("completed", Value::Null),
        };
        let mut response = self.envelope(status);
        response["incomplete_details"] = details;
        response["output"] = output.into();
        response["usage"] = self.usage();
        if status == "completed" {
            response["completed_at"] = CREATED.into();
        }
        response
    }

    /// A response of which nothing has been answered yet.
    pub(super) fn envelope(&self, status: &str) -> Value {
        let (call, body) = (self.call, self.body);
        let given = |name: &str| call.body.get(name).cloned().unwrap_or_default();
        let or = |name: &str, default: Value| match given(name) {
            Value::Null => default,
            value => value,
        };
        let effort = body.reasoning.as_ref().and_then(|it| it.effort.as_deref());
        let effort = effort.or_else(|| call.traits.reasons().then_some(call.traits.effort));
        let summary = body.reasoning.as_ref().and_then(|it| it.summary.as_deref());
        let format = call.body.pointer("/text/format").cloned();
        let verbosity = call.body.pointer("/text/verbosity").cloned();
        let tier = match body.service_tier.as_deref() {
            None | Some("auto") => "default",
            Some(tier) => tier,
        };
        json!({
            "id": self.id(), "object": "response", "created_at": CREATED, "completed_at": null,
            "status": status, "background": false, "billing": {"payer": "developer"}, "error": null,
            "incomplete_details": null, "instructions": given("instructions"),
            "max_output_tokens": given("max_output_tokens"), "max_tool_calls": null,
            "model": call.model, "output": [],
            "parallel_tool_calls": or("parallel_tool_calls", true.into()),
            "previous_response_id": given("previous_response_id"),
            "prompt_cache_key": given("prompt_cache_key"), "prompt_cache_retention": given("prompt_cache_retention"),
            "reasoning": {"effort": effort, "summary": summary},
            "safety_identifier": given("safety_identifier"), "service_tier": tier,
            "store": or("store", true.into()), "temperature": or("temperature", 1.0.into()),
            "text": {
                "format": format.unwrap_or_else(|| json!({"type": "text"})),
                "verbosity": verbosity.unwrap_or_else(|| "medium".into()),
            },
            "tool_choice": or("tool_choice", "auto".into()), "tools": or("tools", json!([])),
            "top_logprobs": 0, "top_p": or("top_p", 1.0.into()),
            "truncation": or("truncation", "disabled".into()), "usage": null, "user": given("user"),
            "metadata": or("metadata", json!({})),
        })
    }

    fn usage(&self) -> Value {
        let (input, output) = (self.input.total(), self.answer.tokens);
        let mut details = json!({"cached_tokens": cached(self.input)});
        if self.call.house != House::OpenAi {
            details["cache_write_tokens"] = 0.into();
        }
        json!({
            "input_tokens": input, "input_tokens_details": details, "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": thought(self.answer)},
            "total_tokens": input + output,
        })
    }
}
