//! Which of the APIs a call takes. Decided here, and nowhere else.

use std::borrow::Cow;

use reqllm_core::{Call, Environment, Error, Model, Part, ProviderFacts, Result};

use crate::ID;
use crate::options::Read;
use crate::place::Place;
use crate::quirks::untuned;
use crate::row::Row;

/// The APIs for a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Chat Completions, which everybody has.
    Chat,
    /// Responses, which OpenAI has, and few besides.
    Responses,
}

impl Api {
    /// The word of option `api`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
        }
    }
}

/// What the caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This one.
    One(Api),
    /// What the call needs, as at OpenAI's own address: the server has both.
    Both,
}

/// The variable that option `api` of calls to OpenAI comes from, where they do not give it.
pub(crate) const VARIABLE: &str = "REQLLM_OPENAI_API";

impl Choice {
    /// The words of option `api`.
    pub(crate) const WORDS: &str = "\"chat\", \"responses\" or \"auto\"";

    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "chat" => Some(Self::One(Api::Chat)),
            "responses" => Some(Self::One(Api::Responses)),
            "auto" => Some(Self::Both),
            _ => None,
        }
    }

    /// What the options say; else, for OpenAI alone, what the environment says.
    pub(crate) fn of(options: &Read, provider: &str, env: &Environment) -> Result<Option<Self>> {
        if options.api.is_some() || provider != ID {
            return Ok(options.api);
        }
        let Some(word) = env.get(VARIABLE).filter(|word| !word.trim().is_empty()) else {
            return Ok(None);
        };
        match Self::parse(word.trim()) {
            Some(choice) => Ok(Some(choice)),
            None => Err(Error::config(format!(
                "{VARIABLE} is {word:?}; {} would do",
                Self::WORDS
            ))),
        }
    }

    /// Whether a place is taken for OpenAI's own: it is, or has what OpenAI has.
    pub(crate) fn is_openai(choice: Option<Self>, place: &Place) -> bool {
        choice == Some(Self::Both) || place.is_openai()
    }
}

/// What stands in the names of OpenAI's models that have one API alone, between hyphens, and which one. Source: OpenAI's pages
/// of its models, "Endpoints".
const ONE_API: &[(&str, Api)] = &[
    // o1-pro, o3-pro, gpt-5-pro and those after it.
    ("pro", Api::Responses),
    // gpt-5-codex and those after it, codex-mini-latest.
    ("codex", Api::Responses),
    // o3-deep-research, o4-mini-deep-research.
    ("deep-research", Api::Responses),
    // computer-use-preview.
    ("computer-use", Api::Responses),
    // gpt-audio, gpt-4o-audio-preview.
    ("audio", Api::Chat),
    // gpt-4o-search-preview, gpt-4o-mini-search-preview.
    ("search-preview", Api::Chat),
    // gpt-5-search-api.
    ("search-api", Api::Chat),
];

/// Decides, and says why: the one that the caller chose; what the registry knows of the model; Chat Completions where the row of the
/// table says so, as it does of all but OpenAI; the one that the model has, if it has one alone; Chat Completions at another address
/// than OpenAI's own, or if the call needs what only that has; else Responses.
pub(crate) fn decide(
    row: &Row,
    facts: &ProviderFacts,
    choice: Option<Choice>,
    at_openai: bool,
    model: &Model,
    call: &Call,
    options: &Read,
) -> (Api, Cow<'static, str>) {
    if let Some(Choice::One(api)) = choice {
        return (api, format!("`api` is {}", api.as_str()).into());
    }
    if let Some(known) = known(row, facts, model) {
        return known;
    }
    if row.api == Api::Chat {
        let why = "Chat Completions is what everybody of this form has";
        return (Api::Chat, why.into());
    }
    if let Some((word, api)) = only(model.sent_id()) {
        let name = match api {
            Api::Chat => "Chat Completions",
            Api::Responses => "Responses",
        };
        let why = format!("models with {word:?} in their names have {name} alone");
        return (api, why.into());
    }
    if !at_openai {
        let why = "elsewhere than at OpenAI's own address Chat Completions is what everybody has";
        return (Api::Chat, why.into());
    }
    if let Some(what) = needs_chat(row, call, options) {
        return (
            Api::Chat,
            format!("only Chat Completions has {what}").into(),
        );
    }
    let why = "all models take Responses, and thoughts live from one turn to the next there";
    (Api::Responses, why.into())
}

