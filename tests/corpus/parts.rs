//! Parts of an answer in contract JSON, and the blocks of a stream that grow into them.
//!
//! What says nothing is dropped, by one rule for every wire: a text part that is empty and cites
//! nothing, a reasoning part with neither text nor signature nor redacted data.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The string at a JSON pointer, empty if there is none.
pub(crate) fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The list at a JSON pointer, empty if there is none.
pub(crate) fn list_at<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The first of these members that is there and not null, else null.
pub(crate) fn first_of(value: &Value, names: &[&str]) -> Value {
    let given = names
        .iter()
        .filter_map(|name| value.get(*name))
        .find(|member| !member.is_null());
    given.cloned().unwrap_or_default()
}

pub(crate) fn text_part(text: &str, citations: Vec<Value>) -> Option<Value> {
    match (text.is_empty(), citations.is_empty()) {
        (true, true) => None,
        (false, true) => Some(json!({"type": "text", "text": text})),
        (_, false) => Some(json!({"type": "text", "text": text, "citations": citations})),
    }
}

pub(crate) fn reasoning_part(text: &str, signature: &str, redacted: &str) -> Option<Value> {
    let mut part = Map::new();
    for (name, value) in [
        ("text", text),
        ("signature", signature),
        ("redacted", redacted),
    ] {
        if !value.is_empty() {
            part.insert(name.to_owned(), value.into());
        }
    }
    if part.is_empty() {
        return None;
    }
    part.insert("type".to_owned(), "reasoning".into());
    Some(Value::Object(part))
}

pub(crate) fn tool_call_part(id: &str, name: &str, arguments: Value) -> Value {
    json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments})
}

pub(crate) fn unknown_part(raw: Value) -> Value {
    json!({"type": "unknown", "raw": raw})
}

/// Arguments that came as text: none is no arguments, and what is not JSON stays the text it is.
pub(crate) fn arguments(raw: &str) -> Value {
    if raw.is_empty() {
        return json!({});
    }
    serde_json::from_str(raw).unwrap_or_else(|_| raw.into())
}

/// Usage as the contract spells it; a count that the wire did not give is null.
pub(crate) fn usage(
    input: Value,
    output: Value,
    cache_read: Value,
    cache_write: Value,
    total: Value,
) -> Value {
    json!({
        "input_tokens": input,
        "output_tokens": output,
        "cache_read_tokens": cache_read,
        "cache_write_tokens": cache_write,
        "total_tokens": total,
    })
}

/// Marks citations as being about the first `end` Unicode scalars of their part.
pub(crate) fn covering(mut citations: Vec<Value>, text: &str) -> Vec<Value> {
    let end = text.chars().count();
    for citation in citations.iter_mut().filter_map(Value::as_object_mut) {
        citation.insert("start".to_owned(), 0.into());
        citation.insert("end".to_owned(), end.into());
    }
    citations
}

/// The blocks of a streamed answer by index. A block opens with whatever event first names its index.
#[derive(Default)]
pub(crate) struct Blocks(BTreeMap<u64, Block>);

/// A block under construction.
pub(crate) enum Block {
    Text {
        text: String,
        citations: Vec<Value>,
        covers_all: bool,
    },
    Reasoning {
        text: String,
        signature: String,
        redacted: String,
    },
    ToolCall {
        id: String,
        name: String,
        whole: Value,
        fragments: String,
    },
    /// Any other kind, as the block would look in an answer that is not streamed.
    Other { raw: Value, fragments: String },
}

impl Blocks {
    pub(crate) fn open(&mut self, index: u64, block: Block) -> Result<(), String> {
        match self.0.insert(index, block) {
            None => Ok(()),
            Some(_) => Err(format!("block {index} is opened twice")),
        }
    }

    pub(crate) fn get(&mut self, index: u64) -> Option<&mut Block> {
        self.0.get_mut(&index)
    }

    pub(crate) fn text(&mut self, index: u64, delta: &str) -> Result<(), String> {
        match self.0.entry(index).or_insert_with(Block::text) {
            Block::Text { text, .. } => text.push_str(delta),
            _ => return Err(format!("block {index} is not text")),
        }
        Ok(())
    }

    pub(crate) fn citation(&mut self, index: u64, citation: Value) -> Result<(), String> {
        match self.0.entry(index).or_insert_with(Block::text) {
            Block::Text {
                text,
                citations,
                covers_all,
            } => {
                *covers_all &= text.is_empty();
                citations.push(citation);
            }
            _ => return Err(format!("block {index} is not text")),
        }
        Ok(())
    }

    /// Adds to a reasoning block. Redacted data is base64: its bytes are joined, not its letters.
    pub(crate) fn reasoning(
        &mut self,
        index: u64,
        more_text: &str,
        more_signature: &str,
        more_redacted: &str,
    ) -> Result<(), String> {
        match self.0.entry(index).or_insert_with(Block::reasoning) {
            Block::Reasoning {
                text,
                signature,
                redacted,
            } => {
                text.push_str(more_text);
                signature.push_str(more_signature);
                *redacted = join_base64(redacted, more_redacted)?;
            }
            _ => return Err(format!("block {index} is not reasoning")),
        }
        Ok(())
    }

    /// Adds a fragment of JSON text to a tool call, or to another kind of block that takes input.
    pub(crate) fn fragment(&mut self, index: u64, fragment: &str) -> Result<(), String> {
        match self.0.get_mut(&index) {
            Some(Block::ToolCall { fragments, .. } | Block::Other { fragments, .. }) => {
                fragments.push_str(fragment);
                Ok(())
            }
            _ => Err(format!("block {index} takes no input")),
        }
    }

    /// The parts of the answer, in the order of their indices.
    pub(crate) fn into_parts(self) -> Vec<Value> {
        self.0.into_values().filter_map(Block::into_part).collect()
    }
}

impl Block {
    fn text() -> Self {
        Self::Text {
            text: String::new(),
            citations: Vec::new(),
            covers_all: true,
        }
    }

    fn reasoning() -> Self {
        Self::Reasoning {
            text: String::new(),
            signature: String::new(),
            redacted: String::new(),
        }
    }

    fn into_part(self) -> Option<Value> {
        match self {
            Self::Text {
                text,
                citations,
                covers_all,
            } => {
                let citations = if covers_all {
                    covering(citations, &text)
                } else {
                    citations
                };
                text_part(&text, citations)
            }
            Self::Reasoning {
                text,
                signature,
                redacted,
            } => reasoning_part(&text, &signature, &redacted),
            Self::ToolCall {
                id,
                name,
                whole,
                fragments,
            } => {
                let given = if fragments.is_empty() {
                    whole
                } else {
                    arguments(&fragments)
                };
                Some(tool_call_part(&id, &name, given))
            }
            Self::Other { mut raw, fragments } => {
                if !fragments.is_empty() {
                    // Converse names the kind around the block, Anthropic inside it.
                    let block = match raw.get_mut("toolUse") {
                        Some(block) => block,
                        None => &mut raw,
                    };
                    block["input"] = arguments(&fragments);
                }
                Some(unknown_part(raw))
            }
        }
    }
}

fn join_base64(first: &str, second: &str) -> Result<String, String> {
    if first.is_empty() || second.is_empty() {
        return Ok([first, second].concat());
    }
    let decode = |coded| {
        STANDARD
            .decode(coded)
            .map_err(|e| format!("redacted reasoning: {e}"))
    };
    Ok(STANDARD.encode([decode(first)?, decode(second)?].concat()))
}
