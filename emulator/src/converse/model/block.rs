//! The shapes of content blocks.

use crate::shape::{Member, Pattern, STRING, Shape, Text, list, optional, required, text};

pub(super) static CONTENT_BLOCK: Shape = Shape::Union {
    name: "ContentBlock",
    members: &[
        optional("text", &STRING),
        optional("image", &IMAGE),
        optional("document", &DOCUMENT),
        optional("video", &VIDEO),
        optional("audio", &AUDIO),
        optional("toolUse", &TOOL_USE),
        optional("toolResult", &TOOL_RESULT),
        optional("guardContent", &GUARD_CONTENT),
        optional("cachePoint", &CACHE_POINT),
        optional("reasoningContent", &REASONING),
        optional("citationsContent", &CITATIONS_CONTENT),
        optional("searchResult", &SEARCH_RESULT),
        optional("toolAddition", &TOOL_REFERENCE),
        optional("toolRemoval", &TOOL_REFERENCE),
    ],
};

static IMAGE: Shape = Shape::Structure(&[
    required("format", &Shape::Choice(&["png", "jpeg", "gif", "webp"])),
    required("source", &BYTES_OR_S3),
    optional("error", &ERROR),
]);

static AUDIO: Shape = Shape::Structure(&[
    required(
        "format",
        &Shape::Choice(&[
            "mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a",
            "mpeg", "mpga", "pcm", "webm",
        ]),
    ),
    required("source", &BYTES_OR_S3),
    optional("error", &ERROR),
]);

static VIDEO: Shape = Shape::Structure(&[
    required(
        "format",
        &Shape::Choice(&[
            "mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp",
        ]),
    ),
    required("source", &BYTES_OR_S3),
]);

static ERROR: Shape = Shape::Structure(&[optional("message", &STRING)]);

static BYTES_OR_S3: Shape = Shape::Union {
    name: "Source",
    members: &[
        optional("bytes", &Shape::Blob),
        optional("s3Location", &S3_LOCATION),
    ],
};

static S3_LOCATION: Shape = Shape::Structure(&[
    required(
        "uri",
        &patterned(
            1,
            1024,
            r"s3://[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9](/.*)?",
            s3_uri,
        ),
    ),
    optional(
        "bucketOwner",
        &patterned(0, usize::MAX, "[0-9]{12}", account_id),
    ),
]);

static DOCUMENT: Shape = Shape::Structure(&[
    optional(
        "format",
        &Shape::Choice(&[
            "pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md",
        ]),
    ),
    required("name", &text(1, 200)),
    required("source", &DOCUMENT_SOURCE),
    optional("context", &STRING),
    optional("citations", &CITATIONS_CONFIG),
]);

static DOCUMENT_SOURCE: Shape = Shape::Union {
    name: "DocumentSource",
    members: &[
        optional("bytes", &Shape::Blob),
        optional("s3Location", &S3_LOCATION),
        optional("text", &STRING),
        optional("content", &list(&TEXT_UNION)),
    ],
};

static TEXT_UNION: Shape = Shape::Union {
    name: "ContentBlock",
    members: &[optional("text", &STRING)],
};

static CITATIONS_CONFIG: Shape = Shape::Structure(&[required("enabled", &Shape::Boolean)]);

static TOOL_USE: Shape = Shape::Structure(&[
    required("toolUseId", &TOOL_USE_ID),
    required("name", &TOOL_NAME),
    required("input", &Shape::Object),
    optional("type", &Shape::Choice(&["server_tool_use"])),
]);

static TOOL_RESULT: Shape = Shape::Structure(&[
    required("toolUseId", &TOOL_USE_ID),
    required("content", &list(&TOOL_RESULT_CONTENT)),
    optional("status", &Shape::Choice(&["success", "error"])),
    optional("type", &STRING),
]);

static TOOL_RESULT_CONTENT: Shape = Shape::Union {
    name: "ToolResultContentBlock",
    members: &[
        optional("json", &Shape::Object),
        optional("text", &STRING),
        optional("image", &IMAGE),
        optional("document", &DOCUMENT),
        optional("video", &VIDEO),
        optional("searchResult", &SEARCH_RESULT),
    ],
};

