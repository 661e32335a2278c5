//! The fields of a model, by path: how each is read, laid over a model, and removed.

use std::collections::{BTreeMap, BTreeSet};

use reqllm_core::{
    Billing, Budget, Capabilities, Capability, Decimal, ModalitySet, Model, PriceTier, Pricing,
    Result, Status, Wire, nearest,
};
use serde::Deserialize;
use serde_json::Value;

use super::place::Place;
use super::value::{budget, factors, is_date, is_url, is_word, kinds, price, tiers, words};

/// A field of a model.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    Plain(&'static Plain),
    Ability(Capability),
}

/// A field with a place of its own.
#[derive(Debug)]
pub(super) struct Plain {
    path: &'static str,
    slot: fn(&mut Model) -> Slot<'_>,
}

/// Where the value of a field is, and of what kind it is.
enum Slot<'a> {
    /// Something that goes into requests or is looked up by: no white space.
    Word(&'a mut Option<String>),
    Text(&'a mut Option<String>),
    Url(&'a mut Option<String>),
    Shape(&'a mut Option<String>),
    Date(&'a mut Option<String>),
    Limit(&'a mut Option<u64>),
    Flag(&'a mut bool),
    Ability(&'a mut Capabilities, Capability),
    Kinds(&'a mut ModalitySet),
    Levels(&'a mut Vec<String>),
    Budget(&'a mut Option<Budget>),
    Price(&'a mut Option<Decimal>),
    Tiers(&'a mut Vec<PriceTier>),
    Factors(&'a mut BTreeMap<String, Decimal>),
    Billing(&'a mut Billing),
    Status(&'a mut Option<Status>),
}

macro_rules! fields {
    ($($path:literal = $slot:expr,)*) => {
        const FIELDS: &[Plain] = &[$(Plain { path: $path, slot: $slot },)*];
    };
}

fields! {
    "wire_id" = |it| Slot::Word(&mut it.wire_id),
    "base_model" = |it| Slot::Word(&mut it.base_model),
    "base_url" = |it| Slot::Url(&mut it.base_url),
    "dialect" = |it| Slot::Word(&mut it.wire.dialect),
    "shape" = |it| Slot::Shape(&mut it.wire.shape),
    "family" = |it| Slot::Word(&mut it.family),
    "name" = |it| Slot::Text(&mut it.name),
    "limits.context" = |it| Slot::Limit(&mut it.limits.context),
    "limits.input" = |it| Slot::Limit(&mut it.limits.input),
    "limits.output" = |it| Slot::Limit(&mut it.limits.output),
    "modalities.input" = |it| Slot::Kinds(&mut it.modalities.input),
    "modalities.output" = |it| Slot::Kinds(&mut it.modalities.output),
    "reasoning.toggle" = |it| Slot::Flag(&mut it.reasoning.toggle),
    "reasoning.effort" = |it| Slot::Levels(&mut it.reasoning.effort),
    "reasoning.budget" = |it| Slot::Budget(&mut it.reasoning.budget),
    "lifecycle.status" = |it| Slot::Status(&mut it.lifecycle.status),
    "lifecycle.released" = |it| Slot::Date(&mut it.lifecycle.released),
    "lifecycle.updated" = |it| Slot::Date(&mut it.lifecycle.updated),
    "lifecycle.knowledge" = |it| Slot::Date(&mut it.lifecycle.knowledge),
    "lifecycle.retires" = |it| Slot::Date(&mut it.lifecycle.retires),
    "lifecycle.replacement" = |it| Slot::Word(&mut it.lifecycle.replacement),
    "cost.input" = |it| Slot::Price(&mut cost(it).input),
    "cost.output" = |it| Slot::Price(&mut cost(it).output),
    "cost.cache_read" = |it| Slot::Price(&mut cost(it).cache_read),
    "cost.cache_write" = |it| Slot::Price(&mut cost(it).cache_write),
    "cost.cache_write_1h" = |it| Slot::Price(&mut cost(it).cache_write_1h),
    "cost.reasoning" = |it| Slot::Price(&mut cost(it).reasoning),
    "cost.input_audio" = |it| Slot::Price(&mut cost(it).input_audio),
    "cost.output_audio" = |it| Slot::Price(&mut cost(it).output_audio),
    "cost.tiers" = |it| Slot::Tiers(&mut cost(it).tiers),
    "cost.service_tiers" = |it| Slot::Factors(&mut cost(it).service_tiers),
    "cost.billing" = |it| Slot::Billing(&mut cost(it).billing),
    "cost.as_of" = |it| Slot::Date(&mut cost(it).as_of),
}

fn cost(model: &mut Model) -> &mut Pricing {
    model.cost.get_or_insert_default()
}

impl Field {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let abilities = Capability::ALL.iter().copied().map(Self::Ability);
        FIELDS.iter().map(Self::Plain).chain(abilities)
    }

    pub(super) fn find(path: &str) -> Option<Self> {
        Self::all().find(|field| field.path() == path)
    }

    pub(super) fn path(self) -> String {
        match self {
            Self::Plain(plain) => plain.path.to_owned(),
            Self::Ability(capability) => format!("capabilities.{capability}"),
        }
    }

    fn slot(self, model: &mut Model) -> Slot<'_> {
        match self {
            Self::Plain(plain) => (plain.slot)(model),
            Self::Ability(capability) => Slot::Ability(&mut model.capabilities, capability),
        }
    }
}

/// What an entry says of a model.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    /// Holds the values of the fields that are set; the rest of it means nothing.
    values: Model,
    set: BTreeMap<String, Field>,
    unset: BTreeMap<String, Field>,
    pub(super) aliases: BTreeSet<String>,
}

impl Patch {
    pub(super) fn new(provider: &str, id: &str) -> Self {
        Self {
            values: Model::new(provider, id),
            set: BTreeMap::new(),
            unset: BTreeMap::new(),
            aliases: BTreeSet::new(),
        }
    }

    /// Sets a field to what stands at `place`.
    pub(super) fn set(&mut self, field: Field, value: &Value, place: &Place<'_>) -> Result<()> {
        field.slot(&mut self.values).read(value, place)?;
        match self.set.insert(field.path(), field) {
            None => Ok(()),
            Some(_) => Err(place.error("is given twice, under two names; one would do")),
        }
    }

    /// Sets fields to values that are known to be good.
    pub(super) fn set_all(&mut self, paths: &[&str], set: impl FnOnce(&mut Model)) {
        set(&mut self.values);
        let fields = paths.iter().filter_map(|path| Field::find(path));
        self.set.extend(fields.map(|field| (field.path(), field)));
    }

    /// Removes a field, or a group of them.
    pub(super) fn unset(&mut self, path: &str, place: &Place<'_>) -> Result<()> {
        let before = self.unset.len();
        let known = self.unset.contains_key(path);
        self.unset.extend(Field::all().filter_map(|field| {
            let own = field.path();
            let rest = own.strip_prefix(path)?;
            (rest.is_empty() || rest.starts_with('.')).then_some((own, field))
        }));
        if known || self.unset.len() > before {
            return Ok(());
        }
        let paths: Vec<String> = Field::all().map(Field::path).collect();
        let hint = match nearest(path, paths.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near:?}?"),
            None => "a path such as \"cost.input\", or a group such as \"cost\", would do".into(),
        };
        Err(place.error(&format!("is {path:?}, which is no field; {hint}")))
    }

    /// Lays it over a model, and tells every field that it touches.
    pub(super) fn apply(&self, model: &mut Model, mut touched: impl FnMut(&str)) {
        for (path, field) in &self.unset {
            field.slot(model).clear();
            if path == "base_url" {
                model.wire.base_url = None;
            }
            touched(path);
        }
        if !self.set.is_empty() {
            let mut values = self.values.clone();
            for (path, field) in &self.set {
                let from = field.slot(&mut values);
                match &from {
                    Slot::Factors(factors) => {
                        factors
                            .keys()
                            .for_each(|tier| touched(&format!("{path}.{tier}")));
                    }
                    _ => touched(path),
                }
                from.lay_over(field.slot(model));
            }
        }
        // Asking for a price makes room for prices.
        if model.cost == Some(Pricing::default()) {
            model.cost = None;
        }
    }
}

impl Slot<'_> {
    fn read(self, value: &Value, place: &Place<'_>) -> Result<()> {
        let refuse = |wanted: &str| Err(place.refuse(value, wanted));
        match self {
            Self::Word(to) => match value.as_str().filter(|word| is_word(word)) {
                Some(word) => *to = Some(word.to_owned()),
                None => return refuse("a text without white space or control characters"),
            },
            Self::Text(to) => match value.as_str().filter(|text| !text.trim().is_empty()) {
                Some(text) => *to = Some(text.to_owned()),
                None => return refuse("a text"),
            },
            Self::Url(to) => match value.as_str().filter(|url| is_url(url)) {
                Some(url) => *to = Some(url.to_owned()),
                None => return refuse("an http: or https: URL"),
            },
            Self::Shape(to) => match value.as_str().filter(|it| Wire::SHAPES.contains(it)) {
                Some(shape) => *to = Some(shape.to_owned()),
                None => return refuse("\"responses\" or \"completions\""),
            },
            Self::Date(to) => match value.as_str().filter(|date| is_date(date)) {
                Some(date) => *to = Some(date.to_owned()),
                None => return refuse("a date as \"2026-08-23\" or \"2026-08\""),
            },
            Self::Limit(to) => match value.as_u64().filter(|limit| *limit > 0) {
                Some(limit) => *to = Some(limit),
                None => return refuse("a whole number from 1"),
            },
            Self::Flag(to) => match value.as_bool() {
                Some(flag) => *to = flag,
                None => return refuse("true or false"),
            },
            Self::Ability(to, capability) => match value.as_bool() {
                Some(flag) => to.set(capability, Some(flag)),
                None => return refuse("true or false"),
            },
            Self::Kinds(to) => *to = kinds(value, place)?,
            Self::Levels(to) => *to = words(value, place)?,
            Self::Budget(to) => *to = Some(budget(value, place)?),
            Self::Price(to) => *to = Some(price(value, place)?),
            Self::Tiers(to) => *to = tiers(value, place)?,
            Self::Factors(to) => *to = factors(value, place)?,
            Self::Billing(to) => match Billing::deserialize(value) {
                Ok(billing) => *to = billing,
                Err(_) => return refuse("\"per_token\", \"plan\" or \"free\""),
            },
            Self::Status(to) => match Status::deserialize(value) {
                Ok(status) => *to = Some(status),
                Err(_) => return refuse("\"beta\", \"active\", \"deprecated\" or \"retired\""),
            },
        }
        Ok(())
    }

    /// Both are of one field, hence of one kind.
    fn lay_over(self, to: Slot<'_>) {
        match (self, to) {
            (Self::Word(from), Slot::Word(to))
            | (Self::Text(from), Slot::Text(to))
            | (Self::Url(from), Slot::Url(to))
            | (Self::Shape(from), Slot::Shape(to))
            | (Self::Date(from), Slot::Date(to)) => *to = from.take(),
            (Self::Limit(from), Slot::Limit(to)) => *to = *from,
            (Self::Flag(from), Slot::Flag(to)) => *to = *from,
            (Self::Ability(from, capability), Slot::Ability(to, _)) => {
                to.set(capability, from.get(capability));
            }
            (Self::Kinds(from), Slot::Kinds(to)) => *to = *from,
            (Self::Levels(from), Slot::Levels(to)) => *to = std::mem::take(from),
            (Self::Budget(from), Slot::Budget(to)) => *to = *from,
            (Self::Price(from), Slot::Price(to)) => *to = *from,
            (Self::Tiers(from), Slot::Tiers(to)) => *to = std::mem::take(from),
            (Self::Factors(from), Slot::Factors(to)) => to.append(from),
            (Self::Billing(from), Slot::Billing(to)) => *to = *from,
            (Self::Status(from), Slot::Status(to)) => *to = *from,
            _ => {}
        }
    }

    fn clear(self) {
        match self {
            Self::Word(it) | Self::Text(it) | Self::Url(it) | Self::Shape(it) | Self::Date(it) => {
                *it = None
            }
            Self::Limit(it) => *it = None,
            Self::Flag(it) => *it = false,
            Self::Ability(it, capability) => it.set(capability, None),
            Self::Kinds(it) => *it = ModalitySet::default(),
            Self::Levels(it) => it.clear(),
            Self::Budget(it) => *it = None,
            Self::Price(it) => *it = None,
            Self::Tiers(it) => it.clear(),
            Self::Factors(it) => it.clear(),
            Self::Billing(it) => *it = Billing::default(),
            Self::Status(it) => *it = None,
        }
    }
}
