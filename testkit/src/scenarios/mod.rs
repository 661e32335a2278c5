//! What a user does with a model, one scenario each, and what has to come out of it.
//!
//! Nothing in this folder knows a provider. A scenario takes a [`Subject`](crate::Subject), so the list can be run for any.

mod attachments;
mod manners;
mod objects;
mod reasoning;
mod text;
mod tools;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use reqllm::{Chat, Delivery, Event, Part, Response, Warning};

pub(crate) use crate::subject::{Subject, Thinks, Thoughts};

/// What came of it; what is wrong is told in words.
pub(crate) type Outcome<T = ()> = Result<T, String>;

type Run =
    for<'a> fn(&'a Subject) -> Pin<Box<dyn Future<Output = Outcome<Vec<Warning>>> + Send + 'a>>;

/// One thing that a user does with a model.
pub struct Scenario {
    pub(crate) key: Key,
    /// The smallest call that needs the feature.
    pub(crate) ask: fn(&Subject) -> Chat,
    /// How that call is made.
    pub(crate) delivery: Delivery,
    /// Words of that call which are not sent where the feature is left out.
    pub(crate) trace: &'static str,
    /// Does it all, and gives the warnings that came with it.
    pub(crate) run: Run,
}

impl Scenario {
    /// Its name.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key
    }

    /// The smallest call that needs the feature.
    pub fn ask(&self, subject: &Subject) -> Chat {
        (self.ask)(subject)
    }

    /// How that call is made.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scenario").field(&self.key).finish()
    }
}

/// All of them, in the order of the tables.
pub const ALL: &[Scenario] = &[
    text::BASIC,
    text::STREAMING,
    text::USAGE,
    text::TOKEN_LIMIT,
    text::STOP_SEQUENCE,
    text::MULTI_TURN,
    text::SYSTEM,
    tools::ONE,
    tools::MANY,
    tools::FORCED,
    tools::NONE,
    tools::PARALLEL,
    tools::ROUND_TRIP,
    tools::STREAMED,
    objects::WHOLE,
    objects::STREAMED,
    reasoning::THINKING,
    reasoning::ROUND_TRIP,
    attachments::IMAGE,
    attachments::DOCUMENT,
    attachments::CITATIONS,
    manners::CACHE,
    manners::GUARDRAIL,
    manners::UNICODE,
    manners::EMPTY,
    manners::REFUSAL,
];

/// The name of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Key {
    /// A question is answered, with an id and a reason to stop.
    Basic,
    /// The answer comes in pieces that make up the whole one.
    Streaming,
    /// Tokens are counted, and the cost or why there is none.
    Usage,
    /// A limit of five tokens holds.
    TokenLimit,
    /// It stops at a sequence, which is not in the answer.
    StopSequence,
    /// What was said before is read.
    MultiTurn,
    /// A system prompt is read.
    System,
    /// A tool is called.
    Tool,
    /// The right one of five tools is called.
    ManyTools,
    /// A tool is called because one has to be.
    ForcedTool,
    /// No tool is called because none may be.
    NoTool,
    /// Two tools are called at once.
    ParallelTools,
    /// The results of two calls go back in another order, and are read.
    ToolRoundTrip,
    /// Calls of tools come in a stream.
    StreamedTools,
    /// The answer is an object of a schema.
    Object,
    /// The same, streamed.
    StreamedObject,
    /// The model thinks, in the subject's form.
    Reasoning,
    /// What it thought goes back to it.
    ReasoningRoundTrip,
    /// A picture is seen.
    Image,
    /// A document is read.
    Document,
    /// A document is cited.
    Citations,
    /// What is said again is cached, and counted as such.
    Cache,
    /// A guardrail steps in, and says so.
    Guardrail,
    /// Letters of every kind survive.
    Unicode,
    /// An answer that says nothing is no error.
    Empty,
    /// A model that refuses says so.
    Refusal,
}

