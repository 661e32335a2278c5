//! Mistral's lines: the first ones, the large ones of 2024, Pixtral, and those of 2025.

use reqllm_testkit::{Cell, Key, Thinks};

use super::{
    FEATURES, Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, NO_THOUGHTS, cannot, no_documents, no_tools,
    whole_tools,
};
use crate::routes::{CONVERSE, NATIVE};

pub(super) const LINES: &[Line] = &[
    Line {
        family: "mistral",
        model: "Mistral 7B",
        spec: "bedrock:mistral.mistral-7b-instruct-v0:2",
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
                    &no_documents(TEXT_BODY),
                    &[NO_SYSTEM, NO_IMAGES, NO_CACHE, UNTOLD],
                ],
            ),
        ],
    },
    Line {
        family: "mistral",
        model: "Mistral Large 24.02",
        spec: "bedrock:mistral.mistral-large-2402-v1:0",
        thinks: Thinks::Never,
        routes: &[
            (
                CONVERSE,
                &[
                    NO_THOUGHTS,
                    &[whole_tools(FEATURES), NO_IMAGES, NO_CITATIONS, NO_CACHE],
                ],
            ),
            (
                NATIVE,
                &[
                    NO_THOUGHTS,
                    &no_tools(TEXT_BODY),
                    &no_documents(TEXT_BODY),
                    &[NO_IMAGES, NO_CACHE, UNTOLD],
                ],
            ),
        ],
    },
    Line {
        family: "mistral",
        model: "Pixtral Large 25.02",
        spec: "bedrock:us.mistral.pixtral-large-2502-v1:0",
        thinks: Thinks::Never,
        routes: &[
            (
                CONVERSE,
                &[
                    NO_THOUGHTS,
                    &[
                        whole_tools(
                            "langchain-aws, table of streaming: Mistral's models of that time take no tools in streams",
                        ),
                        NO_CITATIONS,
                        NO_CACHE,
                    ],
                ],
            ),
            (NATIVE, &[NO_THOUGHTS, &no_documents(CHAT_BODY), CHAT]),
        ],
    },
    Line {
        family: "mistral",
        model: "Mistral Large 3",
        spec: "bedrock:mistral.mistral-large-3-675b-instruct",
        thinks: Thinks::Never,
        routes: &[
            (CONVERSE, &[NO_THOUGHTS, &[NO_CITATIONS, NO_CACHE]]),
            (NATIVE, &[NO_THOUGHTS, &no_documents(CHAT_BODY), CHAT]),
        ],
    },
];

const TEXT_BODY: &str = "AWS user guide, \"Mistral AI text completion\": the body is one prompt";
const CHAT_BODY: &str =
    "AWS user guide, \"Mistral AI chat completion\": the body has no such member";

const NO_SYSTEM: (Key, Cell) = (Key::System, cannot("a system prompt", FEATURES));

const UNTOLD: (Key, Cell) = (
    Key::Refusal,
    Cell::Untold {
        source: "AWS user guide, \"Mistral AI models\": stop_reason is stop, length or tool_calls",
    },
);

const CHAT: &[(Key, Cell)] = &[
    (Key::StopSequence, cannot("stop sequences", CHAT_BODY)),
    NO_CACHE,
    UNTOLD,
];
