//! Streams of server-sent events, as OpenAI and Anthropic write them.

use super::answer::word;

/// Which form is streamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// OpenAI's Chat Completions.
    Chat,
    /// The same with the members of the events with text in an order that changes with each.
    ChatShuffled,
    /// OpenAI's Responses.
    Responses,
    /// Anthropic's Messages.
    Messages,
    /// The same with the members of the events with text in an order that nobody expects.
    MessagesReordered,
}

/// The body of a stream with so many pieces of text.
pub(crate) fn stream(form: Form, pieces: u64) -> Vec<u8> {
    let (head, tail) = match form {
        Form::Chat | Form::ChatShuffled => (chat_head(), chat_tail(pieces)),
        Form::Responses => (responses_head(), responses_tail(pieces)),
        Form::Messages | Form::MessagesReordered => (messages_head(), messages_tail(pieces)),
    };
    let texts = (0..pieces).map(|number| piece(form, number));
    let whole: String = std::iter::once(head)
        .chain(texts)
        .chain(std::iter::once(tail))
        .collect();
    whole.into_bytes()
}

fn piece(form: Form, number: u64) -> String {
    let text = word(number);
    match form {
        Form::Chat => chat(&format!(r#""delta":{{"content":"{text}"}}"#), number),
        Form::ChatShuffled if number % 2 == 1 => format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null,\"index\":0,\"logprobs\":null}}],\"created\":1700000000,\"id\":\"chatcmpl-Canned\",\"model\":\"gpt-4o-mini-2024-07-18\",\"obfuscation\":\"aZ\",\"object\":\"chat.completion.chunk\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\",\"usage\":null}}\n\n"
        ),
        Form::ChatShuffled => chat(&format!(r#""delta":{{"content":"{text}"}}"#), number),
        // Three events come before the first piece.
        Form::Responses => {
            let number = number + 4;
            event(
                "response.output_text.delta",
                &format!(
                    r#""sequence_number":{number},"item_id":"msg_Canned","output_index":0,"content_index":0,"delta":"{text}","logprobs":[],"obfuscation":"aZ9""#
                ),
            )
        }
        Form::Messages => event(
            "content_block_delta",
            &format!(r#""index":0,"delta":{{"type":"text_delta","text":"{text}"}}"#),
        ),
        Form::MessagesReordered => format!(
            "event: content_block_delta\ndata: {{\"index\":0,\"delta\":{{\"text\":\"{text}\",\"type\":\"text_delta\"}},\"type\":\"content_block_delta\"}}\n\n"
        ),
    }
}

/// An event whose name is its type.
fn event(kind: &str, members: &str) -> String {
    format!("event: {kind}\ndata: {{\"type\":\"{kind}\",{members}}}\n\n")
}

/// A chunk with this delta and nothing else to say.
fn chat(delta: &str, number: u64) -> String {
    let padding = &"abcdefghijklmnop"[..number as usize % 16];
    format!(
        "data: {{\"id\":\"chatcmpl-Canned\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\",\"choices\":[{{\"index\":0,{delta},\"logprobs\":null,\"finish_reason\":null}}],\"usage\":null,\"obfuscation\":\"{padding}\"}}\n\n"
    )
}

fn chat_head() -> String {
    chat(
        r#""delta":{"role":"assistant","content":"","refusal":null}"#,
        0,
    )
}

fn chat_tail(pieces: u64) -> String {
    let stop =
        chat(r#""delta":{}"#, 1).replace(r#""finish_reason":null"#, r#""finish_reason":"stop""#);
    format!(
        "{stop}data: {{\"id\":\"chatcmpl-Canned\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\",\"choices\":[],\"usage\":{{\"prompt_tokens\":325,\"completion_tokens\":{pieces},\"total_tokens\":{}}},\"obfuscation\":\"a\"}}\n\ndata: [DONE]\n\n",
        pieces + 325
    )
}

fn responses_head() -> String {
    [
        event(
            "response.created",
            r#""sequence_number":0,"response":{"id":"resp_Canned","object":"response","created_at":1700000000,"status":"in_progress","model":"gpt-4o-mini-2024-07-18","output":[],"usage":null}"#,
        ),
        event(
            "response.output_item.added",
            r#""sequence_number":2,"output_index":0,"item":{"id":"msg_Canned","type":"message","status":"in_progress","role":"assistant","content":[]}"#,
        ),
        event(
            "response.content_part.added",
            r#""sequence_number":3,"item_id":"msg_Canned","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}"#,
        ),
    ]
    .concat()
}

/// A real one repeats all of the text three times here. It would be part of no event's cost, so it is left out.
fn responses_tail(pieces: u64) -> String {
    event(
        "response.completed",
        &format!(
            r#""sequence_number":{},"response":{{"id":"resp_Canned","object":"response","created_at":1700000000,"status":"completed","model":"gpt-4o-mini-2024-07-18","output":[],"usage":{{"input_tokens":325,"output_tokens":{pieces},"total_tokens":{}}}}}"#,
            pieces + 4,
            pieces + 325
        ),
    )
}

fn messages_head() -> String {
    [
        event(
            "message_start",
            r#""message":{"model":"claude-haiku-4-5","id":"msg_Canned","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":325,"output_tokens":1}}"#,
        ),
        event(
            "content_block_start",
            r#""index":0,"content_block":{"type":"text","text":""}"#,
        ),
    ]
    .concat()
}

fn messages_tail(pieces: u64) -> String {
    [
        event("content_block_stop", r#""index":0"#),
        event(
            "message_delta",
            &format!(
                r#""delta":{{"stop_reason":"end_turn","stop_sequence":null}},"usage":{{"output_tokens":{pieces}}}"#
            ),
        ),
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".to_owned(),
    ]
    .concat()
}
