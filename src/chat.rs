//! One call, built step by step.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, HeaderValue};
use reqllm_core::{
    Call, Delivery, Error, Exchange, Fold, IntoMessages, ObjectSchema, ProviderOptions, Reasoning,
    Response, Result, Role, Tool, ToolChoice, Warning, system,
};
use reqllm_transport::{EventStream, Policy, shown_url};
use serde_json::Value;

use crate::knobs::limits;
use crate::{CountCall, DryRun, LanguageModel, Run, addressed, media, object};

/// A call that has not been made. Await it for the whole answer, or [`Chat::stream`] it.
///
/// Dropping the future, or the stream, cancels the request.
#[must_use = "a call is made when it is awaited or streamed"]
#[derive(Clone)]
pub struct Chat {
    pub(crate) model: LanguageModel,
    pub(crate) call: Call,
    pub(crate) policy: Policy,
}

impl Chat {
    pub(crate) fn new(model: LanguageModel, messages: impl IntoMessages) -> Self {
        Self {
            call: Call::new(messages),
            policy: model.client.policy().clone(),
            model,
        }
    }

    /// Puts a system prompt in front of the conversation, after those that stand there.
    pub fn system(mut self, text: impl Into<String>) -> Self {
        let messages = &mut self.call.messages;
        let at = messages
            .iter()
            .take_while(|it| it.role == Role::System)
            .count();
        messages.insert(at, system(text.into()));
        self
    }

