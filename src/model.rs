//! A model that can be called.

use std::fmt;
use std::sync::Arc;

use reqllm_core::{
    Embed, Identity, IntoInputs, IntoMessages, Model, ModelSpec, Provider, Rerank, Result, Warning,
};
use reqllm_registry::Resolved;

use crate::fallback::Fallbacks;
use crate::{Chat, Client, CountCall, EmbedCall, RerankCall};

/// A model that can be called. Cheap to clone.
#[derive(Clone)]
pub struct LanguageModel {
    pub(crate) client: Client,
    pub(crate) model: Arc<Model>,
    /// Whose answers its answers are.
    pub(crate) identity: Arc<Identity>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) warnings: Arc<[Warning]>,
    pub(crate) fallbacks: Fallbacks,
}

impl LanguageModel {
    pub(crate) fn new(client: Client, resolved: Resolved, provider: Arc<dyn Provider>) -> Self {
        Self {
            client,
            identity: Arc::new(Identity::from(&*resolved.model)),
            model: resolved.model,
            provider,
            warnings: resolved.warnings.into(),
            fallbacks: Fallbacks::default(),
        }
    }

    /// Begins a call: a prompt, a message, or a conversation. Awaiting it gives the whole answer,
    /// [`Chat::stream`] its events.
    pub fn chat(&self, messages: impl IntoMessages) -> Chat {
        Chat::new(self.clone(), messages)
    }

    /// Begins to embed: a text, an input, or a list of them. Awaiting it gives a vector for each.
    pub fn embed(&self, inputs: impl IntoInputs) -> EmbedCall {
        EmbedCall::new(self.clone(), Embed::new(inputs))
    }

    /// Begins to rank documents by how well they answer a query. Awaiting it gives them, the best first.
    pub fn rerank<D: Into<String>>(
        &self,
        query: impl Into<String>,
        documents: impl IntoIterator<Item = D>,
    ) -> RerankCall {
        RerankCall::new(self.clone(), Rerank::new(query, documents))
    }

    /// Begins to count the tokens of a prompt, a message, or a conversation, as the provider counts them.
    pub fn count_tokens(&self, messages: impl IntoMessages) -> CountCall {
        self.chat(messages).count_tokens()
    }

    /// What is known of the model.
    pub fn info(&self) -> &Model {
        &self.model
    }

    /// What there was to say about how it was found, such as that it is not registered.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl fmt::Debug for LanguageModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LanguageModel")
            .field(&self.model.spec())
            .finish()
    }
}

impl fmt::Display for LanguageModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.model.spec())
    }
}

/// A spec as it was meant.
#[derive(Debug)]
#[non_exhaustive]
pub enum Spec {
    /// One to look up.
    Named(ModelSpec),
    /// A full one.
    Full(Box<Model>),
}

/// What can name a model: text such as `provider:model`, a parsed spec, or a full one.
///
/// Text is never read as a full spec: whoever passes on what a user typed must not let that say where keys are sent.
/// [`Model::from_json`] and [`Model::from_toml`] read full specs.
pub trait IntoSpec {
    /// The spec; `parse` reads text.
    ///
    /// # Errors
    ///
    /// A text that is no spec.
    fn into_spec(self, parse: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec>;
}

impl IntoSpec for &str {
    fn into_spec(self, parse: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec> {
        parse(self).map(Spec::Named)
    }
}

impl IntoSpec for String {
    fn into_spec(self, parse: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec> {
        self.as_str().into_spec(parse)
    }
}

impl IntoSpec for &String {
    fn into_spec(self, parse: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec> {
        self.as_str().into_spec(parse)
    }
}

impl IntoSpec for ModelSpec {
    fn into_spec(self, _: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec> {
        Ok(Spec::Named(self))
    }
}

impl IntoSpec for &ModelSpec {
    fn into_spec(self, _: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec> {
        Ok(Spec::Named(self.clone()))
    }
}

impl IntoSpec for Model {
    fn into_spec(self, _: &dyn Fn(&str) -> Result<ModelSpec>) -> Result<Spec> {
        Ok(Spec::Full(Box::new(self)))
    }
}
