//! The road of a stream event in this crate: from the bytes of an event stream to the event in the caller's hand.
//!
//! `cargo bench -p reqllm-bedrock --bench events -- claude 10` reads a stream of 2,000 text deltas ten times and says how many
//! bytes and events that were. It measures nothing itself: it is there to run under a tool that counts. The difference of
//! two numbers of rounds, divided by the deltas of the rounds between them, is what an event costs:
//!
//! ```text
//! valgrind --tool=callgrind target/release/deps/events-… converse 1    # and 6: the difference is that of 10,000 events
//! ```
//!
//! The forms: `converse`, `claude` (a native stream), `reasoning` and `tool` (Converse again).

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqllm_bedrock::{Bedrock, Options};
use reqllm_core::{
    Call, Delivery, Environment, Error, Event, Fold, Identity, Model, Provider, Result,
};

/// What one read of a socket gives, at most.
const PIECE: usize = 16 * 1024;

/// Words as models write them; two have escapes, one is not ASCII.
const WORDS: [&str; 16] = [
    "Hello",
    " there",
    ",",
    " the",
    " model",
    " answers",
    " with",
    " some",
    " short",
    " tokens",
    ".",
    " It's",
    " \\\"quoted\\\"",
    " café",
    "\\n\\n",
    " streaming",
];

/// Deltas of a stream.
const DELTAS: usize = 2000;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let form = arguments.next().unwrap_or_else(|| "converse".to_owned());
    let rounds = arguments.next().map_or(Ok(1), |it| it.parse());
    let rounds: usize =
        rounds.map_err(|_| Error::config("the second argument is no number of rounds"))?;
    let stream = Bytes::from(stream(&form)?);
    let answer = answer(&form)?;
    let head = http::Response::new(()).into_parts().0;
    let (mut events, mut text) = (0, 0);
    for _ in 0..rounds {
        let mut fold = Fold::new(Identity::default()).listened();
        let mut reader = answer.open(&head)?;
        for begin in (0..stream.len()).step_by(PIECE) {
            let end = stream.len().min(begin + PIECE);
            reader.read(stream.slice(begin..end), &mut fold)?;
            while let Some(event) = fold.next_event() {
                events += 1;
                text += match black_box(&event) {
                    Event::Text(delta) => delta.text.len(),
                    _ => 0,
                };
            }
        }
        reader.end(&mut fold)?;
        black_box(fold.finish());
    }
    println!(
        "{form}: {rounds} times {} bytes, {events} events, {text} bytes of text",
        stream.len()
    );
    Ok(())
}

/// The answer that the provider would open for such a stream.
fn answer(form: &str) -> Result<std::sync::Arc<dyn reqllm_core::Answer>> {
    let bedrock = Bedrock::builder().environment(Environment::empty()).build();
    let mut call = Call::new("Hi");
    let options = Options::new().region("eu-west-1");
    call.options = options.use_converse(form != "claude").into();
    let model = Model::new("bedrock", "anthropic.claude-3-haiku-20240307-v1:0");
    Ok(bedrock.prepare(&model, &call, Delivery::Stream)?.answer)
}

/// A whole stream, framed and padded as Bedrock does.
fn stream(form: &str) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let delta = |word: &str| match form {
        "converse" => Ok(format!(r#"{{"text":"{word}"}}"#)),
        "reasoning" => Ok(format!(r#"{{"reasoningContent":{{"text":"{word}"}}}}"#)),
        "tool" => Ok(format!(r#"{{"toolUse":{{"input":"{word}"}}}}"#)),
        "claude" => Ok(format!(r#"{{"type":"text_delta","text":"{word}"}}"#)),
        other => Err(Error::config(format!("there is no form {other:?}"))),
    };
    let words = (0..DELTAS).map(|i| (i, WORDS[(i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) & 15]));
    if form == "claude" {
        chunk(
            &mut out,
            1,
            r#"{"type":"message_start","message":{"id":"m","usage":{"input_tokens":325,"output_tokens":1}}}"#,
        );
        chunk(
            &mut out,
            2,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        );
        for (i, word) in words {
            let delta = delta(word)?;
            chunk(
                &mut out,
                i,
                &format!(r#"{{"type":"content_block_delta","index":0,"delta":{delta}}}"#),
            );
        }
        chunk(&mut out, 3, r#"{"type":"content_block_stop","index":0}"#);
        chunk(
            &mut out,
            4,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}"#,
        );
        chunk(
            &mut out,
            5,
            r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":325,"outputTokenCount":9,"invocationLatency":1024,"firstByteLatency":320}}"#,
        );
        return Ok(out);
    }
    frame(
        &mut out,
        "messageStart",
        r#"{"p":"abcdefghijkl","role":"assistant"}"#,
    );
    if form == "tool" {
        frame(
            &mut out,
            "contentBlockStart",
            r#"{"contentBlockIndex":0,"p":"abc","start":{"toolUse":{"name":"f","toolUseId":"t"}}}"#,
        );
    }
    for (i, word) in words {
        let (delta, padding) = (delta(word)?, padding(i));
        frame(
            &mut out,
            "contentBlockDelta",
            &format!(r#"{{"contentBlockIndex":0,"delta":{delta},"p":"{padding}"}}"#),
        );
    }
    frame(
        &mut out,
        "contentBlockStop",
        r#"{"contentBlockIndex":0,"p":"abcdefg"}"#,
    );
    frame(
        &mut out,
        "messageStop",
        r#"{"p":"abcdefghij","stopReason":"end_turn"}"#,
    );
    frame(
        &mut out,
        "metadata",
        r#"{"metrics":{"latencyMs":1024},"p":"abc","usage":{"inputTokens":325,"outputTokens":9,"totalTokens":334}}"#,
    );
    Ok(out)
}

fn chunk(out: &mut Vec<u8>, i: usize, json: &str) {
    let (bytes, padding) = (STANDARD.encode(json), padding(i));
    frame(
        out,
        "chunk",
        &format!(r#"{{"bytes":"{bytes}","p":"{padding}"}}"#),
    );
}

/// Padding of 0 to 35 characters.
fn padding(i: usize) -> &'static str {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ";
    &LETTERS[..(i.wrapping_mul(2_654_435_761) >> 7) % 36]
}

fn frame(out: &mut Vec<u8>, event: &str, payload: &str) {
    let mut headers = Vec::new();
    for (name, value) in [
        (":event-type", event),
        (":content-type", "application/json"),
        (":message-type", "event"),
    ] {
        headers.push(name.len() as u8);
        headers.extend_from_slice(name.as_bytes());
        headers.push(7);
        headers.extend_from_slice(&(value.len() as u16).to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    let begin = out.len();
    out.extend_from_slice(&((headers.len() + payload.len() + 16) as u32).to_be_bytes());
    out.extend_from_slice(&(headers.len() as u32).to_be_bytes());
    out.extend_from_slice(&crc32fast::hash(&out[begin..]).to_be_bytes());
    out.extend_from_slice(&headers);
    out.extend_from_slice(payload.as_bytes());
    out.extend_from_slice(&crc32fast::hash(&out[begin..]).to_be_bytes());
}
