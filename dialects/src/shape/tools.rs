//! Names, schemas and choice of tools.

use std::collections::{BTreeMap, BTreeSet};

use reqllm_core::{Capability, Error, Part, Result, Role, Tool, ToolChoice, ToolContent};
use serde_json::{Map, json};

use super::{Shaping, schema};
use crate::profile::ToolNames;

/// Service model, shape ToolName: 1 to 64 letters, digits, `_` and `-`.
const LONGEST_NAME: usize = 64;

impl Shaping<'_, '_> {
    pub(super) fn tools(&mut self) -> Result<()> {
        let can = self.takes_tools();
        let none = self.call.tool_choice == Some(ToolChoice::None);
        // A form without a word for none wants the tools of the conversation.
        if self.has_tool_blocks() && (!can || (none && !self.form.no_tool)) {
            if !can {
                self.unsupported("tools")?;
            }
            self.tell_in_words();
        }
        self.declare_again();
        if self.call.tools.is_empty() {
            return match self.call.tool_choice {
                Some(ToolChoice::Required | ToolChoice::Tool(_)) => Err(Error::invalid_request(
                    "`tool_choice` asks for a tool, and `tools` is empty",
                )),
                _ => Ok(()),
            };
        }
        if !can {
            self.unsupported("tools")?;
            let call = self.call.to_mut();
            call.tools.clear();
            call.tool_choice = None;
            return Ok(());
        }
        self.expectation.one_call_each = self.profile.one_call_each;
        self.check_tools()?;
        self.names();
        self.schemas()?;
        self.choice()
    }

    /// Whether the line takes tools, and the model is not known to be an exception.
    pub(super) fn takes_tools(&self) -> bool {
        self.profile.tools && self.model.capabilities.get(Capability::Tools) != Some(false)
    }

