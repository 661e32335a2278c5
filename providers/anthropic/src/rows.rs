//! Whose models these are, and what is true of them.
//!
//! Claude is Claude wherever it is served. Others speak Messages with models of their own, of which less is known: what Anthropic
//! has in its API and they do not name is refused, and their thoughts bear a mark, because nobody else can read them.

use reqllm_core::Model;
use reqllm_dialects::mark::Maker;
use reqllm_dialects::messages::{self, Quirks};
use reqllm_dialects::profile::{CachePlaces, Kinds, Profile, ReasoningField, Replay, ToolIds};

use crate::ID;
use crate::address::Address;

const MINIMAX: Maker = Maker::new("minimax");
const KIMI: Maker = Maker::new("kimi");
/// Anybody else, told from others by [`Maker::at`].
const MESSAGES: Maker = Maker::new("messages");

/// What one provider's models are like.
#[derive(Debug)]
pub(crate) struct Row {
    /// What the ids of its providers begin with.
    providers: &'static str,
    pub(crate) quirks: Quirks,
    pub(crate) profile: Profile,
}

/// What is true of a model that a provider serves at an address. Thoughts that a server has sealed go back to that server alone.
pub(crate) fn of(provider: &str, model: &Model, address: &Address) -> (Quirks, Profile) {
    let (quirks, profile) = named(provider, model);
    let Some(maker) = quirks.maker else {
        return (*quirks, *profile);
    };
    let maker = match address.elsewhere {
        true => maker.at(address.host()),
        false if maker == MESSAGES => maker.at(provider),
        false => maker,
    };
    let quirks = Quirks {
        maker: Some(maker),
        ..*quirks
    };
    (quirks, profile.with_replay(Replay::Marked(maker)))
}

/// The row of a model, as long as nothing is said of the address.
fn named(provider: &str, model: &Model) -> (&'static Quirks, &'static Profile) {
    let ids = [
        model.base_model.as_deref(),
        Some(model.id.as_str()),
        Some(model.sent_id()),
    ];
    if let Some(line) = ids.into_iter().flatten().find_map(messages::line) {
        return (claude(provider), line);
    }
    if model
        .family
        .as_deref()
        .is_some_and(|family| family.starts_with("claude"))
    {
        return (claude(provider), &messages::LATEST);
    }
    let row = ROWS.iter().find(|row| provider.starts_with(row.providers));
    let row = row.unwrap_or(&OTHERS);
    (&row.quirks, &row.profile)
}

/// Whether those who resell Claude fetch what is at a URL, nobody says.
fn claude(provider: &str) -> &'static Quirks {
    match provider == ID {
        true => &Quirks::ANTHROPIC,
        false => &RESELLER,
    }
}

static RESELLER: Quirks = Quirks {
    urls: false,
    ..Quirks::ANTHROPIC
};

/// The first that fits counts.
static ROWS: &[Row] = &[
    Row {
        providers: "minimax",
        quirks: quirks(MINIMAX),
        profile: Profile {
            // MiniMax's documentation, "Compatible Anthropic API": both are ignored.
            stop_sequences: false,
            top_k: None,
            ..compatible(MINIMAX)
        },
    },
    Row {
        providers: "kimi",
        quirks: quirks(KIMI),
        profile: compatible(KIMI),
    },
];

static OTHERS: Row = Row {
    providers: "",
    quirks: quirks(MESSAGES),
    profile: compatible(MESSAGES),
};

const fn quirks(maker: Maker) -> Quirks {
    Quirks {
        name: "Messages",
        maker: Some(maker),
        urls: false,
        ..Quirks::ANTHROPIC
    }
}

/// Somebody else's model behind the form of Anthropic's.
const fn compatible(maker: Maker) -> Profile {
    Profile {
        top_k: Some(&["top_k"]),
        leading_assistant: true,
        tool_ids: ToolIds::Hyphens,
        reasoning: ReasoningField::Thinking { adaptive: false },
        replay: Replay::Marked(maker),
        // Anthropic's member for documents, citations and video is not among what they say they take.
        takes: Kinds::TEXT_IMAGE,
        citations: false,
        inside_tool_result: Kinds::TEXT_IMAGE,
        // MiniMax's documentation, "Prompt caching", has five minutes; none of the others says more.
        cache: CachePlaces {
            ttl: false,
            ..CachePlaces::ALL
        },
        anthropic_beta: true,
        ..Profile::CAUTIOUS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claude_is_known_wherever_it_is_served() {
        for (provider, id) in [
            (ID, "claude-haiku-4-5"),
            ("zenmux", "anthropic/claude-opus-4.8"),
            ("opencode", "claude-sonnet-5"),
        ] {
            let (quirks, profile) = named(provider, &Model::new(provider, id));
            assert_eq!(profile.replay, Replay::Signed, "{id}");
            assert_eq!((quirks.maker, quirks.urls), (None, provider == ID), "{id}");
        }
        let mut tuned = Model::new(ID, "mine");
        tuned.base_model = Some("claude-haiku-4-5".to_owned());
        assert_eq!(named(ID, &tuned).1.replay, Replay::Signed);
    }

    #[test]
    fn others_have_marks_of_their_own() {
        for (provider, maker) in [
            ("minimax-coding-plan", "minimax"),
            ("kimi-for-coding", "kimi"),
            ("thinkingmachines", "messages"),
            (ID, "messages"),
        ] {
            let (quirks, profile) = named(provider, &Model::new(provider, "some-model"));
            assert_eq!(quirks.maker, Some(Maker::new(maker)));
            assert_eq!(profile.replay, Replay::Marked(Maker::new(maker)));
        }
    }

    #[test]
    fn a_server_elsewhere_is_somebody_else() {
        let maker = |provider: &str, base: &str, elsewhere: bool| {
            let address = Address {
                base: base.to_owned(),
                is_local: false,
                elsewhere,
            };
            let (quirks, profile) = of(provider, &Model::new(provider, "some-model"), &address);
            let maker = quirks.maker.unwrap();
            assert_eq!(profile.replay, Replay::Marked(maker));
            maker
        };
        let own = maker("acme", "https://acme.example", false);
        assert_eq!(own, maker("acme", "https://eu.acme.example", false));
        assert_ne!(own, maker("zeta", "https://acme.example", false));
        assert_ne!(own, maker("acme", "https://my.example", true));
        assert_ne!(
            maker("minimax", "https://api.minimax.io", false),
            maker("minimax", "https://my.example", true)
        );
        assert_ne!(
            maker("minimax", "http://127.0.0.1:1", true),
            maker("minimax", "http://127.0.0.1:2", true)
        );
    }
}
