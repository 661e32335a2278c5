//! Which tools are called, and with what.

use serde_json::Value;

use super::{Choice, Part, Prompt, Tool, schema};

/// The calls of an answer; none if it is to be text.
pub(super) fn calls<'a>(prompt: &'a Prompt, question: &str) -> Vec<(&'a Tool, Value)> {
    let mentioned = || -> Vec<&Tool> {
        prompt
            .tools
            .iter()
            .filter(|tool| is_mentioned(&tool.name, question))
            .collect()
    };
    let chosen: Vec<&Tool> = match &prompt.choice {
        Choice::None => Vec::new(),
        // Results are always answered in words, or a loop of calls would never end; a tool that is
        // forced by name has its turn after the others.
        Choice::Named(name) if !answered(prompt, name) => prompt
            .tools
            .iter()
            .filter(|tool| tool.name == *name)
            .collect(),
        _ if prompt.has_results() => Vec::new(),
        Choice::Auto | Choice::Named(_) => mentioned(),
        Choice::Any => {
            let mentioned = mentioned();
            if mentioned.is_empty() {
                prompt.tools.iter().take(1).collect()
            } else {
                mentioned
            }
        }
    };
    chosen
        .into_iter()
        .map(|tool| (tool, schema::instance(&tool.schema, question)))
        .collect()
}

/// Whether the last user turn brings a result of the tool called `name`.
fn answered(prompt: &Prompt, name: &str) -> bool {
    let ids: Vec<&str> = prompt
        .turns
        .iter()
        .flat_map(|turn| &turn.parts)
        .filter_map(|part| match part {
            Part::ToolCall { id, name: called } if called == name => Some(id.as_str()),
            _ => None,
        })
        .collect();
    prompt
        .turns
        .iter()
        .rev()
        .find(|turn| turn.user)
        .is_some_and(|turn| {
            turn.parts.iter().any(
                |part| matches!(part, Part::ToolResult { id, .. } if ids.contains(&id.as_str())),
            )
        })
}

/// Whether every word of a tool's name is a word of the text: `get_weather`, `getWeather` and
/// `get-weather` are mentioned in "Get me the weather".
fn is_mentioned(name: &str, text: &str) -> bool {
    let text: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let name = name_words(name);
    !name.is_empty() && name.iter().all(|word| text.contains(word))
}

fn name_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (lower && c.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for name in [
            "get_weather",
            "get-weather",
            "getWeather",
            "GetWeather",
            "_get__weather_",
        ] {
            assert_eq!(name_words(name), ["get", "weather"], "{name}");
        }
        assert_eq!(name_words("HTTPGet2Now"), ["httpget2", "now"]);
    }

    #[test]
    fn a_tool_is_mentioned_by_whole_words() {
        assert!(is_mentioned("get_weather", "Please GET the Weather!"));
        assert!(!is_mentioned("get_weather", "What is the weather?"));
        assert!(!is_mentioned("time", "sometimes"));
        assert!(!is_mentioned("__", "anything"));
    }
}
