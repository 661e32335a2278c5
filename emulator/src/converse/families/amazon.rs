//! Amazon's Nova and Titan.

use super::{COMMON, Cache, DOCUMENTS, Family, Media, Quirk, Reasoning, Replay, Sampling, Tools};

pub(super) const FAMILIES: &[Family] = &[NOVA_1, NOVA_MICRO, NOVA_2, TITAN];

const NOVA_1: Family = Family {
    name: "Nova 1",
    ids: &["amazon.nova"],
    // The user guide of Nova prefills the assistant's turn to get JSON.
    prefill: true,
    // Recorded: auto, any and tool. Reports of early 2025 had any and tool refused.
    // AWS's documentation: images in tool results. Clients: documents there if they are text.
    result_media: &[Media::Image, Media::TextDocument],
    media: &[
        Media::Image,
        Media::Document,
        Media::TextDocument,
        Media::Video,
    ],
    // Measured by clients: system and messages are cached; tools, turns with tool blocks and `ttl` are
    // "extraneous keys".
    cache: Cache::Nova,
    // A report: "the provided reasoning config value is invalid" by Nova Pro.
    reasoning: Reasoning::Nova1,
    // A report: Nova takes reasoning text if it has no signature.
    replay: Replay::Unsigned,
    // Recorded: the answer to an image that is not one. Clients: inline thinking with tools.
    quirks: &[Quirk::InlineThinking, Quirk::SniffsImages],
    ..COMMON
};

const NOVA_MICRO: Family = Family {
    name: "Nova Micro",
    ids: &["amazon.nova-micro"],
    // AWS's model card: text only.
    media: &[],
    result_media: &[],
    ..NOVA_1
};

const NOVA_2: Family = Family {
    name: "Nova 2",
    ids: &["amazon.nova-2"],
    // Recorded: a tool result with a PDF is an "extraneous key"; one with an image is not.
    result_media: &[Media::Image],
    media: super::EVERYTHING,
    // The user guide of Nova 2; clients that unset the three parameters at high effort.
    reasoning: Reasoning::Nova2,
    quirks: &[Quirk::SniffsImages],
    ..NOVA_1
};

const TITAN: Family = Family {
    name: "Titan Text",
    ids: &["amazon.titan"],
    // AWS's table of what Converse supports by model; reports of the refused system prompt.
    system: false,
    tools: Tools::No,
    media: DOCUMENTS,
    reasoning: Reasoning::Refused,
    replay: Replay::No,
    sampling: Sampling::All,
    ..COMMON
};
