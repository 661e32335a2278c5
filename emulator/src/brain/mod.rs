//! The model that is not there: a pure function from a prompt to an answer.
//!
//! Both dialects translate their requests into a [`Prompt`] and write the [`Answer`] in their own
//! words; nothing in here knows of HTTP, of Converse or of Claude's Messages.

mod conversation;
mod pattern;
mod prose;
mod schema;
pub(crate) mod signature;
pub(crate) mod tokens;
mod tools;

use serde_json::Value;

use crate::dice::Dice;
pub(crate) use conversation::Conversation;
pub(crate) use prose::{decoded_length, first_sentence, fragments, pieces, spaced_json, words};

/// What is asked, whoever asked it.
#[derive(Debug)]
pub(crate) struct Prompt {
    /// Who is asked, as the answer names itself: the name of the API or of its maker.
    pub(crate) speaker: &'static str,
    pub(crate) system: Vec<String>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) choice: Choice,
    /// Words stand for tokens.
    pub(crate) max_tokens: Option<u64>,
    pub(crate) stop_sequences: Vec<String>,
    pub(crate) thinking: Thinking,
    /// A JSON Schema that the text of the answer has to satisfy.
    pub(crate) answer_schema: Option<Value>,
    pub(crate) dice: Dice,
}

#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) user: bool,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(String),
    /// An image, document, …, in words.
    Attachment(String),
    ToolCall {
        id: String,
        name: String,
    },
    ToolResult {
        id: String,
        text: String,
        failed: bool,
    },
}

#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) schema: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    Auto,
    Any,
    Named(String),
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thinking {
    Off,
    /// As Claude thinks: every block is signed, and may be redacted.
    Signed,
    Unsigned,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) blocks: Vec<Block>,
    pub(crate) stop: Stop,
    pub(crate) tokens: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    Thinking {
        text: String,
        signature: Option<String>,
    },
    Redacted(String),
    Text(String),
    /// `token` is the random-looking part of the call's id.
    ToolCall {
        token: String,
        name: String,
        input: Value,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    EndTurn,
    ToolUse,
    MaxTokens,
    Sequence(String),
    /// It will not answer; not every family has a word for that.
    Refused,
}

/// The word in a prompt that the model refuses to answer.
const REFUSED: &str = "refuseme";
/// The word in a prompt that is answered with nothing.
const EMPTY: &str = "emptyanswer";
/// Words in a prompt, behind which there is a schema that the answer has to satisfy.
const SCHEMA_IN_WORDS: &str = "JSON Schema:";

