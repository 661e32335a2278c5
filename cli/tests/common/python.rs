//! Clients for Python that somebody else wrote, each with its checks in a folder beside `tests/python`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with the checks of a client.
pub(crate) fn folder(client: &str) -> PathBuf {
    tests().join(client)
}

/// Lets a client's checks drive the emulator that `reqllm emulate` serves.
///
/// Without Python, and not in CI, the script says loudly that it skipped.
pub(crate) fn check(client: &str) {
    let out = Command::new(tests().join("python/run.sh"))
        .arg(folder(client))
        .arg(env!("CARGO_BIN_EXE_reqllm"))
        .args(["emulate", "--port", "0"])
        .env("REQLLM_VENVS", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    say(&out.stdout);
    say(&out.stderr);
    assert!(out.status.success(), "{}", out.status);
}

/// A Python that has what the client's checks need. Without one, and not in CI, it says what was not done.
pub(crate) fn interpreter(client: &str, not_done: &str) -> Option<PathBuf> {
    let out = Command::new(tests().join("python/venv.sh"))
        .arg(folder(client))
        .env("REQLLM_VENVS", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    if out.status.success() {
        let path = String::from_utf8(out.stdout).unwrap();
        return Some(PathBuf::from(path.trim_end()));
    }
    let why = String::from_utf8_lossy(&out.stderr);
    assert_ne!(std::env::var_os("CI"), Some("true".into()), "{why}");
    assert_eq!(out.status.code(), Some(3), "{why}");
    say(format!("SKIPPED: {} — {not_done}\n", why.trim_end()).as_bytes());
    None
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests")
}

/// Past the test harness, which would keep it to itself.
fn say(text: &[u8]) {
    std::io::stderr().write_all(text).unwrap();
}
