//! A model, as a view into the packed catalogue. Getters read it in place; [`Record::to_model`] makes it a thing of its own.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use reqllm_core::{
    Billing, Budget, Capabilities, Capability, Decimal, Lifecycle, Limits, Modalities, ModalitySet,
    Model, PriceTier, Pricing, ReasoningControls, Resolution, Status, Wire,
};

use super::bytes::{behind, maybe, nano, slice, text, text_bytes, u8_at, u16_at, u32_at, u64_at};
use super::{Date, Packed};
use crate::layout::{REASONING, RECORD, extra, provider, reasoning, record};

/// A model in the catalogue.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    packed: &'a Packed,
    at: &'a [u8; RECORD],
}

impl<'a> Record<'a> {
    #[inline]
    pub(super) fn new(packed: &'a Packed, at: &'a [u8; RECORD]) -> Self {
        Self { packed, at }
    }

    /// The provider's id.
    #[inline]
    pub fn provider(&self) -> &'a str {
        text(self.packed.pool(), self.provider_id())
    }

    /// The id.
    #[inline]
    pub fn id(&self) -> &'a str {
        self.text(record::ID)
    }

    /// `provider:id`.
    pub fn spec(&self) -> String {
        format!("{}:{}", self.provider(), self.id())
    }

    /// A name for people.
    pub fn name(&self) -> Option<&'a str> {
        self.maybe(record::NAME)
    }

    /// The family, in the source's words.
    pub fn family(&self) -> Option<&'a str> {
        self.maybe(record::FAMILY)
    }

    /// How much it takes and gives.
    #[inline]
    pub fn limits(&self) -> Limits {
        let limit = |at| Some(u64::from(u32_at(self.at, at))).filter(|limit| *limit != 0);
        let mut limits = Limits::default();
        limits.context = limit(record::CONTEXT);
        limits.input = limit(record::INPUT);
        limits.output = limit(record::OUTPUT);
        limits
    }

    /// What kinds of content it takes and gives.
    #[inline]
    pub fn modalities(&self) -> Modalities {
        let kinds = |at| ModalitySet::from_bits(u8_at(self.at, at));
        Modalities::new(kinds(record::MODALITIES_IN), kinds(record::MODALITIES_OUT))
    }

    /// What it can do.
    #[inline]
    pub fn capabilities(&self) -> Capabilities {
        const ALL: u32 = (1 << Capability::ALL.len()) - 1;
        Capabilities::from_bits(
            u32_at(self.at, record::YES) & ALL,
            u32_at(self.at, record::NO) & ALL,
        )
    }

    /// Its stage; none if it is not known to be any but the usual one.
    #[inline]
    pub fn status(&self) -> Option<Status> {
        match u8_at(self.at, record::STATUS) {
            1 => Some(Status::Beta),
            2 => Some(Status::Active),
            3 => Some(Status::Deprecated),
            4 => Some(Status::Retired),
            _ => None,
        }
    }

    /// When it came out.
    #[inline]
    pub fn released(&self) -> Option<Date> {
        Date::new(u32_at(self.at, record::RELEASED))
    }

    /// When it was last changed.
    pub fn updated(&self) -> Option<Date> {
        Date::new(u32_at(self.at, record::UPDATED))
    }

    /// Until when it knows the world.
    pub fn knowledge(&self) -> Option<Date> {
        Date::new(u32_at(self.at, record::KNOWLEDGE))
    }

    /// When it goes away.
    pub fn retires(&self) -> Option<Date> {
        Date::new(u32_at(self.extra(), extra::RETIRES))
    }

    /// What to use instead.
    pub fn replacement(&self) -> Option<&'a str> {
        self.of_extra(extra::REPLACEMENT)
    }

    /// The id on the wire, where it differs.
    pub fn wire_id(&self) -> Option<&'a str> {
        self.of_extra(extra::WIRE_ID)
    }

    /// The model that this one is made of or leads to.
    pub fn base_model(&self) -> Option<&'a str> {
        self.of_extra(extra::BASE_MODEL)
    }

    /// Where it is served, if not at its provider's own address. May hold variables, as `${AWS_REGION}`.
    pub fn base_url(&self) -> Option<&'a str> {
        self.of_extra(extra::BASE_URL)
    }

    /// How it is spoken to, if not as its provider is.
    pub fn dialect(&self) -> Option<&'a str> {
        self.of_extra(extra::DIALECT)
    }

    /// Which of a dialect's APIs it has: `responses` or `completions`.
    pub fn shape(&self) -> Option<&'a str> {
        self.of_extra(extra::SHAPE)
    }

    /// The field of a message in which reasoning comes, and has to go back.
    pub fn reasoning_field(&self) -> Option<&'a str> {
        self.of_extra(extra::REASONING_FIELD)
    }

    /// How its provider bills for it.
    #[inline]
    pub fn billing(&self) -> Billing {
        match u8_at(self.at, record::BILLING) {
            1 => Billing::Plan,
            2 => Billing::Free,
            _ => Billing::PerToken,
        }
    }

    /// USD per 1,000,000 tokens of input.
    pub fn input_price(&self) -> Option<Decimal> {
        self.input_nano().map(nano)
    }

    /// USD per 1,000,000 tokens of output.
    pub fn output_price(&self) -> Option<Decimal> {
        self.output_nano().map(nano)
    }

    /// Nano-USD per 1,000,000 tokens of input: the price as it is kept, for comparing many.
    pub fn input_nano(&self) -> Option<u64> {
        self.prices().nano(0)
    }

    /// Nano-USD per 1,000,000 tokens of output.
    pub fn output_nano(&self) -> Option<u64> {
        self.prices().nano(1)
    }

    /// All prices. None if none is known and it is billed by token.
    pub fn pricing(&self) -> Option<Pricing> {
        let bytes = self.price();
        if bytes.is_empty() && self.billing() == Billing::PerToken {
            return None;
        }
        let mut pricing = Pricing::default();
        let prices = self.prices();
        for (position, field) in [
            &mut pricing.input,
            &mut pricing.output,
            &mut pricing.cache_read,
            &mut pricing.cache_write,
            &mut pricing.cache_write_1h,
            &mut pricing.reasoning,
            &mut pricing.input_audio,
            &mut pricing.output_audio,
        ]
        .into_iter()
        .enumerate()
        {
            *field = prices.get(position);
        }
        let mut at = prices.end();
        for _ in 0..u8_at(bytes, 2) {
            let prices = Prices::read(bytes, at + 8, u16_at(bytes, at + 4));
            let mut tier = PriceTier::default();
            tier.above = u64::from(u32_at(bytes, at));
            tier.input = prices.get(0);
            tier.output = prices.get(1);
            tier.cache_read = prices.get(2);
            tier.cache_write = prices.get(3);
            pricing.tiers.push(tier);
            at = prices.end();
        }
        for _ in 0..u8_at(bytes, 3) {
            let name = text(self.packed.pool(), u32_at(bytes, at));
            let factor = nano(u64_at(bytes, at + 4));
            pricing.service_tiers.insert(name.to_owned(), factor);
            at += 12;
        }
        pricing.billing = self.billing();
        pricing.as_of = self.packed.source().date.map(|date| date.to_string());
        Some(pricing)
    }

    /// How it can be made to think more or less.
    pub fn reasoning(&self) -> ReasoningControls {
        let bytes = behind(self.packed.pool(), u32_at(self.at, record::REASONING));
        let flags = u8_at(bytes, 0);
        let mut controls = ReasoningControls::default();
        controls.toggle = flags & reasoning::TOGGLE != 0;
        if flags & reasoning::BUDGET != 0 {
            let bound = |flag, at| (flags & flag != 0).then(|| u64::from(u32_at(bytes, at)));
            let mut budget = Budget::default();
            budget.min = bound(reasoning::MIN, 4);
            budget.max = bound(reasoning::MAX, 8);
            controls.budget = Some(budget);
        }
        controls.effort = (0..usize::from(u8_at(bytes, 1)))
            .map(|effort| u32_at(bytes, REASONING + effort * 4))
            .map(|effort| text(self.packed.pool(), effort).to_owned())
            .collect();
        controls
    }

    /// All of it.
    pub fn to_model(&self) -> Model {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let date = |date: Option<Date>| date.map(|date| date.to_string());
        let mut model = Model::new(self.provider(), self.id());
        model.wire_id = owned(self.wire_id());
        model.base_model = owned(self.base_model());
        model.wire.dialect = owned(self.dialect());
        // Sources may come to have shapes that nobody here can have heard of.
        let shape = self.shape().filter(|it| Wire::SHAPES.contains(it));
        model.wire.shape = owned(shape);
        model.wire.base_url = owned(self.base_url());
        model.family = owned(self.family());
        model.name = owned(self.name());
        model.limits = self.limits();
        model.modalities = self.modalities();
        model.capabilities = self.capabilities();
        model.reasoning = self.reasoning();
        let mut lifecycle = Lifecycle::default();
        lifecycle.status = self.status();
        lifecycle.released = date(self.released());
        lifecycle.updated = date(self.updated());
        lifecycle.knowledge = date(self.knowledge());
        lifecycle.retires = date(self.retires());
        lifecycle.replacement = owned(self.replacement());
        model.lifecycle = lifecycle;
        model.cost = self.pricing();
        model.resolution = Resolution::Exact;
        model
    }

    /// Whether it goes by this name. The id says more than the provider, so it is looked at first.
    pub(super) fn is(&self, provider: &str, id: &str) -> bool {
        let pool = self.packed.pool();
        text_bytes(pool, u32_at(self.at, record::ID)) == id.as_bytes()
            && text_bytes(pool, self.provider_id()) == provider.as_bytes()
    }

    fn provider_id(&self) -> u32 {
        let providers = slice(&self.packed.bytes, &self.packed.providers);
        let at = usize::from(u16_at(self.at, record::PROVIDER)) * crate::layout::PROVIDER;
        u32_at(providers, at + provider::ID)
    }

    fn text(&self, field: usize) -> &'a str {
        text(self.packed.pool(), u32_at(self.at, field))
    }

    fn maybe(&self, field: usize) -> Option<&'a str> {
        maybe(self.packed.pool(), u32_at(self.at, field))
    }

    fn price(&self) -> &'a [u8] {
        behind(self.packed.pool(), u32_at(self.at, record::PRICE))
    }

    fn prices(&self) -> Prices<'a> {
        let bytes = self.price();
        Prices::read(bytes, 4, u16_at(bytes, 0))
    }

    fn extra(&self) -> &'a [u8] {
        behind(self.packed.pool(), u32_at(self.at, record::EXTRA))
    }

    fn of_extra(&self, field: usize) -> Option<&'a str> {
        maybe(self.packed.pool(), u32_at(self.extra(), field))
    }
}

