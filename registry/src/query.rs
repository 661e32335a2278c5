//! Models by what they can do, take, and cost.

use std::cmp::Reverse;
use std::sync::Arc;

use reqllm_core::{Capability, Decimal, Modality, Model, Status};

use crate::{Record, Registry};

/// A question to a [`Registry`].
///
/// What is not known of a model does not fulfil a requirement. Retired models are left out unless asked for.
///
/// ```
/// use reqllm_core::{Capability, Modality};
/// use reqllm_registry::{Registry, Sort};
///
/// let registry = Registry::embedded();
/// let cheapest = registry
///     .query()
///     .provider("bedrock")
///     .require(Capability::Tools)
///     .input(Modality::Image)
///     .min_context(100_000)
///     .sort(Sort::Price)
///     .select();
/// assert!(cheapest.is_some());
/// ```
#[derive(Clone, Debug)]
pub struct Query<'r> {
    registry: &'r Registry,
    providers: Vec<String>,
    family: Option<String>,
    required: Vec<Capability>,
    forbidden: Vec<Capability>,
    accept_unknown: bool,
    input: Vec<Modality>,
    output: Vec<Modality>,
    min_context: Option<u64>,
    min_output: Option<u64>,
    max_input_price: Option<Decimal>,
    max_output_price: Option<Decimal>,
    statuses: Vec<Status>,
    accept_retired: bool,
    sort: Sort,
}

/// The order of what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sort {
    /// By provider and id.
    #[default]
    Id,
    /// The cheapest first, by the prices of input and output together; those without a price last.
    Price,
    /// The largest context window first; those without a known one last.
    Context,
    /// The newest first; those without a known date last.
    Date,
}

