//! Bedrock's runtime as the comparison needs it: on loopback, without checks, with answers that are encoded beforehand.
//!
//! `compare-server [PORT]` prints the port that it listens on. HTTP/1.1 with connections that are kept; signatures are not
//! looked at. A model's id tells what its stream is like; it may stand anywhere in the id:
//!
//! | id | its stream |
//! | --- | --- |
//! | `events-N` | N pieces of text in HTTP chunks of 64 KiB |
//! | `reordered-N` | the same with the members of each event in another order than Bedrock's |
//! | `single-N` | N pieces of text, each in an HTTP chunk of its own, written 64 KiB at a time |
//! | `paced-N-MS` | N pieces of text, one write each, MS milliseconds apart; the text is the monotonic clock in nanoseconds, 20 digits |
//!
//! `GET /stats` tells how many requests came and when the head of the last one had; `GET /reset` forgets that.

#[path = "../../../canned/mod.rs"]
mod canned;
mod clock;
mod connection;
mod stream;

use std::error::Error;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Builder;

use self::connection::{Answers, Stats, serve};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let port = match std::env::args().nth(1) {
        Some(port) => port.parse::<u16>()?,
        None => 0,
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        println!("{}", listener.local_addr()?.port());
        let shared = Arc::new((Stats::default(), Answers::new()));
        loop {
            let (socket, _) = listener.accept().await?;
            let shared = Arc::clone(&shared);
            // A client that goes away in the middle of an answer is no matter.
            tokio::spawn(async move { serve(socket, &shared.0, &shared.1).await.ok() });
        }
    })
}
