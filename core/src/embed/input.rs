//! One thing to embed.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::Part;

/// One thing to embed: a text, an image, or several parts that give one vector together.
///
/// In JSON a string, a part, or a list of parts.
///
/// ```
/// use reqllm_core::{EmbedInput, Part};
///
/// let input: EmbedInput = serde_json::from_str(r#""a red bicycle""#)?;
/// assert_eq!(input, EmbedInput::from("a red bicycle"));
/// let input: EmbedInput = serde_json::from_str(
///     r#"[{"type": "text", "text": "label"}, {"type": "image", "media_type": "image/png", "data": "iVBORw=="}]"#,
/// )?;
/// assert!(matches!(input.parts.as_slice(), [Part::Text(_), Part::Image(_)]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EmbedInput {
    /// What it is made of, in order.
    pub parts: Vec<Part>,
}

impl EmbedInput {
    /// Several parts that give one vector together.
    pub fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
        }
    }

    /// The text, if it is nothing else.
    pub fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(&text.text),
            _ => None,
        }
    }
}

impl Serialize for EmbedInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_text() {
            Some(text) => serializer.serialize_str(text),
            None => self.parts.serialize(serializer),
        }
    }
}

/// By the kind of JSON, so that an error names the member of the part that does not do.
impl<'de> Deserialize<'de> for EmbedInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = match Value::deserialize(deserializer)? {
            Value::String(text) => return Ok(text.into()),
            Value::Array(parts) => serde_json::from_value(Value::Array(parts)),
            part @ Value::Object(_) => serde_json::from_value(part).map(|part| vec![part]),
            _ => {
                return Err(D::Error::custom(
                    "an input must be a string, a part, or a list of parts",
                ));
            }
        };
        parts.map(|parts| Self { parts }).map_err(D::Error::custom)
    }
}

impl From<&str> for EmbedInput {
    fn from(text: &str) -> Self {
        Part::text(text).into()
    }
}

impl From<String> for EmbedInput {
    fn from(text: String) -> Self {
        Part::text(text).into()
    }
}

impl From<&String> for EmbedInput {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Part> for EmbedInput {
    fn from(part: Part) -> Self {
        Self { parts: vec![part] }
    }
}

/// What can be embedded: a text, an input, or a list of them.
pub trait IntoInputs {
    /// The inputs.
    fn into_inputs(self) -> Vec<EmbedInput>;
}

macro_rules! one {
    ($($type:ty),*) => {$(
        impl IntoInputs for $type {
            fn into_inputs(self) -> Vec<EmbedInput> {
                vec![self.into()]
            }
        }
    )*};
}
one!(&str, String, &String, Part, EmbedInput);

impl<T: Into<EmbedInput>> IntoInputs for Vec<T> {
    fn into_inputs(self) -> Vec<EmbedInput> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<EmbedInput>, const N: usize> IntoInputs for [T; N] {
    fn into_inputs(self) -> Vec<EmbedInput> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<EmbedInput> + Clone> IntoInputs for &[T] {
    fn into_inputs(self) -> Vec<EmbedInput> {
        self.iter().cloned().map(Into::into).collect()
    }
}

impl<T: Into<EmbedInput> + Clone> IntoInputs for &Vec<T> {
    fn into_inputs(self) -> Vec<EmbedInput> {
        self.as_slice().into_inputs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_lists_of_every_kind_will_do() {
        let expected = vec![EmbedInput::from("a"), EmbedInput::from("b")];
        assert_eq!("a".into_inputs(), expected[..1]);
        assert_eq!(["a", "b"].into_inputs(), expected);
        assert_eq!(vec!["a".to_owned(), "b".to_owned()].into_inputs(), expected);
        assert_eq!(["a", "b"].as_slice().into_inputs(), expected);
        assert_eq!(expected.as_slice().into_inputs(), expected);
        assert_eq!(Part::text("a").into_inputs(), expected[..1]);
    }

    #[test]
    fn json_goes_there_and_back() {
        for json in [
            r#""a""#,
            r#"[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#,
            r#"[{"type":"image","media_type":"image/png","data":"AAAA"}]"#,
        ] {
            let input: EmbedInput = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&input).unwrap(), json);
        }
        let error = serde_json::from_str::<EmbedInput>("7").unwrap_err();
        assert!(error.to_string().contains("a list of parts"), "{error}");
        let broken = r#"{"type": "image", "media_type": "image/png"}"#;
        let error = serde_json::from_str::<EmbedInput>(broken).unwrap_err();
        assert!(error.to_string().contains("data"), "{error}");
    }
}
