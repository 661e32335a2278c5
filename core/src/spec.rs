//! `provider:model`, and its other spellings.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind, Result};

/// The longest spec that is looked at. Bedrock's own ids end at 2,048 characters.
const MAX_LEN: usize = 4096;

/// A model spec as somebody wrote it.
///
/// | form | example |
/// | --- | --- |
/// | [`SpecForm::Colon`] | `bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0` |
/// | [`SpecForm::At`] | `openai.gpt-oss-120b-1:0@bedrock` |
/// | [`SpecForm::Bare`] | `gpt-oss-120b` |
///
/// The colon form is split at the first colon and the at form at the last `@`, because ids may hold
/// both. Where a text has both, it is the colon form if what stands before the first colon can be the name
/// of a provider, which holds no dot, slash or `@`. [`ModelSpec::parse_known`] decides by a list of providers.
///
/// Nothing is lost: `Display` gives back what was parsed, byte for byte.
///
/// ```
/// use reqllm_core::ModelSpec;
///
/// let spec: ModelSpec = "bedrock:anthropic.claude-3-haiku-20240307-v1:0".parse()?;
/// assert_eq!(spec.provider(), Some("bedrock"));
/// assert_eq!(spec.model(), "anthropic.claude-3-haiku-20240307-v1:0");
/// assert_eq!(spec.to_string(), "bedrock:anthropic.claude-3-haiku-20240307-v1:0");
///
/// let spec: ModelSpec = "anthropic.claude-3-haiku-20240307-v1:0@bedrock".parse()?;
/// assert_eq!(spec.provider(), Some("bedrock"));
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelSpec {
    text: String,
    form: SpecForm,
    /// Where the separator stands; meaningless for a bare id.
    split: usize,
}

/// How a spec is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpecForm {
    /// `provider:model`
    Colon,
    /// `model@provider`
    At,
    /// `model`
    Bare,
}

impl ModelSpec {
    /// Puts a spec together, in the colon form.
    ///
    /// # Errors
    ///
    /// As [`ModelSpec::from_str`].
    pub fn new(provider: &str, model: &str) -> Result<Self> {
        check_provider(provider)?;
        Self::parse_known(&format!("{provider}:{model}"), |name| name == provider)
    }

    /// A bare id, whatever marks it holds.
    ///
    /// # Errors
    ///
    /// As [`ModelSpec::from_str`], the provider aside.
    pub fn bare(id: &str) -> Result<Self> {
        check_text(id)?;
        Ok(Self {
            text: id.to_owned(),
            form: SpecForm::Bare,
            split: 0,
        })
    }

    /// Parses a spec with a list of providers at hand, which settles the texts that have two readings.
    ///
    /// # Errors
    ///
    /// As [`ModelSpec::from_str`].
    pub fn parse_known(text: &str, is_provider: impl Fn(&str) -> bool) -> Result<Self> {
        check_text(text)?;
        let colon = text.find(':');
        let at = text.rfind('@');
        let (form, split) = match (colon, at) {
            (None, None) => (SpecForm::Bare, 0),
            (Some(colon), None) => (SpecForm::Colon, colon),
            (None, Some(at)) => (SpecForm::At, at),
            (Some(colon), Some(at)) => {
                let (before, after) = (&text[..colon], &text[at + 1..]);
                let by_colon = match (is_provider(before), is_provider(after)) {
                    (true, _) => true,
                    (false, true) => false,
                    (false, false) => !before.contains(['.', '/', '@']),
                };
                if by_colon {
                    (SpecForm::Colon, colon)
                } else {
                    (SpecForm::At, at)
                }
            }
        };
        let spec = Self {
            text: text.to_owned(),
            form,
            split,
        };
        if let Some(provider) = spec.provider() {
            check_provider(provider).map_err(|error| error.with_model(text))?;
            if spec.model().is_empty() {
                return Err(invalid(format!(
                    "model spec {text:?} has no model; write `provider:model`"
                )));
            }
        }
        Ok(spec)
    }

    /// The provider as written, unless the spec is a bare id.
    pub fn provider(&self) -> Option<&str> {
        match self.form {
            SpecForm::Colon => Some(&self.text[..self.split]),
            SpecForm::At => Some(&self.text[self.split + 1..]),
            SpecForm::Bare => None,
        }
    }

    /// The model's id as written.
    pub fn model(&self) -> &str {
        match self.form {
            SpecForm::Colon => &self.text[self.split + 1..],
            SpecForm::At => &self.text[..self.split],
            SpecForm::Bare => &self.text,
        }
    }

