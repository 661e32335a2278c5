//! A chat completion that comes whole, and the parts that a stream shares with it.

use serde_json::{Value, json};

use super::gemini;
use super::{cached, is_pointed, thought};
use crate::brain::tokens::InputUsage;
use crate::brain::{self, Answer, Block, Stop, pieces, signature};
use crate::chat::Body;
use crate::native::call::Verdict;
use crate::openai::door::House;
use crate::openai::manners::{Details, Shown};
use crate::openai::{CREATED, Call};

/// An answer, and the request that it answers.
pub(super) struct Completion<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) body: &'a Body,
    pub(super) answer: &'a Answer,
    pub(super) input: &'a InputUsage,
    /// What the guardrail says, if there is one. AWS user guide, "Chat Completions API": as in InvokeModel.
    pub(super) verdict: Option<&'a Verdict>,
}

impl Completion<'_> {
    pub(super) fn whole(&self) -> Value {
        let mut body = self.envelope("chat.completion");
        let choices: Vec<Value> = (0..self.count()).map(|index| self.choice(index)).collect();
        body["choices"] = choices.into();
        body["usage"] = self.usage();
        if self.call.manner.name == "groq" {
            body["x_groq"] = json!({"id": self.groq_id()});
        }
        if let Some(verdict) = self.verdict {
            verdict.add_to(&mut body);
        }
        body
    }

    /// How many choices there are.
    pub(super) fn count(&self) -> usize {
        let count = self.body.n.map(usize::try_from);
        count.and_then(Result::ok).unwrap_or(1)
    }

    /// What every body and every chunk begins with.
    pub(super) fn envelope(&self, object: &str) -> Value {
        let (call, dice) = (self.call, &self.call.dice);
        let tier = match self.body.service_tier.as_deref() {
            None | Some("auto") => "default",
            Some(tier) => tier,
        };
        let id = match call.house {
            House::OpenAi => dice.token("completion", 0, 29),
            _ => dice.uuid("completion", 0),
        };
        let mut body = json!({
            "id": format!("chatcmpl-{id}"), "object": object, "created": CREATED, "model": call.model,
        });
        match call.manner.name {
            "openai" => {
                body["service_tier"] = tier.into();
                body["system_fingerprint"] = "fp_emulator".into();
            }
            "amazon" => body["service_tier"] = tier.into(),
            "openrouter" => body["provider"] = "Emulator".into(),
            _ => {}
        }
        body
    }

    fn choice(&self, index: usize) -> Value {
        let mut choice = json!({
            "index": index,
            "message": self.message(index),
            "logprobs": self.logprobs(&self.text()),
            "finish_reason": self.reason(),
        });
        if self.call.manner.shown == Shown::Details {
            choice["native_finish_reason"] = self.reason().into();
        }
        choice
    }

    fn message(&self, choice: usize) -> Value {
        let (text, thought) = (self.text(), self.thought());
        let calls = self.calls(choice);
        let mut message = json!({"role": "assistant", "content": text});
        if text.is_empty() && !calls.is_empty() {
            message["content"] = Value::Null;
        }
        if self.call.manner.name == "openai" {
            message["refusal"] = Value::Null;
            message["annotations"] = json!([]);
        }
        if self.refuses() {
            message["refusal"] = text.clone().into();
            message["content"] = Value::Null;
        }
        if let Some(thought) = thought {
            match self.call.manner.shown {
                Shown::Asked if gemini::tells(&self.call.body) => {
                    message["content"] = format!("<thought>{thought}</thought>{text}").into();
                }
                Shown::Hidden | Shown::Asked => {}
                Shown::Content => message["reasoning_content"] = thought.into(),
                Shown::Plain => message["reasoning"] = thought.into(),
                Shown::Details => {
                    message["reasoning_details"] = json!([detail(thought)]);
                    message["reasoning"] = thought.into();
                }
                Shown::Tagged => message["content"] = format!("{}{text}", tagged(thought)).into(),
                Shown::Chunks => {
                    message["content"] = json!([chunk(thought), {"type": "text", "text": text}]);
                }
            }
        }
        if let Some(signature) = self.signature() {
            message["extra_content"] = signature;
        }
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        message
    }

    /// The signature of an answer that calls no tool, where answers are signed.
    pub(super) fn signature(&self) -> Option<Value> {
        let signed = self.call.manner.signs.is_some() && self.answer.stop != Stop::ToolUse;
        signed.then(|| gemini::beside(signature::sign(&self.text())))
    }

    /// What is said.
    pub(super) fn text(&self) -> String {
        let texts = self.answer.blocks.iter().filter_map(|block| match block {
            Block::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// What is thought.
    pub(super) fn thought(&self) -> Option<&str> {
        self.answer.blocks.iter().find_map(|block| match block {
            Block::Thinking { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether the text is a refusal that stands in a member of its own: OpenAI's alone does.
    pub(super) fn refuses(&self) -> bool {
        self.answer.stop == Stop::Refused && self.call.manner.name == "openai"
    }

    pub(super) fn calls(&self, choice: usize) -> Vec<Value> {
        let found = self.answer.blocks.iter().filter_map(|block| match block {
            Block::ToolCall { name, input, .. } => Some((name, input)),
            _ => None,
        });
        let call = |(index, (name, input)): (usize, (&String, &Value))| {
            let arguments = brain::spaced_json(input);
            let mut call = json!({
                "id": self.call_id(choice * 1000 + index),
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            });
            // Of parallel calls the first one is.
            if self.call.manner.signs.is_some() && index == 0 {
                call["extra_content"] = gemini::beside(gemini::signature_for(name, &arguments));
            }
            call
        };
        found.enumerate().map(call).collect()
    }

    fn call_id(&self, number: usize) -> String {
        let (manner, dice) = (self.call.manner, &self.call.dice);
        match manner.name {
            _ if manner.short_ids => dice.token("tool call", number, 9),
            "amazon" => {
                let id = dice.uuid("tool call", number).replace('-', "");
                format!("chatcmpl-tool-{id}")
            }
            _ => format!("call_{}", dice.token("tool call", number, 24)),
        }
    }

    pub(super) fn reason(&self) -> &'static str {
        match self.answer.stop {
            Stop::Refused if !self.refuses() => "content_filter",
            Stop::EndTurn | Stop::Sequence(_) | Stop::Refused => "stop",
            Stop::MaxTokens => "length",
            // OpenAI's own says so only where the model chose to call.
            Stop::ToolUse => "tool_calls",
        }
    }

    /// The probabilities of the pieces of a text, if they are asked for.
    pub(super) fn logprobs(&self, text: &str) -> Value {
        if self.body.logprobs != Some(true) {
            return Value::Null;
        }
        let entry =
            |token: &str| json!({"token": token, "logprob": -0.01, "bytes": token.as_bytes()});
        let top = self.body.top_logprobs.unwrap_or(0);
        let tokens = pieces(text).into_iter().map(|piece| {
            let mut token = entry(piece);
            // What else it might have said: the same again, and nothing more.
            let others: Vec<Value> = (0..top.min(1)).map(|_| entry(piece)).collect();
            token["top_logprobs"] = others.into();
            token
        });
        json!({"content": tokens.collect::<Vec<_>>(), "refusal": null})
    }

    pub(super) fn usage(&self) -> Value {
        let input = self.input.total();
        let choices = u64::try_from(self.count()).unwrap_or(1);
        let output = self.answer.tokens * choices;
        let is_pointed = is_pointed(self.call);
        let cached = match is_pointed {
            true => self.input.read,
            false => cached(self.input),
        };
        let mut usage = json!({
            "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        });
        if self.call.manner.details == Details::Hidden {
            usage["completion_tokens"] = (output - thought(self.answer) * choices).into();
            return usage;
        }
        if self.call.manner.details != Details::None {
            usage["prompt_tokens_details"] = json!({"cached_tokens": cached, "audio_tokens": 0});
            usage["completion_tokens_details"] = json!({
                "reasoning_tokens": thought(self.answer) * choices, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            });
        }
        if is_pointed {
            usage["prompt_tokens_details"]["cache_write_tokens"] = self.input.write().into();
        }
        if self.call.manner.details == Details::Cache {
            usage["prompt_cache_hit_tokens"] = cached.into();
            usage["prompt_cache_miss_tokens"] = (input - cached).into();
        }
        usage
    }

    pub(super) fn groq_id(&self) -> String {
        format!("req_{}", self.call.dice.token("groq", 0, 26))
    }
}

/// One entry of `reasoning_details`.
pub(super) fn detail(text: &str) -> Value {
    json!({"type": "reasoning.text", "text": text, "format": "unknown", "index": 0})
}

/// Reasoning as Mistral's lists of content have it.
pub(super) fn chunk(text: &str) -> Value {
    json!({"type": "thinking", "thinking": [{"type": "text", "text": text}]})
}

pub(super) fn tagged(text: &str) -> String {
    format!("<reasoning>{text}</reasoning>")
}
