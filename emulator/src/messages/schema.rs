//! The shapes of bodies on these paths: what they have in common with a native body is [`crate::claude::model`]'s.

use crate::claude::model::{
    CACHED, CHOICE, CONFIG, CONTEXT, IMAGE_BYTES, METADATA, OWN_CONTENT, PDF, PLAIN_TEXT, ROLE,
    STOP_SEQUENCES, SYSTEM, TEMPERATURE, THINKING, TOOL_MEMBERS, TOP_K, TOP_P, USE_ID, USE_INPUT,
    USE_NAME, blocks, document, image, messages, result_blocks, tool_result,
};
use crate::shape::{Member, STRING, Shape, list, optional, required, text};

/// `POST /v1/messages`.
pub(super) static MESSAGES: Shape = Shape::Structure(&[
    MODEL,
    MESSAGES_MEMBER,
    // Nothing is answered with 0: that only fills the prompt cache.
    required("max_tokens", &Shape::Integer { min: 0 }),
    optional("stream", &Shape::Boolean),
    SYSTEM,
    TOOLS,
    CHOICE,
    THINKING,
    CONFIG,
    CACHED,
    CONTEXT,
    SPEED,
    TEMPERATURE,
    TOP_P,
    TOP_K,
    STOP_SEQUENCES,
    METADATA,
    optional("service_tier", &Shape::Choice(&["auto", "standard_only"])),
    optional("inference_geo", &STRING),
]);

/// `POST /v1/messages/count_tokens`: what a model reads, and nothing of how it is to answer.
pub(super) static COUNT: Shape = Shape::Structure(&[
    MODEL,
    MESSAGES_MEMBER,
    SYSTEM,
    TOOLS,
    CHOICE,
    THINKING,
    CONFIG,
    CACHED,
    CONTEXT,
    SPEED,
]);

const MODEL: Member = required("model", &text(1, 256));
const MESSAGES_MEMBER: Member = required("messages", &CONVERSATION);
static CONVERSATION: Shape = messages(&MESSAGE);
const TOOLS: Member = optional("tools", &TOOL_LIST);
static TOOL_LIST: Shape = list(&TOOL);
const SPEED: Member = optional("speed", &Shape::Choice(&["standard", "fast"]));

static MESSAGE: Shape = Shape::Structure(&[ROLE, required("content", &Shape::TextOr(&BLOCKS))]);
static BLOCKS: Shape = list(&BLOCK);
static BLOCK: Shape = Shape::Tagged(&blocks(IMAGE, DOCUMENT, TOOL_USE, TOOL_RESULT));

const TOOL_USE: &[Member] = &[
    USE_ID,
    USE_NAME,
    USE_INPUT,
    // Who called it: the client's types send it back.
    optional("caller", &Shape::Tagged(&[("direct", &[])])),
    CACHED,
];

const TOOL_RESULT: &[Member] = &tool_result(&RESULT_CONTENT);
static RESULT_CONTENT: Shape = Shape::TextOr(&RESULT_BLOCKS);
static RESULT_BLOCKS: Shape = list(&RESULT_BLOCK);
static RESULT_BLOCK: Shape = Shape::Tagged(&result_blocks(IMAGE, DOCUMENT));

const URL: (&str, &[Member]) = ("url", &[required("url", &text(1, usize::MAX))]);

const IMAGE: &[Member] = &image(&IMAGE_SOURCE);
static IMAGE_SOURCE: Shape = Shape::Tagged(&[IMAGE_BYTES, URL]);

const DOCUMENT: &[Member] = &document(&DOCUMENT_SOURCE);
static DOCUMENT_SOURCE: Shape = Shape::Tagged(&[PDF, PLAIN_TEXT, OWN_CONTENT, URL]);

static TOOL: Shape = Shape::Structure(&OWN_TOOL_MEMBERS);
const OWN_TOOL_MEMBERS: [Member; 12] = {
    let [kind, name, description, schema, strict, cached, characters] = TOOL_MEMBERS;
    [
        kind,
        name,
        description,
        schema,
        strict,
        optional("eager_input_streaming", &Shape::Boolean),
        optional("input_examples", &list(&Shape::Object)),
        cached,
        characters,
        optional("display_width_px", &Shape::Integer { min: 1 }),
        optional("display_height_px", &Shape::Integer { min: 1 }),
        optional("display_number", &Shape::Integer { min: 0 }),
    ]
};
