//! Recorded bodies of vendors that go on with a text, in the JSON contract of the library.
//!
//! Most recorders gave the prompt as it came to their minds. Where it follows a template of its family it is taken out of
//! that, and the library has to write the same one; where it does not, everything but the prompt is compared.

use serde_json::{Map, Value, json};

use super::converse::members;
use crate::normal::sorted;
use crate::wire::Native;

/// What a body says.
pub(crate) struct Read {
    pub(crate) contract: Value,
    /// The member that holds the prompt.
    pub(crate) prompt: &'static str,
    /// Whether the prompt follows a template.
    pub(crate) templated: bool,
}

/// Translates a body, or says why it cannot.
pub(crate) fn contract(native: Native, model: &str, body: &Value) -> Result<Read, String> {
    let names: &[(&str, &str)] = match native {
        Native::Titan => &[
            ("maxTokenCount", "max_tokens"),
            ("temperature", "temperature"),
            ("topP", "top_p"),
            ("stopSequences", "stop"),
        ],
        Native::Llama => &[
            ("max_gen_len", "max_tokens"),
            ("temperature", "temperature"),
            ("top_p", "top_p"),
        ],
        Native::Mistral => &[
            ("max_tokens", "max_tokens"),
            ("temperature", "temperature"),
            ("top_p", "top_p"),
            ("top_k", "top_k"),
            ("stop", "stop"),
        ],
        _ => &[
            ("max_tokens", "max_tokens"),
            ("temperature", "temperature"),
            ("p", "top_p"),
            ("k", "top_k"),
            ("stop_sequences", "stop"),
        ],
    };
    let prompt = match native {
        Native::Titan => "inputText",
        Native::CommandR => "message",
        _ => "prompt",
    };
    let Some(text) = body[prompt].as_str() else {
        return Err(format!("a body without {prompt}"));
    };
    let (said, templated) = match untemplated(native, model, text) {
        Some(said) => (said, true),
        None => (text.to_owned(), false),
    };
    let mut out = json!({"messages": [{"role": "user", "content": said}]});
    let mut fields = Map::new();
    for (name, value) in members(body)?
        .iter()
        .flat_map(|(name, value)| match name.as_str() {
            "textGenerationConfig" => value.as_object().cloned().unwrap_or_default(),
            _ => Map::from_iter([(name.clone(), value.clone())]),
        })
    {
        match names.iter().find(|(theirs, _)| *theirs == name) {
            Some(_) if is_no_limit(native, &name, &value) => {}
            Some((_, ours)) => out[*ours] = value,
            None if name == prompt => {}
            None => {
                fields.insert(name, value);
            }
        }
    }
    if !fields.is_empty() {
        out["additional_model_request_fields"] = fields.into();
    }
    Ok(Read {
        contract: out,
        prompt,
        templated,
    })
}

/// What a lone user says in a prompt that follows the template of a family.
fn untemplated(native: Native, model: &str, prompt: &str) -> Option<String> {
    let (before, after) = match native {
        // The prompt is what the user says, and nothing around it.
        Native::Command | Native::CommandR => ("", ""),
        // Meta's "Model Cards & Prompt formats".
        Native::Llama if model.contains("llama3") => (
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
            "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        // AWS's user guide, "Mistral AI text completion" and "Meta Llama models".
        Native::Llama | Native::Mistral => ("<s>[INST] ", " [/INST]"),
        // AWS's user guide, "Amazon Titan Text models".
        _ => ("User: ", "\nBot:"),
    };
    let said = prompt.strip_prefix(before)?.strip_suffix(after)?;
    let again = !before.is_empty() && (said.contains(before) || said.contains("<<SYS>>"));
    (!again).then(|| said.to_owned())
}

/// Cohere's API reference, Generate: `k` is 0 by default, which is no limit. The contract leaves it out.
fn is_no_limit(native: Native, name: &str, value: &Value) -> bool {
    native == Native::Command && name == "k" && *value == 0
}

/// One spelling for bodies that mean the same, without the prompt if it is not to be compared.
pub(crate) fn normalise(native: Native, mut body: Value, without: Option<&str>) -> Value {
    for list in ["stop", "stop_sequences"] {
        drop_empty(&mut body, list);
    }
    if let Some(config) = body.get_mut("textGenerationConfig") {
        drop_empty(config, "stopSequences");
    }
    if let Some(members) = body.as_object_mut() {
        members.retain(|name, value| {
            Some(name.as_str()) != without && !is_no_limit(native, name, value)
        });
    }
    sorted(body)
}

/// No stop sequences are no stop sequences.
fn drop_empty(body: &mut Value, name: &str) {
    if let Some(members) = body.as_object_mut()
        && members.get(name) == Some(&json!([]))
    {
        members.shift_remove(name);
    }
}
