//! Which models Bedrock has behind which of its doors.
//!
//! Sources: the user guide's "API compatibility by models" and the model cards, which say too what goes in; recordings of mantle; for the words of the
//! refusals openai-go #812, hermes-agent #52316 and llm-gateway #2657; for the wrong prefix strands #2629 and #3279.

use super::Surface;
use super::door::{House, Prefix};
use super::error::Refusal;
use super::manners::{self, Manner};
use super::models::{Speaks, Traits};

/// One line of models.
struct Row {
    ids: &'static [&'static str],
    /// The prefix that mantle has them under.
    mantle: Option<Prefix>,
    runtime: Runtime,
    speaks: Speaks,
    efforts: &'static [&'static str],
    effort: &'static str,
    images: bool,
    /// Whether nobody but its maker has its weights: in Chat Completions its thoughts are counted and not shown.
    closed: bool,
}

/// How `bedrock-runtime` has a line of models under `/openai/v1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runtime {
    No,
    /// Chat Completions, with the suffix of a version: `openai.gpt-oss-120b-1:0`.
    Chat,
    /// Responses and Chat Completions, by the id of an inference profile: `us.openai.gpt-5.6-sol`.
    Profile,
}

const NONE: Row = Row {
    ids: &[],
    mantle: None,
    runtime: Runtime::No,
    speaks: Speaks::Chat,
    efforts: &[],
    effort: "",
    images: false,
    closed: false,
};

static ROWS: [Row; 10] = [
    Row {
        ids: &["openai.gpt-oss-120b", "openai.gpt-oss-20b"],
        mantle: Some(Prefix::V1),
        runtime: Runtime::Chat,
        speaks: Speaks::Both,
        efforts: &["low", "medium", "high"],
        effort: "medium",
        ..NONE
    },
    Row {
        ids: &[
            "openai.gpt-oss-safeguard-120b",
            "openai.gpt-oss-safeguard-20b",
        ],
        mantle: Some(Prefix::V1),
        efforts: &["low", "medium", "high"],
        effort: "medium",
        ..NONE
    },
    Row {
        ids: &["openai.gpt-5.4", "openai.gpt-5.5"],
        mantle: Some(Prefix::OpenAi),
        speaks: Speaks::Responses,
        efforts: &["none", "low", "medium", "high", "xhigh"],
        effort: "medium",
        images: true,
        closed: true,
        ..NONE
    },
    Row {
        ids: &[
            "openai.gpt-5.6-luna",
            "openai.gpt-5.6-sol",
            "openai.gpt-5.6-terra",
        ],
        mantle: Some(Prefix::OpenAi),
        // litellm: Chat Completions too.
        runtime: Runtime::Profile,
        speaks: Speaks::Responses,
        efforts: &["none", "low", "medium", "high", "xhigh", "max"],
        effort: "medium",
        images: true,
        closed: true,
    },
    Row {
        ids: &["xai.grok-4.3"],
        mantle: Some(Prefix::OpenAi),
        // litellm.
        runtime: Runtime::Profile,
        speaks: Speaks::Both,
        // Grok refuses `none` (litellm, chat_completions).
        efforts: &["low", "medium", "high"],
        effort: "low",
        images: true,
        closed: true,
    },
    Row {
        ids: &["google.gemma-4-31b", "google.gemma-4-26b-a4b"],
        mantle: Some(Prefix::OpenAi),
        speaks: Speaks::Both,
        images: true,
        ..NONE
    },
    Row {
        ids: &[
            "qwen.qwen3-32b",
            "qwen.qwen3-235b-a22b-2507",
            "qwen.qwen3-coder-30b-a3b-instruct",
            "qwen.qwen3-coder-480b-a35b-instruct",
            "qwen.qwen3-next-80b-a3b-instruct",
            "moonshotai.kimi-k2-thinking",
            "zai.glm-4.6",
            "minimax.minimax-m2",
            "nvidia.nemotron-super-3-120b",
        ],
        mantle: Some(Prefix::V1),
        ..NONE
    },
    Row {
        ids: &[
            "qwen.qwen3-vl-235b-a22b-instruct",
            "moonshotai.kimi-k2.5",
            "mistral.mistral-large-3-675b-instruct",
            "google.gemma-3-27b-it",
        ],
        mantle: Some(Prefix::V1),
        images: true,
        ..NONE
    },
    // It thinks if it is told to; litellm's price map has `reasoning_effort` for it.
    Row {
        ids: &["deepseek.v3.1", "deepseek.v3.2"],
        mantle: Some(Prefix::V1),
        efforts: &["low", "medium", "high"],
        effort: "none",
        ..NONE
    },
    // Claude is on Messages alone, and in mantle's list all the same.
    Row {
        ids: &["anthropic.claude-haiku-4-5", "anthropic.claude-sonnet-5"],
        mantle: Some(Prefix::V1),
        speaks: Speaks::Embeddings,
        ..NONE
    },
];

