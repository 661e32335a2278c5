//! Thoughts: asked for, unasked, and sent back.

use reqllm::{
    Chat, Delivery, ErrorKind, Event, IntoMessages, Part, Reasoning, ReasoningEffort,
    ReasoningPart, Response, Warning, assistant, user,
};

use super::{
    Key, Outcome, Scenario, Subject, Thinks, Thoughts, both, ensure, ensure_eq, ensure_says,
    ensure_says_one, streamed, whole,
};

const LOW: Reasoning = Reasoning::Effort(ReasoningEffort::Low);
const QUESTION: &str = "Which is larger, a whale or a horse?";

pub(super) const THINKING: Scenario = Scenario {
    key: Key::Reasoning,
    ask: told_to_think,
    delivery: Delivery::Whole,
    trace: "",
    run: |subject| Box::pin(thinking(subject)),
};

fn told_to_think(subject: &Subject) -> Chat {
    subject.chat(QUESTION).reasoning(LOW)
}

/// The call as it is made to think. One that always thinks is not told.
fn thinking_chat(subject: &Subject, messages: impl IntoMessages) -> Outcome<(Chat, Thoughts)> {
    let chat = subject.chat(messages);
    match subject.thinks {
        Thinks::Never => Err("the table says that it never thinks".to_owned()),
        Thinks::WhenTold(form) => Ok((chat.reasoning(LOW), form)),
        Thinks::Always(form) => Ok((chat, form)),
    }
}

/// Where nothing tells a model how much to think, the wish is refused, and it thinks anyway.
async fn thinking(subject: &Subject) -> Outcome<Vec<Warning>> {
    if let Thinks::Always(_) = subject.thinks {
        let told = told_to_think(subject).await;
        let refused = told.err().map(|error| error.kind());
        ensure_eq(
            "what is said to a level",
            refused,
            Some(ErrorKind::Unsupported),
        )?;
    }
    let (chat, form) = thinking_chat(subject, QUESTION)?;
    thinks(subject, form, &chat).await
}

/// The thoughts come in the model's form, apart from the text, whole and in pieces.
async fn thinks(subject: &Subject, form: Thoughts, chat: &Chat) -> Outcome<Vec<Warning>> {
    let answer = both(subject, chat).await?;
    if form == Thoughts::Counted {
        counted(&answer)?;
        return Ok(answer.warnings);
    }
    let thought = thought(&answer)?;
    in_form(form, thought)?;
    ensure_says(&answer.text(), QUESTION)?;
    let (events, _) = streamed(chat).await?;
    let deltas = events
        .iter()
        .filter(|event| matches!(event, Event::Reasoning(_)));
    ensure(deltas.count() > 0, || {
        "no event tells of the thoughts".to_owned()
    })?;
    if !thought.text.is_empty() {
        let pieces = events.iter().filter_map(|event| match event {
            Event::Reasoning(delta) => delta.text.as_deref(),
            _ => None,
        });
        ensure_eq(
            "the thoughts in pieces",
            pieces.collect::<String>(),
            thought.text.as_str(),
        )?;
        ensure(!answer.text().contains(&thought.text), || {
            "the thoughts are in the text".to_owned()
        })?;
    }
    Ok(answer.warnings)
}

/// It thinks, as its usage says, and tells nothing of it.
fn counted(answer: &Response) -> Outcome {
    let thoughts = answer.usage.reasoning_tokens;
    ensure(thoughts.is_some_and(|tokens| tokens > 0), || {
        format!("it does not think: {:?}", answer.usage)
    })?;
    ensure_eq("the number of thoughts", answer.reasoning().count(), 0)?;
    ensure_says(&answer.text(), QUESTION)
}

fn thought(answer: &Response) -> Outcome<&ReasoningPart> {
    answer
        .reasoning()
        .next()
        .ok_or_else(|| format!("it does not think: {answer:?}"))
}

fn in_form(form: Thoughts, thought: &ReasoningPart) -> Outcome {
    let (words, signed, sealed) = (
        !thought.text.is_empty(),
        thought.signature.is_some(),
        thought.redacted.is_some(),
    );
    let found = match form {
        Thoughts::Words => words && !signed && !sealed,
        Thoughts::Signed => words && signed && !sealed,
        Thoughts::Sealed => !words && signed != sealed,
        Thoughts::Counted => false,
    };
    ensure(found, || {
        format!("no thought in the form {form:?}: {thought:?}")
    })
}

pub(super) const ROUND_TRIP: Scenario = Scenario {
    key: Key::ReasoningRoundTrip,
    ask: with_a_thought,
    delivery: Delivery::Whole,
    trace: THOUGHT,
    run: |subject| Box::pin(round_trip(subject)),
};

/// A thought of another model's, as it comes where a conversation changes models.
const THOUGHT: &str = "Whales can be thirty metres long";

fn thought_of_another() -> ReasoningPart {
    let mut thought = ReasoningPart::default();
    thought.text = THOUGHT.to_owned();
    thought
}

fn with_a_thought(subject: &Subject) -> Chat {
    let said = [
        Part::Reasoning(thought_of_another()),
        Part::text("A whale."),
    ];
    subject.chat([
        user(QUESTION),
        assistant(said),
        user("And the smaller one?"),
    ])
}

/// The signature as the maker gave it: what stands before it as `maker:id:` is a mark of the library's.
fn seal(thought: &ReasoningPart) -> &str {
    let signature = thought.signature.as_deref().unwrap_or_default();
    signature.splitn(3, ':').nth(2).unwrap_or(signature)
}

/// What the model thought goes back as it came, and it takes it.
async fn round_trip(subject: &Subject) -> Outcome<Vec<Warning>> {
    let (ask, _) = thinking_chat(subject, QUESTION)?;
    let first = whole(&ask).await?;
    let part = thought(&first)?.clone();
    let history = [user(QUESTION), first.message, user("And the smaller one?")];
    let (chat, _) = thinking_chat(subject, history)?;
    let sent = chat
        .dry_run(Delivery::Whole)
        .map_err(|error| error.to_string())?
        .body
        .to_string();
    // What only the model reads is written anew in the forms of the routes; a strict server refuses what it has not written.
    for piece in [part.text.as_str(), seal(&part)] {
        let quoted = serde_json::Value::from(piece).to_string();
        let quoted = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        ensure_says_one(&sent, &[quoted, piece])?;
    }
    if part.redacted.is_some() {
        ensure_says_one(&sent, subject.phrases.sealed)?;
    }
    let second = both(subject, &chat).await?;
    ensure_says(&second.text(), "And the smaller one?")?;
    Ok(second.warnings)
}
