//! The deltas of Claude's stream in the form in which Bedrock and Anthropic write nearly all of them.

use std::borrow::Cow;

use crate::json::Plain;

/// A delta that has one text.
#[derive(Debug, PartialEq)]
pub(super) enum PlainDelta<'a> {
    Text(Cow<'a, str>),
    Thinking(Cow<'a, str>),
    InputJson(Cow<'a, str>),
}

/// The index of the block and the delta, if the event is one and is as it was in all that were recorded; see [`Plain`].
pub(super) fn delta(event: &[u8]) -> Option<(u32, PlainDelta<'_>)> {
    let mut json = Plain::new(event)?;
    json.skip(br#"{"type":"content_block_delta","index":"#)?;
    let index = json.number()?;
    json.skip(br#","delta":{"type":""#)?;
    let delta = if json.skip(br#"text_delta","text":""#).is_some() {
        PlainDelta::Text(json.text()?)
    } else if json.skip(br#"thinking_delta","thinking":""#).is_some() {
        PlainDelta::Thinking(json.text()?)
    } else {
        json.skip(br#"input_json_delta","partial_json":""#)?;
        PlainDelta::InputJson(json.text()?)
    };
    json.skip(b"}")?;
    json.end()?;
    Some((index, delta))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::stream::{Delta, Event};
    use super::*;
    use crate::json;

    /// What a reader of any JSON finds in it, if that is one text and nothing else.
    fn read(event: &[u8]) -> Option<(u32, PlainDelta<'_>)> {
        let event: Event<'_> = json::read(event, "it").ok()?;
        if event.kind.as_deref() != Some("content_block_delta") {
            return None;
        }
        let Delta {
            kind,
            text,
            thinking,
            partial_json,
            ..
        } = event.delta().ok()??;
        let delta = match (&*kind, text, thinking, partial_json) {
            ("text_delta", Some(text), None, None) => PlainDelta::Text(text.into()),
            ("thinking_delta", None, Some(text), None) => PlainDelta::Thinking(text.into()),
            ("input_json_delta", None, None, Some(text)) => PlainDelta::InputJson(text.into()),
            _ => return None,
        };
        Some((event.index().ok()?, delta))
    }

    #[test]
    fn what_services_write_is_read_plainly() {
        for (event, text) in [
            (
                r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#,
                PlainDelta::Text("Hi".into()),
            ),
            (
                r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}      }"#,
                PlainDelta::Text("Hi".into()),
            ),
            (
                r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"é\n"}}"#,
                PlainDelta::Thinking("é\n".into()),
            ),
            (
                r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}}"#,
                PlainDelta::InputJson("{\"a\"".into()),
            ),
        ] {
            assert_eq!(delta(event.as_bytes()), Some((0, text)), "{event}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn what_is_read_plainly_is_read_as_any_json_is(
            index in "[0-9]{1,11}",
            member in prop::sample::select(vec![
                r#"text_delta","text"#,
                r#"thinking_delta","thinking"#,
                r#"input_json_delta","partial_json"#,
                r#"signature_delta","signature"#,
                r#"text_delta","thinking"#,
            ]),
            text in r#"([ -!#-\[\]-~]|\PC|\\[\\"/bfnrtu]|\\u00e9){0,8}"#,
            rest in r#"(,"p":"[a-zA-Z0-9]{0,6}"|,"amazon-bedrock-guardrailAction":"NONE"| {1,6})?"#,
            flip in prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let mut event = format!(
                r#"{{"type":"content_block_delta","index":{index},"delta":{{"type":"{member}":"{text}"}}{rest}}}"#
            )
            .into_bytes();
            if let Some((at, byte)) = flip {
                let at = at.index(event.len());
                event[at] = byte;
            }
            if let Some(plain) = delta(&event) {
                prop_assert_eq!(Some(plain), read(&event));
            }
        }
    }
}
