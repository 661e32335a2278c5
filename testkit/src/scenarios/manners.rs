//! What stands around an answer: caches, guardrails, odd letters, answers that say nothing.

use reqllm::{Cache, Chat, Delivery, FinishReason, Part, Warning, user};

use super::{
    Key, Outcome, Scenario, Subject, both, ensure, ensure_eq, ensure_says, same, streamed, whole,
};

pub(super) const CACHE: Scenario = Scenario {
    key: Key::Cache,
    ask: cached,
    delivery: Delivery::Whole,
    trace: "cache",
    run: |subject| Box::pin(cache(subject)),
};

fn cached(subject: &Subject) -> Chat {
    let long = format!(
        "{} is called {}. ",
        "What is read again ".repeat(20),
        subject.name
    );
    let prefix = Part::text(long).cached(Cache::new());
    subject.chat(user([prefix, Part::text("What is it called?")]))
}

/// The first call writes what the second one reads, and a stream reads the same. What is cached is no input.
async fn cache(subject: &Subject) -> Outcome<Vec<Warning>> {
    let chat = cached(subject);
    let first = whole(&chat).await?.usage;
    let written = first.cache_write_tokens.unwrap_or_default();
    ensure(written > 60, || format!("nothing was written: {first:?}"))?;
    let second = whole(&chat).await?;
    let (_, third) = streamed(&chat).await?;
    for usage in [second.usage, third.usage] {
        ensure_eq("what was read", usage.cache_read_tokens, Some(written))?;
        ensure_eq("the input", usage.input_tokens, first.input_tokens)?;
        ensure_eq("the sum", usage.total_tokens, first.total_tokens)?;
    }
    Ok(second.warnings)
}

pub(super) const GUARDRAIL: Scenario = Scenario {
    key: Key::Guardrail,
    ask: |subject| guarded(subject, "Hi"),
    delivery: Delivery::Whole,
    trace: "",
    run: |subject| Box::pin(guardrail(subject)),
};

/// Without the subject's options there is no guardrail to ask.
fn guarded(subject: &Subject, prompt: &str) -> Chat {
    let options = subject.guardrail.clone().unwrap_or_default();
    subject.chat(prompt).with(options)
}

/// A guardrail that steps in is the reason to stop, and its assessment is in the metadata; what is harmless goes through.
async fn guardrail(subject: &Subject) -> Outcome<Vec<Warning>> {
    ensure(subject.guardrail.is_some(), || {
        "the subject has no options that put a guardrail in front; give it some, or state the cell as absent".to_owned()
    })?;
    let harmless = both(subject, &guarded(subject, "Hi there")).await?;
    ensure_eq(
        "the reason to stop",
        harmless.finish_reason,
        FinishReason::Stop,
    )?;
    ensure_says(&harmless.text(), "Hi there")?;
    let ask_blocked = guarded(subject, subject.phrases.block);
    let blocked = whole(&ask_blocked).await?;
    let (_, mut again) = streamed(&ask_blocked).await?;
    // Recorded of native bodies: blocked whole they have no reason of the model's, and streamed they do.
    again
        .raw_finish_reason
        .clone_from(&blocked.raw_finish_reason);
    again.usage = blocked.usage;
    same(subject, &blocked, &again)?;
    ensure_eq(
        "the reason to stop",
        blocked.finish_reason,
        FinishReason::ContentFilter,
    )?;
    ensure(!blocked.text().contains(subject.phrases.block), || {
        format!("it was not blocked: {}", blocked.text())
    })?;
    let trace = blocked
        .provider_metadata
        .get("trace")
        .map(ToString::to_string);
    ensure_says(&trace.unwrap_or_default(), "BLOCKED")?;
    Ok(blocked.warnings)
}

const ODD: &str = "naïve Straße 東京 🙂 👩‍👩‍👧 \u{202e}abc\u{202c} e\u{301} \u{1F1EB}\u{1F1F7} \"quoted\" \\ / \u{0}?";

pub(super) const UNICODE: Scenario = Scenario {
    key: Key::Unicode,
    ask: |subject| subject.chat(ODD),
    delivery: Delivery::Whole,
    trace: "東京",
    run: |subject| Box::pin(unicode(subject)),
};

async fn unicode(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &subject.chat(ODD)).await?;
    ensure_says(&answer.text(), ODD)?;
    Ok(answer.warnings)
}

pub(super) const EMPTY: Scenario = Scenario {
    key: Key::Empty,
    ask: |subject| subject.chat(subject.phrases.empty),
    delivery: Delivery::Whole,
    trace: "",
    run: |subject| Box::pin(empty(subject)),
};

/// Nothing said is no error.
async fn empty(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &subject.chat(subject.phrases.empty)).await?;
    ensure_eq("the text", answer.text(), "")?;
    ensure_eq("the number of calls", answer.tool_calls().count(), 0)?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Stop,
    )?;
    ensure(answer.usage.input_tokens.is_some(), || {
        format!("it cost nothing: {:?}", answer.usage)
    })?;
    Ok(answer.warnings)
}

pub(super) const REFUSAL: Scenario = Scenario {
    key: Key::Refusal,
    ask: |subject| subject.chat(subject.phrases.refuse),
    delivery: Delivery::Whole,
    trace: "",
    run: |subject| Box::pin(refusal(subject)),
};

/// A model that refuses says so in the reason to stop, and what it says beside is kept.
async fn refusal(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = both(subject, &subject.chat(subject.phrases.refuse)).await?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::ContentFilter,
    )?;
    ensure(answer.raw_finish_reason.is_some(), || {
        "the provider's own reason is missing".to_owned()
    })?;
    Ok(answer.warnings)
}
