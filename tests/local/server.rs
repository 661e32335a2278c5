//! The server, for as long as a test needs it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The key that opens it.
pub(crate) const KEY: &str = "sk-local-EXAMPLE";

/// The status of a machine that cannot have the server.
const CANNOT: i32 = 3;

/// A running server. It serves until its standard input closes.
pub(crate) struct Server {
    pub(crate) url: String,
    child: Child,
}

impl Server {
    /// Brings it up. Where this machine cannot have it, and is not CI, it says what was not done.
    pub(crate) fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/local_server/up.py");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("local-server");
        let child = Command::new("python3")
            .arg(script)
            .args(["--port", "0", "--api-key", KEY, "--dir"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return skip(&format!("python3 does not start: {error}")),
        };
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        if let Some(url) = line.trim().strip_prefix("listening ") {
            return Some(Self {
                url: url.to_owned(),
                child,
            });
        }
        let status = child.wait().unwrap();
        let mut why = String::new();
        let mut err = child.stderr.take().unwrap();
        err.read_to_string(&mut why).unwrap();
        assert_eq!(status.code(), Some(CANNOT), "{why}");
        skip(why.trim())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It has been told; how it ends does not matter to the test.
        let _ = self.child.wait();
    }
}

fn skip(why: &str) -> Option<Server> {
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!ci, "{why}");
    let line =
        format!("SKIPPED: no local server here ({why}); no wire of somebody else's was met\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    None
}
