//! Every scenario, for every line of models, on every route, against the built-in emulator.
//!
//! What has to come out is stated in `families/`, with its sources. The table of it is kept in `docs/behaviour.md`; with
//! `REQLLM_BLESS=1` it is written anew.

mod clients;
#[path = "../common/mod.rs"]
mod common;
mod families;
mod inside;
mod routes;
mod table;

use std::fs;

use reqllm::ErrorKind;
use reqllm_emulator::Emulator;
use reqllm_testkit::{ALL, Cell, Cells, Key, Subject, prove};

use families::Line;
use routes::{COMPATIBLE, CONVERSE, NATIVE, Route};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_does_what_the_table_says() {
    let emulator = Emulator::start().await.unwrap();
    let (mut proved, mut wrong) = (0, Vec::new());
    for line in families::lines() {
        for (route, cells) in line.routes {
            for subject in subjects(&emulator, line, route) {
                let report = prove(&subject, cells).await;
                proved += report.proved().len();
                if !report.is_right() {
                    wrong.push(report.to_string());
                }
            }
        }
    }
    println!("{}", table::render());
    println!("{proved} cells proved");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The suite itself can fail: whoever states what is not so is told of each cell, and why.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_so_is_told() {
    const SOURCE: &str = "nobody";
    const LIES: Cells = &[&[
        (
            Key::Basic,
            Cell::Cannot {
                says: "questions",
                source: SOURCE,
            },
        ),
        (
            Key::Tool,
            Cell::Dropped {
                code: "unsupported",
                source: SOURCE,
            },
        ),
        (
            Key::Usage,
            Cell::Otherwise {
                code: "uncounted",
                source: SOURCE,
            },
        ),
        (Key::Unicode, Cell::Absent { source: SOURCE }),
        (Key::Refusal, Cell::Untold { source: SOURCE }),
        (Key::Refusal, Cell::Pass),
    ]];
    let emulator = Emulator::start().await.unwrap();
    let haiku = families::lines().find(|line| line.model == "Claude 3 Haiku");
    let report = prove(&subject(&emulator, haiku.unwrap(), CONVERSE), LIES).await;
    assert!(!report.is_right());
    let found: Vec<Key> = report.wrong().iter().map(|wrong| wrong.key).collect();
    let expected = [
        Key::Refusal, // Stated twice.
        Key::Basic,
        Key::Usage,
        Key::Tool,
        // What this model cannot, and nobody says so.
        Key::Reasoning,
        Key::ReasoningRoundTrip,
        Key::Citations,
        Key::Cache,
        Key::Unicode,
        Key::Refusal,
    ];
    assert_eq!(found, expected, "{report}");
    assert_eq!(report.proved().len(), ALL.len() - 9);
    let told = report.to_string();
    for words in [
        "Claude 3 Haiku · bedrock: Converse: 17 of 26 cells are as stated",
        "refusal · Pass\n    the cell is stated twice",
        "it is answered: ",
        "it was sent: ",
        "no warning \"uncounted\"",
        "cannot be absent",
    ] {
        assert!(told.contains(words), "{words:?} is not in {told}");
    }
}

#[test]
fn a_family_without_a_native_body_says_so() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let emulator = Emulator::start().await.unwrap();
        for line in
            families::lines().filter(|line| NATIVE.reaches(line) && line.on(NATIVE).is_none())
        {
            let subject = subject(&emulator, line, NATIVE);
            let error = subject.chat("Hi").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{}", subject.name());
            assert!(error.message().contains("native"), "{error}");
        }
        assert!(emulator.requests().is_empty());
    });
}

#[test]
fn the_table_is_kept_in_the_docs() {
    let (path, table) = (table::path(), table::render());
    if std::env::var_os("REQLLM_BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, table).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == table,
        "docs/behaviour.md is not what the suite proves; REQLLM_BLESS=1 cargo test -p reqllm --test behaviour writes it anew",
    );
}

/// A line of models on one of its routes, by the first of the clients.
#[expect(
    clippy::unwrap_used,
    reason = "a route without a client should fail loudly"
)]
fn subject(emulator: &Emulator, line: &'static Line, route: &'static Route) -> Subject {
    subjects(emulator, line, route).next().unwrap()
}

/// A line of models on one of its routes, once for each client.
#[expect(
    clippy::unwrap_used,
    reason = "a line whose model is not found should fail loudly"
)]
fn subjects(
    emulator: &Emulator,
    line: &'static Line,
    route: &'static Route,
) -> impl Iterator<Item = Subject> {
    route.clients.iter().map(move |(how, client)| {
        let model = client(emulator).model(line.spec).unwrap();
        let name = format!("{} · {}{how}", line.model, route.title);
        let subject = Subject::new(name, model)
            .options((route.options)())
            .thinks(line.thinks)
            .phrases(route.phrases)
            // Recorded of DeepSeek R1 on Converse; the library keeps the order of the wire.
            .thinks_behind(line.model == "DeepSeek R1" && route.title == CONVERSE.title)
            // python-genai #2868: `stop` in streams, where whole answers say `tool_calls`.
            .stops_otherwise(line.family == "google" && route.title == COMPATIBLE.title)
            // AWS's user guide, "Cohere Command R": the event `tool-calls-generation` has whole calls.
            .whole_calls(line.family == "cohere" && route.title == NATIVE.title);
        match route.guardrail {
            Some(options) => subject.guardrail(options()),
            None => subject,
        }
    })
}
