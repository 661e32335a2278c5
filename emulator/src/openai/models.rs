//! OpenAI's own models, what each of them takes, and the lists of models.

use http::StatusCode;
use serde_json::{Value, json};

use super::door::{House, Prefix};
use super::error::Refusal;
use super::manners::{Key, Manner, OPENAI};
use super::{CREATED, Surface, bedrock};
use crate::reply::Reply;
use crate::unlisted;

/// What one model takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    /// The words of `reasoning_effort`; none for a model that does not reason.
    pub(super) efforts: &'static [&'static str],
    /// The one that it has if none is asked for.
    pub(super) effort: &'static str,
    /// Tokens of a prompt.
    pub(super) context: u64,
    /// Tokens of an answer.
    pub(super) output: u64,
    pub(super) images: bool,
    /// Whether `max_tokens` is taken although the model reasons.
    pub(super) old_limit: bool,
    pub(super) speaks: Speaks,
}

/// The surfaces that have a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    Both,
    Chat,
    Responses,
    Embeddings,
}

impl Traits {
    pub(super) fn reasons(&self) -> bool {
        !self.efforts.is_empty()
    }
}

/// A model of a server of others, of which nothing is known.
const ANY: Traits = Traits {
    efforts: &[],
    effort: "",
    context: 1_000_000,
    output: 128_000,
    images: true,
    old_limit: false,
    speaks: Speaks::Chat,
};

const TALKER: Traits = Traits {
    context: 128_000,
    output: 16_384,
    speaks: Speaks::Both,
    ..ANY
};

/// A model that OpenAI may have some day: it takes what any of its models takes, and reasons when it is asked to.
const PLAIN: Traits = Traits {
    efforts: &["none", "minimal", "low", "medium", "high", "xhigh", "max"],
    effort: "none",
    old_limit: true,
    speaks: Speaks::Both,
    ..ANY
};

const EMBEDDER: Traits = Traits {
    context: 8192,
    speaks: Speaks::Embeddings,
    ..ANY
};

const O: Traits = thinker(&["low", "medium", "high"], "medium");
const GPT_5: Traits = thinker(&["minimal", "low", "medium", "high"], "medium");
const GPT_5_1: Traits = thinker(&["none", "low", "medium", "high"], "none");
const GPT_5_2: Traits = thinker(&["none", "low", "medium", "high", "xhigh"], "none");
const GPT_5_6: Traits = thinker(&["none", "low", "medium", "high", "xhigh", "max"], "medium");

const fn thinker(efforts: &'static [&'static str], effort: &'static str) -> Traits {
    Traits {
        efforts,
        effort,
        context: 272_000,
        output: 128_000,
        images: true,
        old_limit: false,
        speaks: Speaks::Both,
    }
}

const fn pro(efforts: &'static [&'static str], effort: &'static str) -> Traits {
    Traits {
        speaks: Speaks::Responses,
        ..thinker(efforts, effort)
    }
}

/// Source: the model pages of platform.openai.com/docs/models; the words of effort are those of the guide "Reasoning models".
static MODELS: [(&str, Traits); 27] = [
    (
        "gpt-3.5-turbo",
        Traits {
            context: 16_385,
            output: 4096,
            images: false,
            ..TALKER
        },
    ),
    (
        "gpt-4",
        Traits {
            context: 8192,
            output: 8192,
            images: false,
            ..TALKER
        },
    ),
    (
        "gpt-4-turbo",
        Traits {
            output: 4096,
            ..TALKER
        },
    ),
    ("gpt-4o", TALKER),
    ("gpt-4o-mini", TALKER),
    (
        "gpt-4.1",
        Traits {
            context: 1_047_576,
            output: 32_768,
            ..TALKER
        },
    ),
    (
        "gpt-4.1-mini",
        Traits {
            context: 1_047_576,
            output: 32_768,
            ..TALKER
        },
    ),
    (
        "gpt-4.1-nano",
        Traits {
            context: 1_047_576,
            output: 32_768,
            ..TALKER
        },
    ),
    (
        "o1",
        Traits {
            context: 200_000,
            output: 100_000,
            ..O
        },
    ),
    (
        "o3",
        Traits {
            context: 200_000,
            output: 100_000,
            ..O
        },
    ),
    (
        "o3-mini",
        Traits {
            context: 200_000,
            output: 100_000,
            images: false,
            ..O
        },
    ),
    ("o3-pro", pro(&["low", "medium", "high"], "medium")),
    (
        "o4-mini",
        Traits {
            context: 200_000,
            output: 100_000,
            ..O
        },
    ),
    ("gpt-5", GPT_5),
    ("gpt-5-mini", GPT_5),
    ("gpt-5-nano", GPT_5),
    ("gpt-5-pro", pro(&["high"], "high")),
    ("gpt-5.1", GPT_5_1),
    ("gpt-5.2", GPT_5_2),
    (
        "gpt-5.4",
        Traits {
            context: 922_000,
            ..GPT_5_2
        },
    ),
    ("gpt-5.4-mini", GPT_5_2),
    ("gpt-5.4-nano", GPT_5_2),
    (
        "gpt-5.5",
        Traits {
            context: 922_000,
            effort: "medium",
            ..GPT_5_2
        },
    ),
    (
        "gpt-5.6",
        Traits {
            context: 922_000,
            ..GPT_5_6
        },
    ),
    ("text-embedding-3-small", EMBEDDER),
    ("text-embedding-3-large", EMBEDDER),
    ("text-embedding-ada-002", EMBEDDER),
];