/// The ids that mantle lists under a prefix. `bedrock-runtime` has no list.
pub(super) fn ids(
    house: House,
    prefix: Prefix,
) -> Result<impl Iterator<Item = &'static str>, Refusal> {
    if house == House::Runtime {
        return Err(Refusal::not_found("bedrock-runtime has no list of models."));
    }
    let rows = ROWS.iter().filter(move |row| row.mantle == Some(prefix));
    Ok(rows.flat_map(|row| row.ids.iter().copied()))
}

/// The model behind an id, if this door and this surface have it.
pub(super) fn find(
    house: House,
    prefix: Prefix,
    surface: Surface<'_>,
    id: &str,
) -> Result<(&'static Manner, Traits), Refusal> {
    let (name, runtime) = plain(id);
    let path = match surface {
        Surface::Responses => "/v1/responses",
        Surface::Embeddings => "/v1/embeddings",
        _ => "/v1/chat/completions",
    };
    let row = ROWS.iter().find(|row| row.ids.contains(&name));
    let on_runtime = match house {
        House::Runtime => true,
        // A host tells the two apart; where there is none, the form of the id does.
        House::Bedrock => runtime,
        House::Mantle | House::OpenAi => false,
    };
    let Some(row) = row.filter(|_| on_runtime || !runtime) else {
        return Err(
            Refusal::not_found(format!("The model '{id}' does not exist")).code("model_not_found"),
        );
    };
    let unspoken = || {
        validation(format!(
            "The model '{id}' does not support the '{path}' API"
        ))
    };
    if on_runtime {
        let fits = match (row.runtime, surface) {
            (Runtime::Chat, Surface::Chat) => id.ends_with("-1:0"),
            (Runtime::Profile, Surface::Responses | Surface::Chat) => id != name,
            _ => return Err(unspoken()),
        };
        if !fits {
            return Err(validation("The provided model identifier is invalid."));
        }
    } else {
        let spoken = match surface {
            Surface::Chat => matches!(row.speaks, Speaks::Both | Speaks::Chat),
            Surface::Responses => matches!(row.speaks, Speaks::Both | Speaks::Responses),
            _ => false,
        };
        if row.mantle != Some(prefix) {
            return Err(validation(format!(
                "model `{id}` isn't supported on this route"
            )));
        }
        if !spoken {
            return Err(unspoken());
        }
    }
    let manner = match (row.closed, on_runtime) {
        (true, true) => &manners::RUNTIME_CLOSED,
        (true, false) => &manners::MANTLE_CLOSED,
        (false, true) => &manners::RUNTIME,
        (false, false) => &manners::MANTLE,
    };
    let traits = Traits {
        efforts: row.efforts,
        effort: row.effort,
        context: 272_000,
        output: 128_000,
        images: row.images,
        old_limit: false,
        speaks: row.speaks,
    };
    Ok((manner, traits))
}

fn validation(message: impl Into<String>) -> Refusal {
    Refusal::invalid(message).code("validation_error")
}

