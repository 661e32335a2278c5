//! Who may know whom: the directions of the house, read from the crate graph itself.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read the graph should fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each room and the rooms that it may build on. A test double must share no code with what it checks.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("reqllm-core", &[]),
    ("reqllm-registry", &["reqllm-core"]),
    ("reqllm-registry-import", &["reqllm-registry"]),
    ("reqllm-transport", &["reqllm-core"]),
    ("reqllm-dialects", &["reqllm-core"]),
    ("reqllm-anthropic", &["reqllm-core", "reqllm-dialects"]),
    ("reqllm-bedrock", &["reqllm-core", "reqllm-dialects"]),
    ("reqllm-openai", &["reqllm-core", "reqllm-dialects"]),
    ("reqllm-emulator", &[]),
    (
        "reqllm",
        &[
            "reqllm-core",
            "reqllm-registry",
            "reqllm-transport",
            "reqllm-anthropic",
            "reqllm-bedrock",
            "reqllm-openai",
        ],
    ),
    ("reqllm-testkit", &["reqllm"]),
    ("reqllm-cli", &["reqllm", "reqllm-emulator"]),
];

/// Crates that a room must not build on, however far down.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    ("reqllm-core", &["reqwest", "tokio", "hyper", "aws-sigv4"]),
    (
        "reqllm-registry",
        &["reqwest", "tokio", "hyper", "aws-sigv4"],
    ),
    (
        "reqllm-dialects",
        &["tokio", "hyper", "rustls", "aws-sigv4"],
    ),
    ("reqllm-anthropic", &["tokio", "hyper", "rustls"]),
    ("reqllm-bedrock", &["reqwest", "hyper", "rustls"]),
    ("reqllm-openai", &["tokio", "hyper", "rustls"]),
    // Whoever has a client of reqwest's asks for the feature; nobody else builds it.
    (
        "reqllm-transport",
        &["aws-sigv4", "aws-smithy-eventstream", "reqwest"],
    ),
    ("reqllm", &["reqwest"]),
    (
        "reqllm-emulator",
        &["aws-sigv4", "aws-smithy-eventstream", "reqwest"],
    ),
];

/// Crates of the workspace, each with the packages that it builds on directly, tests aside.
type Graph = BTreeMap<String, BTreeSet<String>>;

fn graph() -> Graph {
    // Of this platform alone: crates for others need not even be downloaded.
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", host])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name_of: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            (
                package["id"].as_str().unwrap(),
                package["name"].as_str().unwrap(),
            )
        })
        .collect();
    let built_on = |node: &Value| {
        node["deps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| {
                let kinds = dependency["dep_kinds"].as_array().unwrap();
                kinds.iter().any(|kind| kind["kind"].is_null())
            })
            .map(|dependency| name_of[dependency["pkg"].as_str().unwrap()].to_owned())
            .collect()
    };
    metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            (
                name_of[node["id"].as_str().unwrap()].to_owned(),
                built_on(node),
            )
        })
        .collect()
}

#[test]
fn every_room_knows_only_whom_it_may() {
    let graph = graph();
    let ours: BTreeSet<&String> = graph
        .keys()
        .filter(|name| name.starts_with("reqllm"))
        .collect();
    let listed: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    for room in ours {
        let may_know = listed.get(room.as_str());
        let may_know = may_know.unwrap_or_else(|| panic!("{room} is not in the plan of the house"));
        let known: Vec<&String> = graph[room]
            .iter()
            .filter(|name| name.starts_with("reqllm"))
            .collect();
        for other in known {
            assert!(
                may_know.contains(&other.as_str()),
                "{room} must not know {other}"
            );
        }
    }
}

