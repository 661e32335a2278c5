//! Every example runs against the emulator, ends well, and says what only a working one would say.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "an example that cannot be built or run is a failure"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each example has to say, each piece after the one before.
const SAYS: &[(&str, &[&str])] = &[
    (
        "cassette",
        &[
            "recorded: ",
            "\"Good morning!\"",
            "the key is in the file: false",
            "replayed: ",
            "\"Good morning!\"",
            "not recorded: the cassette",
            "differs at /messages/0/content",
        ],
    ),
    (
        "chat_history",
        &[
            "You asked: \"What is a lifetime?\"",
            "Earlier messages: 2.",
            "Earlier messages: 4.",
            "7 messages in all",
        ],
    ),
    ("custom_family", &["Beep!"]),
    (
        "documents",
        &[
            "\"The harvest began on 3 September.\"",
            "characters 0..33 of the part, from \"Vintage report\"",
            "documentChar",
        ],
    ),
    (
        "embeddings_search",
        &[
            "12 vectors of Some(512) numbers",
            "Sourdough bread rises slowly in a cold kitchen.",
        ],
    ),
    (
        "full_spec",
        &[
            "application-inference-profile%2Fa1b2c3/invoke-with-response-stream",
            "nothing asks for Converse, and family claude has a native codec",
        ],
    ),
    (
        "many_streams",
        &[
            "round 1: 200 streams open at once",
            " events, 0 errors",
            "round 2: 200 streams open at once",
            " events, 0 errors",
            "2000 calls answered, 64 at once, 0 errors",
            "without the client: ",
        ],
    ),
    (
        "one_conversation",
        &[
            "Each alone:",
            "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "calls    weather({\"city\":\"Lyon\"})",
            "It rains in Lyon.",
            "anthropic:claude-haiku-4-5",
            "It rains in Lyon.",
            "openai:gpt-5-mini",
            "It rains in Lyon.",
            "groq:llama-3.3-70b-versatile",
            "It rains in Lyon.",
            "One conversation that moves from each to the next:",
            "groq:llama-3.3-70b-versatile",
            "calls    weather({\"city\":\"Lyon\"})",
            "It rains in Lyon.",
            "17 messages in all",
        ],
    ),
    (
        "prompt_cache",
        &[
            "written to the cache 3900",
            "read from the cache  0",
            "written to the cache 0",
            "read from the cache  3900",
            "cache_read",
        ],
    ),
    (
        "quickstart",
        &["Why is the sky blue?", "finished: Stop", "cost:     0.0000"],
    ),
    (
        "streaming",
        &["You asked: \"Tell a story.\"", "Stop, Some("],
    ),
    (
        "structured_output",
        &[
            "Leeks takes 40 minutes",
            "in the form \"native\"",
            "… {\"name\":\"Cake\"}\n",
            "… {\"name\":\"Cake\",\"minutes\":90}\n",
            "Recipe { name: \"Cake\", minutes: 90",
        ],
    ),
    (
        "switching",
        &[
            "anthropic.claude-haiku-4-5",
            "thoughts: 1",
            "Attached: image (png",
            "openai.gpt-oss-120b",
            "thoughts: 1",
            "A flag of three upright stripes",
            "amazon.nova-lite",
            "thoughts: 0",
            "Attached: image (png",
            "meta.llama3-3-70b",
            "A flag of three upright stripes",
        ],
    ),
    (
        "thinking",
        &[
            "(it thinks: The question is \"Is 1,001 a prime number?\"",
            "(signed: ",
            "(it thinks: The question is \"And 1,009?\"",
            "(signed: ",
            "Earlier messages: 2.",
        ],
    ),
    (
        "tools",
        &[
            "may it? weather({\"city\":\"Lyon\"})",
            "may it? order_umbrella({\"count\":1})",
            "got Text(\"It rains in Lyon.\"), failed: false",
            "nothing may be bought today\"), failed: true",
            "weather returned: It rains in Lyon.",
            "2 steps, Done",
            "You asked: \"Thank you!\"",
        ],
    ),
    (
        "vision",
        &["attached: image/png", "Attached: image (png, 4708 bytes)."],
    ),
];

/// What would lead an example elsewhere than to the emulator, or change what it knows.
const ENVIRONMENT: &[&str] = &[
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_ACCESS_KEY_ID",
    "REQLLM_MODELS",
];

#[test]
fn every_example_does_what_it_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let examples = sources(&folder);
    let told: BTreeSet<String> = SAYS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(examples, told, "each example has a line here, and no other");
    build_if_stale(&folder, &examples);
    for (name, says) in SAYS {
        let mut command = Command::new(binary(name));
        for variable in ENVIRONMENT {
            command.env_remove(variable);
        }
        let output = command.output();
        let output = output.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let out = String::from_utf8_lossy(&output.stdout);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} failed: {err}\n{out}");
        let mut rest = &*out;
        for piece in *says {
            let Some((_, after)) = rest.split_once(piece) else {
                panic!("{name} does not say {piece:?} where it should:\n{out}");
            };
            rest = after;
        }
    }
}

/// The names of the examples.
fn sources(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the examples");
    let paths = entries.map(|entry| entry.expect("an example").path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

/// `cargo test` builds the examples, `cargo test --test examples` does not. Then they are built here if their source has
/// changed; a change of the library alone is for `cargo test` to see.
fn build_if_stale(folder: &Path, examples: &BTreeSet<String>) {
    let changed = |path: PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
    let stale =
        |name: &String| changed(binary(name)) < changed(folder.join(name).with_extension("rs"));
    if !examples.iter().any(stale) {
        return;
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--package", "reqllm", "--examples", "--offline"])
        .arg("--target-dir")
        .arg(profile_folder().parent().expect("a folder of targets"))
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let built = cargo.status().expect("cargo runs");
    assert!(built.success(), "the examples do not build");
}

fn binary(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    profile_folder().join("examples").join(file)
}

/// Where cargo puts what it builds: this test lies in `deps`, beside `examples`.
fn profile_folder() -> PathBuf {
    let here = std::env::current_exe().expect("the path of this test");
    let mut folders = here.ancestors().skip(2);
    folders.next().expect("a folder of the profile").to_owned()
}
