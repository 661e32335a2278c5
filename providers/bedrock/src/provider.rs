//! The provider: from a call to an exchange.

use std::sync::Arc;

use http::header::{ACCEPT, HeaderValue};
use reqllm_core::{
    AccountPage, AccountQuery, Answer, Call, Delivery, Embed, Embeddings, Environment, Error,
    Exchange, Guarded, GuardrailCheck, KeyRing, KeySource, Model, Provider, ProviderContext,
    ProviderDescriptor, ProviderOptions, Random, Rerank, Reranked, Result, RoundTrip, Task,
    TokenCount,
};

use crate::auth::{CredentialSource, Held, Keeper, Ring, Settings};
use crate::endpoint::Configured;
use crate::family::{Families, Family};
use crate::invoke::InvokeAnswer;
use crate::options::Read;
use crate::place::{Known, Place};
use crate::route::{self, Form};
use crate::{ALIASES, ID, converse, door, invoke, model_id, operations, settings, shape};

/// What traces call the id of a guardrail. Source: the page on AWS Bedrock of OpenTelemetry's semantic conventions.
pub(crate) const GUARDRAIL_ID: &str = "aws.bedrock.guardrail.id";

/// Amazon Bedrock Runtime.
#[derive(Clone, Debug)]
pub struct Bedrock {
    pub(crate) env: Environment,
    pub(crate) endpoint_url: Option<String>,
    pub(crate) credentials: Option<Arc<dyn CredentialSource>>,
    pub(crate) families: Families,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) places: Arc<Known>,
    /// What the program has set, and its own source of keys.
    pub(crate) ring: Arc<Ring>,
}

impl Bedrock {
    /// Puts a provider together by hand.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// Puts a [`Bedrock`] together.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    env: Environment,
    endpoint_url: Option<String>,
    credentials: Option<Arc<dyn CredentialSource>>,
    families: Vec<&'static dyn Family>,
    round_trip: Option<Arc<dyn RoundTrip>>,
    random: Random,
    keys: Option<KeyRing>,
    key_source: Option<Arc<dyn KeySource>>,
}

impl Builder {
    /// Where environment variables come from. Default: the process. They are read when the first call asks for something, and
    /// what they led to is kept for later ones that ask for the same. Credentials are looked for again by the next call after
    /// none were found, or after those that were found were refused.
    #[must_use]
    pub fn environment(mut self, env: Environment) -> Self {
        self.env = env;
        self
    }

    /// An address to talk to instead of the region's own. The call's own option wins over it.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// A source of credentials. Keys and a profile in the options of a call win over it; it wins over the environment.
    #[must_use]
    pub fn credentials(mut self, source: impl CredentialSource + 'static) -> Self {
        self.credentials = Some(Arc::new(source));
        self
    }

    /// Keys that the program sets while it runs. The key of Bedrock is there under `bedrock` or one of its aliases: an API key,
    /// or several by the names `api_key`, `access_key_id`, `secret_access_key`, `session_token` and `region`. The options of a
    /// call win over it; it wins over a source of keys, and over the environment. A key that is set between two calls is used by
    /// the next. Default: the keys of the client that takes this provider up. If several do, calls fail while a further one has
    /// a key of Bedrock that is not the first one's: a provider does not know whose call it makes.
    ///
    /// ```
    /// use reqllm_bedrock::Bedrock;
    /// use reqllm_core::KeyRing;
    ///
    /// let keys = KeyRing::new();
    /// let bedrock = Bedrock::builder().keys(keys.clone()).build();
    /// keys.set("bedrock", [("access_key_id", "AKIDEXAMPLE"), ("secret_access_key", "…"), ("region", "eu-west-1")]);
    /// ```
    #[must_use]
    pub fn keys(mut self, keys: KeyRing) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The program's own source of keys, asked as `bedrock` before every attempt unless the call or [`Builder::keys`] has a key.
    /// It wins over [`Builder::credentials`]; where it has no key, the search goes on there. A region that it gives must be that
    /// of the call, which is decided before it is asked. Default: the source of the client that takes this provider up; if
    /// several do, they must not have different ones.
    #[must_use]
    pub fn key_source(mut self, source: Arc<dyn KeySource>) -> Self {
        self.key_source = Some(source);
        self
    }

