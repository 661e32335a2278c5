//! The whole road, from a string to a response, against the emulator.

mod common;

use std::time::SystemTime;

use common::{CLAUDE, GPT_OSS, ROUTES, client, client_with};
use futures_util::TryStreamExt as _;
use reqllm::bedrock::{Bedrock, Credential, CredentialSource, Keys, Options};
use reqllm::{
    Client, Delivery, Environment, ErrorKind, Event, FinishReason, Message, Part, Tool, assistant,
    system, tool_result, user,
};
use reqllm_emulator::{Authentication, Emulator};
use serde_json::json;

#[tokio::test]
async fn text_comes_whole_and_streamed_the_same_on_both_routes() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(CLAUDE).unwrap();
    for converse in ROUTES {
        let chat = model
            .chat([
                system("Be brief."),
                user("Hi"),
                assistant("Hello."),
                user("Why is the sky blue?"),
            ])
            .temperature(0.2)
            .max_tokens(400)
            .with(Options::new().use_converse(converse));
        let whole = chat.clone().await.unwrap();
        assert!(whole.text().contains("Why is the sky blue?"), "{whole}");
        assert_eq!(whole.finish_reason(), FinishReason::Stop);
        let usage = whole.usage();
        let sum = usage.input_tokens.unwrap() + usage.output_tokens.unwrap();
        assert_eq!(usage.total_tokens, Some(sum));

        let mut stream = chat.stream().await.unwrap();
        let (mut text, mut deltas) = (String::new(), 0);
        while let Some(event) = stream.try_next().await.unwrap() {
            if let Event::Text(delta) = event {
                text += &delta.text;
                deltas += 1;
            }
        }
        let streamed = stream.finish().await.unwrap();
        assert!(deltas > 3, "it is a stream");
        assert_eq!(text, whole.text());
        assert_eq!(streamed.message, whole.message);
        assert_eq!(streamed.usage, whole.usage);
        assert_eq!(streamed.raw_finish_reason, whole.raw_finish_reason);
    }
    let ends = [
        "converse",
        "converse-stream",
        "invoke",
        "invoke-with-response-stream",
    ];
    for (request, end) in emulator.requests().iter().zip(ends) {
        let path = &request.path;
        assert!(path.ends_with(&format!("-v1%3A0/{end}")), "{path}");
    }
}

#[test]
fn it_works_on_a_current_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let text = runtime.block_on(async {
        let emulator = Emulator::start().await.unwrap();
        let model = client(&emulator).model(GPT_OSS).unwrap();
        let stream = model.chat("hi").stream().await.unwrap();
        stream.finish().await.unwrap().text()
    });
    assert!(text.contains("hi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_future_and_stream_is_send() {
    fn send<T: Send + 'static>(value: T) -> T {
        value
    }
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(GPT_OSS).unwrap();
    let whole = tokio::spawn(send(model.chat("a").send()));
    let chat = model.chat("b");
    let events = tokio::spawn(send(async move {
        chat.stream().await?.try_collect::<Vec<_>>().await
    }));
    let awaited = tokio::spawn(send(IntoFuture::into_future(model.chat("c"))));
    assert!(whole.await.unwrap().is_ok());
    assert!(awaited.await.unwrap().is_ok());
    let events = events.await.unwrap().unwrap();
    assert!(matches!(events.last(), Some(Event::Finish { .. })));
}

#[tokio::test]
async fn tools_travel_on_converse_and_their_results_go_back() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(CLAUDE).unwrap();
    let weather = Tool::from_schema(
        "weather",
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}),
    );
    let question = user("Weather in Lyon?");
    let stream = model
        .chat(question.clone())
        .tools([weather.clone()])
        .stream();
    let first = stream.await.unwrap().finish().await.unwrap();
    assert_eq!(first.finish_reason(), FinishReason::ToolCalls);
    let call = first.tool_calls().next().unwrap().clone();
    assert_eq!(call.arguments, json!({"city": "Lyon"}));
    let result = tool_result(&call.id, json!({"celsius": 21}));
    let second = model
        .chat([question, first.message, result])
        .tools([weather])
        .await
        .unwrap();
    assert!(second.text().contains("21"), "{second}");
    for request in emulator.requests() {
        assert!(request.path.contains("/converse"), "{}", request.path);
    }
}

