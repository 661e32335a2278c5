//! The expectations: what each line of models makes of each scenario, with the source of whatever is no plain pass.
//!
//! They are data, written from the documentation of AWS and the vendors and from reports of people who met it; nothing here is
//! taken from the library's own profiles. Whatever a line does not mention has to pass.

mod amazon;
mod anthropic;
mod chat_and_responses;
mod cohere;
mod compatible;
mod doors;
mod messages;
mod meta;
mod mistral;
mod open_weight;
mod openai;

use reqllm_testkit::{Cell, Cells, Key, Thinks};

use crate::routes::Route;

/// One line of models, by one of them.
pub(crate) struct Line {
    /// The library's name of the family, or the provider's of the line.
    pub(crate) family: &'static str,
    pub(crate) model: &'static str,
    pub(crate) spec: &'static str,
    pub(crate) thinks: Thinks,
    /// The routes that lead there, and what is no plain pass on each.
    pub(crate) routes: &'static [(&'static Route, Cells)],
}

impl Line {
    /// What is no plain pass on a route, if it leads there.
    pub(crate) fn on(&self, route: &Route) -> Option<Cells> {
        let mut routes = self.routes.iter();
        routes
            .find(|(of, _)| of.title == route.title)
            .map(|(_, cells)| *cells)
    }
}

/// All lines, in the order of the table.
pub(crate) fn lines() -> impl Iterator<Item = &'static Line> {
    [
        anthropic::LINES,
        amazon::LINES,
        meta::LINES,
        mistral::LINES,
        cohere::LINES,
        openai::LINES,
        open_weight::LINES,
        doors::LINES,
        messages::LINES,
        chat_and_responses::LINES,
        compatible::LINES,
    ]
    .into_iter()
    .flatten()
}

const fn cannot(says: &'static str, source: &'static str) -> Cell {
    Cell::Cannot { says, source }
}

const fn dropped(source: &'static str) -> Cell {
    Cell::Dropped {
        code: "reasoning_dropped",
        source,
    }
}

/// No tools at all.
const fn no_tools(source: &'static str) -> [(Key, Cell); 7] {
    let cell = cannot("tools", source);
    [
        (Key::Tool, cell),
        (Key::ManyTools, cell),
        (Key::ForcedTool, cell),
        (Key::NoTool, cell),
        (Key::ParallelTools, cell),
        (Key::ToolRoundTrip, cell),
        (Key::StreamedTools, cell),
    ]
}

/// Tools, but none can be forced.
const fn no_choice(source: &'static str) -> (Key, Cell) {
    (Key::ForcedTool, cannot("this choice of tools", source))
}

/// Tools, but not while it streams.
const fn whole_tools(source: &'static str) -> (Key, Cell) {
    let code = "stream_delivered_whole";
    (Key::StreamedTools, Cell::Otherwise { code, source })
}

const fn no_documents(source: &'static str) -> [(Key, Cell); 2] {
    let cell = cannot("document", source);
    [(Key::Document, cell), (Key::Citations, cell)]
}

const fn least_16(source: &'static str) -> (Key, Cell) {
    (
        Key::TokenLimit,
        Cell::Otherwise {
            code: "conflict",
            source,
        },
    )
}

/// It does not think: there is nothing to ask for, and a thought of another model is not for it.
const NO_THOUGHTS: &[(Key, Cell)] = &[
    (
        Key::Reasoning,
        cannot("reasoning", "the vendor's model card: it does not think"),
    ),
    (
        Key::ReasoningRoundTrip,
        dropped("the vendor's model card: it does not think"),
    ),
];

const NO_IMAGES: (Key, Cell) = (Key::Image, cannot("image", TEXT_ONLY));
const TEXT_ONLY: &str = "AWS's model card: text is all that goes in";

const NO_CITATIONS: (Key, Cell) = (
    Key::Citations,
    cannot(
        "citations",
        "AWS's announcement of citations on Bedrock, June 2025: for models of Claude",
    ),
);

const NO_CACHE: (Key, Cell) = (
    Key::Cache,
    cannot(
        "cache point",
        "AWS user guide, \"Prompt caching\", supported models: not among them",
    ),
);

const FEATURES: &str = "AWS user guide, \"Supported models and model features\"";

/// What several of the forms have in common that other vendors speak.
const POINTS_DROPPED: Cell = Cell::Dropped {
    code: "cache_point_dropped",
    source: "OpenAI's guide \"Prompt caching\": it is automatic, from 1024 tokens on, and no member asks for it; those who do as OpenAI does have none either",
};