/// The same entry of the same catalogue.
impl PartialEq for Record<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.provider(), other.id()) && self.to_model() == other.to_model()
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Record").field(&self.spec()).finish()
    }
}

/// Some of the prices that there are, one after the other.
struct Prices<'a> {
    bytes: &'a [u8],
    at: usize,
    there: u16,
}

impl<'a> Prices<'a> {
    fn read(bytes: &'a [u8], at: usize, there: u16) -> Self {
        Self { bytes, at, there }
    }

    fn get(&self, position: usize) -> Option<Decimal> {
        self.nano(position).map(nano)
    }

    fn nano(&self, position: usize) -> Option<u64> {
        let bit = 1 << position;
        if self.there & bit == 0 {
            return None;
        }
        let before = (self.there & (bit - 1)).count_ones() as usize;
        Some(u64_at(self.bytes, self.at + before * 8))
    }

    /// Where what comes next begins.
    fn end(&self) -> usize {
        self.at + self.there.count_ones() as usize * 8
    }
}

/// Models, ordered by provider and id.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    packed: &'a Packed,
    rest: std::slice::Iter<'a, [u8; RECORD]>,
}

impl<'a> Records<'a> {
    pub(super) fn new(packed: &'a Packed, range: Range<usize>) -> Self {
        let (models, _) = slice(&packed.bytes, &packed.models).as_chunks();
        Self {
            packed,
            rest: models.get(range).unwrap_or_default().iter(),
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some(Record::new(self.packed, self.rest.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl DoubleEndedIterator for Records<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        Some(Record::new(self.packed, self.rest.next_back()?))
    }
}

impl ExactSizeIterator for Records<'_> {}
impl FusedIterator for Records<'_> {}