/// What is known of a model: its shape; and that who speaks `openai`, where others speak `openai-compatible`, is asked for
/// Responses. Sources: models.dev, whose dialects are names of packages (#1127: a shape is said of models that have one API
/// alone); the AI SDK's guide to its package `openai`: it calls Responses unless it is told otherwise. A row knows better.
fn known(row: &Row, facts: &ProviderFacts, model: &Model) -> Option<(Api, Cow<'static, str>)> {
    let shape = model.wire.shape.as_deref();
    let speaks_openai = || facts.dialect.as_deref() == Some("openai");
    match shape {
        Some("responses") => Some((Api::Responses, "the model has Responses alone".into())),
        Some("completions") => Some((Api::Chat, "the model has Chat Completions alone".into())),
        None if row.providers.is_empty() && facts.id != ID && speaks_openai() => {
            let why = "the registry says that it is spoken to as OpenAI is";
            Some((Api::Responses, why.into()))
        }
        _ => None,
    }
}

fn only(id: &str) -> Option<(&'static str, Api)> {
    let id = untuned(id);
    let is_in = |word: &str| {
        let mut places = id.match_indices(word);
        places.any(|(at, _)| {
            let (before, behind) = (&id[..at], &id[at + word.len()..]);
            let begins = before.is_empty() || before.ends_with(['-', ':', '/']);
            begins && (behind.is_empty() || behind.starts_with(['-', ':']))
        })
    };
    ONE_API.iter().find(|(word, _)| is_in(word)).copied()
}

/// What Responses has no place for, and Chat Completions has with this model.
fn needs_chat(row: &Row, call: &Call, options: &Read) -> Option<&'static str> {
    let settings = &call.settings;
    let hears = || {
        let mut parts = call.messages.iter().flat_map(|it| &it.content);
        parts.any(|part| matches!(part, Part::Audio(_)))
    };
    let needs = [
        (
            "stop sequences",
            row.quirks.stop && !settings.stop.is_empty(),
        ),
        ("a seed", row.quirks.seed && settings.seed.is_some()),
        ("`top_k`", row.quirks.top_k && settings.top_k.is_some()),
        ("audio", row.quirks.audio && hears()),
        ("`logit_bias`", !options.logit_bias.is_empty()),
        ("`frequency_penalty`", options.frequency_penalty.is_some()),
        ("`presence_penalty`", options.presence_penalty.is_some()),
    ];
    let mut needs = needs.into_iter();
    needs.find_map(|(what, needed)| needed.then_some(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_registry_knows_of_a_model_counts() {
        let mut facts = ProviderFacts::new("gate");
        let api = |facts: &ProviderFacts, row: &Row, shape: Option<&str>| {
            let mut model = Model::new("gate", "gpt-audio");
            model.wire.shape = shape.map(str::to_owned);
            known(row, facts, &model).map(|(api, _)| api)
        };
        let general = &Row::COMPATIBLE;
        assert_eq!(api(&facts, general, None), None);
        assert_eq!(
            api(&facts, general, Some("responses")),
            Some(Api::Responses)
        );
        facts.dialect = Some("openai".to_owned());
        assert_eq!(api(&facts, general, None), Some(Api::Responses));
        assert_eq!(api(&facts, general, Some("completions")), Some(Api::Chat));
        // Azure's row says that it has Chat Completions, whatever it is said to speak.
        let own = &Row {
            providers: &["gate"],
            ..Row::COMPATIBLE
        };
        assert_eq!(api(&facts, own, None), None);
        assert_eq!(api(&facts, own, Some("responses")), Some(Api::Responses));
    }

    #[test]
    fn models_with_one_api_are_known_by_words_of_their_names() {
        for (id, api) in [
            ("gpt-5-pro", Some(Api::Responses)),
            ("gpt-5.4-pro-2026-03-05", Some(Api::Responses)),
            ("o1-pro", Some(Api::Responses)),
            ("gpt-5.1-codex-max", Some(Api::Responses)),
            ("codex-mini-latest", Some(Api::Responses)),
            ("ft:codex-mini:acme", Some(Api::Responses)),
            ("ft:gpt-4o:pro-audio:my-codex:abc", None),
            ("o4-mini-deep-research", Some(Api::Responses)),
            ("computer-use-preview", Some(Api::Responses)),
            ("gpt-4o-audio-preview", Some(Api::Chat)),
            ("gpt-audio", Some(Api::Chat)),
            ("gpt-4o-mini-search-preview", Some(Api::Chat)),
            ("gpt-5-search-api", Some(Api::Chat)),
            ("gpt-5.2", None),
            ("gpt-5-prose", None),
            ("improper", None),
        ] {
            assert_eq!(only(id).map(|(_, api)| api), api, "{id}");
        }
    }
}
