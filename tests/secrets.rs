//! No secret is in any `Debug`, `Display`, log, trace or cassette, of whatever crate, however a call goes.
//!
//! What the command line prints is looked through by a test of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "common/collector.rs"]
#[allow(dead_code, reason = "each test binary uses its own part of it")]
mod collector;
mod common;

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use collector::Collector;
use common::{CLAUDE, builder_at};
use reqllm::bedrock::{Endpoint, Options};
use reqllm::{
    AnswerHead, Attempt, CallInfo, Cassette, Client, Delivery, Failure, Observer, Part, Retries,
    Source, Summary, user,
};
use reqllm_emulator::{
    ACCESS_KEY_ID, ANTHROPIC_API_KEY, API_KEY, Emulator, Fault, OPENAI_API_KEY, OTHER_API_KEY,
    SECRET_ACCESS_KEY, SESSION_TOKEN,
};

/// As keys look: with what has to be encoded in a URL.
const WRONG_SECRET: &str = "plantedSecret/5e1f+77aa/0c3d+41be/9f20c6d8";
const WRONG_TOKEN: &str = "plantedToken//90cd+ab12==";
const WRONG_KEY: &str = "plantedBearer-41be-9f20";
const OPTION_SECRET: &str = "plantedOption/2b7c+19e0/aa31+77f4/01d2e3c4";
/// The signature of a presigned URL, which is all that it takes to read what is there.
const PRESIGNED: &str = "plantedSignature0f9e8d7c6b5a";
/// In the part of a URL that names a user.
const PASSWORD: &str = "plantedPassword-77";

/// As the keys of OpenAI, Anthropic and those who speak as they do look.
const WRONG_VENDOR_KEY: &str = "sk-plantedVendor-5d2e90c17fab";
const RING_KEY: &str = "sk-plantedRing-77c0de41b9aa";
/// In a header that the program adds.
const HEADER: &str = "plantedHeader-0c9d8e7f6a";

const SECRETS: [&str; 15] = [
    SECRET_ACCESS_KEY,
    SESSION_TOKEN,
    API_KEY,
    WRONG_SECRET,
    WRONG_TOKEN,
    WRONG_KEY,
    OPTION_SECRET,
    PRESIGNED,
    PASSWORD,
    WRONG_VENDOR_KEY,
    RING_KEY,
    HEADER,
    OPENAI_API_KEY,
    OTHER_API_KEY,
    ANTHROPIC_API_KEY,
];

/// Every form in which a secret might be written down.
fn forms(secret: &str) -> Vec<String> {
    let percent = |keep: fn(u8) -> bool| -> String {
        let encode = |byte: u8| match keep(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        secret.bytes().map(encode).collect()
    };
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        secret.to_owned(),
        percent(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)),
        percent(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        // The same inside of a longer text.
        STANDARD_NO_PAD.encode(&secret[..secret.len() / 3 * 3]),
        STANDARD_NO_PAD.encode(&secret[1..1 + (secret.len() - 1) / 3 * 3]),
        STANDARD_NO_PAD.encode(&secret[2..2 + (secret.len() - 2) / 3 * 3]),
        format!("{:?}", secret.as_bytes()).replace(['[', ']'], ""),
        hex,
    ]
}

fn check(what: &str, text: &str) {
    for secret in SECRETS {
        for form in forms(secret) {
            if let Some(at) = text.find(&form) {
                let from = text[..at]
                    .char_indices()
                    .rev()
                    .nth(160)
                    .map_or(0, |it| it.0);
                panic!("{what}: {form} after {}", &text[from..at]);
            }
        }
    }
}

/// Everything that is printed, logged or observed.
#[derive(Clone, Default)]
struct Heap(Arc<Mutex<String>>);

impl Debug for Heap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Heap")
    }
}

impl Heap {
    fn put(&self, text: &str) {
        let mut heap = self.0.lock().unwrap();
        heap.push_str(text);
        heap.push('\n');
    }

