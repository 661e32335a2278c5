//! An error as people read it, and as JSON.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Error, Result};

/// One line: what happened, then where it came from.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        // Providers write paragraphs; this is one line whatever they write.
        for (n, word) in inner.message.split_whitespace().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        let mut facts: Vec<String> = Vec::new();
        facts.extend(inner.provider.clone());
        facts.extend(inner.model.clone());
        facts.extend(inner.status.map(|status| format!("HTTP {status}")));
        facts.extend(inner.code.clone());
        facts.extend(inner.request_id.as_ref().map(|id| format!("request {id}")));
        facts.extend(
            inner
                .attempts
                .filter(|attempts| *attempts > 1)
                .map(|attempts| format!("{attempts} attempts")),
        );
        if !facts.is_empty() {
            write!(f, " [{}]", facts.join(", "))?;
        }
        if !inner.suggestions.is_empty() {
            write!(f, "; did you mean {}?", inner.suggestions.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("provider", &inner.provider)
            .field("model", &inner.model)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("request_id", &inner.request_id)
            .field("retryable", &inner.retryable)
            .field("attempts", &inner.attempts)
            .field("suggestions", &inner.suggestions)
            .field("partial", &inner.partial.is_some())
            .field("source", &inner.source)
            .finish()
    }
}

/// The members of `error` in the JSON contract; keys without a value are left out.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", inner.kind.as_str())?;
        map.serialize_entry("message", &inner.message)?;
        if let Some(provider) = &inner.provider {
            map.serialize_entry("provider", provider)?;
        }
        if let Some(model) = &inner.model {
            map.serialize_entry("model", model)?;
        }
        if let Some(status) = inner.status {
            map.serialize_entry("status", &status)?;
        }
        if let Some(code) = &inner.code {
            map.serialize_entry("code", code)?;
        }
        if let Some(id) = &inner.request_id {
            map.serialize_entry("request_id", id)?;
        }
        map.serialize_entry("retryable", &inner.retryable)?;
        if let Some(attempts) = inner.attempts {
            map.serialize_entry("attempts", &attempts)?;
        }
        if !inner.suggestions.is_empty() {
            map.serialize_entry("suggestions", &inner.suggestions)?;
        }
        if let Some(partial) = &inner.partial {
            map.serialize_entry("partial", partial)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Error, ErrorKind};

    #[test]
    fn display_is_one_line_with_the_facts() {
        let error = Error::new(ErrorKind::RateLimited, "too many requests")
            .with_provider("bedrock")
            .with_status(429)
            .with_code("ThrottlingException")
            .with_attempts(3);
        assert_eq!(
            error.to_string(),
            "too many requests [bedrock, HTTP 429, ThrottlingException, 3 attempts]"
        );
    }

    #[test]
    fn json_has_the_contract_keys() {
        let error = Error::config("no region").with_attempts(1);
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"kind":"config","message":"no region","retryable":false,"attempts":1}"#
        );
    }
}
