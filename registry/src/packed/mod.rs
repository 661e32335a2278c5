//! The packed catalogue, read in place: nothing is parsed at start and nothing is allocated for a look-up.
//!
//! Bytes are believed in nothing: every offset is checked where it is used, and one that leads nowhere reads as what is not
//! known. So a garbled file gives wrong answers, and never a panic.

mod bytes;
mod date;
mod provider;
mod record;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use reqllm_core::{Decimal, Error, ErrorKind, Result};

use crate::layout::{self, GEO_RULE, HEADER, MAGIC, PROVIDER, RECORD, VERSION, header};
use bytes::{behind, nano, slice, text, u16_at, u32_at, u64_at};

pub use date::Date;
pub use provider::{ProviderRecord, Providers};
pub use record::{Record, Records};

/// The catalogue that is built into this crate, as a whole.
#[cfg(feature = "snapshot")]
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

/// A packed catalogue.
///
/// ```
/// use reqllm_registry::Packed;
///
/// let packed = Packed::embedded();
/// let record = packed.find("openai", "gpt-5").unwrap();
/// assert_eq!(record.limits().context, Some(400_000));
/// assert_eq!(record.input_price().unwrap().to_string(), "1.25");
/// assert_eq!(packed.find("openai", "gpt-55"), None);
/// ```
#[derive(Clone, Default)]
pub struct Packed {
    bytes: Cow<'static, [u8]>,
    providers: Range<usize>,
    models: Range<usize>,
    slots: Range<usize>,
    pool: Range<usize>,
}

/// Where a catalogue's facts are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source<'a> {
    /// Its name.
    pub name: &'a str,
    /// The day on which the facts held.
    pub date: Option<Date>,
    /// SHA-256 of the file that they were taken from.
    pub sha256: &'a str,
}

impl Packed {
    /// The catalogue that comes with this crate. Without the feature `snapshot` it is empty.
    #[cfg(feature = "snapshot")]
    pub fn embedded() -> Self {
        // A test opens it; an empty catalogue is what is left if the build went wrong all the same.
        Self::open(Cow::Borrowed(EMBEDDED)).unwrap_or_default()
    }

    /// The catalogue that comes with this crate: an empty one. The feature `snapshot` fills it.
    #[cfg(not(feature = "snapshot"))]
    pub fn embedded() -> Self {
        Self::default()
    }

