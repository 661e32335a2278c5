//! A provider, as a view into the packed catalogue.

use std::fmt;
use std::iter::FusedIterator;

use super::bytes::{list, maybe, slice, text, u32_at};
use super::{Packed, Records};
use crate::layout::{PROVIDER, provider};

/// A provider in the catalogue.
#[derive(Clone, Copy)]
pub struct ProviderRecord<'a> {
    packed: &'a Packed,
    at: &'a [u8; PROVIDER],
}

impl<'a> ProviderRecord<'a> {
    pub(super) fn new(packed: &'a Packed, at: &'a [u8; PROVIDER]) -> Self {
        Self { packed, at }
    }

    /// The id by which specs name it.
    pub fn id(&self) -> &'a str {
        text(self.packed.pool(), u32_at(self.at, provider::ID))
    }

    /// Its other names.
    pub fn aliases(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        list(self.packed.pool(), u32_at(self.at, provider::ALIASES))
    }

    /// A name for people.
    pub fn name(&self) -> Option<&'a str> {
        maybe(self.packed.pool(), u32_at(self.at, provider::NAME))
    }

    /// The environment variables that hold its credentials.
    pub fn env(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        list(self.packed.pool(), u32_at(self.at, provider::ENV))
    }

    /// Where it is. May hold variables, as `${AWS_REGION}`.
    pub fn base_url(&self) -> Option<&'a str> {
        maybe(self.packed.pool(), u32_at(self.at, provider::BASE_URL))
    }

    /// Where it says more about its models.
    pub fn doc(&self) -> Option<&'a str> {
        maybe(self.packed.pool(), u32_at(self.at, provider::DOC))
    }

    /// How it is spoken to: `openai-compatible`, `anthropic`, … or the package that does.
    pub fn dialect(&self) -> Option<&'a str> {
        maybe(self.packed.pool(), u32_at(self.at, provider::DIALECT))
    }

    /// Its models, ordered by id.
    pub fn models(&self) -> Records<'a> {
        let first = u32_at(self.at, provider::FIRST_MODEL) as usize;
        let count = u32_at(self.at, provider::MODELS) as usize;
        Records::new(self.packed, first..first.saturating_add(count))
    }
}

impl fmt::Debug for ProviderRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProviderRecord").field(&self.id()).finish()
    }
}

/// Providers, ordered by id.
#[derive(Clone, Debug)]
pub struct Providers<'a> {
    packed: &'a Packed,
    rest: std::slice::Iter<'a, [u8; PROVIDER]>,
}

impl<'a> Providers<'a> {
    pub(super) fn new(packed: &'a Packed) -> Self {
        let (providers, _) = slice(&packed.bytes, &packed.providers).as_chunks();
        Self {
            packed,
            rest: providers.iter(),
        }
    }
}

impl<'a> Iterator for Providers<'a> {
    type Item = ProviderRecord<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(ProviderRecord::new(self.packed, self.rest.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl ExactSizeIterator for Providers<'_> {}
impl FusedIterator for Providers<'_> {}