#[tokio::test]
async fn reasoning_is_read_and_goes_back_untouched() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(CLAUDE).unwrap();
    let thinking = json!({"thinking": {"type": "enabled", "budget_tokens": 1024}});
    for converse in ROUTES {
        let options = Options::new()
            .use_converse(converse)
            .additional_model_request_fields(thinking.as_object().unwrap().clone());
        let ask =
            |messages: Vec<Message>| model.chat(messages).max_tokens(3000).with(options.clone());
        for prompt in ["Think", "Think [redacted]"] {
            let whole = ask(vec![user(prompt)]).await.unwrap();
            let stream = ask(vec![user(prompt)]).stream().await.unwrap();
            let streamed = stream.finish().await.unwrap();
            assert_eq!(whole.message, streamed.message);
            let Part::Reasoning(reasoning) = &whole.message.content[0] else {
                panic!("{:?}", whole.message)
            };
            assert_eq!(reasoning.redacted.is_some(), prompt.contains("redacted"));
            assert_eq!(reasoning.signature.is_some(), reasoning.redacted.is_none());
            // The emulator refuses a thought that it does not recognise as its own.
            let history = vec![user(prompt), streamed.message, user("And now?")];
            ask(history).await.unwrap();
        }
    }
}

#[derive(Debug)]
struct Vault;

#[async_trait::async_trait]
impl CredentialSource for Vault {
    async fn credential(&self, _: SystemTime) -> reqllm::Result<Credential> {
        Ok(Credential::Keys(Keys::new(
            reqllm_emulator::ACCESS_KEY_ID,
            reqllm_emulator::SECRET_ACCESS_KEY,
            Some(reqllm_emulator::SESSION_TOKEN.into()),
        )))
    }
}

#[tokio::test]
async fn api_keys_iam_keys_and_a_source_of_ones_own_are_accepted() {
    let emulator = Emulator::start().await.unwrap();
    let bedrock = Bedrock::builder()
        .environment(Environment::empty())
        .endpoint_url(emulator.endpoint())
        .credentials(Vault)
        .build();
    let with_source = Client::builder().provider(bedrock).build().unwrap();
    with_source.model(CLAUDE).unwrap().chat("hi").await.unwrap();
    let key = ("AWS_BEARER_TOKEN_BEDROCK", reqllm_emulator::API_KEY);
    let bearer = client_with(&emulator, &[key]);
    bearer.model(CLAUDE).unwrap().chat("hi").await.unwrap();
    // An ARN with a slash in it is one segment, signed as such.
    let arn = "bedrock:arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0";
    let model = client(&emulator).model(arn).unwrap();
    model.chat("hi").await.unwrap();
    let how: Vec<Authentication> = emulator
        .requests()
        .into_iter()
        .map(|request| request.authentication)
        .collect();
    let signed = |with_token: bool, how: &Authentication| matches!(how, Authentication::SigV4 { session_token, .. } if *session_token == with_token);
    assert!(signed(true, &how[0]), "{how:?}");
    assert!(matches!(how[1], Authentication::ApiKey), "{how:?}");
    assert!(signed(false, &how[2]), "{how:?}");
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_tried_again() {
    let emulator = Emulator::start().await.unwrap();
    let keys = [
        ("AWS_ACCESS_KEY_ID", reqllm_emulator::ACCESS_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", "wrong"),
    ];
    let model = client_with(&emulator, &keys).model(CLAUDE).unwrap();
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.status(), Some(403));
    assert_eq!(error.code(), Some("InvalidSignatureException"));
    assert_eq!(error.attempts(), Some(1));
}

/// Who names no coding takes any, and a stream that somebody compresses is held back.
#[tokio::test]
async fn a_stream_asks_for_an_answer_that_nobody_has_compressed() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(CLAUDE).unwrap();
    for converse in ROUTES {
        let chat = model.chat("hi").with(Options::new().use_converse(converse));
        let dry = chat.dry_run(Delivery::Stream).unwrap();
        assert_eq!(dry.headers["accept-encoding"], "identity");
        let dry = chat.dry_run(Delivery::Whole).unwrap();
        assert!(!dry.headers.contains_key("accept-encoding"));
        chat.clone().await.unwrap();
        chat.stream().await.unwrap().finish().await.unwrap();
    }
    let asked: Vec<Vec<String>> = emulator
        .requests()
        .iter()
        .map(|request| {
            let headers = request.headers.iter();
            let coding = headers.filter(|(name, _)| name == "accept-encoding");
            coding.map(|(_, value)| value.clone()).collect()
        })
        .collect();
    let (whole, stream) = (vec![], vec!["identity".to_owned()]);
    assert_eq!(asked, [whole.clone(), stream.clone(), whole, stream]);
}