impl Key {
    /// What it is called in tables and reports.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Streaming => "streaming",
            Self::Usage => "usage",
            Self::TokenLimit => "token limit",
            Self::StopSequence => "stop sequence",
            Self::MultiTurn => "multi-turn",
            Self::System => "system",
            Self::Tool => "tool",
            Self::ManyTools => "many tools",
            Self::ForcedTool => "forced tool",
            Self::NoTool => "tool choice none",
            Self::ParallelTools => "parallel tools",
            Self::ToolRoundTrip => "tool round trip",
            Self::StreamedTools => "streaming with tools",
            Self::Object => "object",
            Self::StreamedObject => "streamed object",
            Self::Reasoning => "reasoning",
            Self::ReasoningRoundTrip => "reasoning round trip",
            Self::Image => "image",
            Self::Document => "document",
            Self::Citations => "document with citations",
            Self::Cache => "cache",
            Self::Guardrail => "guardrail",
            Self::Unicode => "unicode",
            Self::Empty => "empty answer",
            Self::Refusal => "refusal",
        }
    }
}

/// The whole answer.
async fn whole(chat: &Chat) -> Outcome<Response> {
    let answer = chat.clone().await;
    answer.map_err(|error| format!("whole: {error}"))
}

/// The events of the answer, and the response at their end.
async fn streamed(chat: &Chat) -> Outcome<(Vec<Event>, Response)> {
    let in_stream = |error: reqllm::Error| format!("streamed: {error}");
    let mut stream = chat.clone().stream().await.map_err(in_stream)?;
    let mut events = Vec::new();
    while let Some(event) = stream.try_next().await.map_err(in_stream)? {
        events.push(event);
    }
    let response = stream.finish().await.map_err(in_stream)?;
    Ok((events, response))
}

/// The answer, which has to be the same whole and streamed.
async fn both(subject: &Subject, chat: &Chat) -> Outcome<Response> {
    let whole = whole(chat).await?;
    let (_, streamed) = streamed(chat).await?;
    same(subject, &whole, &streamed)?;
    Ok(whole)
}

/// Whether two answers to the same call are the same: all but the id of the request, which on some routes is the only one,
/// what was measured, and the warning that a stream came whole.
fn same(subject: &Subject, whole: &Response, streamed: &Response) -> Outcome {
    let comparable = |response: &Response| {
        let mut response = response.clone();
        response.id.clear();
        if subject.stops_otherwise {
            response.raw_finish_reason = None;
        }
        if subject.thinks_behind {
            let content = &mut response.message.content;
            content.sort_by_key(|part| !matches!(part, Part::Reasoning(_)));
        }
        response.provider_metadata.remove("request_id");
        response.provider_metadata.remove("metrics");
        let came_whole = |warning: &Warning| warning.code == "stream_delivered_whole";
        response.warnings.retain(|warning| !came_whole(warning));
        response
    };
    let (whole, streamed) = (comparable(whole), comparable(streamed));
    ensure_eq("streamed, the message", &streamed.message, &whole.message)?;
    ensure_eq(
        "streamed, the metadata",
        &streamed.provider_metadata,
        &whole.provider_metadata,
    )?;
    ensure_eq("streamed, the usage", &streamed.usage, &whole.usage)?;
    ensure(whole == streamed, || {
        format!("whole and streamed differ:\n    {whole:?}\n    {streamed:?}")
    })
}

/// An error if something is not so.
pub(crate) fn ensure(so: bool, what: impl FnOnce() -> String) -> Outcome {
    if so { Ok(()) } else { Err(what()) }
}

/// An error if two things differ.
pub(crate) fn ensure_eq<T: PartialEq<U> + fmt::Debug, U: fmt::Debug>(
    what: &str,
    found: T,
    expected: U,
) -> Outcome {
    ensure(found == expected, || {
        format!("{what} is {found:?}, and should be {expected:?}")
    })
}

/// An error if a text holds none of some words.
pub(crate) fn ensure_says_one(text: &str, words: &[&str]) -> Outcome {
    ensure(words.iter().any(|word| text.contains(word)), || {
        format!("none of {words:?} is in {text:?}")
    })
}

/// An error if a text does not hold a word.
pub(crate) fn ensure_says(text: &str, word: &str) -> Outcome {
    ensure(text.contains(word), || {
        format!("{word:?} is not in {text:?}")
    })
}
