//! How a model is spoken to.

use crate::{Error, ErrorKind, Result};

/// How a model is spoken to, where that is otherwise than its provider is: gateways have some models behind one form and some
/// behind another.
///
/// A registry knows it; a full spec may say `dialect` and `shape`. A provider that a crate has registered for itself, such as
/// `bedrock`, decides this on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wire {
    /// The dialect, such as `anthropic` or `openai-compatible`. Whoever [speaks](crate::ProviderDescriptor::speaks) it is asked.
    pub dialect: Option<String>,
    /// Which of the APIs of a dialect it has, where it has one alone: one of [`Wire::SHAPES`].
    pub shape: Option<String>,
    /// Where the registry knows it to be served. It counts less than an address that somebody gives, and may hold variables
    /// of the environment that the provider's record names: `https://${TENANT}.example.com/v1`.
    pub base_url: Option<String>,
}

impl Wire {
    /// The words of [`Wire::shape`]: OpenAI's Responses, and its Chat Completions.
    pub const SHAPES: &'static [&'static str] = &["responses", "completions"];

    /// What is not said here is as in `base`.
    #[must_use]
    pub fn or(self, base: Self) -> Self {
        Self {
            dialect: self.dialect.or(base.dialect),
            shape: self.shape.or(base.shape),
            base_url: self.base_url.or(base.base_url),
        }
    }

    /// Whether the words are such as can be spoken.
    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |field: &str, given: &str, wanted: &str| {
            Err(Error::new(
                ErrorKind::InvalidSpec,
                format!("`{field}` of the full spec is {given:?}; {wanted} would do"),
            ))
        };
        if let Some(dialect) = &self.dialect
            && (dialect.is_empty() || dialect.chars().any(|c| c.is_whitespace() || c.is_control()))
        {
            return refuse("dialect", dialect, "a name such as \"openai-compatible\"");
        }
        match &self.shape {
            Some(shape) if !Self::SHAPES.contains(&shape.as_str()) => {
                refuse("shape", shape, "\"responses\" or \"completions\"")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{ErrorKind, Model};

    #[test]
    fn a_full_spec_says_how_its_model_is_spoken_to() {
        let model = Model::from_json(
            r#"{"provider":"acme","id":"m","dialect":"openai","shape":"responses"}"#,
        )
        .unwrap();
        assert_eq!(model.wire.dialect.as_deref(), Some("openai"));
        assert_eq!(model.wire.shape.as_deref(), Some("responses"));
        assert_eq!(
            model,
            Model::new("acme", "m").dialect("openai").shape("responses")
        );
        for (json, field) in [
            (
                r#"{"provider":"acme","id":"m","dialect":"a b"}"#,
                "`dialect`",
            ),
            (r#"{"provider":"acme","id":"m","dialect":""}"#, "`dialect`"),
            (
                r#"{"provider":"acme","id":"m","shape":"chat"}"#,
                "\"completions\"",
            ),
        ] {
            let error = Model::from_json(json).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSpec);
            assert!(error.message().contains(field), "{json}: {error}");
        }
    }

    #[test]
    fn json_shows_how_it_is_spoken_to() {
        let mut model = Model::new("acme", "m").dialect("anthropic");
        model.wire.base_url = Some("https://${TENANT}.example".to_owned());
        let shown = serde_json::to_value(&model).unwrap();
        assert_eq!(shown["dialect"], "anthropic");
        assert_eq!(shown["base_url"], "https://${TENANT}.example");
        assert!(shown["shape"].is_null());
        // Somebody's own address is nearer.
        let shown = serde_json::to_value(model.base_url("https://own.example")).unwrap();
        assert_eq!(shown["base_url"], "https://own.example");
    }
}