    /// A catalogue from elsewhere, such as a cache. Only its frame is looked at.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if it is none, is of another version, or breaks off.
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        Self::open(Cow::Owned(bytes))
    }

    fn open(bytes: Cow<'static, [u8]>) -> Result<Self> {
        let refuse = |reason: String| {
            Error::new(
                ErrorKind::Decode,
                format!("this is no packed catalogue: {reason}"),
            )
        };
        if !bytes.starts_with(&MAGIC) {
            return Err(refuse("it does not begin like one".to_owned()));
        }
        if bytes.len() < HEADER {
            return Err(refuse("it breaks off in the header".to_owned()));
        }
        let version = u32_at(&bytes, header::VERSION);
        if version != VERSION {
            return Err(refuse(format!(
                "it has version {version}; {VERSION} would do"
            )));
        }
        let section = |at: usize, count: usize, size: usize| {
            let from = u32_at(&bytes, at) as usize;
            (u32_at(&bytes, count) as usize)
                .checked_mul(size)
                .and_then(|len| from.checked_add(len))
                .filter(|to| *to <= bytes.len())
                .map(|to| from..to)
                .ok_or_else(|| refuse("a section of it is out of bounds".to_owned()))
        };
        let providers = section(header::PROVIDERS_AT, header::PROVIDERS, PROVIDER)?;
        let models = section(header::MODELS_AT, header::MODELS, RECORD)?;
        let slots = section(header::SLOTS_AT, header::SLOTS, 4)?;
        let pool = section(header::POOL_AT, header::POOL, 1)?;
        Ok(Self {
            providers,
            models,
            slots,
            pool,
            bytes,
        })
    }

    /// The packed form, to be kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the facts are from.
    pub fn source(&self) -> Source<'_> {
        Source {
            name: text(self.pool(), u32_at(&self.bytes, header::SOURCE)),
            date: Date::new(u32_at(&self.bytes, header::DATE)),
            sha256: text(self.pool(), u32_at(&self.bytes, header::SHA256)),
        }
    }

    /// How many models it has.
    pub fn len(&self) -> usize {
        self.models.len() / RECORD
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// The providers, ordered by id.
    pub fn providers(&self) -> Providers<'_> {
        Providers::new(self)
    }

    /// A provider by its id.
    pub fn provider(&self, id: &str) -> Option<ProviderRecord<'_>> {
        let (mut from, mut to) = (0, self.providers.len() / PROVIDER);
        while from < to {
            let middle = from + (to - from) / 2;
            let provider = self.provider_at(middle)?;
            match provider.id().cmp(id) {
                std::cmp::Ordering::Equal => return Some(provider),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// A model by the id of its provider and its own. Both are taken as they are.
    pub fn find(&self, provider: &str, id: &str) -> Option<Record<'_>> {
        let slots = slice(&self.bytes, &self.slots);
        let count = slots.len() / 4;
        let mask = count.checked_sub(1)?;
        let start = layout::hash(provider.as_bytes(), id.as_bytes()) as usize;
        // A garbled table may have no free slot.
        for step in 0..count {
            let slot = u32_at(slots, (start.wrapping_add(step) & mask) * 4) as usize;
            let record = self.record_at(slot.checked_sub(1)?)?;
            if record.is(provider, id) {
                return Some(record);
            }
        }
        None
    }

    /// All models, ordered by provider and id.
    pub fn records(&self) -> Records<'_> {
        Records::new(self, 0..self.len())
    }

    /// What a model costs in a geography, as a factor of its list price; none if no rule is known for it.
    ///
    /// ```
    /// let packed = reqllm_registry::Packed::embedded();
    /// let factor = packed.geo_factor("bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", "us-gov");
    /// assert_eq!(factor.unwrap().to_string(), "1.2");
    /// assert_eq!(packed.geo_factor("bedrock", "meta.llama3-3-70b-instruct-v1:0", "us"), None);
    /// ```
    pub fn geo_factor(&self, provider: &str, base_model: &str, geography: &str) -> Option<Decimal> {
        let pool = self.pool();
        let rules = behind(pool, u32_at(&self.bytes, header::GEO));
        let mut other = None;
        for rule in 0..usize::from(u16_at(rules, 0)) {
            let rule = rules.get(2 + rule * GEO_RULE..)?;
            if text(pool, u32_at(rule, 0)) != provider
                || !layout::fits(text(pool, u32_at(rule, 4)), base_model)
            {
                continue;
            }
            let factor = nano(u64_at(rule, 12));
            match text(pool, u32_at(rule, 8)) {
                "*" => other = Some(factor),
                name if name == geography => return Some(factor),
                _ => {}
            }
        }
        other
    }

    fn pool(&self) -> &[u8] {
        slice(&self.bytes, &self.pool)
    }

    fn provider_at(&self, position: usize) -> Option<ProviderRecord<'_>> {
        let providers = slice(&self.bytes, &self.providers);
        let (providers, _) = providers.as_chunks::<PROVIDER>();
        Some(ProviderRecord::new(self, providers.get(position)?))
    }

    fn record_at(&self, position: usize) -> Option<Record<'_>> {
        let (models, _) = slice(&self.bytes, &self.models).as_chunks::<RECORD>();
        Some(Record::new(self, models.get(position)?))
    }
}

/// A hundred thousand numbers help nobody.
impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed")
            .field("source", &self.source())
            .field("models", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "snapshot")]
mod tests;
