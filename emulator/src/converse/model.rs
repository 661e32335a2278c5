//! The request shapes of Converse and ConverseStream, as the service model has them (2023-09-30).

mod block;

use crate::shape::{Member, Pattern, STRING, Shape, Text, list, optional, required, text};
use block::{CACHE_POINT, CONTENT_BLOCK, GUARD_CONTENT, account_id, patterned};
pub(crate) use block::{GUARDED_TEXT, TOOL_NAME, guarded_image};

/// `ConverseRequest`.
pub(super) static REQUEST: Shape = Shape::Structure(&REQUEST_MEMBERS);
/// `ConverseStreamRequest`: it differs only in one more member of `guardrailConfig`.
pub(super) static STREAM_REQUEST: Shape = Shape::Structure(&STREAM_REQUEST_MEMBERS);

static REQUEST_MEMBERS: [Member; 12] = request(&GUARDRAIL);
static STREAM_REQUEST_MEMBERS: [Member; 12] = request(&STREAM_GUARDRAIL);

const fn request(guardrail: &'static Shape) -> [Member; 12] {
    [
        optional("messages", &MESSAGES),
        optional("system", &SYSTEM),
        optional("inferenceConfig", &INFERENCE),
        optional("toolConfig", &TOOLS),
        optional("guardrailConfig", guardrail),
        optional("additionalModelRequestFields", &Shape::Object),
        optional("promptVariables", &PROMPT_VARIABLES),
        optional("additionalModelResponseFieldPaths", &FIELD_PATHS),
        optional("requestMetadata", &METADATA),
        optional("performanceConfig", &PERFORMANCE),
        optional("serviceTier", &SERVICE_TIER),
        optional("outputConfig", &OUTPUT),
    ]
}

static MESSAGES: Shape = list(&Shape::Structure(&[
    required("role", &Shape::Choice(&["user", "assistant", "system"])),
    required("content", &list(&CONTENT_BLOCK)),
]));

static SYSTEM: Shape = list(&Shape::Union {
    name: "SystemContentBlock",
    members: &[
        optional("text", &text(1, usize::MAX)),
        optional("guardContent", &GUARD_CONTENT),
        optional("cachePoint", &CACHE_POINT),
    ],
});

static INFERENCE: Shape = Shape::Structure(&[
    optional("maxTokens", &Shape::Integer { min: 1 }),
    optional("temperature", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("topP", &Shape::Number { min: 0.0, max: 1.0 }),
    optional(
        "stopSequences",
        &Shape::List {
            of: &text(1, usize::MAX),
            min: 0,
            max: 2500,
        },
    ),
]);

static TOOLS: Shape = Shape::Structure(&[
    required(
        "tools",
        &Shape::List {
            of: &TOOL,
            min: 1,
            max: usize::MAX,
        },
    ),
    optional("toolChoice", &TOOL_CHOICE),
]);

pub(crate) static TOOL_CHOICE: Shape = Shape::Union {
    name: "ToolChoice",
    members: &[
        optional("auto", &Shape::Structure(&[])),
        optional("any", &Shape::Structure(&[])),
        optional("tool", &Shape::Structure(&[required("name", &TOOL_NAME)])),
    ],
};

static TOOL: Shape = Shape::Union {
    name: "Tool",
    members: &[
        optional(
            "toolSpec",
            &Shape::Structure(&[
                required("name", &TOOL_NAME),
                optional("description", &text(1, usize::MAX)),
                required(
                    "inputSchema",
                    &Shape::Union {
                        name: "ToolInputSchema",
                        members: &[optional("json", &Shape::Object)],
                    },
                ),
                optional("strict", &Shape::Boolean),
            ]),
        ),
        optional(
            "systemTool",
            &Shape::Structure(&[required("name", &TOOL_NAME)]),
        ),
        optional("cachePoint", &CACHE_POINT),
    ],
};

const GUARDRAIL_ID: Member = required(
    "guardrailIdentifier",
    &patterned(
        0,
        2048,
        "(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))",
        guardrail_id,
    ),
);
const GUARDRAIL_VERSION: Member = required(
    "guardrailVersion",
    &patterned(
        0,
        usize::MAX,
        "(|([1-9][0-9]{0,7})|(DRAFT))",
        guardrail_version,
    ),
);
const GUARDRAIL_TRACE: Member = optional(
    "trace",
    &Shape::Choice(&["enabled", "disabled", "enabled_full"]),
);

pub(crate) static GUARDRAIL: Shape =
    Shape::Structure(&[GUARDRAIL_ID, GUARDRAIL_VERSION, GUARDRAIL_TRACE]);

static STREAM_GUARDRAIL: Shape = Shape::Structure(&[
    GUARDRAIL_ID,
    GUARDRAIL_VERSION,
    GUARDRAIL_TRACE,
    optional("streamProcessingMode", &Shape::Choice(&["sync", "async"])),
]);

static PROMPT_VARIABLES: Shape = Shape::Map {
    key: Text {
        min: 0,
        max: usize::MAX,
        pattern: None,
    },
    value: &Shape::Union {
        name: "PromptVariableValues",
        members: &[optional("text", &STRING)],
    },
    min: 0,
    max: usize::MAX,
};

static FIELD_PATHS: Shape = Shape::List {
    of: &text(1, 256),
    min: 0,
    max: 10,
};

static METADATA: Shape = Shape::Map {
    key: Text {
        min: 1,
        max: 256,
        pattern: Some(Pattern {
            source: r"[a-zA-Z0-9\s:_@$#=/+,-.]{1,256}",
            matches: metadata,
        }),
    },
    value: &patterned(0, 256, r"[a-zA-Z0-9\s:_@$#=/+,-.]{0,256}", metadata),
    min: 1,
    max: 16,
};

static PERFORMANCE: Shape = Shape::Structure(&[optional(
    "latency",
    &Shape::Choice(&["standard", "optimized"]),
)]);

static SERVICE_TIER: Shape = Shape::Structure(&[required(
    "type",
    &Shape::Choice(&["priority", "default", "flex", "reserved"]),
)]);

static OUTPUT: Shape = Shape::Structure(&[
    optional(
        "textFormat",
        &Shape::Structure(&[
            required("type", &Shape::Choice(&["json_schema"])),
            required(
                "structure",
                &Shape::Union {
                    name: "OutputFormatStructure",
                    members: &[optional(
                        "jsonSchema",
                        &Shape::Structure(&[
                            required("schema", &STRING),
                            optional("name", &STRING),
                            optional("description", &STRING),
                        ]),
                    )],
                },
            ),
        ]),
    ),
    optional("effort", &text(0, 16)),
]);

fn guardrail_id(text: &str) -> bool {
    let plain = |id: &str| {
        id.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let parts: Vec<&str> = text.split(':').collect();
    match *parts.as_slice() {
        ["arn", partition, "bedrock", region, account, resource] => {
            (partition == "aws" || partition.starts_with("aws-"))
                && (1..=20).contains(&region.len())
                && account_id(account)
                && resource
                    .strip_prefix("guardrail/")
                    .is_some_and(|id| !id.is_empty() && plain(id))
        }
        [id] => plain(id),
        _ => false,
    }
}

fn guardrail_version(text: &str) -> bool {
    let number =
        text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text == "DRAFT" || number
}

fn metadata(text: &str) -> bool {
    // `,-.` in the model's class is a range of the three characters `,` `-` `.`.
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || ":_@$#=/+,-.".contains(c))
}
