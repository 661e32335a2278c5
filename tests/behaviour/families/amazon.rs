//! Amazon's Nova and Titan Text.

use reqllm_testkit::{Cell, Key, Thinks, Thoughts};

use super::{
    FEATURES, Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, NO_THOUGHTS, cannot, dropped, no_documents,
    no_tools,
};
use crate::routes::{CONVERSE, NATIVE};

pub(super) const LINES: &[Line] = &[
    Line {
        family: "nova",
        model: "Nova Lite",
        spec: "bedrock:us.amazon.nova-lite-v1:0",
        thinks: Thinks::Never,
        routes: &[
            (CONVERSE, &[NO_THOUGHTS, &[NO_CITATIONS]]),
            (NATIVE, &[NO_THOUGHTS, NATIVE_DOCUMENTS]),
        ],
    },
    Line {
        family: "nova",
        model: "Nova 2 Lite",
        spec: "bedrock:us.amazon.nova-2-lite-v1:0",
        thinks: Thinks::WhenTold(Thoughts::Words),
        routes: &[
            (CONVERSE, &[&[NO_CITATIONS, UNTAKEN]]),
            (NATIVE, &[&[UNTAKEN], NATIVE_DOCUMENTS]),
        ],
    },
    Line {
        family: "titan",
        model: "Titan Text Express",
        spec: "bedrock:amazon.titan-text-express-v1",
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
                        "AWS user guide, \"Amazon Titan Text models\": the body is one text",
                    ),
                    &[NO_SYSTEM, NO_IMAGES, NO_CACHE],
                ],
            ),
        ],
    },
];

const NATIVE_DOCUMENTS: &[(Key, Cell)] =
    &no_documents("Nova User Guide, \"Using the Invoke API\": documents are for Converse only");

const UNTAKEN: (Key, Cell) = (
    Key::ReasoningRoundTrip,
    dropped("Bifrost, tried on AWS: Nova takes no thought back"),
);

const NO_SYSTEM: (Key, Cell) = (Key::System, cannot("a system prompt", FEATURES));