    /// Sampling temperature; the range is the provider's: 0 to 1 on Bedrock and with Anthropic, 0 to 2 with OpenAI.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.call.settings.temperature = Some(temperature);
        self
    }

    /// Nucleus sampling, 0 to 1.
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.call.settings.top_p = Some(top_p);
        self
    }

    /// How many of the likeliest tokens are considered, from 1.
    pub fn top_k(mut self, top_k: u32) -> Self {
        self.call.settings.top_k = Some(top_k);
        self
    }

    /// The most tokens that the answer may have, from 1. Providers reserve quota by it, so it pays to give it.
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.call.settings.max_tokens = Some(tokens);
        self
    }

    /// Texts at which the answer stops.
    pub fn stop<S: Into<String>>(mut self, sequences: impl IntoIterator<Item = S>) -> Self {
        self.call.settings.stop = sequences.into_iter().map(Into::into).collect();
        self
    }

    /// Seed of the sampler, where the provider has one.
    pub fn seed(mut self, seed: u64) -> Self {
        self.call.settings.seed = Some(seed);
        self
    }

    /// How much the model should think.
    pub fn reasoning(mut self, reasoning: Reasoning) -> Self {
        self.call.settings.reasoning = Some(reasoning.settled());
        self
    }

    /// The tools on offer.
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.call.tools = tools.into_iter().collect();
        self
    }

    /// Which tool the model must use. Default: it decides.
    pub fn tool_choice(mut self, choice: impl Into<ToolChoice>) -> Self {
        self.call.tool_choice = Some(choice.into());
        self
    }

    /// The object that the answer has to be: [`Response::object`] holds it, and it satisfies the schema, or there is an
    /// error; see [`ObjectCall`](crate::ObjectCall). [`Chat::object`] gives a value of a type of one's own instead.
    /// An answer that is streamed is held to the schema at its end, and not asked for again.
    ///
    /// ```no_run
    /// use reqllm::ObjectSchema;
    /// use serde_json::json;
    ///
    /// # async fn run() -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let schema = ObjectSchema::new(json!({
    ///     "type": "object",
    ///     "properties": {"city": {"type": "string"}},
    ///     "required": ["city"],
    /// }))?;
    /// let r = model.chat("I live in Lyon.").schema(schema).await?;
    /// println!("{:?}", r.object);
    /// # Ok(())
    /// # }
    /// ```
    pub fn schema(mut self, schema: ObjectSchema) -> Self {
        self.call.object = Some(schema);
        self
    }

    /// Options of the provider; later ones win. Those that come of a typed builder, such as `openai::Options`, are for its provider
    /// and those that it speaks for: whoever else is asked, because the spec says so or as a fallback, does not get them, and a
    /// warning `option_of_another_provider` names them. So options of several providers can stand side by side.
    ///
    /// ```no_run
    /// use reqllm::{bedrock, openai};
    ///
    /// # async fn run() -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0")?.or("openai:gpt-5-mini")?;
    /// let r = model
    ///     .chat("Why is the sky blue?")
    ///     .with(bedrock::Options::new().region("eu-west-1"))
    ///     .with(openai::Options::new().service_tier("flex"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(mut self, options: impl Into<ProviderOptions>) -> Self {
        self.call.options.merge(options.into());
        self
    }

    /// One option by name, for whoever is asked; who does not know it refuses the call.
    pub fn option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.call.options.set(name, value);
        self
    }

    /// Leaves out with a warning what the model cannot do, instead of refusing with an error.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.call.lossy = lossy;
        self
    }

    /// Refuses settings that contradict each other with an error, instead of settling them with a warning. Default: false.
    ///
    /// ```no_run
    /// # async fn run() -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;
    /// let thinking = reqllm::Reasoning::Budget(2048);
    /// // A model that thinks takes no temperature: this is an error, and not an answer without one.
    /// let r = model.chat("Hi").reasoning(thinking).temperature(0.1).strict(true).await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn strict(mut self, strict: bool) -> Self {
        self.call.strict = strict;
        self
    }

    /// Runs the tools that the model asks for, and asks again with their results, until it has said its last.
    ///
    /// ```no_run
    /// use reqllm::Tool;
    /// use reqllm::schemars::{self, JsonSchema};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Weather {
    ///     /// City name
    ///     city: String,
    /// }
    ///
    /// # async fn run() -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let weather = Tool::new("weather", "Current weather", |w: Weather| async move {
    ///     format!("It rains in {}.", w.city)
    /// });
    /// let run = model.chat("Weather in Lyon?").tools([weather]).run().max_steps(5).await?;
    /// println!("{run}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(self) -> Run {
        Run::new(self)
    }

    /// How long the call may take in all, attempts and the reading of the answer included. Default: the client's. Media that
    /// have to be fetched before it may take as long again, and an object that is asked for once more too.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = Some(timeout);
        self
    }

    limits!(policy);

    /// Makes the call and waits for the whole answer; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports; a broken answer comes with its partial response.
    pub fn send(self) -> impl Future<Output = Result<Response>> + Send + use<> {
        // Not an async function: its future would have room for the call twice, as it came and as it is used.
        let mut chat = self;
        async move {
            chat.load_media().await?;
            match chat.is_asked_once() {
                true => chat.once_for_all().await,
                false => chat.whole().await,
            }
        }
    }

    /// The whole answer; with the object in it, if one has to be.
    pub(crate) async fn whole(&self) -> Result<Response> {
        if self.call.object.is_none() {
            return self.once().await;
        }
        let (_, response) = Box::pin(object::ask(self, |_| Ok(()))).await?;
        Ok(response)
    }

    /// Makes the call; gives its events as soon as the answer begins.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports before that.
    pub fn stream(self) -> impl Future<Output = Result<EventStream>> + Send + use<> {
        let mut chat = self;
        async move {
            chat.load_media().await?;
            match chat.is_asked_once() {
                true => chat.events_for_all().await,
                false => chat.events().await,
            }
        }
    }

    pub(crate) async fn events(&self) -> Result<EventStream> {
        let check = self.check()?;
        let events = self.raw_events().await?;
        Ok(match check {
            None => events,
            Some(check) => events
                .checked(move |response| object::verify(&check, response, |_| Ok(())).map(|_| ())),
        })
    }

    /// Begins to count the tokens that the call would take, as the provider counts them, instead of making it.
    pub fn count_tokens(self) -> CountCall {
        CountCall::new(self)
    }

    /// Shows what would be sent, and sends nothing. Needs no credentials.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the call before it is sent.
    pub fn dry_run(&self, delivery: Delivery) -> Result<DryRun> {
        self.check()?;
        self.needs_no_media()?;
        let mut exchange = self.exchange(delivery)?;
        exchange
            .warnings
            .splice(0..0, self.model.warnings.iter().cloned());
        Ok(DryRun::of(&exchange))
    }

    /// Refuses to show a request that has what has yet to be fetched in it.
    pub(crate) fn needs_no_media(&self) -> Result<()> {
        let Some(url) = media::first_url(&*self.model.provider, &self.call) else {
            return Ok(());
        };
        let shown = shown_url(&url)?;
        Err(Error::invalid_request(format!(
            "{shown} would be fetched when the call is made, and a dry run fetches nothing; give the bytes to see the request"
        )))
    }

    /// Fetches the media that the provider does not fetch itself. What has been fetched stays in the call.
    pub(crate) async fn load_media(&mut self) -> Result<()> {
        let provider = &*self.model.provider;
        if media::first_url(provider, &self.call).is_none() {
            return Ok(());
        }
        let fetcher = self.model.client.fetcher();
        let load = media::load(fetcher, provider, &mut self.call, self.policy.timeout);
        Box::pin(load)
            .await
            .map_err(|error| self.model.identity.name(error))
    }

    pub(crate) fn exchange(&self, delivery: Delivery) -> Result<Exchange> {
        let (model, provider) = (&self.model.model, &*self.model.provider);
        let (call, passed_over) = addressed::to(provider, &self.call);
        let mut exchange = provider
            .prepare(model, &call, delivery)
            .map_err(|error| self.model.identity.name(error))?;
        exchange.warnings.splice(0..0, passed_over);
        if exchange.delivery == Delivery::Stream {
            // Whoever names no coding takes any (RFC 9110, section 12.5.3), and what compresses a stream holds it back.
            let headers = exchange.request.headers_mut();
            let identity = HeaderValue::from_static("identity");
            headers.entry(ACCEPT_ENCODING).or_insert(identity);
        }
        Ok(exchange)
    }

    /// The fold for the answer to a request; `passed` says why the models before did not answer.
    pub(crate) fn begin(
        &self,
        exchange: &mut Exchange,
        delivery: Delivery,
        passed: &[Warning],
    ) -> Fold {
        let expectation = std::mem::take(&mut exchange.expectation);
        let mut identity = Arc::clone(&self.model.identity);
        if let Some(id) = exchange.wire_id.take() {
            Arc::make_mut(&mut identity).wire_id = id;
        }
        let mut fold = Fold::new(identity).expecting(expectation);
        if delivery == Delivery::Stream {
            fold = fold.listened();
        }
        let warnings = passed.iter().chain(&*self.model.warnings).cloned();
        for warning in warnings.chain(exchange.warnings.drain(..)) {
            fold.warn(warning);
        }
        fold
    }
}

impl IntoFuture for Chat {
    type Output = Result<Response>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chat")
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}
