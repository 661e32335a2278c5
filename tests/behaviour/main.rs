//! Every scenario, for every family, on both routes, against the built-in emulator.
//!
//! What has to come out is stated in `families/`, with its sources. The table of it is kept in `docs/behaviour.md`; with
//! `REQLLM_BLESS=1` it is written anew.

mod cell;
#[path = "../common/mod.rs"]
mod common;
mod families;
mod inside;
mod scenarios;
mod table;

use std::fs;

use reqllm::bedrock::Options;
use reqllm::{ErrorKind, ProviderOptions};
use reqllm_emulator::Emulator;

use families::Line;
use scenarios::{ALL, Phrases, Subject};

const PHRASES: &Phrases = &Phrases {
    block: "blockme",
    refuse: "refuseme",
    empty: "emptyanswer",
    sealed: &["redactedContent", "redacted_thinking"],
    // A native body that is one prompt has no messages: the whole of it is what is asked.
    earlier: &["Earlier messages: 2.", "Hello to you."],
    image: "Attached: ",
    document: &["Attached: ", "Wheat rose by a tenth."],
};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_does_what_the_table_says() {
    let emulator = Emulator::start().await.unwrap();
    let (mut proved, mut wrong) = (0, Vec::new());
    for line in families::lines() {
        for (route, cells) in routes(line) {
            let subject = subject(&emulator, line, route);
            for scenario in ALL {
                let cell = families::cell(cells, scenario.key);
                match cell.prove(scenario, &subject).await {
                    Ok(()) => proved += 1,
                    Err(why) => {
                        let title = scenario.key.title();
                        wrong.push(format!("{} · {title} · {cell:?}\n    {why}", subject.name));
                    }
                }
            }
        }
    }
    println!("{}", table::render());
    println!("{proved} cells proved");
    assert!(
        wrong.is_empty(),
        "{} cells are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_family_without_a_native_body_says_so() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let emulator = Emulator::start().await.unwrap();
        for line in families::lines().filter(|line| line.native.is_none()) {
            let subject = subject(&emulator, line, Route::Native);
            let error = subject.chat("Hi").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{}", subject.name);
            assert!(error.message().contains("native"), "{error}");
        }
        assert!(emulator.requests().is_empty());
    });
}

#[test]
fn no_cell_is_stated_twice() {
    for line in families::lines() {
        for (route, cells) in routes(line) {
            let mut keys: Vec<_> = cells.iter().flat_map(|group| group.iter()).collect();
            let all = keys.len();
            keys.sort_by_key(|(key, _)| *key as u8);
            keys.dedup_by_key(|(key, _)| *key);
            assert_eq!(keys.len(), all, "{} · {}", line.model, route.title());
        }
    }
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

/// How a call travels.
#[derive(Clone, Copy)]
enum Route {
    Converse,
    Native,
}

impl Route {
    fn title(self) -> &'static str {
        match self {
            Self::Converse => "Converse",
            Self::Native => "native",
        }
    }
}

/// The routes of a line, and what is no plain pass on them.
fn routes(line: &Line) -> impl Iterator<Item = (Route, families::Cells)> {
    let native = line.native.map(|cells| (Route::Native, cells));
    [(Route::Converse, line.converse)].into_iter().chain(native)
}

#[expect(
    clippy::unwrap_used,
    reason = "a line whose model is not found should fail loudly"
)]
fn subject(emulator: &Emulator, line: &Line, route: Route) -> Subject {
    let model = common::client(emulator).model(line.spec).unwrap();
    let is_converse = matches!(route, Route::Converse);
    let guardrail = Options::new()
        .guardrail("grbehaviour", "1")
        .guardrail_trace(reqllm::bedrock::GuardrailTrace::Enabled);
    Subject {
        model,
        options: ProviderOptions::from(Options::new().use_converse(is_converse)),
        guardrail: guardrail.into(),
        thinks: line.thinks,
        phrases: PHRASES,
        // Recorded of DeepSeek R1 on Converse; the library keeps the order of the wire.
        thinks_behind: line.model == "DeepSeek R1",
        // AWS's user guide, "Cohere Command R": the event `tool-calls-generation` has whole calls.
        whole_calls: line.family == "cohere" && !is_converse,
        name: format!("{} · {}", line.model, route.title()),
    }
}
