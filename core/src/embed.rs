//! Embeddings: what is put in, and the vectors that come out.

mod answer;
mod input;

use std::fmt;
use std::str::FromStr;

pub use self::answer::{Embeddings, cosine_similarity};
pub use self::input::{EmbedInput, IntoInputs};
use crate::call::leave_out;
use crate::{Error, ProviderOptions, Result, Warning};

/// What is to be embedded, and how.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Embed {
    /// The inputs. Each gives one vector.
    pub inputs: Vec<EmbedInput>,
    /// How many numbers a vector should have; the model's default if absent. Which ones it takes, the model decides.
    pub dimensions: Option<u32>,
    /// What the vectors are for; the provider's default if absent.
    pub purpose: Option<EmbedPurpose>,
    /// What happens to an input that is too long; the model's default if absent.
    pub truncate: Option<Truncate>,
    /// Options of the provider, by name.
    pub options: ProviderOptions,
    /// Whether what the model cannot do is left out with a warning instead of refused with an error.
    pub lossy: bool,
}

impl Embed {
    /// Embeds these inputs.
    pub fn new(inputs: impl IntoInputs) -> Self {
        Self {
            inputs: inputs.into_inputs(),
            ..Self::default()
        }
    }

    /// Leaves something out that `model` cannot do: an error, or a warning if that is allowed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), naming the model and the feature, unless the request is lossy.
    pub fn unsupported(
        &self,
        model: &str,
        feature: &str,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        leave_out(self.lossy, model, feature, warnings)
    }
}

/// What embeddings are for. Models that know the difference place queries nearer to the documents that answer them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmbedPurpose {
    /// To be found by a query.
    Document,
    /// To find documents.
    Query,
    /// To be sorted into classes.
    Classification,
    /// To be gathered into clusters.
    Clustering,
}

impl EmbedPurpose {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Query => "query",
            Self::Classification => "classification",
            Self::Clustering => "clustering",
        }
    }
}

impl fmt::Display for EmbedPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EmbedPurpose {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [
            Self::Document,
            Self::Query,
            Self::Classification,
            Self::Clustering,
        ]
        .into_iter()
        .find(|purpose| purpose.as_str() == text)
        .ok_or_else(|| {
            Error::invalid_request(format!(
                "purpose is {text:?}; document, query, classification or clustering would do"
            ))
        })
    }
}

/// What happens to an input that is too long for the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Truncate {
    /// It is refused.
    None,
    /// Its beginning is left out.
    Start,
    /// Its end is left out.
    End,
}

impl Truncate {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

impl fmt::Display for Truncate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Its word in any case; `left` and `right` are the start and the end, as Cohere calls them.
impl FromStr for Truncate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.to_ascii_lowercase().as_str() {
            "none" => Ok(Self::None),
            "start" | "left" => Ok(Self::Start),
            "end" | "right" => Ok(Self::End),
            _ => Err(Error::invalid_request(format!(
                "truncate is {text:?}; none, start or end would do"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn words_are_read_back_and_bad_ones_are_named() {
        for purpose in ["document", "query", "classification", "clustering"] {
            assert_eq!(
                purpose.parse::<EmbedPurpose>().unwrap().to_string(),
                purpose
            );
        }
        let error = "search".parse::<EmbedPurpose>().unwrap_err();
        assert!(error.message().contains("\"search\""), "{error}");
        assert_eq!("LEFT".parse::<Truncate>().unwrap(), Truncate::Start);
        assert_eq!("End".parse::<Truncate>().unwrap(), Truncate::End);
        assert!("both".parse::<Truncate>().is_err());
    }

    #[test]
    fn what_a_model_cannot_do_is_an_error_or_a_warning() {
        let mut request = Embed::new("x");
        let mut warnings = Vec::new();
        let error = request
            .unsupported("m", "dimensions", &mut warnings)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        request.lossy = true;
        request
            .unsupported("m", "dimensions", &mut warnings)
            .unwrap();
        assert_eq!(warnings[0].code, "unsupported");
    }
}
