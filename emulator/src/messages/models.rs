//! The models that answer, and what is true of each: a table, one row for each generation of Claude.
//!
//! Ids, names, dates and sizes are from Anthropic's overview of its models. The other facts are those of the families of Converse,
//! whose sources stand there; structured output, which Bedrock refuses from 4.7 on, is taken here by all of them.

use super::Door;
use super::door::Endpoint;
use super::error::{invalid, not_found};
use crate::error::ApiError;
use crate::unlisted;

/// One model of Anthropic's.
#[derive(Debug)]
pub(super) struct Model {
    /// The id that answers name.
    pub(super) id: &'static str,
    /// Another id for the same, if it has one.
    pub(super) alias: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) released: &'static str,
    /// Tokens of input and output together.
    pub(super) context: u64,
    /// Tokens of an answer.
    pub(super) output: u64,
    pub(super) manners: &'static Manners,
}

/// What a generation does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Manners {
    /// Whether thinking with a budget is taken; models from before Claude 3.7 do not think at all.
    pub(super) budget: bool,
    /// Whether adaptive thinking is.
    pub(super) adaptive: bool,
    /// The levels of `output_config.effort`; none means that it is refused.
    pub(super) efforts: &'static [&'static str],
    /// Whether `temperature`, `top_p` and `top_k` are taken; not the first two together in any case.
    pub(super) samples: bool,
    /// Whether it goes on from an assistant turn at the end.
    pub(super) prefill: bool,
    /// Whether messages of the role `system` may stand in the conversation.
    pub(super) system_turns: bool,
    /// Whether thinking text is left out unless `display` asks for it.
    pub(super) omits_thinking: bool,
    /// Whether a tool may be forced while thinking is on.
    pub(super) forced_while_thinking: bool,
}

static CLAUDE_4_5: Manners = Manners {
    budget: true,
    adaptive: false,
    efforts: &[],
    samples: true,
    prefill: true,
    system_turns: false,
    omits_thinking: false,
    forced_while_thinking: false,
};

/// A Claude that there may be some day: it takes what any of them takes.
static PLAIN_CLAUDE: Manners = Manners {
    budget: true,
    adaptive: true,
    efforts: &["low", "medium", "high", "xhigh", "max"],
    samples: true,
    prefill: true,
    system_turns: true,
    omits_thinking: false,
    forced_while_thinking: true,
};

static CLAUDE_3: Manners = Manners {
    budget: false,
    ..CLAUDE_4_5
};

static OPUS_4_5: Manners = Manners {
    efforts: &["low", "medium", "high"],
    ..CLAUDE_4_5
};

static CLAUDE_4_6: Manners = Manners {
    adaptive: true,
    efforts: &["low", "medium", "high", "max"],
    prefill: false,
    ..CLAUDE_4_5
};

static CLAUDE_4_7: Manners = Manners {
    budget: false,
    efforts: &["low", "medium", "high", "xhigh", "max"],
    samples: false,
    omits_thinking: true,
    ..CLAUDE_4_6
};

static CLAUDE_5: Manners = Manners {
    system_turns: true,
    forced_while_thinking: true,
    ..CLAUDE_4_7
};

const LONG: u64 = 1_000_000;
const SHORT: u64 = 200_000;

/// The newest first, as the list of models has them.
pub(super) static MODELS: &[Model] = &[
    model(
        "claude-opus-5",
        "Claude Opus 5",
        "2026-07-24",
        LONG,
        128_000,
        &CLAUDE_5,
    ),
    model(
        "claude-sonnet-5",
        "Claude Sonnet 5",
        "2026-06-29",
        LONG,
        128_000,
        &CLAUDE_5,
    ),
    model(
        "claude-fable-5",
        "Claude Fable 5",
        "2026-06-07",
        LONG,
        128_000,
        &CLAUDE_5,
    ),
    model(
        "claude-opus-4-8",
        "Claude Opus 4.8",
        "2026-05-28",
        LONG,
        128_000,
        &CLAUDE_5,
    ),
    model(
        "claude-opus-4-7",
        "Claude Opus 4.7",
        "2026-04-14",
        LONG,
        128_000,
        &CLAUDE_4_7,
    ),
    model(
        "claude-sonnet-4-6",
        "Claude Sonnet 4.6",
        "2026-02-17",
        LONG,
        128_000,
        &CLAUDE_4_6,
    ),
    model(
        "claude-opus-4-6",
        "Claude Opus 4.6",
        "2026-02-04",
        LONG,
        128_000,
        &CLAUDE_4_6,
    ),
    Model {
        alias: Some("claude-opus-4-5"),
        ..model(
            "claude-opus-4-5-20251101",
            "Claude Opus 4.5",
            "2025-11-24",
            SHORT,
            64_000,
            &OPUS_4_5,
        )
    },
    Model {
        alias: Some("claude-haiku-4-5"),
        ..model(
            "claude-haiku-4-5-20251001",
            "Claude Haiku 4.5",
            "2025-10-15",
            SHORT,
            64_000,
            &CLAUDE_4_5,
        )
    },
    Model {
        alias: Some("claude-sonnet-4-5"),
        ..model(
            "claude-sonnet-4-5-20250929",
            "Claude Sonnet 4.5",
            "2025-09-29",
            LONG,
            64_000,
            &CLAUDE_4_5,
        )
    },
    model(
        "claude-3-haiku-20240307",
        "Claude Haiku 3",
        "2024-03-07",
        SHORT,
        4_096,
        &CLAUDE_3,
    ),
];

/// What answers for a model that nobody has heard of. It goes by the id that it is asked by.
static PLAIN: Model = model("", "", "", LONG, 128_000, &PLAIN_CLAUDE);

