//! The deltas of ConverseStream in the form in which Bedrock writes nearly all of them.

use std::borrow::Cow;

use crate::json::Plain;

/// A delta that has one text.
#[derive(Debug, PartialEq)]
pub(super) enum PlainDelta<'a> {
    Text(Cow<'a, str>),
    Reasoning(Cow<'a, str>),
    ToolInput(Cow<'a, str>),
}

/// The index of the block and the delta, if the payload is as it was in all that were recorded; see [`Plain`].
pub(super) fn delta(payload: &[u8]) -> Option<(u32, PlainDelta<'_>)> {
    let mut json = Plain::new(payload)?;
    json.skip(br#"{"contentBlockIndex":"#)?;
    let index = json.number()?;
    json.skip(br#","delta":{""#)?;
    let delta = if json.skip(br#"text":""#).is_some() {
        PlainDelta::Text(json.text()?)
    } else if json.skip(br#"reasoningContent":{"text":""#).is_some() {
        let text = json.text()?;
        json.skip(b"}")?;
        PlainDelta::Reasoning(text)
    } else {
        json.skip(br#"toolUse":{"input":""#)?;
        let input = json.text()?;
        json.skip(b"}")?;
        PlainDelta::ToolInput(input)
    };
    json.skip(b"}")?;
    json.end()?;
    Some((index, delta))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::delta::BlockDelta;
    use super::*;
    use crate::json;

    /// What a reader of any JSON finds in it, if that is one text and nothing else.
    fn read(payload: &[u8]) -> Option<(u32, PlainDelta<'_>)> {
        let event: BlockDelta<'_> = json::read(payload, "it").ok()?;
        let delta = event.delta;
        let reasoning = delta.reasoning_content;
        if delta.citation.is_some() || delta.tool_result.is_some() {
            return None;
        }
        let delta = match (delta.text, delta.tool_use, reasoning) {
            (Some(text), None, None) => PlainDelta::Text(text.into()),
            (None, Some(tool), None) => PlainDelta::ToolInput(tool.input?.into()),
            (None, None, Some(reasoning)) => {
                if reasoning.signature.is_some()
                    || reasoning.redacted_content.is_some()
                    || reasoning.reasoning_text.is_some()
                {
                    return None;
                }
                PlainDelta::Reasoning(reasoning.text?.into())
            }
            _ => return None,
        };
        Some((event.content_block_index, delta))
    }

    #[test]
    fn what_bedrock_writes_is_read_plainly() {
        for (payload, text) in [
            (
                r#"{"contentBlockIndex":0,"delta":{"text":"Hi"},"p":"abcd"}"#,
                PlainDelta::Text("Hi".into()),
            ),
            (
                r#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#,
                PlainDelta::Text("Hi".into()),
            ),
            (
                r#"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"é\n"}},"p":""}"#,
                PlainDelta::Reasoning("é\n".into()),
            ),
            (
                r#"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"a\""}},"p":"a"}"#,
                PlainDelta::ToolInput("{\"a\"".into()),
            ),
        ] {
            assert_eq!(delta(payload.as_bytes()), Some((0, text)), "{payload}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn what_is_read_plainly_is_read_as_any_json_is(
            index in "[0-9]{1,11}",
            member in prop::sample::select(vec![
                (r#""text":""#, r#"""#),
                (r#""reasoningContent":{"text":""#, r#""}"#),
                (r#""toolUse":{"input":""#, r#""}"#),
                (r#""citation":{"title":""#, r#""}"#),
            ]),
            text in r#"([ -!#-\[\]-~]|\PC|\\[\\"/bfnrtu]|\\u00e9){0,8}"#,
            padding in r#"(,"p":"[a-zA-Z0-9]{0,6}")?"#,
            flip in prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let (open, close) = member;
            let mut payload =
                format!(r#"{{"contentBlockIndex":{index},"delta":{{{open}{text}{close}}}{padding}}}"#).into_bytes();
            if let Some((at, byte)) = flip {
                let at = at.index(payload.len());
                payload[at] = byte;
            }
            if let Some(plain) = delta(&payload) {
                prop_assert_eq!(Some(plain), read(&payload));
            }
        }
    }
}
