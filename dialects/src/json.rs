//! Reading JSON in place, and writing it once.

mod inside;
mod long;
mod plain;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqllm_core::bounds::{MAX_VALUES, has_few_values};
use reqllm_core::{Call, Part, Source, ToolContent};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use self::inside::Address;
pub use self::inside::{Blob, JsonText};
pub use self::long::LongText;
pub use self::plain::Plain;

/// Text of a JSON document, borrowed from it unless it has escapes.
///
/// `Option<Cow<str>>` never borrows, whatever its attributes say; this does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a text and nothing else")]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The text as one of its own.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        text.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// `#[serde(borrow, default, deserialize_with = "json::long_text")]`: a text that may be long and have line breaks. A general
/// reader gathers such a text piece by piece and copies it once more.
pub fn long_text<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    let Some(raw) = Option::<&'a RawValue>::deserialize(deserializer)? else {
        return Ok(None);
    };
    match plain::text(raw.get()) {
        Some(text) => Ok(Some(Text(text))),
        None => serde_json::from_str(raw.get()).map_err(Error::custom),
    }
}

/// `#[serde(default, deserialize_with = "json::count")]`: a count that may be absent, null, or written as `28.0`, which
/// is how guardrails rewrite the numbers of a native body (seen in recorded answers of Titan). What is no count is none: an
/// answer is worth more than its counts.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = loose(deserializer)?;
    Ok(match number {
        Loose::Whole(count) => Some(count),
        // A count below 2^53 is exact as a float; `as` saturates.
        Loose::Float(count) if count >= 0.0 && count.fract() == 0.0 => Some(count as u64),
        _ => None,
    })
}

/// `#[serde(default, deserialize_with = "json::place")]`: a number of a place in a list; 0 if there is none that can be.
pub fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let place = count(deserializer)?.and_then(|place| u32::try_from(place).ok());
    Ok(place.unwrap_or(0))
}

/// `#[serde(borrow, default, deserialize_with = "json::word")]`: a word beside the answer, such as its id, without which the
/// answer is as good. A number is its digits; anything else is none.
pub fn word<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    Ok(match loose(deserializer)? {
        Loose::Text(text) => Some(text),
        Loose::Whole(number) => Some(Text(number.to_string().into())),
        Loose::Float(number) => Some(Text(number.to_string().into())),
        Loose::Other => None,
    })
}

/// `#[serde(borrow, default, deserialize_with = "json::if_fits")]`: a member without which the answer is as good; none if it
/// is in another form.
pub fn if_fits<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = <&'de RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str::<Option<T>>(raw.get()).unwrap_or_default())
}

/// A value of any form.
enum Loose<'a> {
    Whole(u64),
    Float(f64),
    Text(Text<'a>),
    Other,
}

fn loose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Loose<'de>, D::Error> {
    struct LooseVisitor;
    impl<'de> Visitor<'de> for LooseVisitor {
        type Value = Loose<'de>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Loose::Whole(number))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Loose::Float(number as f64))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
            Ok(Loose::Float(number))
        }

        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
            Ok(Loose::Text(Text(Cow::Borrowed(text))))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Loose::Text(Text(Cow::Owned(text.to_owned()))))
        }

        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Loose::Other)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Loose::Other)
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Loose::Other)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Loose::Other)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Loose::Other)
        }
    }
    deserializer.deserialize_any(LooseVisitor)
}

/// Reads a JSON document, or says what it should have been. One of more than [`MAX_VALUES`] values is refused before it
/// fills the memory.
pub fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8], what: &str) -> reqllm_core::Result<T> {
    if !has_few_values(bytes) {
        return Err(reqllm_core::Error::decode(format!(
            "{what} has more than {MAX_VALUES} values of JSON"
        )));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        // The position, never the text: answers hold what people said.
        reqllm_core::Error::decode(format!(
            "{what} is not in the form that it should have, at line {} column {}: {}",
            error.line(),
            error.column(),
            category(&error)
        ))
    })
}

/// Writes a JSON document. `room` is about how many bytes it has; see [`room_for`].
pub fn write(document: &impl Serialize, room: usize) -> reqllm_core::Result<Bytes> {
    let mut bytes = Vec::with_capacity(room);
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, long::Escaping);
    match document.serialize(&mut writer) {
        Ok(()) => Ok(bytes.into()),
        Err(error) => Err(unwritten(&error)),
    }
}

/// The error of a document that cannot be written.
pub fn unwritten(error: &serde_json::Error) -> reqllm_core::Error {
    reqllm_core::Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
}

/// About how many bytes a call has as JSON, so that a long one is not moved while it is written.
pub fn room_for(call: &Call) -> usize {
    /// Names of members, and settings.
    const FORM: usize = 256;
    const ITEM: usize = 64;
    let of_source = |source: &Source| match source {
        Source::Data(bytes) => bytes.len() / 3 * 4,
        _ => ITEM,
    };
    // Line breaks and quotes take two bytes each.
    let of_text = |text: &str| text.len() + text.len() / 16;
    let of_part = |part: &Part| {
        ITEM + match part {
            Part::Text(part) => of_text(&part.text),
            Part::ToolResult(result) => match &result.content {
                ToolContent::Text(text) => ITEM + of_text(text),
                _ => ITEM,
            },
            Part::Image(part) | Part::Video(part) | Part::Audio(part) => of_source(&part.source),
            Part::Document(part) => of_source(&part.source),
            _ => ITEM,
        }
    };
    let parts = call.messages.iter().flat_map(|message| &message.content);
    FORM + parts.map(of_part).sum::<usize>() + call.tools.len() * FORM
}

