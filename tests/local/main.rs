//! A server that somebody else wrote, llama.cpp's, answers in the forms of three dialects; see `tests/local_server/README.md`.
//!
//! Without Python or the package registry it says loudly that it is skipped, except in CI, where it has to be there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod server;

use reqllm::{
    Chat, Client, Environment, Event, FinishReason, LanguageModel, Model, ObjectSchema, Reasoning,
    ReasoningEffort, Tool, ToolChoice, user,
};
use serde_json::{Value, json};

use self::server::Server;

/// What the model that is made for it says to everything.
const SAYS: &str = "Hello from one tiny model in a café.";

/// A dialect in which the server answers.
struct Door {
    name: &'static str,
    provider: &'static str,
    /// The path of the base.
    path: &'static str,
    /// The API that is chosen, where there is a choice.
    api: Option<&'static str>,
}

impl Door {
    const fn new(
        name: &'static str,
        provider: &'static str,
        path: &'static str,
        api: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            provider,
            path,
            api,
        }
    }

    fn choose(&self, chat: Chat) -> Chat {
        match self.api {
            Some(api) => chat.option("api", api),
            None => chat,
        }
    }
}

const DOORS: &[Door] = &[
    Door::new("Chat Completions", "openai", "/v1", Some("chat")),
    Door::new("Responses", "openai", "/v1", Some("responses")),
    Door::new("Messages", "anthropic", "", None),
];

#[tokio::test]
async fn a_server_that_somebody_else_wrote_is_understood() {
    let Some(server) = Server::start() else {
        return;
    };
    for door in DOORS {
        let (name, model) = (door.name, model(&server, door.provider, door.path));
        let chat = |prompt: &str| door.choose(model.chat(prompt));
        let whole = chat("Hi").max_tokens(100).await;
        let whole = whole.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(whole.text(), SAYS, "{name}");
        assert_eq!(whole.finish_reason, FinishReason::Stop, "{name}");
        assert!(whole.usage.output_tokens.unwrap_or_default() > 5, "{name}");

        let mut stream = chat("Hi").max_tokens(100).stream().await.unwrap();
        let (mut pieces, mut said) = (0, String::new());
        while let Some(event) = stream.try_next().await.unwrap() {
            if let Event::Text(text) = event {
                (pieces, said) = (pieces + 1, said + &text.text);
            }
        }
        let streamed = stream.finish().await.unwrap();
        assert_eq!(said, SAYS, "{name}");
        assert!(pieces > 3, "{name}: {pieces} pieces");
        assert_eq!(streamed.message, whole.message, "{name}");
        assert_eq!(
            streamed.usage.output_tokens, whole.usage.output_tokens,
            "{name}"
        );
    }
}

#[tokio::test]
async fn its_tools_are_called_and_its_answers_go_back() {
    let Some(server) = Server::start() else {
        return;
    };
    for door in DOORS {
        let (name, model) = (door.name, model(&server, door.provider, door.path));
        let schema = json!({"type": "object", "properties": {"city": {"type": "string"}},
                            "required": ["city"], "additionalProperties": false});
        let tool = Tool::from_schema("weather", schema).description("The weather in a city");
        let chat = |messages: Vec<reqllm::Message>| {
            let chat = model.chat(messages).tools([tool.clone()]).max_tokens(200);
            door.choose(chat)
        };
        let question = user("Weather in Lyon?");
        let asked = chat(vec![question.clone()]).tool_choice(ToolChoice::Required);
        let whole = asked.clone().await;
        let whole = whole.unwrap_or_else(|error| panic!("{name}: {error}"));
        let calls: Vec<_> = whole.tool_calls().collect();
        assert_eq!(calls.len(), 1, "{name}: {whole:?}");
        assert_eq!(calls[0].name, "weather", "{name}");
        assert!(calls[0].arguments["city"].is_string(), "{name}: {whole:?}");
        assert_eq!(whole.finish_reason, FinishReason::ToolCalls, "{name}");
        let streamed = asked.stream().await.unwrap().finish().await.unwrap();
        let streamed: Vec<_> = streamed.tool_calls().collect();
        assert_eq!(streamed[0].arguments, calls[0].arguments, "{name}");

        let result = reqllm::tool_result(calls[0].id.clone(), "It rains.");
        let history = vec![question, whole.message.clone(), result];
        let answered = chat(history).await;
        let answered = answered.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(answered.text(), SAYS, "{name}");
    }
}

#[tokio::test]
async fn its_objects_thoughts_and_vectors_are_read() {
    let Some(server) = Server::start() else {
        return;
    };
    let model = model(&server, "openai", "/v1");
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
                        "required": ["name", "age"], "additionalProperties": false});
    let object: Value = model
        .chat("John, 42")
        .option("api", "chat")
        .max_tokens(300)
        .object_schema(ObjectSchema::new(schema).unwrap())
        .await
        .unwrap();
    assert!(
        object["name"].is_string() && object["age"].is_i64(),
        "{object}"
    );

    let thought = model
        .chat("Hi")
        .option("api", "chat")
        .max_tokens(300)
        .reasoning(Reasoning::Effort(ReasoningEffort::Low))
        .await
        .unwrap();
    assert!(thought.reasoning().count() > 0, "{thought:?}");
    assert_eq!(thought.text(), SAYS);

    let vectors = model.embed(["a b", "b a", "xyz"]).await.unwrap();
    assert_eq!(vectors.embeddings.len(), 3);
    assert_eq!(vectors.dimensions, Some(512));
}

/// A model that no registry knows, at this address.
fn model(server: &Server, provider: &str, path: &str) -> LanguageModel {
    let client = Client::builder()
        .environment(Environment::of([
            ("OPENAI_API_KEY", server::KEY),
            ("ANTHROPIC_API_KEY", server::KEY),
        ]))
        .build()
        .unwrap();
    let spec = Model::new(provider, "tiny").base_url(format!("{}{path}", server.url));
    client.model(spec).unwrap()
}
