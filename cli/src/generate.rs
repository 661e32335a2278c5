//! `reqllm generate`.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use reqllm::{Chat, Delivery, Event, EventStream, FinishReason, Response};

use crate::args::Generate;
use crate::error::{Failure, warn};
use crate::input::Input;
use crate::interrupt::Interrupt;
use crate::reach::{Address, Reached};
use crate::settle::settle;

pub(crate) async fn run(args: Generate, interrupt: &Interrupt) -> Result<(), Failure> {
    let input = Input::read(&args)?;
    // Whoever watches wants to see that it is a stream.
    let watched = args.stream && std::io::stdout().is_terminal();
    let mut address = Address::of(&args.common);
    address.pace = Duration::from_millis(if watched { 40 } else { 0 });
    let reached = Reached::model(address, &args.spec).await?;
    let chat = chat(&reached, &args, input)?;
    if args.common.dry_run {
        let delivery = match args.stream {
            true => Delivery::Stream,
            false => Delivery::Whole,
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &chat.dry_run(delivery)?)?;
        return Ok(writeln!(out)?);
    }
    match (args.stream, args.common.json) {
        (false, false) => shown(whole(chat, interrupt).await),
        (false, true) => {
            let response = whole(chat, interrupt).await?;
            let mut out = std::io::stdout().lock();
            serde_json::to_writer(&mut out, &response)?;
            Ok(writeln!(out)?)
        }
        // What streams beside or before an object may be talk; only the object itself is printed.
        (true, false) if args.schema.is_some() => shown(streamed(chat, interrupt).await),
        (true, false) => stream_text(chat, interrupt).await,
        (true, true) => stream_events(chat, interrupt).await,
    }
}

/// Prints the answer. Of one that broke off, what had arrived stands, and the error follows.
fn shown(answer: Result<Response, Failure>) -> Result<(), Failure> {
    let failure = match answer {
        Ok(response) => return print(&response),
        Err(failure) => failure,
    };
    if let Some(text) = failure.partial_text() {
        writeln!(std::io::stdout(), "{text}")?;
    }
    Err(failure)
}

async fn whole(chat: Chat, interrupt: &Interrupt) -> Result<Response, Failure> {
    interrupt.or(async { Ok(chat.await?) }).await
}

fn chat(reached: &Reached, args: &Generate, input: Input) -> Result<Chat, Failure> {
    let model = reached.resolve(&args.spec)?;
    let mut chat = model
        .chat(input.messages)
        .tools(input.tools)
        .lossy(args.lossy)
        .strict(args.strict);
    if let Some(schema) = input.schema {
        chat = chat.schema(schema);
    }
    if let Some(reasoning) = args.reasoning {
        chat = chat.reasoning(reasoning);
    }
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
    settle!(chat, &args.common);
    Ok(chat.stop(&args.stop))
}

fn print(response: &Response) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let text = response.to_string();
    if let Some(object) = &response.object {
        serde_json::to_writer_pretty(&mut out, object)?;
        writeln!(out)?;
    } else if !text.is_empty() {
        writeln!(out, "{text}")?;
    }
    tell_rest(response, &mut out)
}

async fn streamed(chat: Chat, interrupt: &Interrupt) -> Result<Response, Failure> {
    interrupt
        .or(async { Ok(chat.stream().await?.finish().await?) })
        .await
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

/// What people should know of an answer that is not all that they asked for.
fn shortfall(response: &Response) -> Option<&'static str> {
    Some(match response.finish_reason() {
        FinishReason::Length => {
            "the answer was cut off at the limit of tokens; --max-tokens gives it more room"
        }
        FinishReason::ContextWindow => {
            "the answer was cut off because the context window is full; shorten the conversation"
        }
        FinishReason::ContentFilter => {
            "the model refused, or a filter or guardrail stepped in; the answer may not be the model's"
        }
        FinishReason::Error => "the model produced something that the provider could not use",
        _ if response.object.is_none()
            && response.tool_calls().next().is_none()
            && response.text().trim().is_empty() =>
        {
            "the answer is empty"
        }
        _ => return None,
    })
}

/// Tool calls are an answer too; warnings are not.
fn tell_rest(response: &Response, out: &mut impl std::io::Write) -> Result<(), Failure> {
    for call in response.tool_calls() {
        writeln!(out, "{}({})", call.name, call.arguments)?;
    }
    for warning in response.warnings() {
        warn(&warning.message);
    }
    if let Some(message) = shortfall(response) {
        warn(message);
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