#[tokio::test]
async fn a_dry_run_gives_the_same_bytes_and_sends_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(CLAUDE).unwrap();
    let schema =
        json!({"type": "object", "properties": {"z": {"type": "string"}, "a": {}, "m": {}}});
    let dry_run = || {
        let metadata = [("b", "1"), ("a", "2")].map(|(key, value)| (key.into(), value.into()));
        let chat = model
            .chat("hi")
            .tools([Tool::from_schema("f", schema.clone())])
            .with(Options::new().request_metadata(metadata.into()));
        serde_json::to_string(&chat.dry_run(Delivery::Stream).unwrap()).unwrap()
    };
    let first = dry_run();
    for _ in 0..20 {
        assert_eq!(dry_run(), first);
    }
    let kept = r#"{"z":{"type":"string"},"a":{},"m":{}}"#;
    assert!(first.contains(kept), "key order is kept: {first}");
    assert!(first.contains("only Converse carries tools"), "{first}");
    assert!(!first.contains(reqllm_emulator::SECRET_ACCESS_KEY));
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn what_converse_cannot_do_is_refused_or_left_out_with_a_warning() {
    let emulator = Emulator::start().await.unwrap();
    let options = Options::new().use_converse(true);
    let model = client(&emulator).model(GPT_OSS).unwrap();
    let error = model
        .chat("hi")
        .with(options.clone())
        .seed(7)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("seed"), "{error}");
    let lossy = model.chat("hi").with(options).seed(7).top_k(5).lossy(true);
    let lossy = lossy.await.unwrap();
    let codes: Vec<&str> = lossy
        .warnings()
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    assert_eq!(codes, ["unsupported", "unsupported"]);
}

#[tokio::test]
async fn limits_and_stop_sequences_are_honoured_on_both_routes() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(CLAUDE).unwrap();
    for converse in ROUTES {
        let options = Options::new().use_converse(converse);
        let chat = model.chat("Why is the sky blue?").max_tokens(5);
        let short = chat.with(options.clone()).await.unwrap();
        assert_eq!(short.finish_reason(), FinishReason::Length);
        assert_eq!(short.raw_finish_reason.as_deref(), Some("max_tokens"));
        let chat = model.chat("alpha omega").stop(["omega"]);
        let stopped = chat.with(options).await.unwrap();
        assert_eq!(stopped.finish_reason(), FinishReason::Stop);
        assert_eq!(stopped.raw_finish_reason.as_deref(), Some("stop_sequence"));
        assert!(!stopped.text().contains("omega"));
    }
}

/// As a program has one that talks to others as well.
#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_client_of_reqwests_makes_the_same_calls() {
    let emulator = Emulator::start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = common::builder(&emulator, common::KEYS).http_client(http);
    let client = client.build().unwrap();
    for converse in ROUTES {
        let options = Options::new().use_converse(converse);
        let chat = client.model(CLAUDE).unwrap().chat("Hi").with(options);
        let whole = chat.clone().await.unwrap();
        let streamed = chat.stream().await.unwrap().finish().await.unwrap();
        assert!(whole.text().contains("Hi"), "{whole}");
        assert_eq!(whole.text(), streamed.text());
    }
}
