//! Kinds of content.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::{Error, Result};

/// A kind of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Modality {
    /// Text.
    Text,
    /// Pictures.
    Image,
    /// PDF documents.
    Pdf,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
}

impl Modality {
    /// Every kind, in the order in which they are written.
    pub const ALL: &'static [Self] =
        &[Self::Text, Self::Image, Self::Pdf, Self::Audio, Self::Video];

    /// The name in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Pdf => "pdf",
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Modality {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|it| it.as_str() == text);
        found.copied().ok_or_else(|| {
            Error::invalid_request(format!(
                "no kind of content goes by {text:?}; text, image, pdf, audio and video would do"
            ))
        })
    }
}

/// A set of kinds of content. An empty one means that they are not known.
///
/// ```
/// use reqllm_core::{Modality, ModalitySet};
///
/// let set: ModalitySet = [Modality::Image, Modality::Text].into_iter().collect();
/// assert!(set.contains(Modality::Image));
/// assert_eq!(serde_json::to_string(&set)?, r#"["text","image"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModalitySet(u8);

impl ModalitySet {
    /// The set of these bits, by position in [`Modality::ALL`].
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & ((1 << Modality::ALL.len()) - 1))
    }

    /// The bits of the set.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether this kind is among them.
    pub const fn contains(self, modality: Modality) -> bool {
        self.0 & (1 << modality as u8) != 0
    }

    /// Whether nothing is known.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds.
    pub fn iter(self) -> impl Iterator<Item = Modality> {
        Modality::ALL
            .iter()
            .copied()
            .filter(move |modality| self.contains(*modality))
    }
}

impl FromIterator<Modality> for ModalitySet {
    fn from_iter<I: IntoIterator<Item = Modality>>(modalities: I) -> Self {
        let bits = modalities
            .into_iter()
            .fold(0, |bits, it| bits | 1 << it as u8);
        Self(bits)
    }
}

impl fmt::Display for ModalitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, modality) in self.iter().enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            f.write_str(modality.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for ModalitySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Modality::as_str))
    }
}

impl<'de> Deserialize<'de> for ModalitySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|name| {
                name.parse()
                    .map_err(|error: Error| D::Error::custom(error.message()))
            })
            .collect()
    }
}
