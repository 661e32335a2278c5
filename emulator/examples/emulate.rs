//! Runs the emulator until it is killed: `cargo run -p reqllm-emulator --example emulate -- emulate --port 0`.

use std::error::Error;
use std::io::Write as _;

use reqllm_emulator::Emulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let port = match arguments.iter().position(|argument| argument == "--port") {
        Some(at) => arguments
            .get(at + 1)
            .ok_or("--port needs a number")?
            .parse()?,
        None => 0,
    };
    let emulator = Emulator::builder().port(port).start().await?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", emulator.endpoint())?;
    out.flush()?;
    emulator.serve_forever().await;
    Ok(())
}