    /// How services are asked that give credentials: STS, SSO, metadata services. Without it, those that need none of them
    /// still serve. A client of the crate `reqllm` brings its own.
    #[must_use]
    pub fn round_trip(mut self, round_trip: Arc<dyn RoundTrip>) -> Self {
        self.round_trip = Some(round_trip);
        self
    }

    /// Where the jitter of renewals comes from. Default: this machine.
    #[must_use]
    pub fn random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// A family that only this provider knows. It wins over those that are registered.
    #[must_use]
    pub fn family(mut self, family: &'static dyn Family) -> Self {
        self.families.push(family);
        self
    }

    /// The provider.
    pub fn build(self) -> Bedrock {
        Bedrock {
            env: self.env,
            endpoint_url: self.endpoint_url,
            credentials: self.credentials,
            families: Families::new(&self.families),
            keeper: Arc::new(Keeper::new(self.round_trip, self.random)),
            places: Arc::default(),
            ring: Arc::new(Ring::new(self.keys, self.key_source)),
        }
    }
}

impl Provider for Bedrock {
    fn id(&self) -> &str {
        ID
    }

    fn attach(&self, context: &ProviderContext) {
        if let Some(round_trip) = &context.round_trip {
            self.keeper.attach(round_trip);
        }
        self.ring.attach(context);
    }

    /// Source: the page on AWS Bedrock of OpenTelemetry's semantic conventions for generative AI.
    fn convention_name(&self) -> &str {
        "aws.bedrock"
    }

    fn prepare(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        self.exchange(model, call, delivery)
            .map_err(|error| error.with_provider(ID).with_model(&model.id))
    }

    fn region(&self, model: &Model, options: &ProviderOptions) -> Option<String> {
        Place::region_of(self, model, options)
    }

    /// Bedrock reads from S3 and from the request, and fetches nothing. Source: the shapes ImageSource, DocumentSource and
    /// VideoSource of the service model.
    fn takes_url(&self, url: &str) -> bool {
        ["s3://", "data:"].iter().any(|scheme| {
            let begin = url.get(..scheme.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        })
    }

    fn embed(&self, model: &Model, request: &Embed) -> Result<Vec<Task<Embeddings>>> {
        operations::embed::prepare(self, model, request)
            .map_err(|error| error.with_provider(ID).with_model(&model.id))
    }

    fn rerank(&self, model: &Model, request: &Rerank) -> Result<Task<Reranked>> {
        operations::rerank::prepare(self, model, request)
            .map_err(|error| error.with_provider(ID).with_model(&model.id))
    }

    fn count_tokens(&self, model: &Model, call: &Call) -> Result<Task<TokenCount>> {
        operations::count_tokens::prepare(self, model, call)
            .map_err(|error| error.with_provider(ID).with_model(&model.id))
    }

    fn check_guardrail(&self, request: &GuardrailCheck) -> Result<Task<Guarded>> {
        operations::guardrail::prepare(self, request).map_err(|error| error.with_provider(ID))
    }

    fn account_models(
        &self,
        query: &AccountQuery,
        page: Option<&str>,
    ) -> Result<Task<AccountPage>> {
        operations::account::prepare(self, query, page).map_err(|error| error.with_provider(ID))
    }
}

impl Bedrock {
    /// What the profile says that counts for a call.
    pub(crate) fn settings(&self, options: &Read) -> Result<Arc<Settings>> {
        self.keeper.settings(&self.env, options.profile.as_deref())
    }

    /// What the program has set, for a call with these options. What brings its own credentials asks for none, nor for the
    /// region that is set with others.
    pub(crate) fn held(&self, options: &Read) -> Result<Held> {
        match options.bring_credentials() {
            true => Ok(Held::default()),
            false => self.ring.held(),
        }
    }