const fn model(
    id: &'static str,
    name: &'static str,
    released: &'static str,
    context: u64,
    output: u64,
    manners: &'static Manners,
) -> Model {
    Model {
        id,
        alias: None,
        name,
        released,
        context,
        output,
        manners,
    }
}

/// The beginnings of the ids of models that other vendors serve in Anthropic's dialect: MiniMax, Kimi for Coding, Subconscious,
/// Thinking Machines, whose documentations say so. They take any key here, pass over members that they do not know and read
/// back any signature. What else they refuse is not known, so only what is no request in anybody's eyes is refused.
const ELSEWHERE: [&str; 5] = [
    "MiniMax-",
    "kimi-",
    "k3",
    "subconscious/",
    "thinkingmachines/",
];

/// Whether another vendor than Anthropic serves the model.
pub(super) fn is_elsewhere(id: &str) -> bool {
    ELSEWHERE.iter().any(|prefix| id.starts_with(prefix))
}

impl Model {
    /// The id that answers name, to whoever asked by this one.
    pub(super) fn called<'a>(&self, asked: &'a str) -> &'a str {
        match self.id {
            "" => asked,
            id => id,
        }
    }
}

/// Whether Anthropic has a model of this id or alias.
pub(crate) fn has(id: &str) -> bool {
    known(id).is_some()
}

/// The model of this id or alias.
pub(super) fn known(id: &str) -> Option<&'static Model> {
    MODELS
        .iter()
        .find(|model| model.id == id || model.alias == Some(id))
}

/// Whether a Claude goes on from an assistant turn at the end. One that is in no row is older than these.
pub(crate) fn takes_prefill(id: &str) -> bool {
    known(id).is_none_or(|model| model.manners.prefill)
}

/// The model that a request names, and the endpoint that it belongs to; none if another vendor serves it.
pub(super) fn of(door: Door, id: &str) -> Result<(Door, Option<&'static Model>), ApiError> {
    let missing = || not_found(format!("model: {id}"));
    let Door::Bedrock(endpoint) = door else {
        return match known(id) {
            Some(model) => Ok((door, Some(model))),
            None if is_elsewhere(id) => Ok((door, None)),
            None if unlisted::is_plain(id) => Ok((door, Some(&PLAIN))),
            None => Err(missing()),
        };
    };
    let (geography, name) = match id.split_once("anthropic.") {
        Some((geography, name)) if geography.is_empty() || geography.ends_with('.') => {
            (geography, name)
        }
        _ => return Err(missing()),
    };
    let (plain, version) = unversioned(name);
    let model = known(plain).ok_or_else(missing)?;
    let endpoint = match endpoint {
        Endpoint::Either if geography.is_empty() => Endpoint::Mantle,
        Endpoint::Either => Endpoint::Runtime,
        known => known,
    };
    match endpoint {
        Endpoint::Runtime if geography.is_empty() => Err(invalid(format!(
            "Invocation of model ID {id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN \
             of an inference profile that contains this model."
        ))),
        // There the ids are without geography and version.
        Endpoint::Mantle if !geography.is_empty() || version => {
            Err(not_found(format!("The model '{id}' does not exist")))
        }
        _ => Ok((Door::Bedrock(endpoint), Some(model))),
    }
}

/// A name without `-v1:0`, and whether it had that.
fn unversioned(name: &str) -> (&str, bool) {
    match name.rsplit_once("-v") {
        Some((plain, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            (plain, true)
        }
        _ => (name, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(door: Door, id: &str) -> Result<(Door, Option<&'static str>), (u16, String)> {
        of(door, id)
            .map(|(door, model)| (door, model.map(|model| model.id)))
            .map_err(|error| (error.status.as_u16(), error.message))
    }

    #[test]
    fn an_alias_is_the_model_and_others_are_not_found() {
        let door = Door::Anthropic;
        assert_eq!(
            found(door, "claude-haiku-4-5"),
            Ok((door, Some("claude-haiku-4-5-20251001")))
        );
        assert_eq!(found(door, "MiniMax-M3"), Ok((door, None)));
        assert_eq!(found(door, "claude-9"), Ok((door, Some(""))));
        for id in ["unknown-1", "gpt-4o", "anthropic.claude-haiku-4-5", ""] {
            assert_eq!(found(door, id), Err((404, format!("model: {id}"))));
        }
    }

    #[test]
    fn each_endpoint_of_bedrock_has_its_own_ids() {
        let door = Door::Bedrock;
        let haiku = Some("claude-haiku-4-5-20251001");
        let profile = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
        for (endpoint, id, expected) in [
            (
                Endpoint::Either,
                "anthropic.claude-haiku-4-5",
                Ok(Endpoint::Mantle),
            ),
            (
                Endpoint::Mantle,
                "anthropic.claude-haiku-4-5",
                Ok(Endpoint::Mantle),
            ),
            (Endpoint::Either, profile, Ok(Endpoint::Runtime)),
            (Endpoint::Runtime, profile, Ok(Endpoint::Runtime)),
            (Endpoint::Mantle, profile, Err(404)),
            (Endpoint::Runtime, "anthropic.claude-haiku-4-5", Err(400)),
            (
                Endpoint::Mantle,
                "anthropic.claude-haiku-4-5-20251001-v1:0",
                Err(404),
            ),
            (Endpoint::Either, "claude-haiku-4-5", Err(404)),
            (Endpoint::Either, "anthropic.claude-9", Err(404)),
            (Endpoint::Either, "xanthropic.claude-haiku-4-5", Err(404)),
        ] {
            let found = found(door(endpoint), id).map_err(|(status, _)| status);
            assert_eq!(
                found,
                expected.map(|endpoint| (door(endpoint), haiku)),
                "{endpoint:?} {id}"
            );
        }
    }
}
