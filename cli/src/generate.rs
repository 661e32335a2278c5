//! `reqllm generate`.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use reqllm::{
    Chat, Client, ClientBuilder, Delivery, Environment, Event, Message, Response, Tool, user,
};
use reqllm_emulator::Emulator;
use serde_json::Value;

use crate::args::Generate;
use crate::error::Failure;

/// Options whose values are secrets.
const SECRETS: &[&str] = &["api_key", "secret_access_key", "session_token"];

pub(crate) async fn run(args: Generate) -> Result<(), Failure> {
    let mut builder = Client::builder();
    // It serves as long as it is not dropped.
    let _emulator;
    if args.emulator {
        // Whoever watches wants to see that it is a stream.
        let watched = args.stream && std::io::stdout().is_terminal();
        let pace = Duration::from_millis(if watched { 40 } else { 0 });
        let emulator = Emulator::builder().pace(pace).start().await?;
        builder = over_emulator(builder, &emulator);
        _emulator = emulator;
    }
    let client = match &args.endpoint_url {
        None => builder.build()?,
        Some(url) => {
            // Which provider the address is for, the spec says.
            let provider = Client::new()?
                .resolve(args.spec.as_str())?
                .model
                .provider
                .clone();
            builder.endpoint_url(provider, url).build()?
        }
    };
    let chat = chat(&client, &args)?;
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
        (false, false) => print(&chat.await?),
        (false, true) => {
            let response = chat.await?;
            let mut out = std::io::stdout().lock();
            serde_json::to_writer(&mut out, &response)?;
            Ok(writeln!(out)?)
        }
        (true, false) => stream_text(chat).await,
        (true, true) => stream_events(chat).await,
    }
}

/// Whatever keys this machine has stay out of the emulator's sight.
fn over_emulator(builder: ClientBuilder, emulator: &Emulator) -> ClientBuilder {
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
        .endpoint_url("bedrock", emulator.endpoint())
}

fn chat(client: &Client, args: &Generate) -> Result<Chat, Failure> {
    let model = client.model(args.spec.as_str())?;
    let mut messages: Vec<Message> = match &args.messages {
        Some(path) => read_json(path, "--messages")?,
        None => Vec::new(),
    };
    if let Some(prompt) = prompt(args)? {
        messages.push(user(prompt));
    }
    let mut chat = model.chat(messages).lossy(args.lossy);
    if let Some(text) = &args.system {
        chat = chat.system(text);
    }
    if let Some(path) = &args.tools {
        chat = chat.tools(read_json::<Vec<Tool>>(path, "--tools")?);
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
        let (name, value) = split_option(option)?;
        chat = chat.option(name, value);
    }
    Ok(chat.stop(&args.stop))
}

/// From the argument, else from standard input, unless there are messages already.
fn prompt(args: &Generate) -> Result<Option<String>, Failure> {
    if args.prompt.is_some() || args.messages.is_some() {
        return Ok(args.prompt.clone());
    }
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return Err(Failure::usage(
            "there is no prompt; give it after the spec or on standard input",
        ));
    }
    let mut text = String::new();
    stdin.read_to_string(&mut text)?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn split_option(option: &str) -> Result<(&str, Value), Failure> {
    let Some((name, value)) = option.split_once('=') else {
        // The text may hold a secret: it is not repeated.
        return Err(Failure::usage(
            "an option (-o) has no `=`; KEY=VALUE would do",
        ));
    };
    if SECRETS.contains(&name) {
        eprintln!(
            "warning: `{name}` on the command line can be seen by others on this machine; prefer the environment"
        );
    }
    let value = match serde_json::from_str(value) {
        // A key that happens to be all digits is still a key.
        Ok(value) if !SECRETS.contains(&name) => value,
        _ => Value::String(value.to_owned()),
    };
    Ok((name, value))
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path, flag: &str) -> Result<T, Failure> {
    let failed = |why: String| Failure::usage(format!("{flag} {}: {why}", path.display()));
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
}

fn print(response: &Response) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let text = response.to_string();
    if !text.is_empty() {
        writeln!(out, "{text}")?;
    }
    tell_rest(response, &mut out)
}

async fn stream_text(chat: Chat) -> Result<(), Failure> {
    let mut stream = chat.stream().await?;
    let mut open_line = false;
    loop {
        let event = stream.try_next().await;
        let mut out = std::io::stdout().lock();
        match event {
            Ok(Some(Event::Text(text))) => {
                write!(out, "{text}")?;
                out.flush()?;
                open_line = !text.text.ends_with('\n');
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => {
                // What arrived stands; the error goes on a line of its own.
                if open_line {
                    writeln!(out)?;
                }
                return Err(error.into());
            }
        }
    }
    let response = stream.finish().await?;
    let mut out = std::io::stdout().lock();
    if open_line {
        writeln!(out)?;
    }
    tell_rest(&response, &mut out)
}

/// Tool calls are an answer too; warnings are not.
fn tell_rest(response: &Response, out: &mut impl std::io::Write) -> Result<(), Failure> {
    for call in response.tool_calls() {
        writeln!(out, "{}({})", call.name, call.arguments)?;
    }
    for warning in response.warnings() {
        eprintln!("warning: {warning}");
    }
    Ok(())
}

async fn stream_events(chat: Chat) -> Result<(), Failure> {
    let fail = |error| Failure::Event(Box::new(error));
    let mut stream = chat.stream().await.map_err(fail)?;
    while let Some(event) = stream.try_next().await.map_err(fail)? {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &event)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}
