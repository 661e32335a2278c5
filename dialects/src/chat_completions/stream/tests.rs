//! What is read by what it looks like is read as any chunk is.

use proptest::prelude::*;
use reqllm_core::{Event, Fold, Identity, Response};

use super::super::inline::Tag;
use super::*;

const TAGGED: Quirks = Quirks {
    envelope: true,
    reasoning: Some(Tag {
        open: "<think>",
        close: "</think>",
    }),
    ..Quirks::BASE
};

/// The events and the response of a stream, or how far it came and why no further.
fn read(chunks: &[Vec<u8>], plainly: bool) -> (Vec<Event>, Result<Response, String>, usize) {
    let mut fold = Fold::new(Identity::default()).listened();
    let mut stream = ChatStream::new(&TAGGED);
    if !plainly {
        stream.template.forget();
    }
    let mut events = Vec::new();
    let mut taken = 0;
    for chunk in chunks {
        let looks_known = stream.template.read(chunk).is_some();
        taken += usize::from(looks_known);
        let done = stream.chunk(chunk, &mut fold);
        events.extend(std::iter::from_fn(|| fold.next_event()));
        if let Err(error) = done {
            return (events, Err(error.to_string()), taken);
        }
    }
    stream.abandon(&mut fold);
    (events, Ok(fold.finish()), taken)
}

/// A chunk as OpenAI writes it.
fn openai(member: &str, text: &str, padding: &str) -> String {
    format!(
        r#"{{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","service_tier":"default","system_fingerprint":"fp","choices":[{{"index":0,"delta":{{"{member}":"{text}"}},"logprobs":null,"finish_reason":null}}],"usage":null,"obfuscation":"{padding}"}}"#
    )
}

#[test]
fn chunks_that_differ_in_their_text_are_read_plainly() {
    let mut chunks: Vec<Vec<u8>> = (0..10)
        .map(|n| openai("content", &format!("t{n}\\n"), &"x".repeat(n)).into_bytes())
        .collect();
    chunks
        .push(br#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.to_vec());
    let (events, response, taken) = read(&chunks, true);
    assert_eq!(taken, 9, "all but the first");
    let (general, whole, none) = read(&chunks, false);
    assert_eq!((events, &response), (general, &whole));
    assert_eq!(none, 0);
    let response = response.unwrap();
    assert_eq!(response.text().len(), 30);
    assert_eq!(response.provider_metadata["system_fingerprint"], "fp");
    assert_eq!(response.provider_metadata["service_tier"], "default");
}

#[test]
fn a_server_that_never_repeats_itself_is_not_learned_for_ever() {
    let chunk = |n: usize| {
        format!(r#"{{"id":"c{n}","choices":[{{"index":0,"delta":{{"content":"a"}}}}]}}"#)
    };
    let mut stream = ChatStream::new(&TAGGED);
    let mut fold = Fold::new(Identity::default());
    for n in 0..40 {
        stream.chunk(chunk(n).as_bytes(), &mut fold).unwrap();
    }
    assert!(stream.template.read(chunk(39).as_bytes()).is_none());
    assert_eq!(fold.finish().text().len(), 40);
}

fn any_chunk() -> impl Strategy<Value = Vec<u8>> {
    let text = prop::sample::select(vec![
        "a",
        "",
        "<think>",
        "</thi",
        "nk>",
        "b\\nc",
        "\\u00e9",
        "\\\"",
        "é",
        "\\\\",
        "\\ud83d\\ude00",
        "\u{1}",
    ]);
    let member = prop::sample::select(vec![
        "content",
        "content",
        "content",
        "reasoning_content",
        "reasoning",
        "refusal",
    ]);
    let wrong = prop::sample::select(vec![
        r#"{"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":1}}"#,
        r#"{"id":"c","choices":[{"index":1,"delta":{"content":"a"}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{}"}}]}}]}"#,
        r#"{"error":{"message":"m"}}"#,
        "[DONE]",
    ]);
    let flip = prop::option::weighted(0.15, (any::<prop::sample::Index>(), any::<u8>()));
    let known = (member, text, "[a-z]{0,3}", flip).prop_map(|(member, text, padding, flip)| {
        let mut chunk = openai(member, text, &padding).into_bytes();
        if let Some((at, byte)) = flip {
            let at = at.index(chunk.len());
            chunk[at] = byte;
        }
        chunk
    });
    prop_oneof![8 => known, 1 => wrong.prop_map(|it| it.as_bytes().to_vec())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn plainly_or_not_a_stream_says_the_same(chunks in prop::collection::vec(any_chunk(), 0..12)) {
        let (events, response, _) = read(&chunks, true);
        let (general, expected, _) = read(&chunks, false);
        prop_assert_eq!(response, expected);
        prop_assert_eq!(events, general);
    }
}
