//! Every Rust snippet of the README is a piece of a file that is compiled and run, and the page of options has those that there are.

#![allow(
    clippy::expect_used,
    reason = "a README without the form that it should have is a failure"
)]

use std::path::Path;

/// The lines of a file or snippet as they read without indentation and marks of doc comments.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| line.trim())
        .map(|line| line.trim_start_matches("//!").trim_start_matches("///"))
        .map(str::trim)
        .collect()
}

#[test]
fn every_snippet_stands_in_the_file_that_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a page");
    let pages = read("README.md") + &read("docs/options.md");
    let mut snippets = 0;
    let mut rest = pages.as_str();
    while let Some(start) = rest.find("```rust\n") {
        let (before, after) = rest.split_at(start);
        let body = &after["```rust\n".len()..];
        let (snippet, after) = body.split_once("```").expect("an end of the snippet");
        let note = before
            .trim_end()
            .lines()
            .last()
            .expect("a note before the snippet");
        let file = note
            .strip_prefix("<!-- ")
            .and_then(|note| note.strip_suffix(" -->"))
            .unwrap_or_else(|| panic!("a snippet without the file that it is from: {snippet}"));
        let source = std::fs::read_to_string(root.join(file)).expect("the file of the snippet");
        let (source, wanted) = (lines(&source), lines(snippet));
        assert!(
            source.windows(wanted.len()).any(|window| window == wanted),
            "{file} does not hold this snippet of the README:\n{snippet}"
        );
        snippets += 1;
        rest = after;
    }
    assert!(snippets >= 5, "{snippets} snippets");
}

/// The names in the first cells of the tables of a section, other names of one included.
#[cfg(all(feature = "anthropic", feature = "bedrock", feature = "openai"))]
fn told(page: &str, section: &str) -> std::collections::BTreeSet<String> {
    let (_, section) = page
        .split_once(&format!("\n## {section}\n"))
        .expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| {
        let row = line.strip_prefix("| `")?;
        row.split(" | ").next()
    });
    let names = cells.flat_map(|cell| cell.split(['`', ',', ' ', '(', ')']));
    names
        .filter(|name| !name.is_empty() && *name != "with")
        .map(str::to_owned)
        .collect()
}

/// The names that an error lists where it knows none that is near.
#[cfg(all(feature = "anthropic", feature = "bedrock", feature = "openai"))]
fn listed(error: &reqllm::Error) -> Vec<String> {
    let (_, names) = error.message().split_once(" are ").expect("a list");
    let names = names.split(';').next().unwrap_or_default();
    names.split(", ").map(str::to_owned).collect()
}

#[test]
#[cfg(all(
    feature = "anthropic",
    feature = "bedrock",
    feature = "openai",
    feature = "snapshot"
))]
fn the_page_of_options_has_every_option_of_every_provider() {
    const NONE: &str = "qqqqqqqqqqqqqqqqqqqq";
    /// Names that ReqLLM has for some.
    const ALIASES: &[&str] = &[
        "anthropic_prompt_cache",
        "anthropic_prompt_cache_ttl",
        "anthropic_cache_messages",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/options.md")).expect("the page");
    let client = reqllm::Client::builder()
        .environment(reqllm::Environment::empty())
        .build()
        .expect("a client");
    let model = |spec: &str| client.model(spec).expect("a model");
    let of_a_call = |spec: &str| {
        let chat = model(spec).chat("hi").option(NONE, 1);
        let error = chat.dry_run(reqllm::Delivery::Whole);
        listed(&error.expect_err("a refusal"))
    };
    let embed = model("bedrock:amazon.titan-embed-text-v2:0")
        .embed("a")
        .option(NONE, 1);
    let list = client.account_models("bedrock").option(NONE, 1);
    let others = [
        listed(&embed.dry_run().expect_err("a refusal")),
        listed(&list.dry_run().expect_err("a refusal")),
    ];
    for (section, spec, others, aliases) in [
        (
            "Amazon Bedrock",
            "bedrock:amazon.nova-lite-v1:0",
            &others[..],
            ALIASES,
        ),
        ("OpenAI and its like", "openai:gpt-5-mini", &[], &[]),
        ("Anthropic", "anthropic:claude-haiku-4-5", &[], ALIASES),
    ] {
        let names = of_a_call(spec).into_iter().chain(others.concat());
        let aliases = aliases.iter().map(|alias| (*alias).to_owned());
        let there_are = names.chain(aliases).collect();
        assert!(page.contains(section));
        assert_eq!(told(&page, section), there_are, "{section}");
    }
}
