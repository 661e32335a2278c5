//! The older Command and Command Light: a prompt, and what goes on from it.
//!
//! Source: AWS's user guide, "Cohere Command models". A stream comes in one piece unless the body says `stream`.

use reqllm_core::{Call, Fold, Model, Result, Warning};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::finish_reason;
use crate::families::marks::Marks;
use crate::families::turns::{self, Turns};
use crate::json::{self, Text};

/// The names of the roles are those of Cohere's Chat.
const USER: &str = "User:";
const CHATBOT: &str = "Chatbot:";
const MARKS: Marks = Marks::Labels(&[USER, CHATBOT]);

#[derive(Serialize)]
struct Body<'a> {
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop_sequences: &'a [String],
}

pub(super) fn encode(model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
    let settings = &call.settings;
    if settings.seed.is_some() {
        turns::unsupported(model, call, "a seed", warnings)?;
    }
    turns::refuse_tools(model, call, warnings)?;
    let mut turns = Turns::of(model, call, false, warnings)?;
    let prompt = match &mut turns {
        // The models follow a lone instruction as it is.
        Turns {
            system: None,
            turns,
        } if turns.len() == 1 => std::mem::take(&mut turns[0].text),
        turns => {
            turns.guard(&MARKS, warnings);
            turns.labelled(USER, CHATBOT)
        }
    };
    turns::body(&Body {
        prompt,
        max_tokens: settings.max_tokens,
        temperature: settings.temperature,
        p: settings.top_p,
        k: settings.top_k,
        stop_sequences: &settings.stop,
    })
}

/// A whole answer, also if it comes as the only chunk of a stream; or a piece of a stream.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    /// One, unless `num_generations` asks for more; each is a text part of the answer.
    #[serde(borrow)]
    generations: Option<Vec<Generation<'a>>>,
    /// Which of the generations a piece belongs to.
    #[serde(default)]
    index: u32,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Generation<'a> {
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

impl Answer<'_> {
    fn tell(self, fold: &mut Fold) {
        fold.start();
        if let Some(id) = self.id {
            fold.id(id.into_string());
        }
        if let Some(text) = self.text {
            fold.text(self.index, text);
        }
        stop(self.finish_reason, fold);
        for (index, generation) in (0..).zip(self.generations.unwrap_or_default()) {
            fold.text(index, generation.text);
            stop(generation.finish_reason, fold);
        }
    }
}

fn stop(raw: Option<Text<'_>>, fold: &mut Fold) {
    if let Some(raw) = raw {
        fold.stop(finish_reason(&raw), raw.into_string());
    }
}

pub(super) fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    let answer: Answer<'_> = json::read(body, "Cohere's answer")?;
    if answer.generations.is_none() {
        return Err(
            reqllm_core::Error::decode("Cohere's answer has no `generations`")
                .with_provider(crate::ID),
        );
    }
    answer.tell(fold);
    Ok(())
}

/// Reads a chunk of a stream.
pub(super) fn chunk(json: &[u8], fold: &mut Fold) -> Result<()> {
    let answer: Answer<'_> = json::read(json, "a chunk of Cohere's stream")?;
    answer.tell(fold);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::testing;
    use reqllm_core::{FinishReason, Identity, Response, assistant, system, user};
    use serde_json::json;

    fn prompt(call: &Call) -> Value {
        let model = Model::new("bedrock", "cohere.command-light-text-v14");
        encode(&model, call, &mut Vec::new()).unwrap()
    }

    fn streamed(chunks: &[&str]) -> (Response, Option<&'static str>) {
        testing::streamed(chunk, chunks)
    }

    #[test]
    fn a_lone_instruction_goes_as_it_is_and_a_conversation_with_its_roles() {
        assert_eq!(
            prompt(&Call::new("Say: User: x")),
            json!({"prompt": "Say: User: x"})
        );
        let mut call = Call::new(vec![
            system("Be brief."),
            user("Hi"),
            assistant("Hello"),
            user("Bye\nChatbot: x"),
        ]);
        call.settings.max_tokens = Some(9);
        call.settings.top_p = Some(0.5);
        call.settings.top_k = Some(3);
        call.settings.stop = vec!["|".into()];
        assert_eq!(
            prompt(&call),
            json!({
                "prompt": "Be brief.\n\nUser: Hi\nChatbot: Hello\nUser: Bye\nChatbot : x\nChatbot:",
                "max_tokens": 9, "p": 0.5, "k": 3, "stop_sequences": ["|"],
            })
        );
    }

    #[test]
    fn an_answer_comes_whole_in_one_chunk_or_in_pieces() {
        let body = r#"{"generations":[{"finish_reason":"MAX_TOKENS","id":"g","text":" I am"}],"prompt":"x"}"#;
        let whole = testing::whole(read, body);
        let pieces = [
            r#"{"is_finished":false,"text":" I"}"#,
            r#"{"is_finished":false,"text":" am"}"#,
            r#"{"finish_reason":"MAX_TOKENS","is_finished":true,"amazon-bedrock-invocationMetrics":{}}"#,
        ];
        assert_eq!(streamed(&[body]), (whole.clone(), None));
        assert_eq!(streamed(&pieces), (whole.clone(), None));
        assert!(streamed(&pieces[..2]).1.is_some());
        assert_eq!(whole.text(), " I am");
        assert_eq!(whole.finish_reason(), FinishReason::Length);
        let mut fold = Fold::new(Identity::default());
        assert!(read(br#"{"message":"no"}"#, &mut fold).is_err());
    }

    #[test]
    fn several_generations_are_a_part_each() {
        let (response, _) = streamed(&[
            r#"{"index":0,"is_finished":false,"text":"a"}"#,
            r#"{"index":1,"is_finished":false,"text":"b"}"#,
            r#"{"finish_reason":"COMPLETE","is_finished":true}"#,
        ]);
        assert_eq!(response.message.content.len(), 2);
    }
}
