//! AWS's own client for Python agrees with the emulator that `reqllm emulate` serves.

#![cfg(unix)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Without Python, and not in CI, the script says loudly that it skipped; hence its words go past the test harness,
/// which would keep them to itself.
#[test]
fn boto3_checks_the_emulator_unless_there_is_no_python_to_do_it() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/boto3/run.sh");
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boto3-venv");
    let binary = env!("CARGO_BIN_EXE_reqllm");
    let out = Command::new(script)
        .args([binary, "emulate", "--port", "0"])
        .env("REQLLM_BOTO3_VENV", venv)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut stderr = std::io::stderr();
    stderr.write_all(&out.stdout).unwrap();
    stderr.write_all(&out.stderr).unwrap();
    assert!(out.status.success(), "{}", out.status);
}