    fn has_tool_blocks(&self) -> bool {
        let mut parts = self
            .call
            .messages
            .iter()
            .flat_map(|message| &message.content);
        parts.any(|part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_)))
    }

    /// Tool calls and results of the conversation become text, so that it can go on without tools.
    fn tell_in_words(&mut self) {
        let call = self.call.to_mut();
        call.tools.clear();
        call.tool_choice = None;
        for message in &mut call.messages {
            if message.role == Role::Tool {
                message.role = Role::User;
            }
            let parts = std::mem::take(&mut message.content);
            message.content = parts.into_iter().flat_map(in_words).collect();
        }
        self.warn(
            "tools_in_words",
            "the conversation goes on without tools; its tool calls and results are told in words",
        );
    }

    /// A conversation with tool calls in it cannot go without definitions of tools. Where the caller gives none, the
    /// tools of the conversation are declared by their names, so that it can be gone on with.
    fn declare_again(&mut self) {
        if !self.call.tools.is_empty() {
            return;
        }
        let mut names = BTreeSet::new();
        let parts = self
            .call
            .messages
            .iter()
            .flat_map(|message| &message.content);
        for part in parts {
            match part {
                Part::ToolCall(call) => names.insert(call.name.clone()),
                Part::ToolResult(result) => {
                    names.extend(result.name.clone());
                    continue;
                }
                _ => continue,
            };
        }
        let has_results = || {
            let mut parts = self
                .call
                .messages
                .iter()
                .flat_map(|message| &message.content);
            parts.any(|part| matches!(part, Part::ToolResult(_)))
        };
        if names.is_empty() && has_results() {
            names.insert("unknown_tool".to_owned());
        }
        if names.is_empty() {
            return;
        }
        let list = names
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        self.warn(
            "tools_declared_again",
            format!("the conversation holds tool calls or results, and no `tools` are given; {list} went along by name, without their schemas"),
        );
        let any = json!({ "type": "object", "properties": {} });
        let stub = |name| {
            Tool::from_schema(name, any.clone()).description("Used earlier in this conversation")
        };
        self.call.to_mut().tools = names.into_iter().map(stub).collect();
    }

    fn check_tools(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for tool in &self.call.tools {
            if !seen.insert(tool.name.as_str()) {
                return Err(Error::invalid_request(format!(
                    "two of `tools` have the name {:?}; each needs one of its own",
                    tool.name
                )));
            }
            let kind = tool.parameters.get("type");
            if !tool.parameters.is_object() || kind.is_some_and(|kind| kind != "object") {
                return Err(Error::invalid_request(format!(
                    "`parameters` of tool {:?} is no JSON Schema of an object; {{\"type\": \"object\", \"properties\": {{…}}}} would do",
                    tool.name
                )));
            }
        }
        if let Some(ToolChoice::Tool(name)) = &self.call.tool_choice
            && !seen.contains(name.as_str())
        {
            let known = self.call.tools.iter().map(|tool| tool.name.as_str());
            return Err(Error::invalid_request(format!(
                "`tool_choice` is {name:?}; the tools are {}",
                known.collect::<Vec<_>>().join(", ")
            )));
        }
        Ok(())
    }

    /// Names that the model does not take are replaced, in the conversation too, and come back as they were.
    fn names(&mut self) {
        let rule = self.profile.tool_names;
        let in_use = |call: &reqllm_core::Call| -> BTreeSet<String> {
            let tools = call.tools.iter().map(|tool| tool.name.clone());
            let parts = call.messages.iter().flat_map(|message| &message.content);
            let called = parts.filter_map(|part| match part {
                Part::ToolCall(call) => Some(call.name.clone()),
                Part::ToolResult(result) => result.name.clone(),
                _ => None,
            });
            tools.chain(called).collect()
        };
        let illegal = |name: &str| legal_name(name, rule) != name;
        let parts = || {
            self.call
                .messages
                .iter()
                .flat_map(|message| &message.content)
        };
        let any = self.call.tools.iter().any(|tool| illegal(&tool.name))
            || parts().any(|part| matches!(part, Part::ToolCall(call) if illegal(&call.name)));
        if !any {
            return;
        }
        let names = in_use(&self.call);
        let mut taken: BTreeSet<String> = names
            .iter()
            .filter(|name| !illegal(name))
            .cloned()
            .collect();
        let mut renamed = BTreeMap::new();
        for name in names.into_iter().filter(|name| illegal(name)) {
            let legal = unique(legal_name(&name, rule), &taken);
            taken.insert(legal.clone());
            self.warn(
                "tool_renamed",
                format!("tool {name:?} goes by the name {legal:?}, which the model takes; its calls come back under the first"),
            );
            renamed.insert(name, legal);
        }
        let call = self.call.to_mut();
        let rename = |name: &mut String| {
            if let Some(legal) = renamed.get(name) {
                name.clone_from(legal);
            }
        };
        call.tools
            .iter_mut()
            .for_each(|tool| rename(&mut tool.name));
        if let Some(ToolChoice::Tool(name)) = &mut call.tool_choice {
            rename(name);
        }
        for part in call
            .messages
            .iter_mut()
            .flat_map(|message| &mut message.content)
        {
            match part {
                Part::ToolCall(call) => rename(&mut call.name),
                Part::ToolResult(result) => result.name.iter_mut().for_each(rename),
                _ => {}
            }
        }
        self.expectation.tool_names = renamed
            .into_iter()
            .map(|(name, legal)| (legal, name))
            .collect();
    }

    fn schemas(&mut self) -> Result<()> {
        for at in 0..self.call.tools.len() {
            let tool = &self.call.tools[at];
            let name = tool.name.clone();
            // What it is written in, the model need not know; what it is, the service must.
            if tool.parameters.get("type").is_none() || tool.parameters.get("$schema").is_some() {
                let given = tool.parameters.as_object().into_iter().flatten();
                let mut whole = Map::new();
                if tool.parameters.get("type").is_none() {
                    whole.insert("type".to_owned(), "object".into());
                }
                whole.extend(given.map(|(key, value)| (key.clone(), value.clone())));
                whole.shift_remove("$schema");
                self.call.to_mut().tools[at].parameters = whole.into();
            }
            let strict = self.call.tools[at].strict == Some(true);
            if strict
                && self.profile.strict_tools
                && schema::has_maps(&self.call.tools[at].parameters)
            {
                self.unsupported(&format!(
                    "`strict` with objects whose members are not named (tool {name:?})"
                ))?;
                self.call.to_mut().tools[at].strict = None;
            }
            if self.call.tools[at].strict == Some(true) && !self.profile.strict_tools {
                self.unsupported(&format!("strict tools (`strict` of tool {name:?})"))?;
                self.call.to_mut().tools[at].strict = None;
            }
            if self.call.tools[at].strict == Some(false) && !self.profile.strict_tools {
                // It says what is so anyway, and the field itself is refused.
                self.call.to_mut().tools[at].strict = None;
            }
            if self.call.tools[at].strict == Some(true) {
                let mut parameters = self.call.tools[at].parameters.clone();
                let moved = schema::tighten(&mut parameters, self.profile.unchecked);
                if parameters != self.call.tools[at].parameters {
                    self.call.to_mut().tools[at].parameters = parameters;
                }
                self.tell_of(&moved, &format!("the schema of tool {name:?}"));
            }
            if !self.profile.additional_properties
                && schema::closes(&self.call.tools[at].parameters)
            {
                let tool = &mut self.call.to_mut().tools[at];
                if schema::loosen(&mut tool.parameters) {
                    self.warn(
                        "schema_loosened",
                        format!("{} does not answer where the schema of a tool says `additionalProperties`; tool {name:?} goes without it", self.model.id),
                    );
                }
            }
        }
        Ok(())
    }

    /// Says which bounds the service cannot check.
    pub(super) fn tell_of(&mut self, moved: &[String], whose: &str) {
        if !moved.is_empty() {
            self.warn(
                "schema_bounds_moved",
                format!("{whose} has bounds that the service cannot check ({}); they are in the descriptions now", moved.join("; ")),
            );
        }
    }

    fn choice(&mut self) -> Result<()> {
        let choices = self.profile.tool_choices;
        let alone = match self.call.tools.as_slice() {
            [tool] => Some(tool.name.clone()),
            _ => None,
        };
        let choice = match &self.call.tool_choice {
            None | Some(ToolChoice::None) => return Ok(()),
            Some(ToolChoice::Auto) if choices.auto => return Ok(()),
            // It is what happens anyway.
            Some(ToolChoice::Auto) => None,
            Some(ToolChoice::Required) if choices.any => return Ok(()),
            Some(ToolChoice::Tool(_)) if choices.tool => return Ok(()),
            // Of one tool, some and this are the same.
            Some(ToolChoice::Required) if choices.tool && alone.is_some() => {
                alone.map(ToolChoice::Tool)
            }
            Some(ToolChoice::Tool(_)) if choices.any && alone.is_some() => {
                Some(ToolChoice::Required)
            }
            Some(_) => {
                self.unsupported("this choice of tools")?;
                None
            }
        };
        self.call.to_mut().tool_choice = choice;
        Ok(())
    }
}

