//! Lines of other vendors, which are served on Converse alone as far as the library goes.

use reqllm_testkit::{Cell, Cells, Key, Thinks, Thoughts};

use super::{
    FEATURES, Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, NO_THOUGHTS, cannot, dropped, least_16,
    no_choice, no_tools, whole_tools,
};
use crate::routes::{CONVERSE, Route};

const ALWAYS: Thinks = Thinks::Always(Thoughts::Words);

const fn line(
    family: &'static str,
    model: &'static str,
    spec: &'static str,
    thinks: Thinks,
    routes: &'static [(&'static Route, Cells)],
) -> Line {
    Line {
        family,
        model,
        spec,
        thinks,
        routes,
    }
}

pub(super) const LINES: &[Line] = &[
    line(
        "deepseek",
        "DeepSeek R1",
        "bedrock:us.deepseek.r1-v1:0",
        ALWAYS,
        &[(
            CONVERSE,
            &[
                &no_tools(
                    "langchain-aws #447, the service's own words: \"This model doesn't support tool use\"",
                ),
                PLAIN,
                &[(
                    Key::ReasoningRoundTrip,
                    dropped("strands-agents: its thoughts are refused when they come back"),
                )],
            ],
        )],
    ),
    line(
        "deepseek",
        "DeepSeek V3.1",
        "bedrock:deepseek.v3-v1:0",
        Thinks::WhenTold(Thoughts::Words),
        &[(
            CONVERSE,
            &[
                PLAIN,
                &[(
                    Key::ReasoningRoundTrip,
                    dropped("strands-agents: its thoughts are refused when they come back"),
                )],
            ],
        )],
    ),
    line(
        "qwen",
        "Qwen3 32B",
        "bedrock:qwen.qwen3-32b-v1:0",
        Thinks::WhenTold(Thoughts::Words),
        &[(
            CONVERSE,
            &[
                PLAIN,
                &[(
                    Key::ReasoningRoundTrip,
                    dropped(
                        "Qwen's model card: thoughts of earlier turns do not belong into the conversation",
                    ),
                )],
            ],
        )],
    ),
    line(
        "kimi",
        "Kimi K2 Thinking",
        "bedrock:moonshot.kimi-k2-thinking",
        ALWAYS,
        &[(
            CONVERSE,
            &[
                PLAIN,
                &[least_16("litellm: fewer than 16 tokens are refused")],
            ],
        )],
    ),
    line(
        "minimax",
        "MiniMax M2",
        "bedrock:minimax.minimax-m2",
        ALWAYS,
        &[(CONVERSE, &[PLAIN])],
    ),
    line(
        "glm",
        "GLM 4.7",
        "bedrock:zai.glm-4.7",
        Thinks::Never,
        &[(
            CONVERSE,
            &[
                PLAIN,
                &[
                    (
                        Key::Reasoning,
                        cannot(
                            "reasoning",
                            "LangChain, pydantic-ai and litellm, their tables of Bedrock's reasoning fields: none for it",
                        ),
                    ),
                    (
                        Key::ReasoningRoundTrip,
                        dropped(
                            "Z.ai's documentation, \"Preserved thinking\": thoughts of earlier turns are not read unless asked for",
                        ),
                    ),
                ],
            ],
        )],
    ),
    line(
        "writer",
        "Palmyra X5",
        "bedrock:us.writer.palmyra-x5-v1:0",
        Thinks::Never,
        &[(
            CONVERSE,
            &[
                NO_THOUGHTS,
                PLAIN,
                &[
                    whole_tools(FEATURES),
                    no_choice("langchain-aws, table of tool choices: none"),
                ],
            ],
        )],
    ),
    line(
        "gemma",
        "Gemma 3 27B",
        "bedrock:google.gemma-3-27b-it",
        Thinks::Never,
        &[(CONVERSE, &[NO_THOUGHTS, &[NO_CITATIONS, NO_CACHE]])],
    ),
    line(
        "nemotron",
        "Nemotron Nano 9B v2",
        "bedrock:nvidia.nemotron-nano-9b-v2",
        Thinks::Never,
        &[(
            CONVERSE,
            &[
                PLAIN,
                &[
                    (
                        Key::Reasoning,
                        cannot("reasoning", "models.dev: `reasoning` is false"),
                    ),
                    (
                        Key::ReasoningRoundTrip,
                        dropped(
                            "NVIDIA's model card: thoughts of earlier turns are taken out of the conversation",
                        ),
                    ),
                ],
            ],
        )],
    ),
    line(
        "jamba",
        "Jamba 1.5 Large",
        "bedrock:ai21.jamba-1-5-large-v1:0",
        Thinks::Never,
        &[(
            CONVERSE,
            &[
                NO_THOUGHTS,
                PLAIN,
                &[no_choice("langchain-aws, table of tool choices: none")],
            ],
        )],
    ),
];

/// Text and documents, and no more.
const PLAIN: &[(Key, Cell)] = &[NO_IMAGES, NO_CITATIONS, NO_CACHE];
