//! What a user does with a model, one scenario each, and what has to come out of it.
//!
//! Nothing in this folder knows a provider. A scenario takes a [`Subject`]: a model that can be called, what goes with each of
//! its calls, and by which words the one who answers shows what it has read. So the list can be run for any provider.

mod attachments;
mod manners;
mod objects;
mod reasoning;
mod text;
mod tools;

use std::future::Future;
use std::pin::Pin;

use reqllm::{
    Chat, Delivery, Event, IntoMessages, LanguageModel, Part, ProviderOptions, Response, Warning,
};

/// What came of it; what is wrong is told in words.
pub(crate) type Outcome<T = ()> = Result<T, String>;

type Run =
    for<'a> fn(&'a Subject) -> Pin<Box<dyn Future<Output = Outcome<Vec<Warning>>> + Send + 'a>>;

/// One thing that a user does.
pub(crate) struct Scenario {
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

/// All of them, in the order of the table.
pub(crate) const ALL: &[Scenario] = &[
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Basic,
    Streaming,
    Usage,
    TokenLimit,
    StopSequence,
    MultiTurn,
    System,
    Tool,
    ManyTools,
    ForcedTool,
    NoTool,
    ParallelTools,
    ToolRoundTrip,
    StreamedTools,
    Object,
    StreamedObject,
    Reasoning,
    ReasoningRoundTrip,
    Image,
    Document,
    Citations,
    Cache,
    Guardrail,
    Unicode,
    Empty,
    Refusal,
}

impl Key {
    /// The words of the table.
    pub(crate) fn title(self) -> &'static str {
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

/// A model on one route.
pub(crate) struct Subject {
    pub(crate) model: LanguageModel,
    /// What goes with every call: the route.
    pub(crate) options: ProviderOptions,
    /// What puts a guardrail in front of the model.
    pub(crate) guardrail: ProviderOptions,
    /// When it thinks.
    pub(crate) thinks: Thinks,
    /// Whether whole answers have the thought behind the text that it led to, while streams have it before.
    pub(crate) thinks_behind: bool,
    /// Whether the model's own stream has whole tool calls, and no pieces of them.
    pub(crate) whole_calls: bool,
    /// How the one who answers can be understood.
    pub(crate) phrases: &'static Phrases,
    /// What no other subject is called, so that nobody reads another one's cache.
    pub(crate) name: String,
}

/// When a model thinks, and in which form it tells of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thinks {
    /// Never; there is nothing to ask for.
    Never,
    /// When it is told to.
    WhenTold(Thoughts),
    /// Always, and nothing tells it how much.
    Always(Thoughts),
}

/// The form in which a model tells its thoughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thoughts {
    /// In words.
    Words,
    /// In words with a signature.
    Signed,
    /// In a form that only the model reads.
    Sealed,
}

/// Words by which the one who answers is told what to do, and shows what it has read.
pub(crate) struct Phrases {
    /// In a prompt: the guardrail, if there is one, blocks it.
    pub(crate) block: &'static str,
    /// In a prompt: the model refuses to answer.
    pub(crate) refuse: &'static str,
    /// In a prompt: the answer has no content.
    pub(crate) empty: &'static str,
    /// In a request, one of them: a sealed thought goes back.
    pub(crate) sealed: &'static [&'static str],
    /// In an answer, one of them: what was said before was read.
    pub(crate) earlier: &'static [&'static str],
    /// In an answer: a picture was seen.
    pub(crate) image: &'static str,
    /// In an answer, one of them: a document was seen. On some routes it is seen by its text alone.
    pub(crate) document: &'static [&'static str],
}

impl Subject {
    /// A call on the subject's route.
    pub(crate) fn chat(&self, messages: impl IntoMessages) -> Chat {
        self.model.chat(messages).with(self.options.clone())
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
pub(crate) fn ensure_eq<T: PartialEq<U> + std::fmt::Debug, U: std::fmt::Debug>(
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
