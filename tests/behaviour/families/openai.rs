//! OpenAI's open and closed models, and xAI's Grok, which is served in the same way.

use reqllm_testkit::{Cell, Key, Thinks, Thoughts};

use super::{Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, cannot, dropped, least_16, no_documents};
use crate::routes::{CONVERSE, NATIVE};

pub(super) const LINES: &[Line] = &[
    Line {
        family: "gpt-oss",
        model: "gpt-oss 120B",
        spec: "bedrock:openai.gpt-oss-120b-1:0",
        thinks: Thinks::WhenTold(Thoughts::Words),
        routes: &[
            (
                CONVERSE,
                &[&[LEAKS, UNTHOUGHT, NO_IMAGES, NO_CITATIONS, NO_CACHE]],
            ),
            (
                NATIVE,
                &[
                    &[LEAKS, UNTHOUGHT, NO_IMAGES, NO_CACHE],
                    &no_documents(
                        "AWS user guide, \"OpenAI models\": only text goes in and comes out",
                    ),
                ],
            ),
        ],
    },
    Line {
        family: "gpt",
        model: "GPT-5.6",
        spec: "bedrock:us.openai.gpt-5.6-sol",
        thinks: Thinks::WhenTold(Thoughts::Sealed),
        routes: &[(CONVERSE, &[FRONTIER])],
    },
    Line {
        family: "grok",
        model: "Grok 4.3",
        spec: "bedrock:us.xai.grok-4.3",
        thinks: Thinks::WhenTold(Thoughts::Sealed),
        routes: &[(CONVERSE, &[FRONTIER])],
    },
];

const LEAKS: (Key, Cell) = (Key::ReasoningRoundTrip, dropped(LEAK));

/// It thinks whenever it calls a tool, and the thought stays behind when the results go back.
const UNTHOUGHT: (Key, Cell) = (
    Key::ToolRoundTrip,
    Cell::Otherwise {
        code: "reasoning_dropped",
        source: LEAK,
    },
);

const LEAK: &str =
    "Vercel AI SDK: thoughts without a signature leak into the answer when they come back";

const FRONTIER: &[(Key, Cell)] = &[
    least_16("litellm: fewer than 16 tokens are refused"),
    (
        Key::StopSequence,
        cannot("stop sequences", "litellm: stop sequences are refused"),
    ),
    NO_CITATIONS,
    NO_CACHE,
];
