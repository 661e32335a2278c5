//! The catalogue as it is kept under version control: one fact sheet a line, sorted.
//!
//! The first line is the [`Header`]; then comes a [`ProviderLine`] for each provider, then a [`ModelLine`] for each model.
//! Keys have a fixed order, and what is not known is not there. Prices are decimals in strings, in USD per 1,000,000 tokens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::patch::is_default;
use crate::layout::{BILLING, CAPABILITIES, MODALITIES, PRICES, STATUS};

/// The version of this format.
pub(crate) const FORMAT: u32 = 1;

/// Where the facts are from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) format: u32,
    pub(crate) source: String,
    /// The day on which the facts held.
    pub(crate) date: String,
    /// Of the file that they were taken from.
    pub(crate) sha256: String,
    pub(crate) providers: usize,
    pub(crate) models: usize,
}

/// A provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProviderLine {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) name: Option<String>,
    /// Written by the patch layer only.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) aliases: Vec<String>,
    /// Variables that hold its credentials.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) env: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) base_url: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) doc: Option<String>,
    /// How it is spoken to.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) dialect: Option<String>,
}

/// A model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ModelLine {
    pub(crate) provider: String,
    pub(crate) id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) wire_id: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) base_model: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) family: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) status: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) released: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) updated: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) knowledge: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) retires: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) replacement: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) limits: LimitsLine,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) modalities: ModalitiesLine,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) capabilities: BTreeMap<String, bool>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reasoning: ReasoningLine,
    /// The field of a message in which reasoning comes, and has to go back.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reasoning_field: Option<String>,
    /// How it is spoken to, where that is not as its provider is.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) dialect: Option<String>,
    /// Which of a dialect's APIs it has: `responses` or `completions`.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) shape: Option<String>,
    /// Where it is served, where that is not its provider's address. May hold variables, as `${AWS_REGION}`.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) base_url: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) billing: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) cost: CostLine,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsLine {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) context: Option<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) input: Option<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) output: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ModalitiesLine {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) input: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) output: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ReasoningLine {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) toggle: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) effort: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) budget: Option<BudgetLine>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BudgetLine {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) min: Option<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) max: Option<u32>,
}

/// Prices by their names in [`PRICES`], and what changes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CostLine {
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) tiers: Vec<TierLine>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) service_tiers: BTreeMap<String, Nano>,
    #[serde(flatten)]
    pub(crate) prices: BTreeMap<String, Nano>,
}

/// Prices for prompts of more tokens than `above`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct TierLine {
    pub(crate) above: u32,
    #[serde(flatten)]
    pub(crate) prices: BTreeMap<String, Nano>,
}

/// A decimal with at most nine places: no price in the source has more that is not noise of binary floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Nano(pub(crate) u64);

pub(crate) const NANO: u64 = 1_000_000_000;

impl Nano {
    /// Times a factor; none if that is too much.
    pub(crate) fn times(self, factor: Self) -> Option<Self> {
        let product = u128::from(self.0) * u128::from(factor.0) / u128::from(NANO);
        product.try_into().ok().map(Self)
    }
}

impl From<Nano> for String {
    fn from(Nano(nano): Nano) -> Self {
        let text = format!("{}.{:09}", nano / NANO, nano % NANO);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl TryFrom<String> for Nano {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 9 || !digits(whole) || !digits(part) {
            return Err(format!(
                "{text:?} is no decimal from 0 with at most 9 places"
            ));
        }
        format!("{whole}{part:0<9}")
            .parse()
            .map(Self)
            .map_err(|_| format!("{text:?} is too much"))
    }
}

/// A whole catalogue.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lines {
    pub(crate) header: Header,
    pub(crate) providers: Vec<ProviderLine>,
    pub(crate) models: Vec<ModelLine>,
}