    /// How it is written.
    pub fn form(&self) -> SpecForm {
        self.form
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for ModelSpec {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::EmptySpec`] for the empty string; [`ErrorKind::InvalidSpec`] for white space or control
    /// characters, an empty provider or model, a provider that cannot be one, or more than 4,096 bytes.
    fn from_str(text: &str) -> Result<Self> {
        Self::parse_known(text, |_| false)
    }
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidSpec, message)
}

fn check_text(text: &str) -> Result<()> {
    if text.is_empty() {
        return Err(Error::new(
            ErrorKind::EmptySpec,
            "the model spec is empty; write `provider:model`",
        ));
    }
    if text.len() > MAX_LEN {
        return Err(invalid(format!(
            "the model spec is {} bytes long; at most {MAX_LEN} would do",
            text.len()
        )));
    }
    if let Some((at, found)) = text
        .char_indices()
        .find(|(_, char)| char.is_whitespace() || char.is_control())
    {
        return Err(invalid(format!(
            "model spec {text:?} has {found:?} at byte {at}; a spec has no white space or control characters"
        )));
    }
    Ok(())
}

/// The providers of models.dev are lower-case words of letters, digits, `-` and `.`; `_` and capitals are
/// folded by the registry.
pub(crate) fn check_provider(provider: &str) -> Result<()> {
    if provider.is_empty() {
        return Err(invalid(
            "the model spec has no provider; write `provider:model`".to_owned(),
        ));
    }
    let legal = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    match provider.chars().find(|char| !legal(*char)) {
        Some(found) => Err(invalid(format!(
            "{provider:?} cannot be the name of a provider because of {found:?}; letters, digits, `-`, `_` and `.` would do"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> ModelSpec {
        text.parse().unwrap()
    }

    #[test]
    fn each_form_is_split_where_it_should_be() {
        for (text, form, provider, model) in [
            (
                "bedrock:us.meta.llama3-3-70b-instruct-v1:0",
                SpecForm::Colon,
                Some("bedrock"),
                "us.meta.llama3-3-70b-instruct-v1:0",
            ),
            (
                "bedrock:arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
                SpecForm::Colon,
                Some("bedrock"),
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
            ),
            (
                "google-vertex:claude-opus-4@20250514",
                SpecForm::Colon,
                Some("google-vertex"),
                "claude-opus-4@20250514",
            ),
            (
                "cloudflare-workers-ai:@cf/meta/llama-3.1-8b-instruct-fp8",
                SpecForm::Colon,
                Some("cloudflare-workers-ai"),
                "@cf/meta/llama-3.1-8b-instruct-fp8",
            ),
            (
                "anthropic.claude-3-haiku-20240307-v1:0@bedrock",
                SpecForm::At,
                Some("bedrock"),
                "anthropic.claude-3-haiku-20240307-v1:0",
            ),
            (
                "claude-opus-4@20250514@google-vertex",
                SpecForm::At,
                Some("google-vertex"),
                "claude-opus-4@20250514",
            ),
            ("gpt-oss-120b", SpecForm::Bare, None, "gpt-oss-120b"),
        ] {
            let spec = parse(text);
            assert_eq!(
                (spec.form(), spec.provider(), spec.model()),
                (form, provider, model),
                "{text}"
            );
        }
    }

    #[test]
    fn a_known_provider_settles_two_readings() {
        let text = "llama3:8b@ollama";
        assert_eq!(parse(text).provider(), Some("llama3"));
        let spec = ModelSpec::parse_known(text, |name| name == "ollama").unwrap();
        assert_eq!(
            (spec.provider(), spec.model()),
            (Some("ollama"), "llama3:8b")
        );
        let dotted = ModelSpec::parse_known("wafer.ai:m@2", |name| name == "wafer.ai").unwrap();
        assert_eq!(dotted.provider(), Some("wafer.ai"));
    }

    #[test]
    fn malformed_specs_say_what_is_wrong() {
        let huge = "a".repeat(10_000);
        for (text, kind, part) in [
            ("", ErrorKind::EmptySpec, "is empty"),
            (":", ErrorKind::InvalidSpec, "no provider"),
            ("@", ErrorKind::InvalidSpec, "no provider"),
            (":model", ErrorKind::InvalidSpec, "no provider"),
            ("bedrock:", ErrorKind::InvalidSpec, "no model"),
            ("@bedrock", ErrorKind::InvalidSpec, "no model"),
            ("bedrock: x", ErrorKind::InvalidSpec, "' ' at byte 8"),
            ("bedrock:x\n", ErrorKind::InvalidSpec, "'\\n' at byte 9"),
            ("bed\0rock:x", ErrorKind::InvalidSpec, "'\\0' at byte 3"),
            ("bedröck:x", ErrorKind::InvalidSpec, "because of 'ö'"),
            (huge.as_str(), ErrorKind::InvalidSpec, "10000 bytes long"),
        ] {
            let error = text.parse::<ModelSpec>().unwrap_err();
            assert_eq!(error.kind(), kind, "{text:?}");
            assert!(error.message().contains(part), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn display_gives_back_what_was_parsed(text in "\\PC{0,60}|[a-z0-9.:@/-]{1,60}") {
            if let Ok(spec) = text.parse::<ModelSpec>() {
                prop_assert_eq!(spec.to_string(), text.clone());
                prop_assert_eq!(spec.to_string().parse::<ModelSpec>().unwrap(), spec);
            }
        }

        #[test]
        fn a_spec_put_together_parses_to_the_same(
            provider in "[a-z0-9][a-z0-9_-]{0,12}",
            model in "[!-~]{1,40}",
        ) {
            let spec = ModelSpec::new(&provider, &model).unwrap();
            prop_assert_eq!(spec.provider(), Some(provider.as_str()));
            prop_assert_eq!(spec.model(), model.as_str());
            prop_assert_eq!(spec.to_string().parse::<ModelSpec>().unwrap(), spec);
        }
    }
}
