//! Cohere's Command R and the older Command.

use reqllm_testkit::{Cell, Key, Thinks};

use super::{
    FEATURES, Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, NO_THOUGHTS, cannot, no_choice,
    no_documents, no_tools,
};
use crate::routes::{CONVERSE, NATIVE};

pub(super) const LINES: &[Line] = &[
    Line {
        family: "cohere",
        model: "Command R+",
        spec: "bedrock:cohere.command-r-plus-v1:0",
        thinks: Thinks::Never,
        routes: &[
            (CONVERSE, &[NO_THOUGHTS, COMMAND_R]),
            (NATIVE, &[NO_THOUGHTS, COMMAND_R, &[ASIDE]]),
        ],
    },
    Line {
        family: "cohere-command",
        model: "Command",
        spec: "bedrock:cohere.command-text-v14",
        thinks: Thinks::Never,
        routes: &[
            (
                CONVERSE,
                &[
                    NO_THOUGHTS,
                    &no_tools(FEATURES),
                    &[NO_SYSTEM, NO_IMAGES, NO_CITATIONS, NO_CACHE],
                ],
            ),
            (
                NATIVE,
                &[
                    NO_THOUGHTS,
                    &no_tools(FEATURES),
                    &no_documents(
                        "AWS user guide, \"Cohere Command models\": the body is one prompt",
                    ),
                    &[NO_SYSTEM, NO_IMAGES, NO_CACHE],
                ],
            ),
        ],
    },
];

const COMMAND_R: &[(Key, Cell)] = &[
    no_choice(
        "langchain-aws, table of tool choices; AWS user guide, \"Cohere Command R\": the body has no tool choice",
    ),
    NO_IMAGES,
    NO_CACHE,
];

const ASIDE: (Key, Cell) = (
    Key::ToolRoundTrip,
    Cell::Otherwise {
        code: "text_beside_tool_calls_dropped",
        source: "AWS user guide, \"Cohere Command R\": `tool_results` stand beside the message, and the history has no place for what was said beside a call",
    },
);

const NO_SYSTEM: (Key, Cell) = (Key::System, cannot("a system prompt", FEATURES));
