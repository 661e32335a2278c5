//! The provider of `examples/outside_provider`, built and run as somebody else's program would be, and the guide that walks
//! through it.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn home() -> PathBuf {
    root().join("examples/outside_provider")
}

/// This workspace's: what both build alike is built once, which is most of it. No cargo holds it while tests run.
fn target() -> PathBuf {
    let inside = Path::new(env!("CARGO_TARGET_TMPDIR"));
    inside.parent().unwrap().to_owned()
}

/// What it needs has been fetched, because this workspace needs the same.
fn cargo(command: &str, args: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .arg(command)
        .args(["--locked", "--offline", "--manifest-path"])
        .arg(home().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target())
        .arg("--config")
        .arg(profile())
        .args(args);
    // What cargo says to a test is of the test's package. Build scripts would see it, and run again for whoever builds next.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let prefixes = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ];
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            cargo.env_remove(&*name);
        }
    }
    let output = cargo.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {command}: {told}\n{err}");
}

/// A file with the profile by which this workspace builds what others wrote, as far as the environment leaves it open: else
/// nothing would be alike. Our own crates cargo builds anew for another workspace in any case, sooner without optimising.
fn profile() -> PathBuf {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let start = manifest.find("[profile.dev]").unwrap();
    let given = std::env::var_os("CARGO_PROFILE_DEV_DEBUG").is_some();
    let left_out =
        |line: &&str| line.starts_with("reqllm") || (given && line.starts_with("debug ="));
    let lines = manifest[start..].lines().filter(|line| !left_out(line));
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside_provider.toml");
    fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
    file
}

/// A program of its, in an environment in which nothing is set.
fn program(name: &str) -> Command {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(target().join("debug").join(file));
    command.env_clear();
    for name in ["PATH", "HOME", "SystemRoot"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// What a program prints, and whether it ended well.
fn printed(command: &mut Command) -> (String, bool) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.success())
}

/// A server, and where it is. Gone with the test.
struct Parrot(Child, String);

impl Parrot {
    fn start() -> Self {
        let mut child = program("examples/parrot")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut address).unwrap();
        Self(child, address.trim().to_owned())
    }
}

impl Drop for Parrot {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn it_passes_its_tests_and_is_on_the_command_line() {
    cargo("test", &["--quiet"]);
    cargo("build", &["--bins", "--examples"]);

    let (table, _) = printed(program("acme").arg("providers"));
    let line = table.lines().find(|line| line.starts_with("acme "));
    let line = line.unwrap_or_else(|| panic!("acme is not listed:\n{table}"));
    for word in [
        "a crate of yours",
        "ACME_API_KEY",
        "https://api.acme.example/v1",
    ] {
        assert!(line.contains(word), "{word:?} is not in {line:?}");
    }
    assert!(table.contains("feature bedrock"), "{table}");
    let (json, _) = printed(
        program("acme")
            .args(["providers", "--json"])
            .env("ACME_API_KEY", "a-cracker"),
    );
    assert!(!json.contains("a-cracker"), "{json}");
    let providers: Vec<Value> = serde_json::from_str(&json).unwrap();
    let acme = providers.iter().find(|it| it["id"] == "acme").unwrap();
    assert_eq!(acme["origin"]["kind"], "registered");
    assert_eq!(acme["env"][0]["set"], true);

    let parrot = Parrot::start();
    let generate = |key: &str, more: &str| {
        let mut command = program("acme");
        command.args(["generate", "acme:parrot", "Hi there", "--endpoint-url"]);
        command.args([&parrot.1, more]).env("ACME_API_KEY", key);
        printed(&mut command)
    };
    for more in ["--stream", "--lossy"] {
        let (told, well) = generate("a-cracker", more);
        assert!(well && told.contains("You say: Hi there"), "{told}");
    }
    let (told, well) = generate("a-pebble", "--stream");
    assert!(!well && told.contains("no cracker"), "{told}");
    let (told, well) = generate("", "--stream");
    assert!(!well && told.contains("set ACME_API_KEY"), "{told}");
}

#[test]
fn it_has_fewer_than_120_lines() {
    let source = fs::read_to_string(home().join("src/lib.rs")).unwrap();
    assert!(source.lines().count() < 120, "{}", source.lines().count());
}

/// Else what it needs would not be there where nothing can be fetched.
#[test]
fn it_needs_nothing_that_this_workspace_has_not() {
    let packages = |lock: PathBuf| -> BTreeSet<String> {
        let lock = fs::read_to_string(lock).unwrap();
        let packages = lock.split("[[package]]").skip(1);
        // Name and version.
        let heads = packages.map(|it| it.trim().lines().take(2).collect::<Vec<_>>().join(" "));
        heads.filter(|head| !head.contains("\"acme\"")).collect()
    };
    let ours = packages(root().join("Cargo.lock"));
    let its = packages(home().join("Cargo.lock"));
    let missing: Vec<&String> = its.difference(&ours).collect();
    assert!(
        missing.is_empty(),
        "{missing:?}; `cargo update --manifest-path examples/outside_provider/Cargo.toml -p NAME --precise VERSION` mends it"
    );
}

/// What the guide shows is what is built and run.
#[test]
fn every_snippet_of_the_guide_is_the_examples_own() {
    let guide = fs::read_to_string(root().join("docs/providers.md")).unwrap();
    let files = [
        "Cargo.toml",
        "src/lib.rs",
        "src/main.rs",
        "tests/behaviour.rs",
        "tests/dialect.rs",
    ];
    let sources = files.map(|file| fs::read_to_string(home().join(file)).unwrap());
    let mut snippets = 0;
    for fence in ["```rust\n", "```toml\n"] {
        for block in guide.split(fence).skip(1) {
            let (snippet, _) = block.split_once("```").unwrap();
            assert!(
                sources.iter().any(|source| source.contains(snippet)),
                "no file of the example has this:\n{snippet}"
            );
            snippets += 1;
        }
    }
    assert!(snippets > 9, "{snippets}");
    let fences = guide.lines().filter(|line| line.starts_with("```"));
    let (told, opened) = (["```rust", "```toml", "```console"], fences.step_by(2));
    for fence in opened {
        assert!(told.contains(&fence), "{fence:?} is held to nothing");
    }
}