/// A tool call or result as text; anything else as it is.
fn in_words(part: Part) -> Vec<Part> {
    let cache = part.cache();
    let mut words = match part {
        Part::ToolCall(call) => {
            let text = format!("[I called {} with {}]", call.name, call.arguments);
            vec![Part::text(text)]
        }
        Part::ToolResult(result) => {
            let what = match (&result.name, result.is_error) {
                (Some(name), false) => format!("[{name} gave:]"),
                (Some(name), true) => format!("[{name} failed:]"),
                (None, false) => "[The tool gave:]".to_owned(),
                (None, true) => "[The tool failed:]".to_owned(),
            };
            match result.content {
                ToolContent::Text(text) => vec![Part::text(format!("{what} {text}"))],
                ToolContent::Parts(parts) => {
                    std::iter::once(Part::text(what)).chain(parts).collect()
                }
                ToolContent::Json(value) => vec![Part::text(format!("{what} {value}"))],
                _ => vec![Part::text(what)],
            }
        }
        other => return vec![other],
    };
    if let (Some(cache), Some(last)) = (cache, words.last_mut()) {
        last.set_cache(Some(cache));
    }
    words
}

/// The name, with `_` for what is not allowed.
pub(super) fn legal_name(name: &str, rule: ToolNames) -> String {
    let legal =
        |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == '-' && rule == ToolNames::Hyphens);
    let legal = name
        .chars()
        .map(|c| if legal(c) { c } else { '_' })
        .take(LONGEST_NAME)
        .collect::<String>();
    match legal.as_str() {
        "" => "tool".to_owned(),
        _ => legal,
    }
}

/// The name, with a number if it is taken.
pub(super) fn unique(name: String, taken: &BTreeSet<String>) -> String {
    if !taken.contains(&name) {
        return name;
    }
    let numbered = (2_u64..).map(|number| {
        let suffix = format!("_{number}");
        let room = LONGEST_NAME - suffix.len();
        format!("{}{suffix}", name.get(..room).unwrap_or(&name))
    });
    let mut free = numbered.filter(|name| !taken.contains(name));
    free.next().unwrap_or(name)
}