/// The traits of a model that OpenAI or a server of others has; a refusal if the surface is not one of its.
pub(super) fn traits(manner: &Manner, id: &str, surface: Surface<'_>) -> Result<Traits, Refusal> {
    if unlisted::is_missing(id) {
        return Err(unknown(id));
    }
    if manner.key != Key::OpenAi {
        return match surface {
            Surface::Responses => Err(Refusal::not_found(format!(
                "The server of {} has no /v1/responses here: use /v1/chat/completions.",
                manner.name
            ))),
            _ => Ok(Traits {
                images: !(manner.blind)(id),
                ..ANY
            }),
        };
    }
    let Some(traits) = known(id) else {
        return match (unlisted::is_plain(id), surface) {
            (false, _) => Err(unknown(id)),
            (true, Surface::Embeddings) => Ok(EMBEDDER),
            (true, _) => Ok(PLAIN),
        };
    };
    match (surface, traits.speaks) {
        (Surface::Chat, Speaks::Responses) => Err(Refusal::not_found(
            "This model is only supported in v1/responses and not in v1/chat/completions.",
        )
        .param("model")),
        (Surface::Chat | Surface::Responses, Speaks::Embeddings) => Err(Refusal::not_found(
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
        )
        .param("model")),
        (Surface::Embeddings, speaks) if speaks != Speaks::Embeddings => Err(Refusal::invalid(
            "You are not allowed to generate embeddings from this model",
        )
        .status(StatusCode::FORBIDDEN)),
        _ => Ok(traits),
    }
}

/// Whether OpenAI has a model of this id.
pub(crate) fn is_known(id: &str) -> bool {
    known(id).is_some()
}

/// Dated snapshots are the model: `gpt-4o-2024-08-06`.
fn known(id: &str) -> Option<Traits> {
    let dated = |rest: &str| {
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        rest.len() == 11 && digits == 8 && rest.starts_with('-')
    };
    let fits = |name: &str| {
        id.strip_prefix(name)
            .is_some_and(|it| it.is_empty() || dated(it))
    };
    let row = MODELS.iter().find(|(name, _)| fits(name))?;
    Some(row.1)
}

pub(super) fn unknown(id: &str) -> Refusal {
    Refusal::not_found(format!(
        "The model `{id}` does not exist or you do not have access to it."
    ))
    .code("model_not_found")
}

/// `GET /models`
pub(super) fn list(house: House, prefix: Prefix) -> Result<Reply, Refusal> {
    let models: Vec<Value> = match house {
        House::OpenAi => MODELS.iter().map(|(id, _)| entry(id, "openai")).collect(),
        _ => bedrock::ids(house, prefix)?
            .map(|id| entry(id, id.split('.').next().unwrap_or_default()))
            .collect(),
    };
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"object": "list", "data": models}),
    ))
}

/// `GET /models/{id}`
pub(super) fn one(
    house: House,
    prefix: Prefix,
    id: &str,
    manner: &Manner,
) -> Result<Reply, Refusal> {
    let owner = match house {
        House::OpenAi => {
            let there = manner.key != Key::OpenAi || is_known(id);
            there.then_some(manner.name)
        }
        _ => bedrock::ids(house, prefix)?
            .find(|known| *known == id)
            .and_then(|id| id.split('.').next()),
    };
    match owner {
        Some(owner) => Ok(Reply::json(StatusCode::OK, &entry(id, owner))),
        None => Err(unknown(id)),
    }
}

fn entry(id: &str, owner: &str) -> Value {
    let owner = if owner == OPENAI.name {
        "system"
    } else {
        owner
    };
    json!({"id": id, "object": "model", "created": CREATED, "owned_by": owner})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_the_model_and_other_names_are_nothing() {
        assert!(known("gpt-4o-2024-08-06").is_some() && known("gpt-4o-mini").is_some());
        for id in ["gpt-4o-", "gpt-4o-2024", "gpt-9", "GPT-4o", ""] {
            assert!(known(id).is_none(), "{id}");
        }
        assert_eq!(known("gpt-4o-mini").unwrap().context, 128_000);
    }

    #[test]
    fn a_model_is_only_where_it_speaks() {
        let refused = |id, surface| traits(&OPENAI, id, surface).unwrap_err();
        for id in ["unknown-1", "claude-sonnet-5", "openai.gpt-oss-120b"] {
            let code = refused(id, Surface::Chat).code;
            assert_eq!(code, Some("model_not_found"), "{id}");
        }
        assert_eq!(refused("gpt-5-pro", Surface::Chat).status, 404);
        assert_eq!(refused("gpt-4o", Surface::Embeddings).status, 403);
        assert!(traits(&OPENAI, "gpt-5-pro", Surface::Responses).is_ok());
        for surface in [Surface::Chat, Surface::Responses, Surface::Embeddings] {
            assert!(traits(&OPENAI, "gpt-9", surface).is_ok(), "{surface:?}");
        }
        let local = super::super::manners::of("local-x");
        assert!(traits(local, "local-x", Surface::Chat).is_ok());
        assert!(traits(local, "local-x", Surface::Responses).is_err());
    }

    #[test]
    fn efforts_begin_where_the_default_is_one_of_them() {
        for (id, traits) in &MODELS {
            let known = traits.efforts.contains(&traits.effort);
            assert_eq!(known, traits.reasons(), "{id}");
        }
    }
}
