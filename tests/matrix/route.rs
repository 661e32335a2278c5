//! Whom a call goes to, and in which form.

use std::sync::Arc;

use reqllm::anthropic::Anthropic;
use reqllm::bedrock::Bedrock;
use reqllm::openai::OpenAi;
use reqllm::{
    Answer, Call, Chat, Client, ClientBuilder, Delivery, Environment, LanguageModel, Model,
    Provider, ProviderContext, ProviderFacts, ProviderOptions, Tool, user,
};
use reqllm_emulator::{
    ACCESS_KEY_ID, ANTHROPIC_API_KEY, API_KEY, OPENAI_API_KEY, OTHER_API_KEY, SECRET_ACCESS_KEY,
};
use serde_json::{Map, Value, json};

use crate::column::Column;
use crate::common;
use crate::job::Job;

/// The way that a call takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) title: &'static str,
    pub(crate) column: Column,
    spec: &'static str,
    /// Options that lead there, in JSON.
    options: &'static str,
    key: Key,
}

/// What opens the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// IAM keys, for a signature.
    Iam,
    Bearer(&'static str),
    Anthropic(&'static str),
    /// Nobody asks for one.
    None,
}

/// What no error may show.
pub(crate) const SECRETS: &[&str] = &[
    SECRET_ACCESS_KEY,
    API_KEY,
    OPENAI_API_KEY,
    OTHER_API_KEY,
    ANTHROPIC_API_KEY,
];

impl Route {
    pub(crate) const ALL: &[Self] = &[
        route(
            "Converse",
            Column::Converse,
            common::CLAUDE,
            r#"{"use_converse": true}"#,
            Key::Iam,
        ),
        route(
            "native Claude",
            Column::Claude,
            common::CLAUDE,
            r#"{"use_converse": false}"#,
            Key::Iam,
        ),
        route(
            "native gpt-oss",
            Column::GptOss,
            common::GPT_OSS,
            r#"{"use_converse": false}"#,
            Key::Iam,
        ),
        route(
            "OpenAI",
            Column::Chat,
            "openai:gpt-4.1-mini",
            r#"{"api": "chat"}"#,
            Key::Bearer(OPENAI_API_KEY),
        ),
        route(
            "Groq",
            Column::Chat,
            "groq:llama-3.3-70b-versatile",
            "{}",
            Key::Bearer(OTHER_API_KEY),
        ),
        route("Ollama", Column::Chat, "ollama:qwen3:8b", "{}", Key::None),
        route(
            "Bedrock's mantle",
            Column::Chat,
            "bedrock:google.gemma-4-31b",
            "{}",
            Key::Bearer(API_KEY),
        ),
        route(
            "OpenAI",
            Column::Responses,
            "openai:gpt-4.1-mini",
            r#"{"api": "responses"}"#,
            Key::Bearer(OPENAI_API_KEY),
        ),
        route(
            "Bedrock's mantle",
            Column::Responses,
            "bedrock:openai.gpt-5.5",
            "{}",
            Key::Bearer(API_KEY),
        ),
        route(
            "Anthropic",
            Column::Messages,
            "anthropic:claude-haiku-4-5",
            "{}",
            Key::Anthropic(ANTHROPIC_API_KEY),
        ),
        route(
            "Bedrock's mantle",
            Column::Messages,
            "bedrock:anthropic.claude-haiku-4-5",
            r#"{"endpoint": "mantle"}"#,
            Key::Bearer(API_KEY),
        ),
        route(
            "OpenAI",
            Column::Embeddings,
            "openai:text-embedding-3-small",
            "{}",
            Key::Bearer(OPENAI_API_KEY),
        ),
        route(
            "Anthropic",
            Column::Counts,
            "anthropic:claude-haiku-4-5",
            "{}",
            Key::Anthropic(ANTHROPIC_API_KEY),
        ),
    ];

    /// What is asked of whom `client` leads to.
    pub(crate) fn job(&self, client: &Client) -> Job {
        let model = self.model(client);
        match self.column {
            Column::Embeddings => Job::Embed(model.embed(["a leek", "a fig"])),
            Column::Counts => Job::Count(model.count_tokens("Tell me")),
            _ => Job::Chat(self.chat(&model)),
        }
    }

    /// The same with a tool, which the model will call; none where there are no tools.
    pub(crate) fn job_with_tool(&self, client: &Client) -> Option<Job> {
        if !self.column.streams() {
            return None;
        }
        let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let weather = Tool::from_schema("weather", schema);
        let chat = self.model(client).chat("The weather in Lyon?");
        Some(Job::Chat(
            chat.tools([weather]).max_tokens(1000).with(self.options()),
        ))
    }

    fn chat(&self, model: &LanguageModel) -> Chat {
        model.chat("Tell me").with(self.options())
    }

    fn model(&self, client: &Client) -> LanguageModel {
        client.model(self.spec).unwrap()
    }

    fn options(&self) -> ProviderOptions {
        let members: Map<String, Value> = serde_json::from_str(self.options).unwrap();
        let mut options = ProviderOptions::default();
        for (name, value) in members {
            options.set(name, value);
        }
        options
    }

    /// A client that finds everybody at one address, and has the key of this route alone.
    pub(crate) fn client(&self, endpoint: &str) -> ClientBuilder {
        let key = match self.key {
            Key::Iam => vec![
                ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
                ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
            ],
            Key::Bearer(key) | Key::Anthropic(key) => {
                let variable = match self.provider() {
                    "openai" => "OPENAI_API_KEY",
                    "groq" => "GROQ_API_KEY",
                    "anthropic" => "ANTHROPIC_API_KEY",
                    _ => "AWS_BEARER_TOKEN_BEDROCK",
                };
                vec![(variable, key)]
            }
            Key::None => Vec::new(),
        };
        Client::builder()
            .environment(Environment::of(key))
            .endpoint_url(self.provider(), self.address(endpoint))
    }

    /// The headers that open the door without a signature, which the emulator takes from everybody who has a key.
    pub(crate) fn key_header(&self) -> String {
        match self.key {
            Key::Iam => format!("authorization: Bearer {API_KEY}\r\n"),
            Key::Bearer(key) => format!("authorization: Bearer {key}\r\n"),
            Key::Anthropic(key) => format!("x-api-key: {key}\r\n"),
            Key::None => String::new(),
        }
    }

    /// The key as it is sent, if one is.
    pub(crate) fn key(&self) -> Option<&'static str> {
        match self.key {
            Key::Bearer(key) | Key::Anthropic(key) => Some(key),
            Key::Iam | Key::None => None,
        }
    }

    /// What reads an answer on this route.
    pub(crate) fn reader(&self, delivery: Delivery) -> Arc<dyn Answer> {
        let (id, model) = self.spec.split_once(':').unwrap();
        let mut context = ProviderContext::default();
        let address = self.address("http://127.0.0.1:1");
        context.endpoints.insert(id.to_owned(), address);
        context.facts = Some(ProviderFacts::new(id));
        let provider: Box<dyn Provider> = match id {
            "bedrock" => Box::new(Bedrock::builder().environment(Environment::empty()).build()),
            "anthropic" => Box::new(Anthropic::new(&context)),
            _ => Box::new(OpenAi::new(&context)),
        };
        let mut call = Call::new(user("Tell me"));
        call.options = self.options();
        let exchange = provider.prepare(&Model::new(id, model), &call, delivery);
        exchange.unwrap().answer
    }

    fn provider(&self) -> &'static str {
        self.spec.split_once(':').unwrap().0
    }

    /// Those of OpenAI's form have the version in the address.
    fn address(&self, endpoint: &str) -> String {
        match self.provider() {
            "bedrock" | "anthropic" => endpoint.to_owned(),
            _ => format!("{endpoint}/v1"),
        }
    }
}

const fn route(
    title: &'static str,
    column: Column,
    spec: &'static str,
    options: &'static str,
    key: Key,
) -> Route {
    Route {
        title,
        column,
        spec,
        options,
        key,
    }
}