#[test]
fn no_room_reaches_what_it_must_not() {
    let graph = graph();
    for (room, forbidden) in MUST_NOT_REACH {
        let mut reached = BTreeSet::new();
        let mut open = vec![*room];
        while let Some(name) = open.pop() {
            for next in &graph[name] {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        for other in *forbidden {
            assert!(!reached.contains(other), "{room} must not reach {other}");
        }
    }
}

/// Providers are named by those who are one, and by whoever puts the house together. The vocabulary, and the engine that sends,
/// must do for a provider that nobody has heard of. What a text says counts word by word, and names of code are held against this
/// project's own providers; the examples in comments may name whom they like.
#[test]
fn core_and_transport_know_no_provider_by_name() {
    let registry = reqllm::Registry::embedded();
    let mut providers: BTreeSet<String> = OURS.iter().map(|id| (*id).to_owned()).collect();
    for record in registry.provider_records() {
        providers.insert(record.id().to_owned());
        providers.extend(record.aliases().map(str::to_owned));
    }
    assert!(providers.len() > 100, "{}", providers.len());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for room in ["core/src", "transport/src"] {
        gather(&root.join(room), &mut sources);
    }
    assert!(sources.len() > 50, "{}", sources.len());
    let (mut excused, mut said) = (0, Vec::new());
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        let source = Source::of(text.split("#[cfg(test)]").next().unwrap_or_default());
        for text in &source.texts {
            let is_named = |word: &str| providers.contains(word) && !WORDS.contains(&word);
            let named = named(text, is_named);
            if let Some(name) = named {
                said.push(format!("{} says {name} in {text:?}", path.display()));
            }
        }
        for line in source.code.lines() {
            if CONVENTIONS.iter().any(|name| line.contains(name)) {
                excused += 1;
                continue;
            }
            let named = named(line, |word| OURS.contains(&word));
            assert_eq!(named, None, "{}: {line}", path.display());
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert_eq!(excused, CONVENTIONS.len(), "an exception that nobody needs");
}

/// The providers of this project.
const OURS: &[&str] = &["bedrock", "openai", "anthropic"];

/// Names of providers that are words of the language, too.
const WORDS: &[&str] = &["together"];

/// Names of attributes that OpenTelemetry's conventions for generative AI give to one provider alone. The fields of a span have to
/// be written out where it is made; what stands in them, the provider says. Source: the page "AWS Bedrock" of the conventions.
const CONVENTIONS: &[&str] = &["aws.bedrock.guardrail.id", "aws.bedrock.knowledge_base.id"];

/// The first word of a text that fits: between other characters than those that ids of providers are made of, with and without
/// what is behind a dot or an underscore.
fn named(text: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let words = text.split(|c| !legal(c)).flat_map(|word| {
        let whole = word.trim_matches('.');
        std::iter::once(whole).chain(word.split(['.', '_']))
    });
    words.map(str::to_ascii_lowercase).find(|word| fits(word))
}

/// A source, taken apart.
#[derive(Default)]
struct Source {
    /// What stands between quotation marks, escapes as they are written.
    texts: Vec<String>,
    /// The rest, comments left out.
    code: String,
}

impl Source {
    fn of(text: &str) -> Self {
        let mut source = Self::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if rest.starts_with("//") {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
            } else if let Some((text, behind)) = raw(rest).or_else(|| plain(rest)) {
                source.texts.push(text.to_owned());
                source.code.push(' ');
                rest = behind;
            } else if rest.starts_with("'\"'") {
                rest = &rest["'\"'".len()..];
            } else {
                source.code.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        source
    }
}

/// A raw literal at the beginning, and what is behind it.
fn raw(text: &str) -> Option<(&str, &str)> {
    let marks = text.strip_prefix('r')?;
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    let inner = marks[hashes..].strip_prefix('"')?;
    inner.split_once(&format!("\"{}", "#".repeat(hashes)))
}

/// A literal with escapes at the beginning, and what is behind it.
fn plain(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some((&inner[..end], &inner[end + 1..]))
}

#[test]
fn a_provider_is_found_in_whatever_form_it_is_named() {
    let source = Source::of(
        r##"a("x \"bedrock\": \
             y"); // "groq"
            b('"', r#"bedrock:id"#, aws.bedrock.id)"##,
    );
    let is = |word: &str| word == "bedrock";
    let texts: Vec<_> = source.texts.iter().map(|text| named(text, is)).collect();
    assert_eq!(
        texts,
        [Some("bedrock".to_owned()), Some("bedrock".to_owned())]
    );
    assert!(named(&source.code, is).is_some(), "{}", source.code);
    assert_eq!(named(&source.code, |word| word == "groq"), None);
    assert_eq!(named("bedrocks, unbedrock", is), None);
}

/// The sources below a folder, tests in files of their own aside.
fn gather(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            gather(&path, sources);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            sources.push(path);
        }
    }
}