impl Lines {
    /// Reads the file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        fn read<'a, T: Deserialize<'a>>((number, line): (usize, &'a str)) -> Result<T, String> {
            serde_json::from_str(line)
                .map_err(|error| format!("line {} of the catalogue: {error}", number + 1))
        }
        let mut lines = text.lines().enumerate();
        let header: Header = read(lines.next().ok_or("the catalogue is empty")?)?;
        if header.format != FORMAT {
            return Err(format!(
                "the catalogue has format {}; {FORMAT} would do",
                header.format
            ));
        }
        let providers: Vec<ProviderLine> = lines
            .by_ref()
            .take(header.providers)
            .map(read)
            .collect::<Result<_, _>>()?;
        let models: Vec<ModelLine> = lines.map(read).collect::<Result<_, _>>()?;
        if (providers.len(), models.len()) != (header.providers, header.models) {
            return Err(format!(
                "the catalogue has {} providers and {} models; its header says {} and {}",
                providers.len(),
                models.len(),
                header.providers,
                header.models
            ));
        }
        Ok(Self {
            header,
            providers,
            models,
        })
    }

    /// Adds what follows from the facts, each only where the facts say enough; nothing is ever made out to be missing.
    ///
    /// - It chats if it gives text and calls tools or reasons. A temperature alone proves nothing: some sources give
    ///   one to embedding models.
    /// - It draws if it gives images.
    /// - It speaks if it takes text and gives sound and nothing else. (Music is sound, too: the patch layer knows.)
    /// - It transcribes if it takes sound and nothing else, and gives text and nothing else.
    pub(crate) fn derive(&mut self) {
        for model in &mut self.models {
            let (input, output) = (&model.modalities.input, &model.modalities.output);
            let can = |name: &str| model.capabilities.get(name) == Some(&true);
            let gives = |kind: &str| output.iter().any(|it| it == kind);
            let derived = [
                ("chat", gives("text") && (can("tools") || can("reasoning"))),
                ("image_generation", gives("image")),
                (
                    "speech",
                    output == &["audio"] && input.iter().any(|it| it == "text"),
                ),
                ("transcription", input == &["audio"] && output == &["text"]),
            ];
            for (name, _) in derived.into_iter().filter(|(_, follows)| *follows) {
                model.capabilities.entry(name.to_owned()).or_insert(true);
            }
        }
    }

    /// Orders providers and models by id.
    pub(crate) fn sort(&mut self) {
        self.providers.sort_by(|a, b| a.id.cmp(&b.id));
        self.models
            .sort_by(|a, b| (&a.provider, &a.id).cmp(&(&b.provider, &b.id)));
    }

    /// Whether it is sorted, nothing is there twice, and every word is one that the layout knows.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !self.providers.is_sorted_by(|a, b| a.id < b.id) {
            return Err("the providers are not in order, or one is there twice".to_owned());
        }
        let key = |model: &ModelLine| (model.provider.clone(), model.id.clone());
        if !self.models.is_sorted_by(|a, b| key(a) < key(b)) {
            return Err("the models are not in order, or one is there twice".to_owned());
        }
        for model in &self.models {
            let there = self
                .providers
                .binary_search_by(|it| it.id.cmp(&model.provider))
                .map_err(|_| "its provider is not there".to_owned());
            there
                .and_then(|_| model.check())
                .map_err(|reason| format!("{}:{}: {reason}", model.provider, model.id))?;
        }
        Ok(())
    }
}

impl ModelLine {
    /// Whether every word is one that the layout knows.
    pub(crate) fn check(&self) -> Result<(), String> {
        let known = |what: &str, name: &str, names: &[&str]| {
            if names.contains(&name) {
                return Ok(());
            }
            Err(format!("no {what} goes by {name:?}"))
        };
        if self.id.is_empty()
            || self
                .id
                .contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return Err("the id is empty or has white space in it".to_owned());
        }
        for name in self.capabilities.keys() {
            known("capability", name, CAPABILITIES)?;
        }
        for name in self.modalities.input.iter().chain(&self.modalities.output) {
            known("modality", name, MODALITIES)?;
        }
        if let Some(name) = &self.status {
            known("status", name, STATUS)?;
        }
        if let Some(name) = &self.billing {
            known("billing", name, BILLING)?;
        }
        for name in self.cost.prices.keys() {
            known("price", name, PRICES)?;
        }
        for name in self.cost.tiers.iter().flat_map(|tier| tier.prices.keys()) {
            known(
                "price of a tier",
                name,
                &PRICES[..crate::layout::TIER_PRICES],
            )?;
        }
        let limits = [self.limits.context, self.limits.input, self.limits.output];
        if limits.contains(&Some(0)) {
            return Err("a limit is 0; leave it out if it is not known".to_owned());
        }
        for text in [
            &self.released,
            &self.updated,
            &self.knowledge,
            &self.retires,
        ] {
            date(text.as_deref())?;
        }
        Ok(())
    }
}

/// `2026-08-23` and `2026-08` as 20260823 and 20260800; 0 if there is none.
pub(crate) fn date(text: Option<&str>) -> Result<u32, String> {
    let Some(text) = text else { return Ok(0) };
    let digits: String = text.split('-').collect();
    let form = matches!((text.len(), digits.len()), (4, 4) | (7, 6) | (10, 8))
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    format!("{digits:0<8}")
        .parse()
        .ok()
        .filter(|_| form)
        .ok_or_else(|| format!("{text:?} is no date such as 2026-08-23 or 2026-08"))
}