/// An id without what only `bedrock-runtime` knows, and whether there was any of it.
fn plain(id: &str) -> (&str, bool) {
    let profile = ["us.", "global.", "eu.", "apac."]
        .iter()
        .find_map(|geography| id.strip_prefix(geography));
    let name = profile.unwrap_or(id);
    match name.strip_suffix("-1:0") {
        Some(name) => (name, true),
        None => (name, profile.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(house: House, prefix: Prefix, surface: Surface<'_>, id: &str) -> String {
        match find(house, prefix, surface, id) {
            Ok(_) => "ok".to_owned(),
            Err(refusal) => format!("{} {}", refusal.status.as_u16(), refusal.message),
        }
    }

    #[test]
    fn mantle_has_each_model_under_one_prefix() {
        let at = |prefix, surface, id| found(House::Mantle, prefix, surface, id);
        let (v1, openai) = (Prefix::V1, Prefix::OpenAi);
        let (chat, responses) = (Surface::Chat, Surface::Responses);
        assert_eq!(at(v1, chat, "openai.gpt-oss-120b"), "ok");
        assert_eq!(at(v1, responses, "openai.gpt-oss-120b"), "ok");
        assert_eq!(at(openai, responses, "openai.gpt-5.6-sol"), "ok");
        assert_eq!(
            at(openai, chat, "openai.gpt-oss-120b"),
            "400 model `openai.gpt-oss-120b` isn't supported on this route"
        );
        assert!(at(v1, responses, "openai.gpt-5.5").ends_with("on this route"));
        assert!(at(openai, chat, "openai.gpt-5.5").contains("does not support the '/v1/chat/"));
        assert!(at(v1, responses, "openai.gpt-oss-safeguard-20b").contains("does not support"));
        assert!(at(v1, chat, "anthropic.claude-sonnet-5").contains("does not support"));
        for id in ["openai.gpt-oss-120b-1:0", "us.openai.gpt-5.6-sol", "gpt-5"] {
            assert!(at(v1, chat, id).starts_with("404"), "{id}");
        }
    }

    #[test]
    fn runtime_wants_versions_and_profiles() {
        let at = |surface, id| found(House::Runtime, Prefix::OpenAi, surface, id);
        let (chat, responses) = (Surface::Chat, Surface::Responses);
        assert_eq!(at(chat, "openai.gpt-oss-120b-1:0"), "ok");
        assert_eq!(at(responses, "us.openai.gpt-5.6-sol"), "ok");
        assert_eq!(at(responses, "global.openai.gpt-5.6-luna"), "ok");
        assert_eq!(at(chat, "us.openai.gpt-5.6-sol"), "ok");
        assert_eq!(at(chat, "us.xai.grok-4.3"), "ok");
        for (surface, id) in [
            (chat, "openai.gpt-oss-120b"),
            (responses, "openai.gpt-5.6-sol"),
        ] {
            assert!(at(surface, id).contains("identifier is invalid"), "{id}");
        }
        assert!(at(responses, "openai.gpt-oss-120b-1:0").contains("does not support"));
        assert!(ids(House::Runtime, Prefix::OpenAi).is_err());
    }

    #[test]
    fn images_go_where_the_model_card_has_them() {
        let sees = |id| {
            let chat = (House::Mantle, Prefix::V1, Surface::Chat);
            let (_, traits) = find(chat.0, chat.1, chat.2, id).unwrap();
            traits.images
        };
        assert!(sees("moonshotai.kimi-k2.5") && sees("qwen.qwen3-vl-235b-a22b-instruct"));
        for id in ["qwen.qwen3-32b", "deepseek.v3.1", "openai.gpt-oss-20b"] {
            assert!(!sees(id), "{id}");
        }
    }

    #[test]
    fn without_a_host_the_id_tells_the_two_apart() {
        let at = |surface, id| found(House::Bedrock, Prefix::OpenAi, surface, id);
        assert_eq!(at(Surface::Responses, "openai.gpt-5.6-sol"), "ok");
        assert_eq!(at(Surface::Responses, "us.openai.gpt-5.6-sol"), "ok");
        assert_eq!(at(Surface::Chat, "openai.gpt-oss-20b-1:0"), "ok");
    }
}
