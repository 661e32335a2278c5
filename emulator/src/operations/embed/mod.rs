//! Embeddings by InvokeModel: one file for each vendor's bodies.
//!
//! Where a vendor's own body has no token count, it is in the header alone, as recordings of the real
//! service show.

mod cohere;
mod nova;
mod titan;

use http::StatusCode;
use serde::Serialize;

use crate::dice::Dice;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;

/// An embedding model, by the bodies that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedder {
    TitanText(titan::Generation),
    TitanImage,
    Cohere(cohere::Generation),
    Nova,
}

impl Embedder {
    pub(super) fn of(vendor: &str, name: &str) -> Option<Self> {
        Some(match (vendor, name) {
            // The second id is an older one of the same model.
            ("amazon", "titan-embed-text-v1" | "titan-embed-g1-text-02") => {
                Self::TitanText(titan::Generation::One)
            }
            ("amazon", "titan-embed-text-v2:0") => Self::TitanText(titan::Generation::Two),
            ("amazon", "titan-embed-image-v1") => Self::TitanImage,
            ("amazon", "nova-2-multimodal-embeddings-v1:0") => Self::Nova,
            ("cohere", "embed-english-v3") => Self::Cohere(cohere::Generation::English3),
            ("cohere", "embed-multilingual-v3") => Self::Cohere(cohere::Generation::Multilingual3),
            ("cohere", "embed-v4:0") => Self::Cohere(cohere::Generation::Four),
            _ => return None,
        })
    }

    pub(super) fn answer(self, model: &ModelId, body: &[u8]) -> Result<Reply, ApiError> {
        match self {
            Self::TitanText(generation) => titan::text(generation, body),
            Self::TitanImage => titan::image(body),
            Self::Cohere(generation) => {
                cohere::answer(generation, body, &Dice::new(&[model.id.as_bytes(), body]))
            }
            Self::Nova => nova::answer(body),
        }
    }
}

/// A whole body, with the headers that every embedding has.
fn reply(body: &impl Serialize, tokens: u64) -> Reply {
    Reply::json(StatusCode::OK, body)
        .header("x-amzn-bedrock-input-token-count", tokens)
        .header("x-amzn-bedrock-invocation-latency", 50 + tokens)
}

/// Which end of a text goes when it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truncate {
    /// Neither: the request is refused.
    None,
    Start,
    End,
}

/// `text` cut to `limit` words, with nothing if the words are too many and none may go.
fn truncated(text: &str, limit: u64, truncate: Truncate) -> Option<&str> {
    let starts: Vec<usize> = text
        .char_indices()
        .scan(true, |blank, (at, c)| {
            let begins = *blank && !c.is_whitespace();
            *blank = c.is_whitespace();
            Some((begins, at))
        })
        .filter_map(|(begins, at)| begins.then_some(at))
        .collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if starts.len() <= limit {
        return Some(text);
    }
    match truncate {
        Truncate::None => None,
        Truncate::Start => starts
            .get(starts.len() - limit)
            .map_or(Some(""), |at| text.get(*at..)),
        Truncate::End => starts.get(limit).and_then(|at| text.get(..*at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_lose_one_end_or_are_refused() {
        let cut = |limit, truncate| truncated("one two  three", limit, truncate).map(str::trim);
        assert_eq!(cut(3, Truncate::None), Some("one two  three"));
        assert_eq!(cut(2, Truncate::None), None);
        assert_eq!(cut(2, Truncate::Start), Some("two  three"));
        assert_eq!(cut(2, Truncate::End), Some("one two"));
        assert_eq!(cut(0, Truncate::Start), Some(""));
        assert_eq!(cut(0, Truncate::End), Some(""));
        assert_eq!(truncated("", 0, Truncate::None), Some(""));
    }

    #[test]
    fn models_are_known_by_vendor_and_name() {
        assert_eq!(
            Embedder::of("amazon", "nova-2-multimodal-embeddings-v1:0"),
            Some(Embedder::Nova)
        );
        assert_eq!(Embedder::of("amazon", "nova-2-lite-v1:0"), None);
        assert_eq!(Embedder::of("cohere", "command-r-v1:0"), None);
    }
}
