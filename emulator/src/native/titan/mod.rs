//! Amazon Titan Text: one string in, results out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Answered, Asked, Request, Writer};
use super::wording::read;
use crate::BEDROCK;
use crate::brain::{Conversation, Stop, pieces};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::shape::{Shape, list, optional, required, text};

/// Pieces of text that Titan puts into one chunk: it streams in long strides.
const STRIDE: usize = 8;

static REQUEST: Shape = Shape::Structure(&[
    required("inputText", &text(1, usize::MAX)),
    optional(
        "textGenerationConfig",
        &Shape::Structure(&[
            optional("maxTokenCount", &Shape::Range { min: 1, max: 8192 }),
            optional("temperature", &Shape::Number { min: 0.0, max: 1.0 }),
            optional("topP", &Shape::Number { min: 0.0, max: 1.0 }),
            // Once only `|` and `User:` were taken (boto3 #3993); AWS has since said that any text is.
            optional("stopSequences", &list(&text(1, usize::MAX))),
        ]),
    ),
]);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    input_text: String,
    text_generation_config: Option<Config>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    max_token_count: Option<u64>,
    stop_sequences: Option<Vec<String>>,
}

/// What a Titan body asks.
pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body: Body = read(&REQUEST, request.body)?;
    let config = body.text_generation_config.unwrap_or_default();
    let conversation = parse(&body.input_text);
    let (length, stop) = (config.max_token_count, config.stop_sequences);
    let prompt = conversation.in_words(BEDROCK, length, stop, request.dice.clone());
    Ok(Asked::uncached(request, prompt, Results))
}

/// AWS's prompt guide has turns as lines that begin with `User:` and `Bot:`, with instructions before
/// them. Any other text is one question.
fn parse(input: &str) -> Conversation {
    let mut conversation = Conversation::default();
    let mut speaker = None;
    let mut said: Vec<&str> = Vec::new();
    let mut end_of_turn = |speaker: Option<bool>, said: &mut Vec<&str>| {
        let text = said.join("\n");
        said.clear();
        match (speaker, text.trim()) {
            (_, "") => {}
            (Some(user), text) => conversation.text(user, text),
            (None, text) => conversation.system.push(text.to_owned()),
        }
    };
    for line in input.lines() {
        let next = line
            .strip_prefix("User:")
            .map(|rest| (true, rest))
            .or_else(|| line.strip_prefix("Bot:").map(|rest| (false, rest)));
        let Some((user, rest)) = next else {
            said.push(line);
            continue;
        };
        end_of_turn(speaker, &mut said);
        speaker = Some(user);
        said.push(rest);
    }
    end_of_turn(speaker, &mut said);
    if conversation.turns.is_empty() {
        return Conversation::whole(input);
    }
    conversation
}

struct Results;

impl Writer for Results {
    fn whole(&self, answered: &Answered) -> Value {
        json!({
            "inputTextTokenCount": number(answered, answered.usage.fresh),
            "results": [{
                "tokenCount": number(answered, answered.answer.tokens),
                "outputText": answered.text(),
                "completionReason": reason(&answered.answer.stop),
            }],
        })
    }

    /// Counts come where they are known, and are null elsewhere: the input's in the first chunk, the
    /// output's in the last.
    fn events(&self, answered: &Answered) -> Vec<Value> {
        let pieces = pieces(answered.text());
        let mut strides: Vec<String> = pieces.chunks(STRIDE).map(<[&str]>::concat).collect();
        if strides.is_empty() {
            strides.push(String::new());
        }
        let last = strides.len() - 1;
        let chunk = |(index, text): (usize, String)| {
            let mut chunk = json!({
                "outputText": text,
                "index": number(answered, 0),
                "totalOutputTextTokenCount": (index == last).then(|| number(answered, answered.answer.tokens)),
                "completionReason": (index == last).then(|| reason(&answered.answer.stop)),
                "inputTextTokenCount": (index == 0).then(|| number(answered, answered.usage.fresh)),
            });
            // A guardrail writes the chunk anew, and leaves out what is null.
            if let Some(members) = chunk.as_object_mut().filter(|_| answered.guarded) {
                members.retain(|_, value| !value.is_null());
            }
            chunk
        };
        strides.into_iter().enumerate().map(chunk).collect()
    }

    fn blocked(&self, text: &str, _: &Dice) -> Value {
        json!({"results": [{"tokenCount": 0.0, "outputText": text}], "inputTextTokenCount": 0.0})
    }

    fn blocked_events(&self, text: &str, _: &Dice) -> Vec<Value> {
        vec![json!({
            "outputText": text, "index": 0.0, "totalOutputTextTokenCount": 0.0, "inputTextTokenCount": 0.0,
        })]
    }
}

/// Behind a guardrail all numbers of Titan are floats: `28.0`.
fn number(answered: &Answered, count: u64) -> Value {
    if !answered.guarded {
        return count.into();
    }
    u32::try_from(count).map_or_else(|_| count.into(), |count| f64::from(count).into())
}

fn reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse => "FINISH",
        Stop::MaxTokens => "LENGTH",
        Stop::Sequence(_) => "STOP_CRITERIA_MET",
        Stop::Refused => "CONTENT_FILTERED",
    }
}

#[cfg(test)]
mod tests;
