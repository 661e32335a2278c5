//! The shapes of a chat body's members.

use crate::shape::{Pattern, STRING, Shape, Text, list, optional, required, text};

pub(in crate::native) static MESSAGES: Shape = Shape::List {
    of: &Shape::Structure(&[
        required(
            "role",
            &Shape::Choice(&["system", "developer", "user", "assistant", "tool"]),
        ),
        optional("content", &Shape::TextOr(&list(&PART))),
        optional("name", &STRING),
        optional("refusal", &STRING),
        optional("tool_calls", &list(&CALL)),
        optional("tool_call_id", &text(1, usize::MAX)),
    ]),
    min: 1,
    max: usize::MAX,
};

static PART: Shape = Shape::Tagged(&[
    ("text", &[required("text", &STRING)]),
    (
        "image_url",
        &[required(
            "image_url",
            &Shape::TextOr(&Shape::Structure(&[
                required("url", &text(1, usize::MAX)),
                optional("detail", &STRING),
            ])),
        )],
    ),
]);

static CALL: Shape = Shape::Structure(&[
    required("id", &text(1, usize::MAX)),
    optional("type", &Shape::Choice(&["function"])),
    optional("index", &Shape::Integer { min: 0 }),
    required(
        "function",
        &Shape::Structure(&[required("name", &NAME), required("arguments", &STRING)]),
    ),
]);

pub(in crate::native) static TOOLS: Shape = list(&Shape::Structure(&[
    required("type", &Shape::Choice(&["function"])),
    required(
        "function",
        &Shape::Structure(&[
            required("name", &NAME),
            optional("description", &STRING),
            optional("parameters", &Shape::Object),
            optional("strict", &Shape::Boolean),
        ]),
    ),
]));

pub(in crate::native) static TOOL_CHOICE: Shape = Shape::TextOr(&Shape::Structure(&[
    required("type", &Shape::Choice(&["function"])),
    required("function", &Shape::Structure(&[required("name", &NAME)])),
]));

pub(in crate::native) static STOP: Shape = Shape::TextOr(&list(&text(1, usize::MAX)));

pub(in crate::native) static RESPONSE_FORMAT: Shape = Shape::Tagged(&[
    ("text", &[]),
    ("json_object", &[]),
    (
        "json_schema",
        &[required(
            "json_schema",
            &Shape::Structure(&[
                required("name", &NAME),
                required("schema", &Shape::Object),
                optional("description", &STRING),
                optional("strict", &Shape::Boolean),
            ]),
        )],
    ),
]);

static NAME: Shape = Shape::Text(Text {
    min: 0,
    max: usize::MAX,
    pattern: Some(Pattern {
        source: "^[a-zA-Z0-9_-]{1,64}$",
        matches: |text| {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            (1..=64).contains(&text.len()) && text.bytes().all(legal)
        },
    }),
});
