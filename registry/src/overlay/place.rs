//! Where in a file something stands, for errors that say so.

use std::fmt::Write as _;

use reqllm_core::{Error, Result, nearest};
use serde_json::Value;

use super::Origin;

/// A place in a file.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    origin: &'a Origin,
    path: String,
}

impl<'a> Place<'a> {
    pub(super) fn root(origin: &'a Origin) -> Self {
        Self {
            origin,
            path: String::new(),
        }
    }

    /// The place of a key of the table here, written as in TOML.
    pub(super) fn key(&self, key: &str) -> Self {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('.');
        }
        let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !key.is_empty() && key.chars().all(bare) {
            path += key;
        } else {
            let _ = write!(path, "{:?}", short(key));
        }
        Self {
            origin: self.origin,
            path,
        }
    }

    /// The place of an item of the list here.
    pub(super) fn item(&self, index: usize) -> Self {
        Self {
            origin: self.origin,
            path: format!("{}[{index}]", self.path),
        }
    }

    /// What stands here will not do.
    pub(super) fn refuse(&self, given: &Value, wanted: &str) -> Error {
        let given = match given {
            Value::Object(_) => "a table".to_owned(),
            Value::Null => "null; where nothing is to be said, leave the key out".to_owned(),
            other => short(&other.to_string()),
        };
        self.error(&format!("is {given}; {wanted} would do"))
    }

    /// What stands here will not do, as `what` tells.
    pub(super) fn error(&self, what: &str) -> Error {
        let path = match self.path.as_str() {
            "" => "the whole".to_owned(),
            path => format!("`{path}`"),
        };
        Error::config(format!("{}: {path} {what}", self.origin))
    }

    /// A key of the table here is none that there is.
    pub(super) fn unknown(&self, key: &str, known: &[&str]) -> Error {
        let hint = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("there are {}", known.join(", ")),
        };
        self.key(key).error(&format!("is no known key; {hint}"))
    }

    /// Reads the table here by its dotted names: those that begin alike are in a table together. `leaf` gets each that is
    /// there, with its value and its place.
    pub(super) fn walk(
        &self,
        names: &[&str],
        table: &Value,
        leaf: &mut dyn FnMut(&str, &Value, &Place<'_>) -> Result<()>,
    ) -> Result<()> {
        self.walk_group(names, "", table, leaf)
    }

    fn walk_group(
        &self,
        names: &[&str],
        group: &str,
        table: &Value,
        leaf: &mut dyn FnMut(&str, &Value, &Place<'_>) -> Result<()>,
    ) -> Result<()> {
        let Value::Object(table) = table else {
            return Err(self.refuse(table, "a table"));
        };
        for (key, value) in table {
            let name = format!("{group}{key}");
            let mut known: Vec<&str> = names
                .iter()
                .filter_map(|name| name.strip_prefix(group)?.split('.').next())
                .collect();
            known.dedup();
            if !known.contains(&key.as_str()) {
                return Err(self.unknown(key, &known));
            }
            let place = self.key(key);
            if names.contains(&name.as_str()) {
                leaf(&name, value, &place)?;
            } else {
                place.walk_group(names, &format!("{name}."), value, leaf)?;
            }
        }
        Ok(())
    }
}

/// Enough of a text to know it by.
fn short(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
