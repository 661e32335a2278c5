//! Llama 3 and 4.

use reqllm_testkit::{Cell, Key, Thinks};

use super::{
    Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, NO_THOUGHTS, cannot, no_choice, no_documents,
    no_tools, whole_tools,
};
use crate::routes::{CONVERSE, NATIVE};

pub(super) const LINES: &[Line] = &[
    Line {
        family: "llama",
        model: "Llama 3.3 70B",
        spec: "bedrock:us.meta.llama3-3-70b-instruct-v1:0",
        thinks: Thinks::Never,
        routes: &[
            (
                CONVERSE,
                &[NO_THOUGHTS, TOOLS, &[NO_IMAGES, NO_CITATIONS, NO_CACHE]],
            ),
            (
                NATIVE,
                &[
                    NO_THOUGHTS,
                    &no_tools(BODY),
                    &no_documents(BODY),
                    COMPLETION,
                    &[NO_IMAGES],
                ],
            ),
        ],
    },
    Line {
        family: "llama",
        model: "Llama 4 Scout",
        spec: "bedrock:us.meta.llama4-scout-17b-instruct-v1:0",
        thinks: Thinks::Never,
        routes: &[
            (CONVERSE, &[NO_THOUGHTS, TOOLS, &[NO_CITATIONS, NO_CACHE]]),
            (
                NATIVE,
                &[
                    NO_THOUGHTS,
                    &no_tools(BODY),
                    &no_documents(BODY),
                    COMPLETION,
                    IMAGES,
                ],
            ),
        ],
    },
];

const TOOLS: &[(Key, Cell)] = &[
    whole_tools(
        "the service's own words: \"This model doesn't support tool use in streaming mode.\"",
    ),
    no_choice("bifrost #3196: `toolChoice` is refused"),
];

const BODY: &str = "AWS user guide, \"Meta Llama models\": prompt, max_gen_len, temperature, top_p and images are the whole body";

const IMAGES: &[(Key, Cell)] = &[(
    Key::Image,
    cannot(
        "image",
        "AWS user guide, \"Meta Llama models\": `images` is for Llama 3.2 alone",
    ),
)];

const COMPLETION: &[(Key, Cell)] = &[
    (Key::StopSequence, cannot("stop sequences", BODY)),
    NO_CACHE,
    (
        Key::Refusal,
        Cell::Untold {
            source: "AWS user guide, \"Meta Llama models\": stop_reason is stop or length",
        },
    ),
];