    fn debug(&self, it: &impl Debug) {
        self.put(&format!("{it:?}\n{it:#?}"));
    }

    fn both(&self, it: &(impl Debug + Display)) {
        self.debug(it);
        self.put(&it.to_string());
    }

    fn outcome<T: Debug>(&self, outcome: &Result<T, reqllm::Error>) {
        match outcome {
            Ok(answer) => self.debug(answer),
            Err(error) => {
                self.both(error);
                self.put(&serde_json::to_string(error).unwrap());
                let mut source = std::error::Error::source(error);
                while let Some(error) = source {
                    self.put(&format!("{error} {error:?}"));
                    source = error.source();
                }
            }
        }
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Heap {
    fn sending(&self, call: &CallInfo, attempt: &mut Attempt<'_>) {
        // The body is what is said, and that has the presigned URL in it.
        self.put(&format!("{call:?} {} {:?}", attempt.uri, attempt.headers));
    }

    fn answered(&self, _: &CallInfo, answer: &AnswerHead<'_>) {
        self.debug(answer);
    }

    fn failed(&self, _: &CallInfo, failure: &Failure<'_>) {
        self.debug(failure);
    }

    fn ended(&self, _: &CallInfo, summary: &Summary<'_>) {
        self.put(&format!("{:?} {:?}", summary.usage, summary.error_type()));
    }
}

/// What crates say that use `log`.
impl log::Log for Heap {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.put(&format!("log {} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// The ways to be somebody, good ones and bad ones.
fn environments() -> Vec<Vec<(&'static str, &'static str)>> {
    const ID: (&str, &str) = ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
    const GOOD: (&str, &str) = ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY);
    vec![
        vec![ID, GOOD],
        vec![ID, GOOD, ("AWS_SESSION_TOKEN", SESSION_TOKEN)],
        vec![ID, GOOD, ("AWS_SESSION_TOKEN", WRONG_TOKEN)],
        vec![ID, ("AWS_SECRET_ACCESS_KEY", WRONG_SECRET)],
        vec![("AWS_BEARER_TOKEN_BEDROCK", API_KEY)],
        vec![("AWS_BEARER_TOKEN_BEDROCK", WRONG_KEY)],
    ]
}

/// Every kind of call, with what they say of themselves.
async fn calls(heap: &Heap, client: &Client, emulator: &Emulator) {
    heap.debug(client);
    let model = client.model(CLAUDE).unwrap();
    heap.both(&model);
    for converse in [true, false] {
        let options = Options::new().use_converse(converse);
        let chat = model.chat("Hi").with(options);
        heap.debug(&chat);
        heap.outcome(&chat.dry_run(Delivery::Stream));
        heap.outcome(&chat.clone().await);
        stream(heap, chat.clone()).await;
        for fault in [
            Fault::error(503, "ServiceUnavailableException", "Busy"),
            Fault::error(403, "ExpiredTokenException", "Expired"),
            Fault::truncate_events(2),
            Fault::reset_before_head(),
        ] {
            emulator.inject(fault);
            stream(heap, chat.clone()).await;
        }
    }
    let keys = Options::new()
        .access_key_id(ACCESS_KEY_ID)
        .secret_access_key(OPTION_SECRET)
        .session_token(WRONG_TOKEN);
    heap.debug(&keys);
    let chat = model.chat("Hi").with(keys);
    heap.debug(&chat);
    heap.outcome(&chat.await);
    heap.outcome(&model.count_tokens("Hi").await);
    let titan = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    let embed = titan.embed(["a", "b"]);
    heap.debug(&embed);
    heap.outcome(&embed.await);
    let ranker = client.model("bedrock:cohere.rerank-v3-5:0").unwrap();
    heap.outcome(&ranker.rerank("q", ["a", "b"]).await);
    heap.outcome(&client.guardrail("bedrock", "gr1", "1").input("Hi").await);
    heap.outcome(&client.account_models("bedrock").await);
}

async fn stream(heap: &Heap, chat: reqllm::Chat) {
    match chat.stream().await {
        Err(error) => heap.outcome::<()>(&Err(error)),
        Ok(stream) => {
            heap.debug(&stream);
            heap.outcome(&stream.finish().await);
        }
    }
}

/// Media at URLs that are secret themselves.
async fn media(heap: &Heap, client: &Client, emulator: &Emulator) {
    let at = emulator.addr();
    let model = client.model(CLAUDE).unwrap();
    let query = format!("X-Amz-Credential=x&X-Amz-Signature={PRESIGNED}");
    for url in [
        format!("http://{at}/cat.png?{query}"),
        format!("https://{at}/cat.png?{query}"),
        format!("https://me:{PASSWORD}@{at}/cat.png"),
        format!("https://localhost.invalid/cat.png?{query}"),
    ] {
        let image = Part::image("image/png", Source::Url(url));
        let chat = model.chat(user(vec![image, Part::text("What is it?")]));
        heap.outcome(&chat.dry_run(Delivery::Whole));
        heap.outcome(&chat.await);
    }
    // A prompt may have one in it: then it is said to the model, and nowhere else.
    let prompt = format!("Read https://b.s3.amazonaws.com/k?{query}");
    heap.outcome(&model.chat(prompt).max_tokens(1).await.map(|it| it.usage));
}

/// Those beside Bedrock, and Bedrock's Messages, which has its key in a header of its own.
async fn others(heap: &Heap, folder: &Path) {
    let emulator = Emulator::start().await.unwrap();
    let env = [
        ("OPENAI_API_KEY", OPENAI_API_KEY),
        ("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY),
        ("GROQ_API_KEY", WRONG_VENDOR_KEY),
        ("AWS_BEARER_TOKEN_BEDROCK", API_KEY),
    ];
    let versioned = format!("{}/v1", emulator.endpoint());
    let mut sent = 0;
    for ring in [false, true] {
        let builder = builder_at(&emulator.endpoint(), &env)
            .endpoint_url("anthropic", emulator.endpoint())
            .endpoint_url("openai", &versioned)
            .endpoint_url("groq", &versioned)
            .retries(Retries::NONE)
            .observer(heap.clone())
            .cassette(Cassette::record(folder.join(format!("others-{ring}.json"))));
        heap.debug(&builder);
        let client = builder.build().unwrap();
        if ring {
            for provider in ["openai", "anthropic", "groq", "bedrock"] {
                client.keys().set(provider, RING_KEY);
            }
        }
        heap.debug(&client);
        let headers = || BTreeMap::from([("x-tenant".to_owned(), HEADER.to_owned())]);
        let of_openai = || reqllm::openai::Options::new().extra_headers(headers());
        let of_anthropic = || reqllm::anthropic::Options::new().extra_headers(headers());
        let model = |spec: &str| client.model(spec).unwrap().chat("Hi").max_tokens(50);
        let chats = [
            model("openai:gpt-4o").with(of_openai()),
            model("openai:gpt-5").with(of_openai()),
            model("openai:gpt-4o").with(of_openai().api_key(WRONG_VENDOR_KEY)),
            model("anthropic:claude-haiku-4-5").with(of_anthropic()),
            model("anthropic:claude-haiku-4-5").with(of_anthropic().api_key(WRONG_VENDOR_KEY)),
            model("anthropic:claude-haiku-4-5").with(of_anthropic().auth_token(WRONG_VENDOR_KEY)),
            model("groq:llama-3.3-70b-versatile"),
            model("bedrock:anthropic.claude-haiku-4-5")
                .with(Options::new().endpoint(Endpoint::Mantle)),
        ];
        for chat in chats {
            heap.debug(&chat);
            heap.outcome(&chat.dry_run(Delivery::Whole));
            let before = emulator.requests().len();
            heap.outcome(&chat.clone().await);
            stream(heap, chat.clone()).await;
            // What is refused before it is sent would leave the faults to others.
            if emulator.requests().len() == before {
                continue;
            }
            sent += 1;
            // Some say the key again.
            for (status, kind) in [
                (401, "authentication_error"),
                (403, "permission_error"),
                (400, "invalid_request_error"),
            ] {
                let key = if ring { RING_KEY } else { WRONG_VENDOR_KEY };
                let said = format!("Incorrect API key provided: {key}. Look for {key}");
                emulator.inject(Fault::error(status, kind, said));
                stream(heap, chat.clone()).await;
            }
        }
    }
    assert!(sent > 10, "{sent}");
}

fn client(at: &str, env: &[(&str, &str)], heap: &Heap, cassette: &Path, private: bool) -> Client {
    let cassette = Cassette::record(cassette);
    heap.debug(&cassette);
    let builder = builder_at(at, env)
        .retries(Retries::NONE)
        .allow_private_urls(private)
        .observer(heap.clone())
        .cassette(cassette);
    heap.debug(&builder);
    builder.build().unwrap()
}

#[test]
fn nothing_that_is_printed_logged_traced_or_recorded_has_a_secret_in_it() {
    let collector = Collector::default();
    tracing::subscriber::set_global_default(collector.clone()).unwrap();
    let heap = Heap::default();
    log::set_boxed_logger(Box::new(heap.clone())).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let folder = std::env::temp_dir().join(format!("reqllm-secrets-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        for (n, env) in environments().iter().enumerate() {
            let emulator = Emulator::start().await.unwrap();
            let file = folder.join(format!("{n}.json"));
            let client = client(&emulator.endpoint(), env, &heap, &file, n % 2 == 0);
            calls(&heap, &client, &emulator).await;
            media(&heap, &client, &emulator).await;
        }
        others(&heap, &folder).await;
        // Where there is no TLS, and where nobody is.
        let emulator = Emulator::start().await.unwrap();
        for (n, at) in [
            format!("https://{}", emulator.addr()),
            "http://127.0.0.1:9".to_owned(),
        ]
        .iter()
        .enumerate()
        {
            let file = folder.join(format!("failing-{n}.json"));
            let client = client(at, &environments()[1], &heap, &file, false);
            let chat = client.model(CLAUDE).unwrap().chat("Hi");
            heap.outcome(&chat.await);
        }
        // Addresses that have a password in them are refused, and not shown.
        let at = format!("http://me:{PASSWORD}@{}", emulator.addr());
        let client = builder_at(&at, &environments()[0]).build();
        heap.outcome(
            &client
                .as_ref()
                .map(|_| ())
                .map_err(|error| reqllm::Error::config(error.to_string())),
        );
        heap.outcome(&client);
        if let Ok(client) = client {
            let chat = client.model(CLAUDE).unwrap().chat("Hi");
            heap.outcome(&chat.await);
        }
    });

    // There has to be something to look through.
    let traced = collector.text();
    let heaped = heap.text();
    for target in ["reqllm_transport", "reqllm_bedrock", "hyper_util"] {
        assert!(traced.contains(target), "{target} traces");
    }
    assert!(heaped.contains("log rustls_platform_verifier"));
    assert!(collector.calls().len() > 100, "{}", collector.calls().len());
    check("traces", &traced);
    check("Debug, Display and logs", &heaped);
    let mut recorded = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        recorded += text.matches("\"method\"").count();
        check(&path.display().to_string(), &text);
    }
    assert!(recorded > 100, "{recorded}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_secret_is_found_in_every_form() {
    let found = |text: &str| std::panic::catch_unwind(|| check("it", text)).is_err();
    for text in [
        WRONG_SECRET.to_owned(),
        "plantedSecret%2F5e1f%2B77aa%2F0c3d%2B41be%2F9f20c6d8".to_owned(),
        STANDARD.encode(format!("user:{WRONG_SECRET}")),
        STANDARD.encode(format!("me:{WRONG_SECRET}@x")),
        format!("{:?}", API_KEY.as_bytes()),
    ] {
        assert!(found(&text), "{text}");
    }
    assert!(!found("nothing"));
}
