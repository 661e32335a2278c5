//! The provider: from a call to an exchange.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use reqllm_core::{
    AccountPage, AccountQuery, Call, Capability, Delivery, Environment, Error, Exchange, Model,
    Provider, ProviderContext, ProviderDescriptor, ProviderFacts, Result, Route, Task, TokenCount,
    Warning,
};
use reqllm_dialects::door::KeyFinder;
use reqllm_dialects::messages::{self, Messages};
use reqllm_dialects::profile::Profile;
use reqllm_dialects::shape::{self, Form, OwnBlocks, Shaped, Wishes};
use reqllm_dialects::{answer, door, json};

use crate::address::Address;
use crate::auth::{Auth, Finder, Key, TOKEN_VARIABLE};
use crate::options::Read;
use crate::{ID, betas, body, inside, operations, rows};

const VERSION: HeaderName = HeaderName::from_static("anthropic-version");
/// Anthropic's API reference, "Versions": the one in which every Claude answers, and may be told how to sample.
const VERSION_VALUE: &str = "2023-06-01";
/// The first version that takes no sampling.
const WITHOUT_SAMPLING: &str = "2026-10-21";
/// The variable for a provider of which the registry knows nothing.
const KEY_VARIABLE: &str = "ANTHROPIC_API_KEY";

/// Source: Anthropic's Messages API reference.
const FORM: Form = Form {
    name: "Messages",
    own_blocks: OwnBlocks::All,
    points_behind_documents: true,
    no_tool: true,
    needs_max_tokens: true,
    text_beside_documents: false,
};

/// Anthropic, or somebody who speaks as it does.
#[derive(Clone, Debug)]
pub struct Anthropic {
    /// What the registry knows of it, and the id by which models name it.
    pub(crate) facts: ProviderFacts,
    pub(crate) env: Environment,
    /// The address that the client gives.
    pub(crate) endpoint: Option<String>,
    pub(crate) finder: Arc<Finder>,
}

impl Anthropic {
    /// A provider of this context: Anthropic itself, or the provider whose [facts](ProviderContext::facts) it has.
    ///
    /// ```
    /// use reqllm_anthropic::Anthropic;
    /// use reqllm_core::{Provider as _, ProviderContext};
    ///
    /// let anthropic = Anthropic::new(&ProviderContext::default());
    /// assert_eq!(anthropic.id(), "anthropic");
    /// ```
    pub fn new(context: &ProviderContext) -> Self {
        let mut facts = context.facts.clone().unwrap_or_default();
        if facts.id.is_empty() {
            ID.clone_into(&mut facts.id);
        }
        let is_own = facts.id == ID;
        let mut variables: Vec<&str> = facts.key_variables().collect();
        if variables.is_empty() && is_own {
            variables.push(KEY_VARIABLE);
        }
        let finder = Finder {
            keys: KeyFinder::new(context, facts.id.as_str(), variables),
            token_variable: is_own.then_some(TOKEN_VARIABLE),
            env: context.env.clone(),
        };
        Self {
            endpoint: context.endpoints.get(&facts.id).cloned(),
            env: context.env.clone(),
            finder: Arc::new(finder),
            facts,
        }
    }

    pub(crate) fn auth(&self, options: &Read, address: &Address) -> Arc<Auth> {
        let token = options.auth_token.clone().map(Key::Token);
        Arc::new(Auth {
            finder: Arc::clone(&self.finder),
            given: token.or_else(|| options.api_key.clone().map(Key::of)),
            optional: address.is_local,
        })
    }

    /// The headers that every request has.
    pub(crate) fn headers(&self, options: &Read, request: &mut http::Request<Bytes>) -> Result<()> {
        let version = match &options.anthropic_version {
            None => HeaderValue::from_static(VERSION_VALUE),
            Some(version) => HeaderValue::try_from(version).map_err(|_| {
                Error::invalid_request(format!(
                    "option `anthropic_version` is {version:?}, which no header can carry; {VERSION_VALUE:?} would do"
                ))
            })?,
        };
        request.headers_mut().insert(VERSION, version);
        request
            .headers_mut()
            .extend(options.headers(&self.facts.id)?);
        Ok(())
    }

