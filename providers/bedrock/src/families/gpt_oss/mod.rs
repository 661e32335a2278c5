//! OpenAI's open-weight models, gpt-oss: natively in the Chat Completions form, with tools through Converse.

use bytes::Bytes;
use reqllm_core::{Call, Fold, Model, Part, Result, Warning};
use serde_json::{Map, Value};

mod profile;

use self::profile::PROFILE;
use reqllm_dialects::StreamCodec;
use reqllm_dialects::chat_completions::{self, ChatStream, Quirks, Tag};

use crate::family::{Codec, Family};
use crate::json;
use crate::profile::Profile;

/// AWS's user guide, "OpenAI models": the body is that of Create chat completion, `max_completion_tokens` limits the
/// answer, only text goes in and comes out, `model` and `stream` may be left out, and the answer holds reasoning between
/// tags. Recorded streams of other clients: each bit of reasoning has tags of its own.
const QUIRKS: Quirks = Quirks {
    name: "gpt-oss",
    max_tokens: "max_completion_tokens",
    stop: true,
    seed: true,
    strict_tools: true,
    one_tool: true,
    reasoning: Some(Tag {
        open: "<reasoning>",
        close: "</reasoning>",
    }),
    ..Quirks::BASE
};

#[derive(Debug)]
pub(super) struct GptOss;

impl Family for GptOss {
    fn name(&self) -> &'static str {
        "gpt-oss"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["openai.gpt-oss"]
    }

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for GptOss {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        let body = self.write(model, call, &[], false, warnings)?;
        json::read(&body, "the body of a call")
    }

    fn write(
        &self,
        model: &Model,
        call: &Call,
        over: &[&Map<String, Value>],
        _streams: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Bytes> {
        let mut body = chat_completions::encode(&QUIRKS, model, call, warnings)?;
        over.iter().for_each(|fields| body.merge(fields));
        body.write(json::room_for(call))
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        chat_completions::read(&QUIRKS, body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(ChatStream::new(&QUIRKS))
    }

    fn takes(&self, part: &Part) -> bool {
        !matches!(part, Part::Image(_) | Part::Document(_))
    }
}

#[cfg(test)]
mod tests {
    use reqllm_core::{FinishReason, Identity, Response, system, user};
    use serde_json::json;

    use super::*;

    fn streamed(chunks: &[Value]) -> Response {
        let mut fold = Fold::new(Identity::default());
        let mut stream = GptOss.stream();
        for chunk in chunks {
            stream
                .chunk(chunk.to_string().as_bytes(), &mut fold)
                .unwrap();
        }
        assert_eq!(stream.missing(&fold), None);
        fold.finish()
    }

    #[test]
    fn a_body_names_neither_the_model_nor_the_stream() {
        let mut call = Call::new([system("Be brief."), user("hi")]);
        call.settings.max_tokens = Some(50);
        call.settings.seed = Some(3);
        let model = Model::new("bedrock", "openai.gpt-oss-120b-1:0");
        let body = GptOss.encode(&model, &call, &mut Vec::new()).unwrap();
        assert_eq!(
            body,
            json!({
                "messages": [
                    { "role": "system", "content": "Be brief." },
                    { "role": "user", "content": "hi" },
                ],
                "max_completion_tokens": 50,
                "seed": 3,
            })
        );
        assert!(GptOss.by_default());
    }

    /// The shape in which Bedrock streams gpt-oss: tags around each bit of reasoning, and everything else that there is to
    /// say in the last chunk.
    #[test]
    fn reasoning_in_the_text_becomes_a_part_of_its_own() {
        let chunk = |content: &str| {
            json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "service_tier": "auto",
                    "choices": [{ "index": 0, "delta": { "content": content }, "finish_reason": null }] })
        };
        let streamed = streamed(&[
            json!({ "id": "chatcmpl-1", "choices": [
                { "index": 0, "delta": { "role": "assistant" }, "finish_reason": null }] }),
            chunk("<reasoning>The user</reasoning>"),
            chunk("<reasoning> greets.</reasoning>"),
            chunk("Hel"),
            json!({ "id": "chatcmpl-1",
                    "choices": [{ "index": 0, "delta": { "content": "lo!" }, "finish_reason": "stop" }],
                    "usage": { "prompt_tokens": 70, "completion_tokens": 20, "total_tokens": 90 },
                    "amazon-bedrock-invocationMetrics": { "inputTokenCount": 70, "outputTokenCount": 20,
                        "invocationLatency": 400, "firstByteLatency": 100 } }),
        ]);
        let mut fold = Fold::new(Identity::default());
        let answer = json!({ "id": "chatcmpl-1", "object": "chat.completion", "created": 1,
            "model": "openai.gpt-oss-20b-1:0",
            "choices": [{ "index": 0, "finish_reason": "stop", "message": {
                "role": "assistant", "refusal": null,
                "content": "<reasoning>The user greets.</reasoning>Hello!" } }],
            "usage": { "prompt_tokens": 70, "completion_tokens": 20, "total_tokens": 90 } });
        GptOss
            .answer(answer.to_string().as_bytes(), &mut fold)
            .unwrap();
        let whole = fold.finish();
        assert_eq!(whole, streamed);
        assert_eq!(
            serde_json::to_value(&whole.message.content).unwrap(),
            json!([
                { "type": "reasoning", "text": "The user greets." },
                { "type": "text", "text": "Hello!" },
            ])
        );
        assert_eq!(whole.finish_reason, FinishReason::Stop);
        assert_eq!(whole.usage.input_tokens, Some(70));
        assert_eq!(whole.usage.cache_read_tokens, None);
    }

    /// A guardrail answers in the model's place and counts nothing.
    #[test]
    fn an_answer_without_counts_has_none() {
        let mut fold = Fold::new(Identity::default());
        let body =
            br#"{"choices":[{"index":0,"message":{"content":"Blocked."},"finish_reason":"stop"}],
            "amazon-bedrock-guardrailAction":"INTERVENED"}"#;
        GptOss.answer(body, &mut fold).unwrap();
        let response = fold.finish();
        assert_eq!(response.text(), "Blocked.");
        assert_eq!(response.usage.input_tokens, None);
    }
}
