//! What stands inside a text of JSON: documents of JSON, and bytes.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::LongText;

/// A JSON document as a text, as arguments of tools stand in OpenAI's forms. It is written where it belongs, and is nowhere
/// else as a text.
#[derive(Debug)]
pub struct JsonText<'a>(Cow<'a, Value>);

impl<'a> From<&'a Value> for JsonText<'a> {
    fn from(value: &'a Value) -> Self {
        Self(Cow::Borrowed(value))
    }
}

impl From<Value> for JsonText<'_> {
    fn from(value: Value) -> Self {
        Self(Cow::Owned(value))
    }
}

impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&*self.0)
    }
}

/// Bytes, as base64. For [`json::write`](super::write) alone, as [`LongText`] is.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "bytes and nothing else")]
pub struct Blob<'a>(pub &'a [u8]);

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LongText::from(STANDARD.encode(self.0)).serialize(serializer)
    }
}

/// Where an attachment is: in a `data:` URL, which is made while it is written, or elsewhere. For [`json::write`](super::write)
/// alone, as [`LongText`] is.
#[derive(Debug)]
pub(crate) enum Address<'a> {
    Data {
        media_type: Cow<'a, str>,
        bytes: &'a [u8],
    },
    Url(&'a str),
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Data { media_type, bytes } => {
                let mut url = String::with_capacity(
                    "data:;base64,".len() + media_type.len() + bytes.len().div_ceil(3) * 4,
                );
                for text in ["data:", media_type, ";base64,"] {
                    url.push_str(text);
                }
                STANDARD.encode_string(bytes, &mut url);
                LongText::from(url).serialize(serializer)
            }
            // It may be a `data:` URL, and long.
            Self::Url(url) => LongText::from(*url).serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use serde_json::json;

    #[test]
    fn a_document_is_a_text_of_the_same_words() {
        for value in [
            json!({}),
            json!({"a \"quoted\" name\n": ["\\", "\u{1}é", 1.5, null, true, {"b": []}]}),
            json!("{broken"),
        ] {
            let ours = json::write(&[JsonText::from(&value)], 0).unwrap();
            assert_eq!(
                ours,
                serde_json::to_vec(&[value.to_string()]).unwrap(),
                "{value}"
            );
            let owned = json::write(&[JsonText::from(value.clone())], 0).unwrap();
            assert_eq!(owned, ours);
        }
    }

    #[test]
    fn bytes_are_base64_alone_and_in_an_address() {
        let address = Address::Data {
            media_type: "image/png".into(),
            bytes: b"\x89PNG",
        };
        let written = json::write(&(Blob(b"\x89PNG"), address, Address::Url("s3://b/k")), 0);
        assert_eq!(
            written.unwrap(),
            r#"["iVBORw==","data:image/png;base64,iVBORw==","s3://b/k"]"#
        );
    }
}