impl Prompt {
    /// The text of the last user turn: what is being asked.
    pub(crate) fn question(&self) -> String {
        let turn = self.turns.iter().rev().find(|turn| turn.user);
        let texts = turn
            .into_iter()
            .flat_map(|turn| &turn.parts)
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.trim()),
                _ => None,
            });
        texts.collect::<Vec<_>>().join(" ")
    }

    /// Whether the last user turn brings results of tools.
    fn has_results(&self) -> bool {
        self.turns
            .iter()
            .rev()
            .find(|turn| turn.user)
            .is_some_and(|turn| {
                turn.parts
                    .iter()
                    .any(|part| matches!(part, Part::ToolResult { .. }))
            })
    }

    /// The answer. The same prompt always gets the same one.
    pub(crate) fn answer(&self) -> Answer {
        let question = self.question();
        if says(&question, REFUSED) {
            let text = "I cannot help with that.".to_owned();
            return Answer {
                tokens: words(&text),
                blocks: vec![Block::Text(text)],
                stop: Stop::Refused,
            };
        }
        if says(&question, EMPTY) {
            return Answer {
                blocks: Vec::new(),
                stop: Stop::EndTurn,
                tokens: 1,
            };
        }
        let schema = self.answer_schema.clone();
        let schema = schema.or_else(|| self.schema_in_words(&question));
        let mut blocks = self.thoughts(&question);
        let calls = tools::calls(self, &question);
        if calls.is_empty() {
            blocks.push(Block::Text(match &schema {
                Some(schema) => spaced_json(&schema::instance(schema, &question)),
                None if self.has_results() => prose::results(self),
                None => prose::reply(self, &question),
            }));
        } else {
            if self.choice == Choice::Auto {
                let names: Vec<&str> = calls.iter().map(|(tool, _)| tool.name.as_str()).collect();
                blocks.push(Block::Text(format!("I will call {}.", names.join(" and "))));
            }
            for (index, (tool, input)) in calls.into_iter().enumerate() {
                let token = self.dice.token("tool call", index, 22);
                blocks.push(Block::ToolCall {
                    token,
                    name: tool.name.clone(),
                    input,
                });
            }
        }
        self.cut(blocks)
    }

    /// The schema that the instructions or the question state in words: what any model that follows instructions would
    /// write by.
    pub(crate) fn schema_in_words(&self, question: &str) -> Option<Value> {
        let texts = self.system.iter().map(String::as_str).chain([question]);
        texts
            .filter_map(|text| text.split_once(SCHEMA_IN_WORDS))
            .find_map(|(_, schema)| {
                let mut values = serde_json::Deserializer::from_str(schema).into_iter::<Value>();
                values.next()?.ok().filter(Value::is_object)
            })
    }

    fn thoughts(&self, question: &str) -> Vec<Block> {
        let signed = self.thinking == Thinking::Signed;
        if self.thinking == Thinking::Off {
            return Vec::new();
        }
        if signed && question.contains("[redacted]") {
            return vec![Block::Redacted(signature::redacted(
                &self.dice.token("redacted", 0, 24),
            ))];
        }
        let text = prose::thought(question);
        let signature = signed.then(|| signature::sign(&text));
        vec![Block::Thinking { text, signature }]
    }

    /// Applies stop sequences, then the token limit.
    fn cut(&self, blocks: Vec<Block>) -> Answer {
        let mut stop = Stop::EndTurn;
        let mut left = self.max_tokens.unwrap_or(u64::MAX);
        let mut tokens = 0;
        let mut kept = Vec::new();
        for mut block in blocks {
            let mut last = false;
            if let Block::Text(text) = &mut block
                && let Some((at, sequence)) = earliest(text, &self.stop_sequences)
            {
                text.truncate(at);
                stop = Stop::Sequence(sequence.to_owned());
                last = true;
            }
            if matches!(block, Block::ToolCall { .. }) {
                stop = Stop::ToolUse;
            }
            let size = block.tokens();
            if size > left {
                stop = Stop::MaxTokens;
                last = true;
                block = match block {
                    Block::Text(text) => Block::Text(prose::first_words(&text, left).to_owned()),
                    Block::Thinking { text, .. } => {
                        let text = prose::first_words(&text, left).to_owned();
                        let signed = self.thinking == Thinking::Signed;
                        let signature = signed.then(|| signature::sign(&text));
                        Block::Thinking { text, signature }
                    }
                    // Half a call is no call.
                    Block::ToolCall { .. } | Block::Redacted(_) => break,
                };
            }
            let size = block.tokens();
            left = left.saturating_sub(size);
            tokens += size;
            let empty = matches!(&block, Block::Text(text) | Block::Thinking { text, .. } if text.is_empty());
            if !empty {
                kept.push(block);
            }
            if last {
                break;
            }
        }
        Answer {
            blocks: kept,
            stop,
            tokens: tokens.max(1),
        }
    }
}

impl Block {
    fn tokens(&self) -> u64 {
        match self {
            Self::Thinking { text, .. } | Self::Text(text) => words(text),
            Self::Redacted(_) => 1,
            Self::ToolCall { input, .. } => 1 + words(&spaced_json(input)),
        }
    }
}

impl Answer {
    /// Tokens of reasoning, if there is any.
    pub(crate) fn thoughts(&self) -> Option<u64> {
        let is_thought =
            |block: &&Block| matches!(block, Block::Thinking { .. } | Block::Redacted(_));
        let thoughts = || self.blocks.iter().filter(is_thought);
        let tokens = thoughts().map(Block::tokens).sum();
        thoughts().next().map(|_| tokens)
    }

    /// Takes all calls but the first away, for those who want one at a time.
    pub(crate) fn keep_one_call(&mut self) {
        let mut calls = 0;
        self.blocks.retain(|block| {
            calls += usize::from(matches!(block, Block::ToolCall { .. }));
            !matches!(block, Block::ToolCall { .. }) || calls == 1
        });
        self.tokens = self.blocks.iter().map(Block::tokens).sum::<u64>().max(1);
    }
}

/// Whether a text has the word, however it is written.
pub(crate) fn says(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|said| said.eq_ignore_ascii_case(word))
}

/// Where the first of the stop sequences begins, and which it is.
fn earliest<'a>(text: &str, sequences: &'a [String]) -> Option<(usize, &'a str)> {
    let found = sequences
        .iter()
        .filter_map(|sequence| Some((text.find(sequence)?, sequence.as_str())));
    found.min_by_key(|(at, _)| *at)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
