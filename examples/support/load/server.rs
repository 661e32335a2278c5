//! The emulator in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqllm::{Client, Environment, Result};
use reqllm_emulator::Emulator;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::failed;
use super::process::Footprint;

/// The first argument of a process that is to be the emulator; the second is its pace in milliseconds.
const SERVE: &str = "--serve";

/// An emulator in a process of its own, which ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    endpoint: String,
}

impl Server {
    /// Starts this program a second time, as an emulator with this pause between the events of a stream.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub(crate) fn start(pace: Duration) -> Result<Self> {
        let not_started = |error| failed("the emulator does not start", error);
        let program = std::env::current_exe().map_err(not_started)?;
        let mut child = Command::new(program)
            .args([SERVE, &pace.as_millis().to_string()])
            // It ends when its input does, so it does not outlive a parent that is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(not_started)?;
        let mut endpoint = String::new();
        if let Some(output) = child.stdout.take() {
            let mut output = BufReader::new(output);
            output.read_line(&mut endpoint).map_err(not_started)?;
        }
        endpoint.truncate(endpoint.trim_end().len());
        Ok(Self { child, endpoint })
    }

    /// A client of it.
    pub(crate) fn client(&self) -> Result<Client> {
        Client::builder()
            .environment(Environment::of([
                ("AWS_ACCESS_KEY_ID", reqllm_emulator::ACCESS_KEY_ID),
                ("AWS_SECRET_ACCESS_KEY", reqllm_emulator::SECRET_ACCESS_KEY),
            ]))
            .endpoint_url("bedrock", &self.endpoint)
            .build()
    }

    /// What it takes.
    pub(crate) fn footprint(&self) -> Footprint {
        Footprint::of(self.child.id())
    }

    /// How many streams it is sending.
    ///
    /// # Errors
    ///
    /// If it does not say.
    pub(crate) async fn streams(&self) -> Result<u64> {
        let ask = async {
            let address = self.endpoint.trim_start_matches("http://");
            let mut connection = TcpStream::connect(address).await?;
            let request =
                "GET /_emulator/load HTTP/1.1\r\nhost: emulator\r\nconnection: close\r\n\r\n";
            connection.write_all(request.as_bytes()).await?;
            let mut answer = String::new();
            connection.read_to_string(&mut answer).await?;
            Ok(answer)
        };
        let answer: std::io::Result<String> = ask.await;
        let answer = answer.map_err(|error| failed("the emulator does not say its load", error))?;
        let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        let load: Value = serde_json::from_str(body)
            .map_err(|error| failed("the emulator does not say its load", error))?;
        Ok(load["streams"].as_u64().unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the emulator, if this process was started as one, until its parent goes away. Says whether it was.
///
/// # Errors
///
/// If the emulator does not start.
pub(crate) async fn serve_if_asked() -> Result<bool> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(SERVE) {
        return Ok(false);
    }
    let pace = arguments.next().and_then(|pace| pace.parse().ok());
    let emulator = Emulator::builder()
        .pace(Duration::from_millis(pace.unwrap_or_default()))
        .start()
        .await
        .map_err(|error| failed("the emulator does not start", error))?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", emulator.endpoint())
        .and_then(|()| out.flush())
        .map_err(|error| failed("nobody wants the emulator", error))?;
    let parent = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    // However reading ends, the parent has gone.
    let _ = parent.await;
    Ok(true)
}