impl<'r> Query<'r> {
    pub(crate) fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            providers: Vec::new(),
            family: None,
            required: Vec::new(),
            forbidden: Vec::new(),
            accept_unknown: false,
            input: Vec::new(),
            output: Vec::new(),
            min_context: None,
            min_output: None,
            max_input_price: None,
            max_output_price: None,
            statuses: Vec::new(),
            accept_retired: false,
            sort: Sort::Id,
        }
    }

    /// Only this provider's, by any of its names; may be said again for another. One that nobody knows has no models.
    #[must_use]
    pub fn provider(mut self, name: &str) -> Self {
        let id = self.registry.provider(name).unwrap_or(name);
        self.providers.push(id.to_owned());
        self
    }

    /// Only models of this family.
    #[must_use]
    pub fn family(mut self, family: impl Into<String>) -> Self {
        self.family = Some(family.into());
        self
    }

    /// Only models that can do this.
    #[must_use]
    pub fn require(mut self, capability: Capability) -> Self {
        self.required.push(capability);
        self
    }

    /// Only models that cannot do this.
    #[must_use]
    pub fn forbid(mut self, capability: Capability) -> Self {
        self.forbidden.push(capability);
        self
    }

    /// Takes an ability that is not known for one that fulfils every requirement.
    #[must_use]
    pub fn accept_unknown(mut self) -> Self {
        self.accept_unknown = true;
        self
    }

    /// Only models that take this kind of content.
    #[must_use]
    pub fn input(mut self, modality: Modality) -> Self {
        self.input.push(modality);
        self
    }

    /// Only models that give this kind of content.
    #[must_use]
    pub fn output(mut self, modality: Modality) -> Self {
        self.output.push(modality);
        self
    }

    /// Only models with a context window of at least so many tokens.
    #[must_use]
    pub fn min_context(mut self, tokens: u64) -> Self {
        self.min_context = Some(tokens);
        self
    }

    /// Only models that give at least so many tokens.
    #[must_use]
    pub fn min_output(mut self, tokens: u64) -> Self {
        self.min_output = Some(tokens);
        self
    }

    /// Only models whose input costs at most this, in USD per 1,000,000 tokens.
    #[must_use]
    pub fn max_input_price(mut self, price: Decimal) -> Self {
        self.max_input_price = Some(price);
        self
    }

    /// Only models whose output costs at most this, in USD per 1,000,000 tokens.
    #[must_use]
    pub fn max_output_price(mut self, price: Decimal) -> Self {
        self.max_output_price = Some(price);
        self
    }

    /// Only models at this stage of their life; may be said again for another.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.statuses.push(status);
        self
    }

    /// Does not leave retired models out.
    #[must_use]
    pub fn accept_retired(mut self) -> Self {
        self.accept_retired = true;
        self
    }

    /// The order of what is found.
    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// Every model that fulfils all of it.
    pub fn find(&self) -> Vec<Arc<Model>> {
        let explicit = &self.registry.explicit;
        let given = |record: &Record<'_>| {
            !explicit.is_empty()
                && explicit.contains_key(&(record.provider().to_owned(), record.id().to_owned()))
        };
        let mut found: Vec<Arc<Model>> = self
            .registry
            .catalogue
            .records()
            .filter(|record| self.may_fit(record) && !given(record))
            .map(|record| Arc::new(record.to_model()))
            .chain(explicit.values().cloned())
            .filter(|model| self.fits(model) && self.registry.filter.passes(model))
            .collect();
        self.order(&mut found);
        found
    }

    /// The first one of them.
    pub fn select(&self) -> Option<Arc<Model>> {
        self.find().into_iter().next()
    }

    /// What can be told from a record where it lies, so that few of them have to be unpacked.
    fn may_fit(&self, record: &Record<'_>) -> bool {
        let capabilities = record.capabilities();
        let has =
            |capability: &Capability| capabilities.get(*capability).unwrap_or(self.accept_unknown);
        self.required.iter().all(has)
            && self.min_context.is_none_or(|least| {
                record
                    .limits()
                    .context
                    .map_or(self.accept_unknown, |it| it >= least)
            })
            && (self.providers.is_empty()
                || self
                    .providers
                    .iter()
                    .any(|provider| provider == record.provider()))
    }

    fn fits(&self, model: &Model) -> bool {
        let unknown = self.accept_unknown;
        let can = |capability: &Capability| model.capabilities.get(*capability);
        let at_least = |limit: Option<u64>, least: Option<u64>| {
            least.is_none_or(|least| limit.map_or(unknown, |limit| limit >= least))
        };
        let price = |price: fn(&Model) -> Option<Decimal>, most: Option<Decimal>| {
            most.is_none_or(|most| price(model).is_some_and(|price| price <= most))
        };
        let takes = |kinds: &[Modality], set: reqllm_core::ModalitySet| {
            kinds
                .iter()
                .all(|kind| set.contains(*kind) || (unknown && set.is_empty()))
        };
        let status = model.lifecycle.status;
        (self.providers.is_empty() || self.providers.contains(&model.provider))
            && self
                .family
                .as_ref()
                .is_none_or(|family| model.family.as_ref() == Some(family))
            && self.required.iter().all(|it| can(it).unwrap_or(unknown))
            && self.forbidden.iter().all(|it| !can(it).unwrap_or(!unknown))
            && takes(&self.input, model.modalities.input)
            && takes(&self.output, model.modalities.output)
            && at_least(model.limits.context, self.min_context)
            && at_least(model.limits.output, self.min_output)
            && price(input_price, self.max_input_price)
            && price(output_price, self.max_output_price)
            && (self.accept_retired || status != Some(Status::Retired))
            && (self.statuses.is_empty() || status.is_some_and(|it| self.statuses.contains(&it)))
    }

    fn order(&self, models: &mut [Arc<Model>]) {
        models.sort_by(|a, b| (&a.provider, &a.id).cmp(&(&b.provider, &b.id)));
        match self.sort {
            Sort::Id => {}
            Sort::Price => models.sort_by_key(|model| {
                let price = input_price(model).zip(output_price(model));
                let sum = price.and_then(|(input, output)| input.checked_add(output));
                (sum.is_none(), sum)
            }),
            Sort::Context => models.sort_by_key(|model| Reverse(model.limits.context)),
            Sort::Date => models.sort_by(|a, b| b.lifecycle.released.cmp(&a.lifecycle.released)),
        }
    }
}

fn input_price(model: &Model) -> Option<Decimal> {
    model.cost.as_ref()?.input
}

fn output_price(model: &Model) -> Option<Decimal> {
    model.cost.as_ref()?.output
}
