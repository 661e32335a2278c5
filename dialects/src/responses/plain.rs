//! The pieces of text of a stream, as servers write nearly all of them.

use std::borrow::Cow;

use crate::json::Plain;

/// A piece of text, and where it belongs.
#[derive(Debug, PartialEq)]
pub(super) struct PlainDelta<'a> {
    pub(super) output_index: u32,
    pub(super) content_index: u32,
    pub(super) delta: Cow<'a, str>,
}

/// The piece of text, if the event is one and holds only what such events were seen to hold; see [`Plain`]. The members come
/// in any order: OpenAI writes the type first, Bedrock sorts them.
pub(super) fn delta(event: &[u8]) -> Option<PlainDelta<'_>> {
    let mut json = Plain::new(event)?;
    let (mut kind, mut output_index, mut content_index, mut delta) = (false, None, None, None);
    // Those that say nothing to us: a second one is for others to judge.
    let (mut number, mut item, mut logprobs, mut padding) = (false, false, false, false);
    json.skip(b"{\"")?;
    loop {
        if json.skip(b"delta\":\"").is_some() {
            once(&mut delta, json.text()?)?;
        } else if json.skip(b"content_index\":").is_some() {
            once(&mut content_index, json.number()?)?;
        } else if json.skip(b"item_id\":\"").is_some() {
            json.text()?;
            first(&mut item)?;
        } else if json.skip(b"logprobs\":[]").is_some() {
            first(&mut logprobs)?;
        } else if json.skip(b"obfuscation\":\"").is_some() {
            json.text()?;
            first(&mut padding)?;
        } else if json.skip(b"output_index\":").is_some() {
            once(&mut output_index, json.number()?)?;
        } else if json.skip(b"sequence_number\":").is_some() {
            json.number()?;
            first(&mut number)?;
        } else {
            json.skip(b"type\":\"response.output_text.delta\"")?;
            first(&mut kind)?;
        }
        if json.skip(b",\"").is_none() {
            break;
        }
    }
    json.end()?;
    let delta = PlainDelta {
        output_index: output_index?,
        content_index: content_index?,
        delta: delta?,
    };
    kind.then_some(delta)
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn first(seen: &mut bool) -> Option<()> {
    (!std::mem::replace(seen, true)).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::stream::Event;
    use super::*;
    use crate::json::{self, Text};

    /// What a reader of any JSON finds in it, if that is a piece of text.
    fn read(event: &[u8]) -> Option<PlainDelta<'_>> {
        let event: Event<'_> = json::read(event, "it").ok()?;
        (&*event.kind == "response.output_text.delta").then_some(PlainDelta {
            output_index: event.output_index,
            content_index: event.content_index,
            delta: serde_json::from_str::<Text<'_>>(event.delta?.get())
                .ok()?
                .into(),
        })
    }

    #[test]
    fn what_servers_write_is_read_plainly() {
        for event in [
            r#"{"type":"response.output_text.delta","item_id":"msg_1","output_index":1,"content_index":0,"delta":"Hi\n"}"#,
            r#"{"type":"response.output_text.delta","content_index":0,"delta":"Hi\n","item_id":"msg_1","logprobs":[],"obfuscation":"aZ9","output_index":1,"sequence_number":7}"#,
            r#"{"content_index":0,"delta":"Hi\n","item_id":"msg_1","logprobs":[],"obfuscation":"","output_index":1,"sequence_number":6,"type":"response.output_text.delta"}"#,
        ] {
            let wanted = PlainDelta {
                output_index: 1,
                content_index: 0,
                delta: "Hi\n".into(),
            };
            assert_eq!(delta(event.as_bytes()), Some(wanted), "{event}");
        }
    }

    #[test]
    fn what_is_not_expected_is_left_to_others() {
        for event in [
            r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"a","delta":"b"}"#,
            r#"{"type":"response.output_text.delta","output_index":1,"delta":"a"}"#,
            r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"a","logprobs":[{}]}"#,
            r#"{"type":"response.refusal.delta","output_index":1,"content_index":0,"delta":"a"}"#,
            r#"{"output_index":1,"content_index":0,"delta":"a"}"#,
            r#"{"type":"response.output_text.delta", "output_index":1,"content_index":0,"delta":"a"}"#,
        ] {
            assert_eq!(delta(event.as_bytes()), None, "{event}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn what_is_read_plainly_is_read_as_any_json_is(
            members in prop::collection::vec(prop::sample::select(vec![
                r#""type":"response.output_text.delta""#,
                r#""type":"response.refusal.delta""#,
                r#""output_index":1"#,
                r#""output_index":-1"#,
                r#""output_index":"1""#,
                r#""content_index":0"#,
                r#""item_id":"msg_1""#,
                r#""item_id":null"#,
                r#""logprobs":[]"#,
                r#""obfuscation":"abc""#,
                r#""sequence_number":3"#,
                r#""sequence_number":99999999999"#,
                r#""new":{}"#,
            ]), 0..4),
            text in r#"([ -!#-\[\]-~]|\PC|\\[\\"/bfnrtu]|\\u00e9){0,8}"#,
            at in any::<prop::sample::Index>(),
            flip in prop::option::weighted(0.2, (any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let delta_member = format!(r#""delta":"{text}""#);
            let mut all = vec![
                r#""type":"response.output_text.delta""#,
                r#""output_index":1"#,
                r#""content_index":0"#,
            ];
            all.extend(members);
            all.insert(at.index(all.len() + 1), &delta_member);
            let mut event = format!("{{{}}}", all.join(",")).into_bytes();
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
