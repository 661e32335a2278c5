//! What is true of each line of embedding models. A row of a table, with the source beside the facts.

use reqllm_core::{Result, Truncate};
use serde_json::Value;

use super::item::Item;
use super::vectors::Vectors;
use super::{Asked, cohere, marengo, nova, titan};

/// A line of models.
#[derive(Debug)]
pub(super) struct Profile {
    /// What their ids begin with, geography aside.
    pub(super) prefix: &'static str,
    /// A name for people.
    pub(super) name: &'static str,
    /// The lengths of vectors that they can be asked for; empty if there is but one.
    pub(super) dimensions: &'static [u32],
    /// How many texts go into one request.
    pub(super) texts: usize,
    /// How many inputs with an image or other media go into one request.
    pub(super) media: usize,
    /// The kinds of parts that an input may have, as in [`Part::kind`](reqllm_core::Part::kind).
    pub(super) kinds: &'static [&'static str],
    /// Whether an input may have several parts.
    pub(super) mixes: bool,
    /// What they do with an input that is too long, as far as they can be told.
    pub(super) truncates: &'static [Truncate],
    /// For what they make different vectors for different purposes.
    pub(super) purposes: Purposes,
    /// Options of the provider that mean something to them.
    pub(super) options: &'static [&'static str],
    /// The body of a request.
    pub(super) body: fn(&Asked, &[Item<'_>]) -> Result<Value>,
    /// The vectors of an answer.
    pub(super) read: fn(&[u8]) -> Result<Vectors>,
}

/// Which inputs the purpose makes a difference to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purposes {
    Ignored,
    /// The input type of an image says that it is an image.
    OfTexts,
    OfAll,
}

const ANY_END: &[Truncate] = &[Truncate::None, Truncate::Start, Truncate::End];

/// Source of the rows: "Inference request parameters and response fields" in AWS's guide to Bedrock, the page of each
/// model, and the schema page of Nova's own guide.
pub(super) const PROFILES: &[Profile] = &[
    Profile {
        prefix: "amazon.titan-embed-text-v1",
        name: "Titan Embeddings G1",
        dimensions: &[],
        texts: 1,
        media: 1,
        kinds: &["text"],
        mixes: false,
        truncates: &[Truncate::None],
        purposes: Purposes::Ignored,
        options: &[],
        body: titan::text,
        read: titan::read,
    },
    // The same model by its first id.
    Profile {
        prefix: "amazon.titan-embed-g1-text",
        name: "Titan Embeddings G1",
        dimensions: &[],
        texts: 1,
        media: 1,
        kinds: &["text"],
        mixes: false,
        truncates: &[Truncate::None],
        purposes: Purposes::Ignored,
        options: &[],
        body: titan::text,
        read: titan::read,
    },
    Profile {
        prefix: "amazon.titan-embed-text-v2",
        name: "Titan Text Embeddings V2",
        dimensions: &[256, 512, 1024],
        texts: 1,
        media: 1,
        kinds: &["text"],
        mixes: false,
        truncates: &[Truncate::None],
        purposes: Purposes::Ignored,
        options: &["embedding_types", "normalize"],
        body: titan::text,
        read: titan::read,
    },
    Profile {
        prefix: "amazon.titan-embed-image",
        name: "Titan Multimodal Embeddings",
        dimensions: &[256, 384, 1024],
        texts: 1,
        media: 1,
        kinds: &["text", "image"],
        mixes: true,
        truncates: &[Truncate::None],
        purposes: Purposes::Ignored,
        options: &[],
        body: titan::image,
        read: titan::read,
    },
    Profile {
        prefix: "cohere.embed-",
        name: "Cohere Embed v3",
        dimensions: &[],
        texts: 96,
        media: 1,
        kinds: &["text", "image"],
        mixes: false,
        truncates: ANY_END,
        purposes: Purposes::OfTexts,
        options: &["input_type", "embedding_types"],
        body: cohere::v3,
        read: cohere::read,
    },
    Profile {
        prefix: "cohere.embed-v4",
        name: "Cohere Embed v4",
        dimensions: &[256, 512, 1024, 1536],
        texts: 96,
        media: 96,
        kinds: &["text", "image"],
        mixes: true,
        truncates: ANY_END,
        purposes: Purposes::OfAll,
        options: &["input_type", "embedding_types"],
        body: cohere::v4,
        read: cohere::read,
    },
    Profile {
        prefix: "amazon.nova-2-multimodal-embeddings",
        name: "Nova Multimodal Embeddings",
        dimensions: &[256, 384, 1024, 3072],
        texts: 1,
        media: 1,
        kinds: &["text", "image", "video", "audio"],
        mixes: false,
        truncates: ANY_END,
        purposes: Purposes::OfAll,
        options: &["embedding_purpose"],
        body: nova::body,
        read: nova::read,
    },
    // Video and sound go by StartAsyncInvoke, whose results lie on S3.
    Profile {
        prefix: "twelvelabs.marengo-embed-2-7",
        name: "Marengo Embed 2.7",
        dimensions: &[],
        texts: 1,
        media: 1,
        kinds: &["text", "image"],
        mixes: false,
        truncates: &[Truncate::None, Truncate::End],
        purposes: Purposes::Ignored,
        options: &[],
        body: marengo::flat,
        read: marengo::read,
    },
    Profile {
        prefix: "twelvelabs.marengo-embed-3",
        name: "Marengo Embed 3.0",
        dimensions: &[],
        texts: 1,
        media: 1,
        kinds: &["text", "image"],
        mixes: true,
        truncates: &[],
        purposes: Purposes::Ignored,
        options: &[],
        body: marengo::nested,
        read: marengo::read,
    },
];
