//! Who is put through the scenarios.

use reqllm::{Chat, IntoMessages, LanguageModel, ProviderOptions};

/// A model on one route: whom the scenarios call, what goes with each call, and how its answers are understood.
///
/// What is not said is the usual thing: no options, no guardrail, a model that never thinks, and the words of the built-in
/// emulator.
///
/// ```
/// use reqllm_testkit::{Phrases, Subject, Thinks, Thoughts};
///
/// # fn subject(model: reqllm::LanguageModel) -> Subject {
/// Subject::new("Parrot 2", model)
///     .thinks(Thinks::WhenTold(Thoughts::Words))
///     .phrases(Phrases::new().refuse("say nothing good"))
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Subject {
    pub(crate) name: String,
    pub(crate) model: LanguageModel,
    pub(crate) options: ProviderOptions,
    pub(crate) guardrail: Option<ProviderOptions>,
    pub(crate) thinks: Thinks,
    pub(crate) thinks_behind: bool,
    pub(crate) whole_calls: bool,
    pub(crate) stops_otherwise: bool,
    pub(crate) phrases: Phrases,
}

impl Subject {
    /// A model, and what it is called in reports. No two subjects of one server should have the same name: it stands in the
    /// prompts that are cached, so that nobody reads another one's cache.
    #[must_use]
    pub fn new(name: impl Into<String>, model: LanguageModel) -> Self {
        Self {
            name: name.into(),
            model,
            options: ProviderOptions::new(),
            guardrail: None,
            thinks: Thinks::Never,
            thinks_behind: false,
            whole_calls: false,
            stops_otherwise: false,
            phrases: Phrases::new(),
        }
    }

    /// Options that go with every call: those that choose the route, above all.
    #[must_use]
    pub fn options(mut self, options: impl Into<ProviderOptions>) -> Self {
        self.options = options.into();
        self
    }

    /// Options that put a guardrail in front of the model. Without them the scenario [`Key::Guardrail`](crate::Key::Guardrail)
    /// has nothing to ask with, and its cell is [`Cell::Absent`](crate::Cell::Absent).
    #[must_use]
    pub fn guardrail(mut self, options: impl Into<ProviderOptions>) -> Self {
        self.guardrail = Some(options.into());
        self
    }

    /// When the model thinks, and in which form it tells of it. [`Thinks::Never`] unless said.
    #[must_use]
    pub fn thinks(mut self, thinks: Thinks) -> Self {
        self.thinks = thinks;
        self
    }

    /// Whether whole answers have the thought behind the text that it led to, while streams have it before. Such answers are
    /// compared without regard to that order.
    #[must_use]
    pub fn thinks_behind(mut self, so: bool) -> Self {
        self.thinks_behind = so;
        self
    }

    /// Whether the model's own stream has whole tool calls, and no pieces of them.
    #[must_use]
    pub fn whole_calls(mut self, so: bool) -> Self {
        self.whole_calls = so;
        self
    }

    /// Whether the provider's own word for why the model stopped is another one in streams. Such answers are compared by what
    /// it means.
    #[must_use]
    pub fn stops_otherwise(mut self, so: bool) -> Self {
        self.stops_otherwise = so;
        self
    }

    /// How the one who answers can be understood. Those of the built-in emulator unless said.
    #[must_use]
    pub fn phrases(mut self, phrases: Phrases) -> Self {
        self.phrases = phrases;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A call on the subject's route.
    pub fn chat(&self, messages: impl IntoMessages) -> Chat {
        self.model.chat(messages).with(self.options.clone())
    }
}

/// When a model thinks, and in which form it tells of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Thinks {
    /// Never; there is nothing to ask for.
    Never,
    /// When it is told to.
    WhenTold(Thoughts),
    /// Always, and nothing tells it how much.
    Always(Thoughts),
}

/// The form in which a model tells its thoughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Thoughts {
    /// In words.
    Words,
    /// In words with a signature.
    Signed,
    /// In a form that only the model reads, wherever it stands.
    Sealed,
    /// In none: its tokens are counted, and that is all that is told.
    Counted,
}

/// Words by which the one who answers is told what to do, and shows what it has read.
///
/// The suite needs answers that it can foresee, so it is run against a server that is made for tests and not against a model.
/// What such a server has to do is this: to say again the last thing that the user said, and the system prompt; to stop at
/// sequences and limits; to call the tool whose name stands in the prompt ("Weather and time in Lyon?" calls `weather` and `time`,
/// each with `{"city": "Lyon"}`; the first one where a call is forced); to say again the results of tools; to answer to a
/// schema with an object that fits it; to cite the first sentence of a document; and to do what these words say. A server need
/// not do what the cells say that the provider cannot.
///
/// Each word is given by the method of its name; the ones not given are those of the built-in emulator.
#[derive(Clone, Copy, Debug)]
pub struct Phrases {
    pub(crate) block: &'static str,
    pub(crate) refuse: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) sealed: &'static [&'static str],
    pub(crate) earlier: &'static [&'static str],
    pub(crate) image: &'static str,
    pub(crate) document: &'static [&'static str],
}

impl Phrases {
    /// Those of the built-in emulator.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            block: "blockme",
            refuse: "refuseme",
            empty: "emptyanswer",
            sealed: &["redactedContent", "redacted_thinking"],
            // A body that is one prompt has no messages: the whole of it is what is asked.
            earlier: &["Earlier messages: 2.", "Hello to you."],
            image: "Attached: ",
            document: &["Attached: ", "Wheat rose by a tenth."],
        }
    }

    /// In a prompt: the guardrail, if there is one, blocks it.
    #[must_use]
    pub const fn block(mut self, word: &'static str) -> Self {
        self.block = word;
        self
    }

    /// In a prompt: the model refuses to answer.
    #[must_use]
    pub const fn refuse(mut self, word: &'static str) -> Self {
        self.refuse = word;
        self
    }

    /// In a prompt: the answer has no content.
    #[must_use]
    pub const fn empty(mut self, word: &'static str) -> Self {
        self.empty = word;
        self
    }

    /// In a request, one of them: a sealed thought goes back.
    #[must_use]
    pub const fn sealed(mut self, words: &'static [&'static str]) -> Self {
        self.sealed = words;
        self
    }

    /// In an answer, one of them: what was said before was read. The history is "Hi", and "Hello to you." of the model.
    #[must_use]
    pub const fn earlier(mut self, words: &'static [&'static str]) -> Self {
        self.earlier = words;
        self
    }

    /// In an answer: a picture was seen.
    #[must_use]
    pub const fn image(mut self, word: &'static str) -> Self {
        self.image = word;
        self
    }

    /// In an answer, one of them: a document was seen. On some routes it is seen by its text alone.
    #[must_use]
    pub const fn document(mut self, words: &'static [&'static str]) -> Self {
        self.document = words;
        self
    }
}

impl Default for Phrases {
    fn default() -> Self {
        Self::new()
    }
}
