//! Ten thousand slow streams at once, twice, then 64 calls side by side, all by one client.
//!
//! The second round begins with the connections that the client has kept, at most 1,024 of them, and opens the others anew.
//!
//! `cargo bench -p reqllm --bench load`, or with `-- --streams 1000 --pace 500 --calls 5000 --in-flight 64`.
//!
//! The streams need a file descriptor each, here and in the emulator, which is a process of its own. If the shell allows too few,
//! it is said how many are needed. The figures are for Linux; elsewhere memory, files and CPU are not known. It fails if an
//! answer was wrong, a stream was over before all were open, or a connection is left over.

#[path = "../examples/support/load/mod.rs"]
mod load;

use std::fmt::Display;
use std::sync::Arc;

use load::{Answers, Footprint, Server, Setting};
use reqllm::{Error, Result};

#[tokio::main]
async fn main() -> Result<()> {
    if load::serve_if_asked().await? {
        return Ok(());
    }
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    // What `cargo bench` adds, and `cargo test --benches` does not, which only wants to see that it runs.
    let (streams, calls) = match arguments.iter().any(|it| it == "--bench") {
        true => (10_000, 20_000),
        false => (100, 500),
    };
    let arguments = arguments.into_iter().filter(|it| it != "--bench");
    let setting = Setting::read(arguments, streams, calls)?;
    load::room_for(setting.streams)?;
    measure(&setting).await
}

async fn measure(setting: &Setting) -> Result<()> {
    let server = Server::start(setting.pace)?;
    let before = Footprint::here();
    let client = server.client()?;
    let answers = Arc::new(Answers::learn(&client).await?);
    let warm = Footprint::here();
    let mut errors = Vec::new();
    row("start", "", before);
    row("client, two calls", "", warm);

    for round in 1..=2 {
        let (begun, server_begun) = (Footprint::here(), server.footprint());
        let took = load::streams(&answers, setting.streams, server.streams()).await?;
        let (ended, server_ended) = (Footprint::here(), server.footprint());
        println!(
            "\nstreams, round {round}, {:?} between events",
            setting.pace
        );
        row("open at once", took.open, "");
        row("still being sent then", took.looked, "");
        row("errors", took.errors.len(), "");
        row(
            "all open after",
            format!("{:.2} s", took.opening.as_secs_f64()),
            "",
        );
        row("when all were open", "", took.at_peak);
        row(
            "memory a stream, this process",
            known(took.at_peak.memory_over(&warm, setting.streams)),
            "KiB",
        );
        row(
            "most memory",
            known(took.most_memory.map(|kib| kib as f64 / 1024.0)),
            "MiB",
        );
        row("when all had ended", "", ended);
        let seconds = took.reading.as_secs_f64();
        row("events", took.events, "");
        row(
            "events a second",
            format!("{:.0}", took.events as f64 / seconds),
            "",
        );
        row("CPU, this process", known(ended.cpu_since(&begun)), "s");
        row(
            "CPU, the emulator",
            known(server_ended.cpu_since(&server_begun)),
            "s",
        );
        row("the emulator", "", server_ended);
        if took.looked < setting.streams as u64 {
            errors.push(Error::config(
                "some streams were over before all were open; make `--pace` longer",
            ));
        }
        errors.extend(took.errors);
    }

    let begun = Footprint::here();
    let took = load::calls(&answers, setting.calls, setting.in_flight).await;
    let ended = Footprint::here();
    println!("\ncalls, {} at once", setting.in_flight);
    row("answered", took.answered, "");
    row("errors", took.errors.len(), "");
    row(
        "calls a second",
        format!("{:.0}", took.answered as f64 / took.took.as_secs_f64()),
        "",
    );
    row(
        "CPU a call, this process",
        known(
            ended
                .cpu_since(&begun)
                .map(|it| it * 1e6 / setting.calls as f64),
        ),
        "µs",
    );
    row("when all had ended", "", ended);
    errors.extend(took.errors);

    drop((answers, client));
    let after = load::settle(&before).await;
    println!();
    row("without the client", "", after.footprint);
    if !after.clean {
        errors.push(Error::config("file descriptors are left over"));
    }
    errors.into_iter().next().map_or(Ok(()), Err)
}

fn row(name: &str, value: impl Display, unit: impl Display) {
    println!("{name:<32} {value:>12} {unit}");
}

fn known(figure: Option<f64>) -> String {
    figure.map_or_else(|| "unknown".to_owned(), |figure| format!("{figure:.2}"))
}
