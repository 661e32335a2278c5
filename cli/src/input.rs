//! What comes in from files and standard input.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use reqllm::{Message, ObjectSchema, Part, Role, Tool, attach, user};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::args::Generate;
use crate::error::{Failure, warn};

/// Everything that a call says.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) schema: Option<ObjectSchema>,
}

impl Input {
    /// Reads it. This may wait for standard input.
    pub(crate) fn read(args: &Generate) -> Result<Self, Failure> {
        let schema = args.schema.as_deref().map(schema).transpose()?;
        // What was misspelt is told before standard input is waited for.
        let attachments = args.attach.iter().map(|what| attach(what));
        let attachments: Vec<Part> = attachments.collect::<Result<_, _>>()?;
        let mut input = Self::of(&args.prompt, &args.messages, &args.tools)?;
        put(attachments, &mut input.messages);
        Ok(Self { schema, ..input })
    }

    /// Reads it from a prompt and files. This may wait for standard input.
    pub(crate) fn of(
        given: &Option<String>,
        messages: &Option<PathBuf>,
        tools: &Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let mut read: Vec<Message> = match messages {
            Some(path) => json(path, "--messages")?,
            None => Vec::new(),
        };
        let tools = match tools {
            Some(path) => json(path, "--tools")?,
            None => Vec::new(),
        };
        read.extend(prompt(given, messages.is_some())?.map(user));
        Ok(Self {
            messages: read,
            tools,
            schema: None,
        })
    }
}

/// The lines of standard input; `what` they should have been is in the error if nobody gives any.
pub(crate) fn lines(what: &str) -> Result<Vec<String>, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage(format!(
            "there is no {what}; give some as arguments or on standard input, one a line"
        )));
    }
    let lines = stdin.lines().collect::<Result<Vec<String>, _>>();
    lines.map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))
}

/// In front of what the user says last; models read better what comes before the question.
fn put(attachments: Vec<Part>, messages: &mut Vec<Message>) {
    if attachments.is_empty() {
        return;
    }
    match messages.last_mut() {
        Some(message) if message.role == Role::User => {
            message.content.splice(0..0, attachments);
        }
        _ => messages.push(user(attachments)),
    }
}

fn schema(path: &Path) -> Result<ObjectSchema, Failure> {
    ObjectSchema::new(json(path, "--schema")?).map_err(|error| {
        Failure::usage(format!("--schema {}: {}", path.display(), error.message()))
    })
}

/// From the argument, else from standard input, unless there are messages already.
fn prompt(given: &Option<String>, has_messages: bool) -> Result<Option<String>, Failure> {
    if given.is_some() || has_messages {
        return Ok(given.clone());
    }
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return Err(Failure::usage(
            "there is no prompt; give it after the spec or on standard input",
        ));
    }
    let mut text = String::new();
    stdin
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(Some(text))
}

/// A provider option: the value is JSON if it is the JSON of just that, else it is text.
pub(crate) fn option(option: &str) -> Result<(&str, Value), Failure> {
    let Some((name, value)) = option.split_once('=') else {
        // The text may hold a secret: it is not repeated.
        return Err(Failure::usage(
            "an option (-o) has no `=`; KEY=VALUE would do",
        ));
    };
    let secrets = [
        reqllm::bedrock::SECRET_OPTIONS,
        reqllm::anthropic::SECRET_OPTIONS,
        reqllm::openai::SECRET_OPTIONS,
    ];
    if secrets.iter().any(|of| of.contains(&name)) {
        warn(&format!(
            "`{name}` on the command line can be seen by others on this machine; prefer the environment"
        ));
    }
    let value = match serde_json::from_str(value) {
        // A number that does not come out as it went in, such as 007, was none.
        Ok(Value::Number(number)) if number.to_string() != value => value.into(),
        Ok(json) => json,
        Err(_) => value.into(),
    };
    Ok((name, value))
}

/// A file of JSON; `flag` named it.
pub(crate) fn json<T: DeserializeOwned>(path: &Path, flag: &str) -> Result<T, Failure> {
    let failed = |why: String| Failure::usage(format!("{flag} {}: {why}", path.display()));
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(without_values(&error.to_string())))
}

/// An error of serde repeats the text that it did not expect, which may be the prompt.
fn without_values(error: &str) -> String {
    for kind in ["invalid type: string \"", "invalid value: string \""] {
        if let Some(start) = error.find(kind)
            && let Some(end) = error.rfind("\", expected")
        {
            let text_starts = start + kind.len() - 1;
            return format!("{}(not shown){}", &error[..text_starts], &error[end + 1..]);
        }
    }
    error.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_json_or_text() {
        let value = |text: &'static str| option(text).unwrap().1;
        assert_eq!(value("a=true"), true);
        assert_eq!(value("a=1.5"), 1.5);
        assert_eq!(value("a=007"), "007");
        assert_eq!(
            value("a=12345678901234567890123"),
            "12345678901234567890123"
        );
        assert_eq!(value("a={\"b\": 1}")["b"], 1);
        assert_eq!(value("a=eu-west-1"), "eu-west-1");
        assert_eq!(value("a="), "");
        assert!(option("secret").is_err());
    }

    #[test]
    fn what_was_said_is_not_repeated() {
        let error =
            r#"invalid type: string "my "secret", expected x", expected struct Message at line 1"#;
        let told = without_values(error);
        assert_eq!(
            told,
            "invalid type: string (not shown), expected struct Message at line 1"
        );
    }
}