    pub(crate) fn configured<'a>(&'a self, settings: &'a Settings) -> Configured<'a> {
        Configured {
            env: &self.env,
            settings,
        }
    }

    fn exchange(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        let options = Read::of(&call.options)?;
        if let Some(door) = door::of(model, &options)? {
            return door.exchange(self, model, call, &options, delivery);
        }
        settings::check(call)?;
        let mut place = Place::of_model(self, &options, model)?;
        let mut warnings = std::mem::take(&mut place.warnings);
        let (family, profile) = self.families.of(model);
        let asked = delivery;
        let (form, mut delivery, mut route) =
            route::decide(model, call, &options, family, profile, asked, &mut warnings)?;
        let shaped = shape::shape(model, call, &options, profile, form, &mut warnings)?;
        let call = &*shaped.call;
        if asked == Delivery::Whole {
            (delivery, route) =
                route::inside::settle(model, call, &options, profile, form, route, &mut warnings);
        }

        let (path, body) = match form {
            Form::Converse => (
                match delivery {
                    Delivery::Stream => "converse-stream",
                    _ => "converse",
                },
                converse::encode(
                    model,
                    call,
                    &options,
                    profile,
                    shaped.fields,
                    delivery,
                    &mut warnings,
                )?,
            ),
            Form::Native => (
                match delivery {
                    Delivery::Stream => "invoke-with-response-stream",
                    _ => "invoke",
                },
                match family.codec() {
                    Some(codec) => invoke::encode(
                        codec,
                        model,
                        call,
                        &options,
                        &shaped.fields,
                        delivery,
                        &mut warnings,
                    )?,
                    None => return Err(Error::config("a native route without a codec")),
                },
            ),
        };
        let id = model_id::path_segment(options.sent_id(model))?;
        let mut request = place.post(format_args!("/model/{id}/{path}"), body)?;
        let answer: Arc<dyn Answer> = match form {
            Form::Converse => {
                request
                    .headers_mut()
                    .insert(ACCEPT, HeaderValue::from_static(accept(delivery)));
                Arc::new(converse::ConverseAnswer { delivery, profile })
            }
            Form::Native => {
                invoke::headers(&options, delivery, request.headers_mut())?;
                Arc::new(InvokeAnswer { family, delivery })
            }
        };
        tracing::debug!(
            operation = route.operation,
            reason = %route.reason,
            family = family.name(),
            region = place.region(),
            "route"
        );
        let mut exchange = Exchange::new(request, route, place.auth, answer);
        exchange.delivery = delivery;
        exchange.warnings = warnings;
        exchange.expectation = shaped.expectation;
        exchange.wire_id = options.inference_profile_arn;
        let guardrail = options.guardrail_identifier.map(|id| (GUARDRAIL_ID, id));
        exchange.attributes.extend(guardrail);
        Ok(exchange)
    }
}

fn accept(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Stream => "application/vnd.amazon.eventstream",
        _ => "application/json",
    }
}

/// How Bedrock is found by name.
pub static DESCRIPTOR: ProviderDescriptor =
    ProviderDescriptor::new(ID, build).aliases(ALIASES).env(&[
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ]);

reqllm_core::inventory::submit! { &DESCRIPTOR }

/// Names the descriptor, which also keeps it in programs whose linker would drop it unnamed.
pub fn register() -> &'static ProviderDescriptor {
    &DESCRIPTOR
}

fn build(context: &ProviderContext) -> Result<Arc<dyn Provider>> {
    let mut builder = Bedrock::builder()
        .keys(context.keys.clone())
        .environment(context.env.clone())
        .random(context.random.clone());
    builder.round_trip = context.round_trip.clone();
    builder.key_source = context.key_source.clone();
    if let Some(url) = context.endpoints.get(ID) {
        builder = builder.endpoint_url(url);
    }
    Ok(Arc::new(builder.build()))
}
