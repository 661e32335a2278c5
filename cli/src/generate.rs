//! `reqllm generate`.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use reqllm::{
    Chat, Client, ClientBuilder, Delivery, Environment, Event, EventStream, LanguageModel, Model,
    Response,
};
use reqllm_emulator::Emulator;

use crate::args::Generate;
use crate::error::{Failure, warn};
use crate::input::{self, Input};
use crate::interrupt::Interrupt;
use crate::registry;

/// Where an emulator that is not started would be.
const NO_EMULATOR: &str = "http://127.0.0.1";

pub(crate) async fn run(args: Generate, interrupt: &Interrupt) -> Result<(), Failure> {
    let input = Input::read(&args)?;
    let mut builder = registry::builder()?;
    // It serves as long as it is not dropped.
    let _emulator;
    if args.emulator && args.dry_run {
        builder = over_emulator(builder, NO_EMULATOR);
    } else if args.emulator {
        // Whoever watches wants to see that it is a stream.
        let watched = args.stream && std::io::stdout().is_terminal();
        let pace = Duration::from_millis(if watched { 40 } else { 0 });
        let emulator = Emulator::builder().pace(pace).start().await?;
        builder = over_emulator(builder, &emulator.endpoint());
        _emulator = emulator;
    }
    if let Some(url) = &args.endpoint_url {
        // Which provider the address is for, the spec says.
        let model = resolve(&registry::builder()?.build()?, &args.spec)?;
        builder = builder.endpoint_url(&model.info().provider, url);
    }
    let client = builder.build()?;
    let chat = chat(&client, &args, input)?;
    if args.dry_run {
        let delivery = match args.stream {
            true => Delivery::Stream,
            false => Delivery::Whole,
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &chat.dry_run(delivery)?)?;
        return Ok(writeln!(out)?);
    }
    match (args.stream, args.json) {
        (false, false) => print(&whole(chat, interrupt).await?),
        (false, true) => {
            let response = whole(chat, interrupt).await?;
            let mut out = std::io::stdout().lock();
            serde_json::to_writer(&mut out, &response)?;
            Ok(writeln!(out)?)
        }
        (true, false) => stream_text(chat, interrupt).await,
        (true, true) => stream_events(chat, interrupt).await,
    }
}

async fn whole(chat: Chat, interrupt: &Interrupt) -> Result<Response, Failure> {
    interrupt.or(async { Ok(chat.await?) }).await
}

/// Whatever keys this machine has stay out of the emulator's sight.
fn over_emulator(builder: ClientBuilder, endpoint: &str) -> ClientBuilder {
    let mut variables = vec![
        (
            "AWS_ACCESS_KEY_ID",
            reqllm_emulator::ACCESS_KEY_ID.to_owned(),
        ),
        (
            "AWS_SECRET_ACCESS_KEY",
            reqllm_emulator::SECRET_ACCESS_KEY.to_owned(),
        ),
    ];
    let region = Environment::process().get("AWS_REGION");
    variables.extend(region.map(|region| ("AWS_REGION", region)));
    builder
        .environment(Environment::of(variables))
        .endpoint_url("bedrock", endpoint)
}

/// A spec is text, or a full spec as a JSON object.
fn resolve(client: &Client, spec: &str) -> Result<LanguageModel, Failure> {
    Ok(if spec.trim_start().starts_with('{') {
        client.model(Model::from_json(spec)?)?
    } else {
        client.model(spec)?
    })
}

fn chat(client: &Client, args: &Generate, input: Input) -> Result<Chat, Failure> {
    let model = resolve(client, &args.spec)?;
    let mut chat = model
        .chat(input.messages)
        .tools(input.tools)
        .lossy(args.lossy);
    if let Some(text) = &args.system {
        chat = chat.system(text);
    }
    if let Some(choice) = &args.tool_choice {
        chat = chat.tool_choice(choice.as_str());
    }
    if let Some(tokens) = args.max_tokens {
        chat = chat.max_tokens(tokens);
    }
    if let Some(temperature) = args.temperature {
        chat = chat.temperature(temperature);
    }
    if let Some(top_p) = args.top_p {
        chat = chat.top_p(top_p);
    }
    if let Some(top_k) = args.top_k {
        chat = chat.top_k(top_k);
    }
    if let Some(seed) = args.seed {
        chat = chat.seed(seed);
    }
    if let Some(retries) = args.max_retries {
        chat = chat.max_retries(retries);
    }
    if let Some(seconds) = args.timeout {
        let timeout = Duration::try_from_secs_f64(seconds)
            .map_err(|error| Failure::usage(format!("--timeout is {seconds}: {error}")))?;
        chat = chat.timeout(timeout);
    }
    for option in &args.options {
        let (name, value) = input::option(option)?;
        chat = chat.option(name, value);
    }
    Ok(chat.stop(&args.stop))
}

fn print(response: &Response) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let text = response.to_string();
    if !text.is_empty() {
        writeln!(out, "{text}")?;
    }
    tell_rest(response, &mut out)
}

async fn stream_text(chat: Chat, interrupt: &Interrupt) -> Result<(), Failure> {
    let mut stream = interrupt.or(async { Ok(chat.stream().await?) }).await?;
    let mut open_line = false;
    let ended = loop {
        match next(&mut stream, interrupt).await {
            Ok(Some(Event::Text(text))) => {
                let mut out = std::io::stdout().lock();
                write!(out, "{text}")?;
                out.flush()?;
                open_line = !text.text.ends_with('\n');
            }
            Ok(Some(_)) => {}
            Ok(None) => break Ok(()),
            Err(failure) => break Err(failure),
        }
    };
    // What arrived stands; whatever follows goes on a line of its own.
    if open_line {
        writeln!(std::io::stdout())?;
    }
    ended?;
    tell_rest(&stream.finish().await?, &mut std::io::stdout().lock())
}

async fn next(stream: &mut EventStream, interrupt: &Interrupt) -> Result<Option<Event>, Failure> {
    interrupt.or(async { Ok(stream.try_next().await?) }).await
}

/// Tool calls are an answer too; warnings are not.
fn tell_rest(response: &Response, out: &mut impl std::io::Write) -> Result<(), Failure> {
    for call in response.tool_calls() {
        writeln!(out, "{}({})", call.name, call.arguments)?;
    }
    for warning in response.warnings() {
        warn(&warning.message);
    }
    Ok(())
}

async fn stream_events(chat: Chat, interrupt: &Interrupt) -> Result<(), Failure> {
    let begun = interrupt.or(async { Ok(chat.stream().await?) }).await;
    let mut stream = begun.map_err(Failure::into_event)?;
    loop {
        let event = match next(&mut stream, interrupt).await {
            Ok(Some(event)) => event,
            Ok(None) => return Ok(()),
            Err(failure) => return Err(failure.with_partial(|| stream.abandon()).into_event()),
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &event)?;
        writeln!(out)?;
        out.flush()?;
    }
}
