//! Each row: what it makes of a call.

use super::*;

#[test]
fn the_row_of_the_longest_beginning_is_found() {
    let name = |provider: &str, id: &str| {
        let row = named(provider, &Model::new(provider, id));
        (row.quirks.name, row.models.first().copied())
    };
    assert_eq!(name("openai", "gpt-4o"), ("OpenAI", None));
    assert_eq!(name("openai", "o3-mini"), ("OpenAI", Some("o1")));
    assert_eq!(name("groq", "openai/gpt-oss-20b"), ("Groq", None));
    assert_eq!(name("groq", "qwen/qwen3.6-27b"), ("Groq", Some("qwen")));
    assert_eq!(
        name("togetherai", "openai/gpt-oss-20b"),
        ("Together", Some("gpt-oss"))
    );
    assert_eq!(name("nobody", "gpt-5"), ("the server", None));
    let vertex = |id: &str| {
        (
            named("google-vertex", &Model::new("google-vertex", id))
                .quirks
                .result_names,
            name("google-vertex", id).1,
        )
    };
    assert_eq!(
        vertex("google/gemini-3-pro-preview"),
        (true, Some("gemini"))
    );
    assert_eq!(vertex("google/gemini-2.0-flash"), (true, Some("gemini-1")));
    assert_eq!(vertex("meta/llama-4-maverick"), (false, None));
    // Of a tuned model, its base counts; who tuned it, and what he calls it, does not.
    let tuned = "ft:o4-mini-2025-04-16:acme::abc";
    assert_eq!(name("openai", tuned), ("OpenAI", Some("o1")));
    assert_eq!(name("openai", "ft:gpt-4o:acme/o3:o3:x"), ("OpenAI", None));
    assert_eq!(name("openai", "ft:o3"), ("OpenAI", Some("o1")));
}

#[test]
fn qwen_3_reads_text_and_its_relatives_see() {
    let sees = |provider: &str, id: &str| {
        let row = named(provider, &Model::new(provider, id));
        row.profile.takes.image
    };
    for (provider, id) in [
        ("ollama", "qwen3:8b"),
        ("vllm", "Qwen/Qwen3-8B"),
        ("sglang", "Qwen/Qwen3-235B-A22B-Instruct-2507"),
    ] {
        assert!(!sees(provider, id), "{provider}:{id}");
    }
    for (provider, id) in [
        ("ollama", "qwen3-vl:8b"),
        ("ollama", "gemma3:4b"),
        ("vllm", "Qwen/Qwen3.5-9B"),
        ("vllm", "Qwen/Qwen3-Omni-30B-A3B-Instruct"),
    ] {
        assert!(sees(provider, id), "{provider}:{id}");
    }
}

#[test]
fn every_provider_has_one_row_for_all_models_and_none_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for row in ROWS {
        assert!(!row.providers.is_empty(), "{}", row.quirks.name);
        for provider in row.providers {
            if row.models.is_empty() {
                assert!(seen.insert(*provider), "{provider} has two rows");
            }
        }
    }
    for row in ROWS {
        for provider in row.providers {
            assert!(
                seen.contains(provider),
                "{provider} has no row for all models"
            );
        }
    }
}
