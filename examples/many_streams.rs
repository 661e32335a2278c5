//! Many slow streams at once, then many calls side by side: every answer is checked, and what it all takes is shown.
//!
//! `cargo run --release --example many_streams -- --streams 10000 --calls 20000 --in-flight 64`
//!
//! It talks to an emulator only, which it starts as a process of its own. Each stream takes a file descriptor here and one
//! there, so many of them need `ulimit -n` raised.

#[path = "support/load/mod.rs"]
mod load;

use std::sync::Arc;

use load::{Answers, Footprint, Server, Setting};
use reqllm::{Error, Result};

#[tokio::main]
async fn main() -> Result<()> {
    if load::serve_if_asked().await? {
        return Ok(());
    }
    let Setting {
        streams,
        pace,
        calls,
        in_flight,
    } = Setting::read(std::env::args().skip(1), 200, 2000)?;
    load::room_for(streams)?;
    let server = Server::start(pace)?;
    let before = Footprint::here();
    println!("before: {before}");

    let mut errors = Vec::new();
    for round in 1..=2 {
        let client = server.client()?;
        let answers = Arc::new(Answers::learn(&client).await?);
        let took = load::streams(&answers, streams, server.streams()).await?;
        println!(
            "round {round}: {} streams open at once, {} of them still being sent after {:.1?}",
            took.open, took.looked, took.opening
        );
        println!("  {} events, {} errors", took.events, took.errors.len());
        println!("  when all were open: {}", took.at_peak);
        println!("  when all had ended: {}", Footprint::here());
        errors.extend(took.errors);
        // Connections are kept for the next call as long as there is a client.
        drop((answers, client));
        errors.extend(leave(&before).await);
    }

    let client = server.client()?;
    let answers = Arc::new(Answers::learn(&client).await?);
    let took = load::calls(&answers, calls, in_flight).await;
    println!(
        "{} calls answered, {in_flight} at once, {} errors, {:.1?}",
        took.answered,
        took.errors.len(),
        took.took
    );
    println!("  when all had ended: {}", Footprint::here());
    errors.extend(took.errors);
    drop((answers, client));
    errors.extend(leave(&before).await);
    match errors.into_iter().next() {
        None => Ok(()),
        Some(error) => Err(error),
    }
}

/// Shows what is left when a client has gone; an error if files are.
async fn leave(before: &Footprint) -> Option<Error> {
    let after = load::settle(before).await;
    println!("  without the client: {}", after.footprint);
    (!after.clean).then(|| Error::config("file descriptors are left over"))
}
