//! The behaviour suite of reqllm, for parrots.

#[path = "../examples/parrot.rs"]
#[allow(dead_code, reason = "its `main` is the example's")]
mod parrot;

// A crate that nobody names is not linked, and what is not linked is not registered.
use acme as _;
use reqllm::{Cassette, Client, Environment, ErrorKind, Retries};
use reqllm_testkit::{Cell, Cells, Key, Subject, prove};

/// What parrots cannot, and who says so.
const CELLS: Cells = &[TOOLS, THOUGHTS, ATTACHMENTS, REST];

const WORDS: &str = "Acme's form: a talk is pairs of who and words";

const fn cannot(says: &'static str) -> Cell {
    Cell::Cannot {
        says,
        source: WORDS,
    }
}

const TOOLS: &[(Key, Cell)] = &[
    (Key::Tool, cannot("tools")),
    (Key::ManyTools, cannot("tools")),
    (Key::ForcedTool, cannot("tools")),
    (Key::NoTool, cannot("tools")),
    (Key::ParallelTools, cannot("tools")),
    (Key::ToolRoundTrip, cannot("tools")),
    (Key::StreamedTools, cannot("tools")),
];

const THOUGHTS: &[(Key, Cell)] = &[
    (Key::Reasoning, cannot("reasoning")),
    (
        Key::ReasoningRoundTrip,
        Cell::Dropped {
            code: "reasoning_dropped",
            source: WORDS,
        },
    ),
];

const ATTACHMENTS: &[(Key, Cell)] = &[
    (Key::Image, cannot("images")),
    (Key::Document, cannot("documents")),
    (Key::Citations, cannot("documents")),
];

const REST: &[(Key, Cell)] = &[
    (Key::Cache, cannot("cache point")),
    (Key::Guardrail, Cell::Absent { source: WORDS }),
];

/// Where a parrot listens, for as long as the test runs.
async fn address() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(parrot::serve(listener));
    address
}

fn client(address: &str, key: &str) -> reqllm::ClientBuilder {
    Client::builder()
        .environment(Environment::of([("ACME_API_KEY", key)]))
        .endpoint_url("acme", address)
}

#[tokio::test]
async fn a_parrot_does_what_its_cells_say() {
    let client = client(&address().await, parrot::KEY).build().unwrap();
    let subject = Subject::new("Parrot", client.model("acme:parrot").unwrap());
    let report = prove(&subject, CELLS).await;
    assert!(report.is_right(), "{report}");
    println!("{report}");
}

#[tokio::test]
async fn a_wrong_key_is_an_error_of_its_kind() {
    let client = client(&address().await, "a-pebble").build().unwrap();
    let error = client
        .model("acme:parrot")
        .unwrap()
        .chat("Hi")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().contains("no cracker"), "{error}");
}

#[tokio::test]
async fn what_is_on_a_cassette_needs_no_parrot() {
    let tape = std::env::temp_dir().join(format!("acme-{}.json", std::process::id()));
    let recorder = client(&address().await, parrot::KEY).cassette(Cassette::record(&tape));
    let hello = |client: Client| async move { client.model("acme:parrot")?.chat("Hi").await };
    let recorded = hello(recorder.build().unwrap()).await.unwrap();
    let nowhere = client("http://127.0.0.1:9", "").retries(Retries::at_most(1));
    let player = nowhere.cassette(Cassette::replay(&tape)).build().unwrap();
    let replayed = hello(player).await.unwrap();
    assert_eq!(recorded.text(), replayed.text());
    let written = std::fs::read_to_string(&tape).unwrap();
    assert!(!written.contains(parrot::KEY), "{written}");
    std::fs::remove_file(&tape).ok();
}
