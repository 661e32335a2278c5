//! The rules of a conversation that the shapes of its messages do not show.

use serde_json::Value;

use crate::chat::{Body, Message, Role, ToolChoice};

/// Where families differ.
pub(in crate::native) struct Rules {
    /// The words that `tool_choice` may be.
    pub(in crate::native) choices: &'static [&'static str],
    /// Whether ids of calls are nine letters or digits.
    pub(in crate::native) short_ids: bool,
    /// Whether the last message may be the assistant's.
    pub(in crate::native) prefill: bool,
}

/// What is wrong with a conversation, with a pointer to it.
pub(in crate::native) fn check(body: &Body, rules: &Rules) -> Result<(), String> {
    for (index, message) in body.messages.iter().enumerate() {
        contents(message).map_err(|what| format!("#/messages/{index}: {what}"))?;
    }
    let last = body.messages.last();
    if !rules.prefill && last.is_some_and(|message| message.role == Role::Assistant) {
        return Err(format!(
            "#/messages/{}: expected last role user or tool, but got assistant",
            body.messages.len().saturating_sub(1)
        ));
    }
    tools(body, rules)?;
    pairing(&body.messages, rules)
}

fn contents(message: &Message) -> Result<(), String> {
    let calls = message.tool_calls.as_deref().unwrap_or_default();
    if !calls.is_empty() && message.role != Role::Assistant {
        return Err("tool_calls are of the assistant only".to_owned());
    }
    if (message.role == Role::Tool) != message.tool_call_id.is_some() {
        return Err("messages of role tool, and no others, have a tool_call_id".to_owned());
    }
    let images = message.images().next().is_some();
    if images && message.role != Role::User {
        return Err("images are of the user only".to_owned());
    }
    let silent = message.text().is_empty() && !images;
    match message.role {
        // A tool may have nothing to say, and an assistant who calls one, too.
        Role::Tool => Ok(()),
        Role::Assistant if !calls.is_empty() => Ok(()),
        _ if silent => Err("content must not be empty".to_owned()),
        _ => Ok(()),
    }
}

fn tools(body: &Body, rules: &Rules) -> Result<(), String> {
    let tools = body.tools.as_deref().unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    for (index, tool) in tools.iter().enumerate() {
        let (name, parameters) = (tool.function.name.as_str(), &tool.function.parameters);
        if names.contains(&name) {
            return Err(format!(
                "#/tools/{index}/function/name: there are two tools [{name}]"
            ));
        }
        names.push(name);
        let kind = parameters.as_ref().and_then(|schema| schema.get("type"));
        if kind.is_some_and(|kind| kind != "object") {
            return Err(format!(
                "#/tools/{index}/function/parameters/type: the type must be object"
            ));
        }
    }
    match &body.tool_choice {
        None => Ok(()),
        Some(ToolChoice::Word(word)) if !rules.choices.contains(&word.as_str()) => Err(format!(
            "#/tool_choice: {word} is not one of {}",
            rules.choices.join(", ")
        )),
        Some(ToolChoice::Word(word)) if tools.is_empty() && word != "none" => {
            Err("#/tool_choice: there are no tools to choose from".to_owned())
        }
        Some(ToolChoice::Word(_)) => Ok(()),
        Some(ToolChoice::Function { function }) if names.contains(&function.name.as_str()) => {
            Ok(())
        }
        Some(ToolChoice::Function { function }) => Err(format!(
            "#/tool_choice: there is no tool [{}]",
            function.name
        )),
    }
}

/// Every call is answered before the next message that is not a tool's.
fn pairing(messages: &[Message], rules: &Rules) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("#/messages/{index}");
        if let Some(id) = &message.tool_call_id {
            let Some(place) = open.iter().position(|call| call == id) else {
                return Err(format!(
                    "{at}: tool_call_id [{id}] answers no call before it"
                ));
            };
            open.remove(place);
            continue;
        }
        if let Some(id) = open.first() {
            return Err(format!("{at}: the call [{id}] before it has no answer"));
        }
        for call in message.tool_calls.iter().flatten() {
            let plain = call.id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if rules.short_ids && (call.id.len() != 9 || !plain) {
                return Err(format!(
                    "{at}: tool call id was {} but must be a-z, A-Z, 0-9, with a length of 9",
                    call.id
                ));
            }
            if !matches!(
                serde_json::from_str(&call.function.arguments),
                Ok(Value::Object(_))
            ) {
                return Err(format!(
                    "{at}: the arguments of [{}] are not a JSON object",
                    call.id
                ));
            }
            if open.contains(&call.id.as_str()) {
                return Err(format!("{at}: there are two calls [{}]", call.id));
            }
            open.push(&call.id);
        }
    }
    match open.first() {
        Some(id) => Err(format!("#/messages: the call [{id}] has no answer")),
        None => Ok(()),
    }
}