fn category(error: &serde_json::Error) -> Cow<'static, str> {
    match error.classify() {
        serde_json::error::Category::Io => "it could not be read".into(),
        serde_json::error::Category::Syntax => "this is no JSON".into(),
        serde_json::error::Category::Data => fault(&error.to_string()).into(),
        serde_json::error::Category::Eof => "it is cut off".into(),
    }
}

/// What is wrong with a member, in our own words for it: what was expected stands last in an error of serde, behind the
/// value that came.
fn fault(error: &str) -> String {
    for what in ["missing field", "duplicate field"] {
        if let Some(rest) = error.strip_prefix(what)
            && let Some(name) = rest.split('`').nth(1)
        {
            return format!("{what} `{name}`");
        }
    }
    let said = error.split(" at line ").next().unwrap_or_default();
    match error.rsplit_once(", expected ") {
        Some((_, expected)) => {
            let expected = expected.split(" at line ").next().unwrap_or_default();
            format!("a member is of another type: {expected} would do")
        }
        None if said.starts_with("number out of range") => "a number is out of range".to_owned(),
        None => "a member is missing or of another type".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_may_be_floats_null_or_absent() {
        #[derive(serde::Deserialize)]
        struct Counts {
            #[serde(default, deserialize_with = "count")]
            n: Option<u64>,
        }
        for (json, expected) in [
            (r#"{"n": 28}"#, Some(28)),
            (r#"{"n": 28.0}"#, Some(28)),
            (r#"{"n": 0.5}"#, None),
            (r#"{"n": -1}"#, None),
            (r#"{"n": null}"#, None),
            (r#"{"n": "28"}"#, None),
            (r#"{"n": [28, {"a": 1}]}"#, None),
            (r#"{"n": {"a": 1}}"#, None),
            (r#"{"n": true}"#, None),
            ("{}", None),
        ] {
            let counts: Counts = serde_json::from_str(json).unwrap();
            assert_eq!(counts.n, expected, "{json}");
        }
    }

    #[test]
    fn what_is_beside_an_answer_may_be_in_any_form() {
        #[derive(serde::Deserialize)]
        struct Beside<'a> {
            #[serde(borrow, default, deserialize_with = "word")]
            id: Option<Text<'a>>,
            #[serde(default, deserialize_with = "place")]
            at: u32,
            #[serde(default, deserialize_with = "if_fits")]
            list: Option<Vec<u8>>,
        }
        for (json, id, at, list) in [
            (
                r#"{"id": "a\n", "at": 2, "list": [1]}"#,
                Some("a\n"),
                2,
                Some(vec![1]),
            ),
            (r#"{"id": 5, "at": 2.0, "list": {}}"#, Some("5"), 2, None),
            (
                r#"{"id": -5, "at": null, "list": null}"#,
                Some("-5"),
                0,
                None,
            ),
            (
                r#"{"id": {"a": [1]}, "at": -1, "list": ["a"]}"#,
                None,
                0,
                None,
            ),
            (r#"{"id": null, "at": 4294967296}"#, None, 0, None),
            ("{}", None, 0, None),
        ] {
            let beside: Beside<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(beside.id.as_deref(), id, "{json}");
            assert_eq!((beside.at, beside.list), (at, list), "{json}");
        }
    }

    #[derive(Debug, serde::Deserialize)]
    struct Named {
        #[allow(dead_code, reason = "only its errors are looked at")]
        count: u32,
    }

    #[test]
    fn errors_name_the_member_and_repeat_no_value() {
        for (json, part) in [
            ("{}", "missing field `count`"),
            (r#"{"count":1,"count":2}"#, "duplicate field `count`"),
            (r#"{"count":"a secret, expected nobody"}"#, "u32 would do"),
            (r#"{"count":4294967296}"#, "u32 would do"),
            (r#"{"count":-1}"#, "u32 would do"),
            (r#"{"count":1e999}"#, "no JSON"),
            (r#"{"count":1"#, "cut off"),
            ("{\"count\":\u{0}1}", "no JSON"),
        ] {
            let error = read::<Named>(json.as_bytes(), "it").unwrap_err();
            assert!(error.message().contains(part), "{json}: {error}");
            assert!(!error.message().contains("secret"), "{error}");
        }
        let error = read::<Named>(b"{\"count\":\"\xff\"}", "it").unwrap_err();
        assert!(error.message().contains("line 1"), "{error}");
    }

    #[test]
    fn a_document_of_too_many_values_is_refused_before_it_is_read() {
        let json = format!("[{}0]", "0,".repeat(MAX_VALUES));
        let error = read::<Vec<u8>>(json.as_bytes(), "the list").unwrap_err();
        assert!(error.message().contains("values of JSON"), "{error}");
        let json = format!("[{}0]", "0,".repeat(1000));
        assert_eq!(
            read::<Vec<u8>>(json.as_bytes(), "the list").unwrap().len(),
            1001
        );
    }

    #[test]
    fn text_is_borrowed_unless_it_has_escapes() {
        let plain: Option<Text<'_>> = serde_json::from_str(r#""plain""#).unwrap();
        assert!(matches!(plain, Some(Text(Cow::Borrowed("plain")))));
        let escaped: Text<'_> = serde_json::from_str(r#""a\nb""#).unwrap();
        assert!(matches!(escaped.0, Cow::Owned(_)));
    }
}