static TOOL_USE_ID: Shape = patterned(1, 64, "[a-zA-Z0-9_.:-]+", tool_use_id);
pub(crate) static TOOL_NAME: Shape = patterned(1, 64, "[a-zA-Z0-9_-]+", tool_name);

pub(super) static GUARD_CONTENT: Shape = Shape::Union {
    name: "GuardrailConverseContentBlock",
    members: &[
        GUARDED_TEXT,
        optional("image", &Shape::Structure(&guarded_image(&GUARD_SOURCE))),
    ],
};

static GUARD_SOURCE: Shape = Shape::Union {
    name: "GuardrailConverseImageSource",
    members: &[optional("bytes", &Shape::Blob)],
};

/// A text for a guardrail, in a conversation or on its own.
pub(crate) const GUARDED_TEXT: Member = optional(
    "text",
    &Shape::Structure(&[
        required("text", &STRING),
        optional(
            "qualifiers",
            &list(&Shape::Choice(&[
                "grounding_source",
                "query",
                "guard_content",
            ])),
        ),
    ]),
);

/// An image for one; only the name of its source is not the same.
pub(crate) const fn guarded_image(source: &'static Shape) -> [Member; 2] {
    [
        required("format", &Shape::Choice(&["png", "jpeg"])),
        required("source", source),
    ]
}

pub(super) static CACHE_POINT: Shape = Shape::Structure(&[
    required("type", &Shape::Choice(&["default"])),
    optional("ttl", &Shape::Choice(&["5m", "1h"])),
]);

static REASONING: Shape = Shape::Union {
    name: "ReasoningContentBlock",
    members: &[
        optional(
            "reasoningText",
            &Shape::Structure(&[required("text", &STRING), optional("signature", &STRING)]),
        ),
        optional("redactedContent", &Shape::Blob),
    ],
};

static CITATIONS_CONTENT: Shape = Shape::Structure(&[
    optional("content", &list(&TEXT_UNION)),
    optional(
        "citations",
        &list(&Shape::Structure(&[
            optional("title", &STRING),
            optional("source", &STRING),
            optional("sourceContent", &list(&TEXT_UNION)),
            optional("location", &CITATION_LOCATION),
        ])),
    ),
]);

static CITATION_LOCATION: Shape = Shape::Union {
    name: "CitationLocation",
    members: &[
        optional(
            "web",
            &Shape::Structure(&[optional("url", &STRING), optional("domain", &STRING)]),
        ),
        optional("documentChar", &DOCUMENT_RANGE),
        optional("documentPage", &DOCUMENT_RANGE),
        optional("documentChunk", &DOCUMENT_RANGE),
        optional(
            "searchResultLocation",
            &Shape::Structure(&[
                optional("searchResultIndex", &OFFSET),
                optional("start", &OFFSET),
                optional("end", &OFFSET),
            ]),
        ),
    ],
};

static DOCUMENT_RANGE: Shape = Shape::Structure(&[
    optional("documentIndex", &OFFSET),
    optional("start", &OFFSET),
    optional("end", &OFFSET),
]);

static OFFSET: Shape = Shape::Integer { min: 0 };

static SEARCH_RESULT: Shape = Shape::Structure(&[
    required("source", &STRING),
    required("title", &STRING),
    required(
        "content",
        &list(&Shape::Structure(&[required("text", &STRING)])),
    ),
    optional("citations", &CITATIONS_CONFIG),
]);

static TOOL_REFERENCE: Shape = Shape::Structure(&[required(
    "tool",
    &Shape::Structure(&[
        optional("type", &text(1, 64)),
        optional("name", &text(1, 128)),
        optional("serverName", &text(1, 128)),
    ]),
)]);

fn tool_use_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b))
}

fn s3_uri(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("s3://") else {
        return false;
    };
    let bucket = rest.split_once('/').map_or(rest, |(bucket, _)| bucket);
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b);
    (3..=63).contains(&bucket.len())
        && edge(bucket.as_bytes().first())
        && edge(bucket.as_bytes().last())
        && bucket.bytes().all(inner)
}

pub(super) const fn patterned(
    min: usize,
    max: usize,
    source: &'static str,
    matches: fn(&str) -> bool,
) -> Shape {
    Shape::Text(Text {
        min,
        max,
        pattern: Some(Pattern { source, matches }),
    })
}

fn tool_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

pub(super) fn account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
