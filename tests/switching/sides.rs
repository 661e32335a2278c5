//! Who begins conversations and goes on with those of others, and what each of them takes back.

use reqllm::{Chat, Client, Environment, LanguageModel, Message, Reasoning, ReasoningEffort, Tool};
use reqllm_emulator::{ANTHROPIC_API_KEY, Emulator, OPENAI_API_KEY};
use serde_json::json;

use crate::common::KEYS;

/// The form in which a model tells its thoughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// In words, with Claude's signature.
    Signed,
    /// In words alone.
    Words,
    /// Not in words, but sealed by OpenAI, who reads it again.
    Sealed,
    /// Not at all.
    Untold,
}

/// Which thoughts a model takes back, as the documentation of its provider has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Those that Claude signed. Anthropic, "Extended thinking": they are verified by their signature.
    Signed,
    /// Those that it sealed itself. OpenAI, "Reasoning models": `encrypted_content`.
    OwnSealed,
    /// Words, whoever had them. Mistral, "Reasoning": chunks of type `thinking` go back.
    Words,
    /// None.
    Nothing,
}

impl Takes {
    pub(crate) fn takes(self, form: Form) -> bool {
        match self {
            Self::Signed => form == Form::Signed,
            Self::OwnSealed => form == Form::Sealed,
            Self::Words => matches!(form, Form::Signed | Form::Words),
            Self::Nothing => false,
        }
    }
}

/// One who begins conversations, and goes on with those of others.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) spec: &'static str,
    pub(crate) option: Option<(&'static str, &'static str)>,
    pub(crate) form: Form,
    pub(crate) takes: Takes,
    /// In whose form it cites documents, if it does. What stands in one form is not told in the other.
    pub(crate) cites: Option<&'static str>,
    /// Whether it is told how much to think. The others think unless they are told not to, as much as they find right.
    pub(crate) told: bool,
    /// Whether a system prompt may stand inside of the conversation; if not, the user says it, and a warning tells.
    pub(crate) system_turns: bool,
}

pub(crate) const SIDES: &[Side] = &[
    Side {
        spec: "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
        option: None,
        form: Form::Signed,
        takes: Takes::Signed,
        cites: Some("Converse"),
        told: true,
        system_turns: false,
    },
    Side {
        spec: "anthropic:claude-haiku-4-5",
        option: None,
        form: Form::Signed,
        takes: Takes::Signed,
        cites: Some("Messages"),
        told: true,
        system_turns: false,
    },
    Side {
        spec: "openai:gpt-5-mini",
        option: Some(("api", "responses")),
        form: Form::Sealed,
        takes: Takes::OwnSealed,
        cites: None,
        told: true,
        system_turns: true,
    },
    Side {
        spec: "openai:gpt-5-mini",
        option: Some(("api", "chat")),
        form: Form::Untold,
        takes: Takes::Nothing,
        cites: None,
        told: true,
        system_turns: true,
    },
    Side {
        spec: "deepseek:deepseek-reasoner",
        option: None,
        form: Form::Words,
        takes: Takes::Words,
        cites: None,
        told: false,
        system_turns: false,
    },
    Side {
        spec: "mistral:magistral-medium-latest",
        option: None,
        form: Form::Words,
        takes: Takes::Words,
        cites: None,
        told: false,
        system_turns: false,
    },
    Side {
        spec: "bedrock:openai.gpt-oss-120b",
        option: Some(("endpoint", "mantle")),
        form: Form::Words,
        takes: Takes::Nothing,
        cites: None,
        told: true,
        system_turns: false,
    },
];

impl Side {
    pub(crate) fn name(&self) -> String {
        let option = self.option.map_or("", |(_, value)| value);
        format!("{} {option}", self.spec)
    }

    pub(crate) fn chat(&self, client: &Client, messages: &[Message]) -> Chat {
        let model: LanguageModel = client.model(self.spec).unwrap();
        let chat = model
            .chat(messages)
            .tools([tool("weather"), tool("time")])
            .max_tokens(6000);
        let chat = match self.told {
            true => chat.reasoning(Reasoning::Effort(ReasoningEffort::High)),
            false => chat,
        };
        match self.option {
            Some((name, value)) => chat.option(name, value),
            None => chat,
        }
    }
}

fn tool(name: &str) -> Tool {
    let schema = json!({
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    });
    Tool::from_schema(name, schema).description("Tells something about a city")
}

pub(crate) fn client(emulator: &Emulator) -> Client {
    let keys = [
        ("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY),
        ("OPENAI_API_KEY", OPENAI_API_KEY),
        ("DEEPSEEK_API_KEY", "any"),
        ("MISTRAL_API_KEY", "any"),
    ];
    let all = keys.into_iter().chain(KEYS.iter().copied());
    let (root, v1) = (emulator.endpoint(), format!("{}/v1", emulator.endpoint()));
    let builder = Client::builder()
        .environment(Environment::of(all))
        .endpoint_url("bedrock", root.as_str())
        .endpoint_url("anthropic", root.as_str());
    let of_openai = ["openai", "deepseek", "mistral"];
    let builder = of_openai
        .into_iter()
        .fold(builder, |builder, id| builder.endpoint_url(id, v1.as_str()));
    builder.build().unwrap()
}
