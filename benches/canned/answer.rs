//! Whole answers, and the events of streams, of both operations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::frame;

/// Which operation is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wire {
    /// Converse, ConverseStream.
    Converse,
    /// InvokeModel, InvokeModelWithResponseStream: Claude's own body.
    Native,
}

/// About 1 KB with a little of everything that JSON escapes.
const TEXT: &str = r#"I take it that both databases are in the same network and that the shop may stand still for some hours at night.\n\nWith forty orders a minute I would stop, copy and start again: it is one step that can be tried as often as you like on a copy, and there is never a moment at which two databases may both be right. Writing to both for a week sounds safer and is not, because every difference that the comparison finds has to be explained, and \"booked twice\" is just what it makes possible.\n\nBefore: count orders and sum their amounts per day on both sides of a rehearsal. After: the same numbers, and the first hundred orders by hand. To get back, keep the old database readable, and write each new order to a file as well, so that it can be read in again.\n\nMeasure: orders a minute, refused orders, time of a write, length of the queue, difference of the sums."#;

/// Pieces of text as models give them, as they stand in JSON.
const PIECES: [&str; 16] = [
    "Orders",
    " are",
    " copied",
    ",",
    " then",
    " counted",
    " and",
    " compared",
    ".",
    " It's",
    r#" \"done\""#,
    " caf\u{e9}",
    r"\n\n",
    " Measure",
    " the",
    " queue",
];

/// The body of a whole answer.
pub(crate) fn whole(wire: Wire) -> String {
    match wire {
        Wire::Converse => format!(
            r#"{{"metrics":{{"latencyMs":1311}},"output":{{"message":{{"content":[{{"text":"{TEXT}"}}],"role":"assistant"}}}},"stopReason":"end_turn","usage":{{"cacheReadInputTokenCount":0,"cacheReadInputTokens":0,"cacheWriteInputTokenCount":0,"cacheWriteInputTokens":0,"inputTokens":325,"outputTokens":171,"totalTokens":496}}}}"#
        ),
        Wire::Native => format!(
            r#"{{"model":"claude-events","id":"msg_bdrk_01Compare","type":"message","role":"assistant","content":[{{"type":"text","text":"{TEXT}"}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{{"input_tokens":325,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":171}}}}"#
        ),
    }
}

/// The frames before the first piece of text.
pub(crate) fn head(wire: Wire) -> Vec<Vec<u8>> {
    match wire {
        Wire::Converse => vec![event(
            "messageStart",
            r#"{"p":"abcdefghijkl","role":"assistant"}"#,
        )],
        Wire::Native => vec![
            chunk(
                1,
                r#"{"type":"message_start","message":{"model":"claude-events","id":"msg_bdrk_01Compare","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":325,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}"#,
            ),
            chunk(
                2,
                r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            ),
        ],
    }
}

/// The frame of a piece of text of one's own.
pub(crate) fn text(wire: Wire, number: u64, text: &str) -> Vec<u8> {
    match wire {
        Wire::Converse => event(
            "contentBlockDelta",
            &format!(
                r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}},"p":"{}"}}"#,
                padding(number)
            ),
        ),
        Wire::Native => chunk(
            number,
            &format!(
                r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{text}"}}}}"#
            ),
        ),
    }
}

/// The same with its members in another order, which says the same in JSON, and is not how Bedrock writes it today.
fn reordered_text(wire: Wire, number: u64, text: &str) -> Vec<u8> {
    match wire {
        Wire::Converse => event(
            "contentBlockDelta",
            &format!(
                r#"{{"delta":{{"text":"{text}"}},"contentBlockIndex":0,"p":"{}"}}"#,
                padding(number)
            ),
        ),
        Wire::Native => chunk(
            number,
            &format!(
                r#"{{"index":0,"delta":{{"text":"{text}","type":"text_delta"}},"type":"content_block_delta"}}"#
            ),
        ),
    }
}

/// The frame of the piece of text of this number.
pub(crate) fn piece(wire: Wire, number: u64) -> Vec<u8> {
    text(wire, number, word(number))
}

/// The same with its members in another order: for what readers of any JSON take, as nobody expects this form.
pub(crate) fn reordered_piece(wire: Wire, number: u64) -> Vec<u8> {
    reordered_text(wire, number, word(number))
}

pub(super) fn word(number: u64) -> &'static str {
    // Spread without a pattern that a branch predictor learns at once.
    PIECES[(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) as usize]
}

/// The frames after the last piece of text.
pub(crate) fn tail(wire: Wire, tokens: u64) -> Vec<Vec<u8>> {
    match wire {
        Wire::Converse => vec![
            event(
                "contentBlockStop",
                r#"{"contentBlockIndex":0,"p":"abcdefg"}"#,
            ),
            event(
                "messageStop",
                r#"{"p":"abcdefghijklmnopq","stopReason":"end_turn"}"#,
            ),
            event(
                "metadata",
                &format!(
                    r#"{{"metrics":{{"latencyMs":1024}},"p":"abc","usage":{{"inputTokens":325,"outputTokens":{tokens},"totalTokens":{}}}}}"#,
                    tokens + 325
                ),
            ),
        ],
        Wire::Native => vec![
            chunk(3, r#"{"type":"content_block_stop","index":0}"#),
            chunk(
                4,
                &format!(
                    r#"{{"type":"message_delta","delta":{{"stop_reason":"end_turn","stop_sequence":null}},"usage":{{"output_tokens":{tokens}}}}}"#
                ),
            ),
            chunk(
                5,
                &format!(
                    r#"{{"type":"message_stop","amazon-bedrock-invocationMetrics":{{"inputTokenCount":325,"outputTokenCount":{tokens},"invocationLatency":1024,"firstByteLatency":320}}}}"#
                ),
            ),
        ],
    }
}

fn chunk(number: u64, json: &str) -> Vec<u8> {
    let bytes = STANDARD.encode(json);
    event(
        "chunk",
        &format!(r#"{{"bytes":"{bytes}","p":"{}"}}"#, padding(number)),
    )
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    let mut out = Vec::new();
    frame::push(&mut out, name, payload.as_bytes());
    out
}

/// Bedrock pads each payload with a string of changing length; here it goes round from 0 to 35.
fn padding(number: u64) -> &'static str {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHI";
    &LETTERS[..(number.wrapping_mul(2_654_435_761) >> 7) as usize % (LETTERS.len() + 1)]
}