    pub(crate) fn shape<'a>(
        &self,
        model: &Model,
        call: &'a Call,
        options: &Read,
        profile: &Profile,
        warnings: &mut Vec<Warning>,
    ) -> Result<Shaped<'a>> {
        let model = &*of_version(model, options);
        check(model, call, profile, warnings)?;
        let mut wishes = Wishes::default();
        wishes.fields = Some(&options.extra_body);
        wishes.betas = !options.anthropic_beta.is_empty();
        wishes.prompt_cache = options.prompt_cache;
        wishes.prompt_cache_ttl = options.prompt_cache_ttl;
        wishes.cache_messages = options.cache_messages;
        shape::shape(model, call, &wishes, profile, &FORM, warnings)
    }

    fn exchange(&self, model: &Model, call: &Call, wanted: Delivery) -> Result<Exchange> {
        let options = Read::of(&self.facts.id, &call.options)?;
        let address = Address::of(self, &options, Some(model))?;
        let (quirks, profile) = rows::of(&self.facts.id, model, &address);
        let mut warnings = Vec::new();
        let shaped = self.shape(model, call, &options, &profile, &mut warnings)?;
        let (delivery, reason) = inside::settle(model, &shaped.call, &options, wanted);
        let mut body = body::of(&quirks, model, &shaped, &options, &mut warnings)?;
        if delivery == Delivery::Stream {
            body.set("stream", true);
        }
        let bytes = body.write(json::room_for(&shaped.call))?;
        let mut request = door::post(&address.base, "/v1/messages", bytes, delivery)?;
        self.headers(&options, &mut request)?;
        betas::put(request.headers_mut(), &options, &profile, &body)?;
        let dialect = Arc::new(Messages {
            maker: quirks.maker,
        });
        let route = Route::new("CreateMessage", reason);
        tracing::debug!(operation = route.operation, reason = %route.reason, "route");
        let auth = self.auth(&options, &address);
        let mut exchange = Exchange::new(request, route, auth, answer::read(dialect, delivery));
        exchange.delivery = delivery;
        exchange.warnings = warnings;
        exchange.expectation = shaped.expectation;
        Ok(exchange)
    }
}

/// The model as a version of the API has it. Source: Anthropic's API reference, "Versions": from 2026-10-21 on a request that
/// samples is refused.
fn of_version<'a>(model: &'a Model, options: &Read) -> Cow<'a, Model> {
    let mut model = Cow::Borrowed(model);
    // Versions are dates.
    if options.anthropic_version.as_deref() >= Some(WITHOUT_SAMPLING) {
        let capabilities = &mut model.to_mut().capabilities;
        capabilities.set(Capability::Temperature, Some(false));
    }
    model
}

/// What the form has no place for, and what makes no sense in it.
fn check(model: &Model, call: &Call, profile: &Profile, warnings: &mut Vec<Warning>) -> Result<()> {
    let settings = &call.settings;
    for (name, value) in [
        ("temperature", settings.temperature),
        ("top_p", settings.top_p),
    ] {
        if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
            return Err(Error::invalid_request(format!(
                "`{name}` is {value}; 0 to 1 would do"
            )));
        }
    }
    for (name, value) in [
        ("max_tokens", settings.max_tokens),
        ("top_k", settings.top_k),
    ] {
        if value == Some(0) {
            return Err(Error::invalid_request(format!(
                "`{name}` is 0; 1 or more would do"
            )));
        }
    }
    if settings.stop.iter().any(|text| text.trim().is_empty()) {
        return Err(Error::invalid_request(
            "`stop` has a blank sequence; one with a character that is no white space would do",
        ));
    }
    if settings.top_k.is_some() && profile.top_k.is_none() {
        call.unsupported(&model.id, "top_k", warnings)?;
    }
    let mut parts = call.messages.iter().flat_map(|message| &message.content);
    if parts.any(|part| part.guard().is_some()) {
        call.unsupported(&model.id, "guarded content", warnings)?;
    }
    Ok(())
}

impl Provider for Anthropic {
    fn id(&self) -> &str {
        &self.facts.id
    }

    fn takes_options_of(&self, provider: &str) -> bool {
        provider == ID
    }

    fn prepare(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        self.exchange(model, call, delivery)
            .map_err(|error| error.with_provider(&self.facts.id).with_model(&model.id))
    }

    /// Anthropic fetches images and PDF at `https:` URLs. What a URL shows to be a text is fetched here.
    fn takes_url(&self, url: &str) -> bool {
        const TEXTS: [&str; 5] = [".txt", ".md", ".csv", ".html", ".htm"];
        let is_data = || {
            let begin = url.get(..5);
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case("data:"))
        };
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let path = path.to_ascii_lowercase();
        let is_text = TEXTS.iter().any(|end| path.ends_with(end));
        is_data() || (self.facts.id == ID && messages::is_https(url) && !is_text)
    }

    fn count_tokens(&self, model: &Model, call: &Call) -> Result<Task<TokenCount>> {
        operations::count_tokens::prepare(self, model, call)
            .map_err(|error| error.with_provider(&self.facts.id).with_model(&model.id))
    }

    fn account_models(
        &self,
        query: &AccountQuery,
        page: Option<&str>,
    ) -> Result<Task<AccountPage>> {
        operations::account::prepare(self, query, page)
            .map_err(|error| error.with_provider(&self.facts.id))
    }
}

/// How it is found by name.
pub static DESCRIPTOR: ProviderDescriptor = ProviderDescriptor::new(ID, build)
    .env(&["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
    .base_url(crate::address::OWN)
    .url_env(crate::address::VARIABLE)
    .dialects(&["anthropic"]);

reqllm_core::inventory::submit! { &DESCRIPTOR }

/// Names the descriptor, which also keeps it in programs whose linker would drop it unnamed.
pub fn register() -> &'static ProviderDescriptor {
    &DESCRIPTOR
}

fn build(context: &ProviderContext) -> Result<Arc<dyn Provider>> {
    Ok(Arc::new(Anthropic::new(context)))
}
