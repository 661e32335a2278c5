//! Errors inside of an answer that began as one of success, and answers that say that they are not all.
//!
//! Sources: OpenAI's API reference, "Streaming events" and "The response object"; OpenRouter's "Errors", "Mid-stream errors";
//! Anthropic's "Streaming messages", "Error events".

use reqllm::{ErrorKind, FinishReason};
use reqllm_emulator::Fault;
use serde_json::Value;

use super::{Again, Row, Strikes, answer};
use crate::cell::Stated;
use crate::column::Column;
use crate::subject::Truth;

const OF_CHAT: &str = "Errors inside of a stream of Chat Completions";

/// The name of the error, what it means, and whether a retry may help and is made.
type Error = (&'static str, ErrorKind, Again);

const CHAT: &[Error] = &[
    ("server_error", ErrorKind::Server, Again::Once),
    ("rate_limit_exceeded", ErrorKind::RateLimited, Again::Once),
    ("insufficient_quota", ErrorKind::Quota, Again::Never),
    (
        "context_length_exceeded",
        ErrorKind::ContextWindow,
        Again::Never,
    ),
    ("content_filter", ErrorKind::ContentFilter, Again::Never),
];

const RESPONSES: &[Error] = &[
    ("server_error", ErrorKind::Server, Again::Once),
    ("rate_limit_exceeded", ErrorKind::RateLimited, Again::Once),
    ("invalid_prompt", ErrorKind::ContentFilter, Again::Never),
    (
        "context_length_exceeded",
        ErrorKind::ContextWindow,
        Again::Never,
    ),
    ("response.failed", ErrorKind::Server, Again::Once),
];

const MESSAGES: &[Error] = &[
    ("overloaded_error", ErrorKind::Overloaded, Again::Once),
    ("api_error", ErrorKind::Server, Again::Once),
    ("rate_limit_error", ErrorKind::RateLimited, Again::Once),
    ("timeout_error", ErrorKind::Timeout, Again::ByTheCaller),
    (
        "invalid_request_error",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    ("somethingnew_error", ErrorKind::Stream, Again::Once),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = events(OF_CHAT, &[Column::Chat], CHAT);
    rows.extend(numbers());
    rows.extend(events(
        "Errors inside of a stream of Responses",
        &[Column::Responses],
        RESPONSES,
    ));
    rows.extend(events(
        "Errors inside of a stream of Messages",
        &[Column::Messages],
        MESSAGES,
    ));
    rows.extend(bodies());
    rows.extend(endings());
    rows
}

fn events(group: &'static str, columns: &'static [Column], errors: &'static [Error]) -> Vec<Row> {
    let mut rows = Vec::new();
    for &(name, kind, again) in errors {
        let code = match name {
            "response.failed" => "server_error",
            name => name,
        };
        let fault =
            move |events| Fault::exception(events, name, "The emulator was told to say so.");
        let row = |when: &str, strikes, times| {
            let row = Row::new(
                group,
                format!("`{name}` {when}"),
                strikes,
                move |_, place| fault(place).times(times),
            );
            row.on(columns).code(code)
        };
        rows.push(row("as the first event", Strikes::Before, 2).stream(again.stated(kind)));
        if again == Again::Once {
            rows.push(row("as the first event, once", Strikes::Before, 1).stream(answer(2)));
            let silent = row(
                "before the answer says anything, once",
                Strikes::InSilence,
                1,
            );
            rows.push(silent.stream(answer(2)));
        }
        let midway = row("behind each event that says something", Strikes::Each, 2);
        rows.push(midway.stream(again.midway(kind)));
    }
    rows
}

/// OpenRouter's code is the status that there would have been.
fn numbers() -> Vec<Row> {
    let codes = [
        (402, "402", ErrorKind::Quota, Again::Never),
        (429, "429", ErrorKind::RateLimited, Again::Once),
        (502, "502", ErrorKind::Server, Again::Once),
    ];
    let rows = codes.into_iter().flat_map(|(number, code, kind, again)| {
        let row = |when: &str, strikes| {
            let title = format!("an error with the number {number} {when}");
            Row::new(OF_CHAT, title, strikes, move |_, place| {
                let fault = Fault::exception(place, "", "Provider returned error");
                fault
                    .field("code", number)
                    .field("type", Value::Null)
                    .times(2)
            })
            .on(&[Column::Chat])
            .code(code)
        };
        [
            row("as the first event", Strikes::Before).stream(again.stated(kind)),
            row("behind each event that says something", Strikes::Each).stream(again.midway(kind)),
        ]
    });
    rows.collect()
}

/// Status 200, and a body that is an error.
fn bodies() -> Vec<Row> {
    let row = |title: &str, columns, body: &'static str| {
        Row::new(
            "Errors under status 200",
            title,
            Strikes::Before,
            move |_, _| Fault::replay(200, [("content-type", "application/json")], body).times(2),
        )
        .on(columns)
    };
    const OPENAI: &[Column] = &[Column::Chat, Column::Responses, Column::Embeddings];
    const ANTHROPIC: &[Column] = &[Column::Messages, Column::Counts];
    let whole = |row: Row, kind, again: Again| {
        // What comes in one piece has been worked out by the time it comes, and is not asked for again.
        let left = match again {
            Again::Never => Again::Never,
            _ => Again::ByTheCaller,
        };
        row.whole(left.stated(kind)).stream(again.stated(kind))
    };
    vec![
        whole(
            row(
                "`server_error` in JSON",
                OPENAI,
                r#"{"error": {"message": "The server had an error.", "type": "server_error", "param": null, "code": null}}"#,
            )
            .code("server_error"),
            ErrorKind::Server,
            Again::Once,
        ),
        whole(
            row(
                "`insufficient_quota` in JSON",
                OPENAI,
                r#"{"error": {"message": "Pay.", "type": "insufficient_quota", "param": null, "code": "insufficient_quota"}}"#,
            )
            .code("insufficient_quota"),
            ErrorKind::Quota,
            Again::Never,
        ),
        whole(
            row(
                "an error whose code is a status, in JSON",
                OPENAI,
                r#"{"error": {"message": "Provider returned error", "code": 502}}"#,
            )
            .code("502"),
            ErrorKind::Server,
            Again::Once,
        ),
        whole(
            row(
                "`overloaded_error` in JSON",
                ANTHROPIC,
                r#"{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}"#,
            )
            .code("overloaded_error"),
            ErrorKind::Overloaded,
            Again::Once,
        ),
    ]
}

/// Answers that end otherwise than the model would have.
fn endings() -> Vec<Row> {
    let row = |title: &str, columns, make: fn(&Truth) -> Vec<u8>| {
        Row::new(
            "Answers that ended otherwise",
            title,
            Strikes::Behind,
            move |truth, _| {
                Fault::replay(200, [("content-type", truth.content_type())], make(truth))
            },
        )
        .on(columns)
    };
    let (length, filter) = (
        Stated::Stopped(FinishReason::Length),
        Stated::Stopped(FinishReason::ContentFilter),
    );
    vec![
        row("`finish_reason` `length`", &[Column::Chat], |truth| {
            other(
                truth,
                r#""finish_reason":"stop""#,
                r#""finish_reason":"length""#,
            )
        })
        .both(length),
        row(
            "`finish_reason` `content_filter`",
            &[Column::Chat],
            |truth| {
                other(
                    truth,
                    r#""finish_reason":"stop""#,
                    r#""finish_reason":"content_filter""#,
                )
            },
        )
        .both(filter),
        row(
            "a reason to stop that nobody knows",
            &[Column::Chat],
            |truth| {
                other(
                    truth,
                    r#""finish_reason":"stop""#,
                    r#""finish_reason":"tired""#,
                )
            },
        )
        .both(Stated::Stopped(FinishReason::Unknown)),
        row(
            "`response.incomplete` by `max_output_tokens`",
            &[Column::Responses],
            |truth| incomplete(truth, r#"{"reason":"max_output_tokens"}"#),
        )
        .both(length),
        row(
            "`response.incomplete` by `content_filter`",
            &[Column::Responses],
            |truth| incomplete(truth, r#"{"reason":"content_filter"}"#),
        )
        .both(filter),
        row("`stop_reason` `max_tokens`", &[Column::Messages], |truth| {
            other(
                truth,
                r#""stop_reason":"end_turn""#,
                r#""stop_reason":"max_tokens""#,
            )
        })
        .both(length),
        row("`stop_reason` `refusal`", &[Column::Messages], |truth| {
            other(
                truth,
                r#""stop_reason":"end_turn""#,
                r#""stop_reason":"refusal""#,
            )
        })
        .both(filter),
    ]
}

/// The answer with these words in place of those.
fn other(truth: &Truth, words: &str, others: &str) -> Vec<u8> {
    let body = std::str::from_utf8(&truth.body).unwrap();
    assert!(body.contains(words), "{body} has no {words}");
    body.replace(words, others).into_bytes()
}

fn incomplete(truth: &Truth, details: &str) -> Vec<u8> {
    let body = other(
        truth,
        r#""incomplete_details":null"#,
        &format!(r#""incomplete_details":{details}"#),
    );
    let body = String::from_utf8(body).unwrap();
    let body = body.replace("response.completed", "response.incomplete");
    // The status of the response comes before that of its items.
    let start = truth.frames.last().map_or(0, |last| last.start);
    let (before, last) = body.split_at(start);
    let last = last.replacen(r#""status":"completed""#, r#""status":"incomplete""#, 1);
    (before.to_owned() + &last).into_bytes()
}
