//! How calls travel to models: each route is a table of the docs.
//!
//! A route is data, so that one more needs a constant here, its name in [`ALL`], and lines in `families/` that it leads to.

use reqllm::bedrock::{Api, Endpoint, GuardrailTrace, Options};
use reqllm::{Client, ProviderOptions, openai};
use reqllm_emulator::Emulator;
use reqllm_testkit::Phrases;

use crate::clients;
use crate::families::Line;

/// Makes a client that meets the emulator.
pub(crate) type Meets = fn(&Emulator) -> Client;

/// A way to models of one or several providers.
pub(crate) struct Route {
    /// What the table is called: whose it is, and the route. No two routes have the same.
    pub(crate) title: &'static str,
    /// Titles of routes whose lines have a row in this table, too: of dashes, where they do not name this route.
    pub(crate) beside: &'static [&'static str],
    /// Clients that meet the emulator at the route's end, and how each of them opens it. What is stated is proved with every one.
    pub(crate) clients: &'static [(&'static str, Meets)],
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
        let mut others = line.routes.iter();
        line.on(self).is_some() || others.any(|(route, _)| self.beside.contains(&route.title))
    }
}

/// All of them, in the order of the tables.
pub(crate) const ALL: &[&Route] = &[
    CONVERSE,
    NATIVE,
    RUNTIME_CHAT,
    RUNTIME_RESPONSES,
    RUNTIME_MESSAGES,
    MANTLE_CHAT,
    MANTLE_RESPONSES,
    MANTLE_MESSAGES,
    MESSAGES,
    OPENAI_CHAT,
    OPENAI_RESPONSES,
    COMPATIBLE,
];

/// Bedrock's operations Converse and ConverseStream.
pub(crate) const CONVERSE: &Route = &Route {
    title: "bedrock: Converse",
    options: || Options::new().use_converse(true).into(),
    ..BEDROCK
};

/// InvokeModel and its stream, with the body of the model's vendor.
pub(crate) const NATIVE: &Route = &Route {
    title: "bedrock: native body",
    beside: &[CONVERSE.title],
    options: || Options::new().use_converse(false).into(),
    ..BEDROCK
};

/// `/openai/v1/chat/completions` of `bedrock-runtime`.
pub(crate) const RUNTIME_CHAT: &Route = &Route {
    title: "bedrock: Chat Completions on bedrock-runtime",
    options: || through(Endpoint::Runtime, Api::Chat),
    ..DOOR
};

/// `/openai/v1/responses` of `bedrock-runtime`.
pub(crate) const RUNTIME_RESPONSES: &Route = &Route {
    title: "bedrock: Responses on bedrock-runtime",
    options: || through(Endpoint::Runtime, Api::Responses),
    ..DOOR
};

/// `/anthropic/v1/messages` of `bedrock-runtime`.
pub(crate) const RUNTIME_MESSAGES: &Route = &Route {
    title: "bedrock: Messages on bedrock-runtime",
    options: || through(Endpoint::Runtime, Api::Messages),
    ..DOOR
};

/// `/v1/chat/completions` and `/openai/v1/chat/completions` of `bedrock-mantle`, as the model has it.
pub(crate) const MANTLE_CHAT: &Route = &Route {
    title: "bedrock: Chat Completions on bedrock-mantle",
    options: || through(Endpoint::Mantle, Api::Chat),
    ..DOOR
};

/// `/v1/responses` and `/openai/v1/responses` of `bedrock-mantle`, as the model has it.
pub(crate) const MANTLE_RESPONSES: &Route = &Route {
    title: "bedrock: Responses on bedrock-mantle",
    options: || through(Endpoint::Mantle, Api::Responses),
    ..DOOR
};

/// `/anthropic/v1/messages` of `bedrock-mantle`.
pub(crate) const MANTLE_MESSAGES: &Route = &Route {
    title: "bedrock: Messages on bedrock-mantle",
    options: || through(Endpoint::Mantle, Api::Messages),
    ..DOOR
};

/// Anthropic's Messages, at Anthropic's and at others who speak it.
pub(crate) const MESSAGES: &Route = &Route {
    title: "anthropic and others: Messages",
    ..VENDOR
};

/// OpenAI's older API.
pub(crate) const OPENAI_CHAT: &Route = &Route {
    title: "openai: Chat Completions",
    options: || openai::Options::new().api("chat").into(),
    ..VENDOR
};

/// OpenAI's newer API.
pub(crate) const OPENAI_RESPONSES: &Route = &Route {
    title: "openai: Responses",
    options: || openai::Options::new().api("responses").into(),
    ..VENDOR
};

/// Chat Completions of those who do as OpenAI does.
pub(crate) const COMPATIBLE: &Route = &Route {
    title: "groq, deepseek, mistral, openrouter, google, xai, together, fireworks, ollama, lmstudio, vllm: Chat Completions",
    ..VENDOR
};

const BEDROCK: Route = Route {
    title: "",
    beside: &[],
    clients: &[("", clients::signed)],
    options: ProviderOptions::new,
    guardrail: Some(|| {
        let guardrail = Options::new().guardrail("grbehaviour", "1");
        guardrail.guardrail_trace(GuardrailTrace::Enabled).into()
    }),
    phrases: Phrases::new(),
    streams_inside: true,
};

/// What other vendors' clients speak.
const DOOR: Route = Route {
    clients: &[("", clients::with_key), (" · signed", clients::signed)],
    phrases: SEALED,
    streams_inside: false,
    ..BEDROCK
};

/// Another provider than Bedrock.
const VENDOR: Route = Route {
    clients: &[("", clients::of_vendors)],
    guardrail: None,
    ..DOOR
};

/// A sealed thought is an item with such a member in Responses, and a member of its own at Gemini's door.
const SEALED: Phrases = Phrases::new().sealed(&[
    "redacted_thinking",
    "encrypted_content",
    "thought_signature",
]);

fn through(endpoint: Endpoint, api: Api) -> ProviderOptions {
    Options::new().endpoint(endpoint).api(api).into()
}
