//! How calls travel to models: each route is a table of the docs.
//!
//! A route is data, so that one more needs a constant here, its name in [`ALL`], and lines in `families/` that it leads to.

use reqllm::bedrock::{GuardrailTrace, Options};
use reqllm::{Client, ProviderOptions};
use reqllm_emulator::Emulator;
use reqllm_testkit::Phrases;

use crate::common;
use crate::families::Line;

/// A way to models of one or several providers.
pub(crate) struct Route {
    /// What the table is called. No two routes have the same.
    pub(crate) title: &'static str,
    /// Whose models can be reached, as their specs have it. A line of theirs that does not name the route has dashes in its table.
    pub(crate) providers: &'static [&'static str],
    /// A client that meets the emulator at the route's end.
    pub(crate) client: fn(&Emulator) -> Client,
    /// What goes with every call.
    pub(crate) options: fn() -> ProviderOptions,
    /// What puts a guardrail in front, where there are guardrails.
    pub(crate) guardrail: Option<fn() -> ProviderOptions>,
    /// How the emulator is understood there.
    pub(crate) phrases: Phrases,
    /// Whether a whole answer can be streamed inside.
    pub(crate) streams_inside: bool,
}

impl Route {
    /// Whether the line has a row in the route's table.
    pub(crate) fn reaches(&self, line: &Line) -> bool {
        self.providers.contains(&line.provider())
    }
}

/// All of them, in the order of the tables.
pub(crate) const ALL: &[&Route] = &[CONVERSE, NATIVE];

/// Bedrock's operations Converse and ConverseStream.
pub(crate) const CONVERSE: &Route = &Route {
    title: "Converse",
    options: || Options::new().use_converse(true).into(),
    ..BEDROCK
};

/// InvokeModel and its stream, with the body of the model's vendor.
pub(crate) const NATIVE: &Route = &Route {
    title: "Native",
    options: || Options::new().use_converse(false).into(),
    ..BEDROCK
};

const BEDROCK: Route = Route {
    title: "",
    providers: &["bedrock"],
    client: common::client,
    options: ProviderOptions::new,
    guardrail: Some(|| {
        let guardrail = Options::new().guardrail("grbehaviour", "1");
        guardrail.guardrail_trace(GuardrailTrace::Enabled).into()
    }),
    phrases: Phrases::new(),
    streams_inside: true,
};
