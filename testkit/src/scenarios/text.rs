//! Text, its limits, and who says what.

use reqllm::{Chat, Delivery, Event, FinishReason, Warning, assistant, system, user};

use super::{
    Key, Outcome, Scenario, Subject, both, ensure, ensure_eq, ensure_says, ensure_says_one,
    streamed, whole,
};

const QUESTION: &str = "Why is the sky blue?";

pub(super) const BASIC: Scenario = Scenario {
    key: Key::Basic,
    ask: |subject| subject.chat(QUESTION),
    delivery: Delivery::Whole,
    trace: QUESTION,
    run: |subject| Box::pin(basic(subject)),
};

async fn basic(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&subject.chat(QUESTION)).await?;
    ensure_says(&answer.text(), QUESTION)?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Stop,
    )?;
    ensure(answer.raw_finish_reason.is_some(), || {
        "the provider's own reason is missing".to_owned()
    })?;
    ensure(!answer.id.is_empty(), || "it has no id".to_owned())?;
    Ok(answer.warnings)
}

pub(super) const STREAMING: Scenario = Scenario {
    key: Key::Streaming,
    ask: |subject| subject.chat(QUESTION),
    delivery: Delivery::Stream,
    trace: QUESTION,
    run: |subject| Box::pin(streaming(subject)),
};

async fn streaming(subject: &Subject) -> Outcome<Vec<Warning>> {
    let chat = subject.chat(QUESTION);
    let (events, answer) = streamed(&chat).await?;
    let texts = events.iter().filter_map(|event| match event {
        Event::Text(delta) => Some(delta.text.as_str()),
        _ => None,
    });
    let texts: Vec<&str> = texts.collect();
    ensure(texts.len() > 1, || {
        format!("it came in {} pieces", texts.len())
    })?;
    ensure_eq("the text of the pieces", texts.concat(), answer.text())?;
    ensure_eq("the first event", events.first(), Some(&Event::Start))?;
    ensure(matches!(events.last(), Some(Event::Finish { .. })), || {
        format!("the last event is {:?}", events.last())
    })?;
    both(subject, &chat).await?;
    Ok(answer.warnings)
}

pub(super) const USAGE: Scenario = Scenario {
    key: Key::Usage,
    ask: |subject| subject.chat(QUESTION),
    delivery: Delivery::Whole,
    trace: QUESTION,
    run: |subject| Box::pin(usage(subject)),
};

async fn usage(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &subject.chat(QUESTION)).await?;
    let usage = answer.usage;
    ensure(usage.input_tokens.is_some_and(|tokens| tokens >= 5), || {
        format!("five words went in: {usage:?}")
    })?;
    ensure(usage.output_tokens.is_some_and(|tokens| tokens > 5), || {
        format!("an answer came out: {usage:?}")
    })?;
    let sum = usage.input_tokens.unwrap_or_default() + usage.output_tokens.unwrap_or_default();
    ensure_eq("the sum of the tokens", usage.total_tokens, Some(sum))?;
    let reason = answer.provider_metadata.get("cost_unknown");
    ensure(answer.cost.is_some() != reason.is_some(), || {
        "neither a cost nor a reason why there is none".to_owned()
    })?;
    Ok(answer.warnings)
}

pub(super) const TOKEN_LIMIT: Scenario = Scenario {
    key: Key::TokenLimit,
    ask: |subject| subject.chat(QUESTION).max_tokens(5),
    delivery: Delivery::Whole,
    trace: "5",
    run: |subject| Box::pin(token_limit(subject)),
};

/// Some models take no limit below 16; a warning tells of it, and 16 is what holds then.
async fn token_limit(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &subject.chat(QUESTION).max_tokens(5)).await?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Length,
    )?;
    let raised = answer
        .warnings
        .iter()
        .any(|warning| warning.code == "conflict");
    let limit = if raised { 16 } else { 5 };
    ensure(
        answer
            .usage
            .output_tokens
            .is_some_and(|tokens| (1..=limit).contains(&tokens)),
        || format!("at most {limit} tokens: {:?}", answer.usage),
    )?;
    Ok(answer.warnings)
}

pub(super) const STOP_SEQUENCE: Scenario = Scenario {
    key: Key::StopSequence,
    ask: stop_at_omega,
    delivery: Delivery::Whole,
    trace: "[\"omega\"]",
    run: |subject| Box::pin(stop_sequence(subject)),
};

fn stop_at_omega(subject: &Subject) -> Chat {
    subject.chat("alpha omega").stop(["omega"])
}

async fn stop_sequence(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &stop_at_omega(subject)).await?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Stop,
    )?;
    let text = answer.text();
    ensure_says(&text, "alpha")?;
    ensure(!text.contains("omega"), || format!("it goes on: {text:?}"))?;
    Ok(answer.warnings)
}

pub(super) const MULTI_TURN: Scenario = Scenario {
    key: Key::MultiTurn,
    ask: two_turns,
    delivery: Delivery::Whole,
    trace: "Hello to you.",
    run: |subject| Box::pin(multi_turn(subject)),
};

fn two_turns(subject: &Subject) -> Chat {
    subject.chat([user("Hi"), assistant("Hello to you."), user(QUESTION)])
}

async fn multi_turn(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &two_turns(subject)).await?;
    ensure_says(&answer.text(), QUESTION)?;
    ensure_says_one(&answer.text(), subject.phrases.earlier)?;
    Ok(answer.warnings)
}

pub(super) const SYSTEM: Scenario = Scenario {
    key: Key::System,
    ask: instructed,
    delivery: Delivery::Whole,
    // Where there is no place for it, the user says it: nothing is lost.
    trace: "",
    run: |subject| Box::pin(instructions(subject)),
};

fn instructed(subject: &Subject) -> Chat {
    subject.chat([system("Speak like a pirate."), user(QUESTION)])
}

async fn instructions(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &instructed(subject)).await?;
    ensure_says(&answer.text(), QUESTION)?;
    ensure_says(&answer.text(), "Speak like a pirate.")?;
    Ok(answer.warnings)
}
