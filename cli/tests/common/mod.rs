//! Runs the binary as a stranger would: in an environment of its own, against an emulator of its own.

#![allow(
    dead_code,
    reason = "every test binary uses its own part of these helpers"
)]

pub(crate) mod python;

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use reqllm_emulator::{Emulator, Fault, Recorded};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A model that only Converse serves, with a price that is known.
pub(crate) const NOVA: &str = "bedrock:amazon.nova-lite-v1:0";
/// A model that thinks, through an inference profile.
pub(crate) const CLAUDE: &str = "bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0";
/// Makes Claude think.
pub(crate) const THINKING: &str =
    r#"additional_model_request_fields={"thinking":{"type":"enabled","budget_tokens":1024}}"#;

/// Nothing here takes nearly as long; whatever does hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An emulator in this process.
pub(crate) struct Server {
    // Dropped before the runtime that it needs.
    emulator: Emulator,
    _runtime: Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let emulator = runtime.block_on(Emulator::start()).unwrap();
        Self {
            emulator,
            _runtime: runtime,
        }
    }

    /// An emulator whose next answer goes wrong in this way.
    pub(crate) fn with(fault: Fault) -> Self {
        let server = Self::start();
        server.inject(fault);
        server
    }

    pub(crate) fn inject(&self, fault: Fault) {
        self.emulator.inject(fault);
    }

    pub(crate) fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.emulator.requests()
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The body of the only request that arrived.
    pub(crate) fn body(&self) -> Value {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].json().unwrap()
    }

    /// `reqllm` with keys that this emulator takes.
    pub(crate) fn reqllm<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.stranger(args)
            .env("AWS_ACCESS_KEY_ID", reqllm_emulator::ACCESS_KEY_ID)
            .env("AWS_SECRET_ACCESS_KEY", reqllm_emulator::SECRET_ACCESS_KEY)
    }

    /// `reqllm` that knows the address, and has no keys.
    pub(crate) fn stranger<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        reqllm(args).env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &self.endpoint())
    }

    /// Waits until this many requests have arrived.
    pub(crate) fn await_requests(&self, count: usize) {
        await_that("requests arrive", || self.requests().len() >= count);
    }
}

/// `reqllm` with nothing in its environment.
pub(crate) fn reqllm<S: AsRef<str>>(args: impl IntoIterator<Item = S>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reqllm"));
    command.args(args.into_iter().map(|arg| arg.as_ref().to_owned()));
    command.env_clear();
    // Without them some platforms cannot start a process at all.
    for name in ["PATH", "HOME", "SystemRoot"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    // What this machine knows of AWS is none of the tests' business.
    command.env("AWS_CONFIG_FILE", "no-config-here");
    command.env("AWS_SHARED_CREDENTIALS_FILE", "no-credentials-here");
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    Run {
        command,
        stdin: None,
    }
}

/// A run to be.
pub(crate) struct Run {
    command: Command,
    stdin: Option<String>,
}

impl Run {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.stdin = Some(text.to_owned());
        self
    }

    pub(crate) fn stdout_to(mut self, stdout: impl Into<Stdio>) -> Self {
        self.command.stdout(stdout).stderr(Stdio::piped());
        self
    }

    pub(crate) fn stderr_to(mut self, stderr: impl Into<Stdio>) -> Self {
        self.command.stderr(stderr).stdout(Stdio::piped());
        self
    }

    /// Runs to the end.
    pub(crate) fn run(self) -> Outcome {
        let text = self.stdin.clone();
        let mut child = self.pipe_outputs().start();
        let mut stdin = child.0.stdin.take().unwrap();
        // A command that does not read its input closes it.
        drop(text.map(|text| stdin.write_all(text.as_bytes())));
        drop(stdin);
        child.outcome()
    }

    /// Starts, with standard input open.
    pub(crate) fn spawn(self) -> Running {
        self.pipe_outputs().start()
    }

    /// Starts with one output where [`Run::stdout_to`] or [`Run::stderr_to`] said, and the other to read.
    pub(crate) fn spawn_as_it_is(self) -> Running {
        self.start()
    }

    fn pipe_outputs(mut self) -> Self {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self
    }

    fn start(mut self) -> Running {
        Running(self.command.stdin(Stdio::piped()).spawn().unwrap())
    }
}

/// A process that dies with its test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Reads standard output until `wanted` is in it.
    pub(crate) fn read_until(&mut self, wanted: &str) -> String {
        let stdout = self.0.stdout.as_mut().unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&seen).contains(wanted) {
            assert_eq!(stdout.read(&mut byte).unwrap(), 1, "{seen:?}");
            seen.push(byte[0]);
        }
        String::from_utf8(seen).unwrap()
    }

    /// What Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let kill = format!("kill -INT {}", self.0.id());
        let status = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end; a process that does not end is a failure.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "the process does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end, and takes what is there to read.
    pub(crate) fn outcome(mut self) -> Outcome {
        let stdout = self.0.stdout.take().map(drain);
        let stderr = self.0.stderr.take().map(drain);
        let status = self.wait();
        let text = |reading: Option<thread::JoinHandle<String>>| {
            reading.map_or_else(String::new, |thread| thread.join().unwrap())
        };
        Outcome {
            status: status.code(),
            stdout: text(stdout),
            stderr: text(stderr),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or the test fails anyway.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn drain(mut pipe: impl std::io::Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// None if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Standard output of a run that went well, and said nothing else.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.status, Some(0), "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        self.stdout
    }

    /// The one JSON value of a run that went well.
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// The events of a stream, one a line.
    pub(crate) fn events(&self) -> Vec<Value> {
        assert!(self.stdout.ends_with('\n'), "{self:?}");
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The one line for people of a run that failed.
    pub(crate) fn line(self, status: i32) -> String {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert!(self.stderr.ends_with('\n'), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        self.stderr
    }

    /// The members of the error of a run with `--json` that failed: alone on standard output.
    pub(crate) fn error(self, status: i32, kind: &str) -> Value {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        let mut value: Value = serde_json::from_str(&self.stdout).unwrap();
        let error = value["error"].take();
        check_error(&error, kind);
        error
    }

    /// The last event of a stream that failed.
    pub(crate) fn error_event(&self, status: i32, kind: &str) -> Value {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        let last = self.events().pop().unwrap();
        assert_eq!(keys(&last), ["type", "error", "partial"], "{self:?}");
        assert_eq!(last["type"], "error", "{self:?}");
        check_error(&last["error"], kind);
        last
    }
}

/// What every error in JSON has, and what it may have.
fn check_error(error: &Value, kind: &str) {
    assert_eq!(error["kind"], kind, "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(!message.is_empty(), "{error}");
    assert!(error["retryable"].is_boolean(), "{error}");
    for key in keys(error) {
        let known = [
            "kind",
            "message",
            "provider",
            "model",
            "status",
            "code",
            "request_id",
            "retryable",
            "attempts",
            "suggestions",
            "partial",
        ];
        assert!(known.contains(&key), "{key} in {error}");
    }
}

/// The keys of an object, in their order.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("{value}"));
    object.keys().map(String::as_str).collect()
}

/// The texts of an answer, joined.
pub(crate) fn text_of(response: &Value) -> String {
    let parts = response["message"]["content"].as_array().unwrap();
    let texts = parts.iter().filter(|part| part["type"] == "text");
    texts.map(|part| part["text"].as_str().unwrap()).collect()
}

/// Files for a command to read, gone after the test.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn json(&self, name: &str, content: &Value) -> String {
        self.write(name, content.to_string())
    }
}

/// Looks again and again, until patience ends.
pub(crate) fn await_that(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
