//! The provider: from a call to an exchange.

use std::sync::Arc;

use reqllm_core::{
    AccountPage, AccountQuery, Call, Delivery, Embed, Embeddings, Environment, Exchange, Model,
    Provider, ProviderContext, ProviderDescriptor, ProviderFacts, Result, Task,
};
use reqllm_dialects::door::{KeyAuth, KeyFinder, KeyHeader};

use crate::options::Read;
use crate::place::{self, Place};
use crate::route::{Api, Choice};
use crate::row::Key;
use crate::{ID, account, chat, embed, quirks, responses, route, settings};

/// What is asked for, and where.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) provider: &'a OpenAi,
    pub(crate) place: &'a Place,
    pub(crate) model: &'a Model,
    pub(crate) call: &'a Call,
    pub(crate) options: &'a Read,
    pub(crate) delivery: Delivery,
}

/// OpenAI, or a server that speaks its form.
#[derive(Clone, Debug)]
pub struct OpenAi {
    pub(crate) facts: ProviderFacts,
    pub(crate) env: Environment,
    /// The address that the client was given.
    pub(crate) endpoint: Option<String>,
    finder: KeyFinder,
}

impl OpenAi {
    /// The provider of which the context has the facts; without any it is OpenAI itself.
    pub fn new(context: &ProviderContext) -> Self {
        let facts = context
            .facts
            .clone()
            .unwrap_or_else(|| ProviderFacts::new(ID));
        let mut variables: Vec<&str> = facts.key_variables().collect();
        if variables.is_empty() && facts.id == ID {
            variables.push("OPENAI_API_KEY");
        }
        Self {
            finder: KeyFinder::new(context, facts.id.as_str(), variables),
            env: context.env.clone(),
            endpoint: context.endpoints.get(&facts.id).cloned(),
            facts,
        }
    }

    /// Proves who asks, at a place.
    pub(crate) fn auth(&self, options: &Read, place: &Place) -> KeyAuth {
        let key = quirks::of_provider(&self.facts.id).key;
        let header = match key {
            Key::Header(name) => KeyHeader::Named(http::HeaderName::from_static(name)),
            Key::Bearer | Key::Optional => KeyHeader::Bearer,
        };
        KeyAuth::new(self.finder.clone(), header)
            .given(options.api_key.clone())
            .optional(key == Key::Optional || place.is_local())
    }

    fn exchange(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        let options = Read::of(&self.facts.id, &call.options)?;
        settings::check(call)?;
        let place = Place::of(self, &options, Some(model))?;
        let choice = Choice::of(&options, &self.facts.id, &self.env)?;
        let at_openai = Choice::is_openai(choice, &place);
        let row = quirks::find(&self.facts.id, model, at_openai);
        let (api, reason) =
            route::decide(row, &self.facts, choice, at_openai, model, call, &options);
        tracing::debug!(api = api.as_str(), reason = %reason, provider = %self.facts.id, row = row.quirks.name, "route");
        let asked = Asked {
            provider: self,
            place: &place,
            model,
            call,
            options: &options,
            delivery,
        };
        match api {
            Api::Chat => chat::exchange(asked, row, reason),
            Api::Responses => responses::exchange(asked, reason),
        }
    }
}

impl Provider for OpenAi {
    fn id(&self) -> &str {
        &self.facts.id
    }

    fn takes_options_of(&self, provider: &str) -> bool {
        provider == ID
    }

    fn prepare(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        self.exchange(model, call, delivery)
            .map_err(|error| error.with_provider(self.id()).with_model(&model.id))
    }

    fn takes_url(&self, url: &str) -> bool {
        quirks::of_provider(&self.facts.id).quirks.urls
            || url
                .get(..5)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
    }

    fn embed(&self, model: &Model, request: &Embed) -> Result<Vec<Task<Embeddings>>> {
        embed::prepare(self, model, request)
            .map_err(|error| error.with_provider(self.id()).with_model(&model.id))
    }

    fn account_models(
        &self,
        query: &AccountQuery,
        page: Option<&str>,
    ) -> Result<Task<AccountPage>> {
        account::prepare(self, query, page).map_err(|error| error.with_provider(self.id()))
    }
}

/// How OpenAI, and all that speak its form, are found by name.
pub static DESCRIPTOR: ProviderDescriptor = ProviderDescriptor::new(ID, build)
    .base_url(place::OPENAI)
    .url_env(place::VARIABLE)
    .dialects(&["openai", "openai-compatible"]);

reqllm_core::inventory::submit! { &DESCRIPTOR }

/// Names the descriptor, which also keeps it in programs whose linker would drop it unnamed.
pub fn register() -> &'static ProviderDescriptor {
    &DESCRIPTOR
}

fn build(context: &ProviderContext) -> Result<Arc<dyn Provider>> {
    Ok(Arc::new(OpenAi::new(context)))
}
