//! The packed catalogue, byte by byte. [`pack`](crate::pack) writes it when this crate is built, [`packed`](crate::packed)
//! reads it in place; both know it from here.
//!
//! ```text
//! header      HEADER bytes: magic, version, where each section starts and how much it holds, the source
//! providers   PROVIDER bytes each, ordered by id
//! models      RECORD bytes each, ordered by provider and id
//! slots       u32 each: 1 + the position of a model, 0 if free; open addressing by `hash`, a power of two of them
//! pool        what has no fixed size, each thing once: texts, lists, prices, controls
//! ```
//!
//! All numbers are little-endian and none is aligned. A reference is an offset into the pool; 0 means that there is nothing.
//! A text is a u16 of length and its bytes; a list is a u16 of length and that many references.

/// The first bytes.
pub(crate) const MAGIC: [u8; 8] = *b"REQLLMCT";
/// A reader takes its own version and no other.
pub(crate) const VERSION: u32 = 1;

/// The header: magic, version, and these.
pub(crate) mod header {
    pub(crate) const VERSION: usize = 8;
    pub(crate) const PROVIDERS_AT: usize = 12;
    pub(crate) const PROVIDERS: usize = 16;
    pub(crate) const MODELS_AT: usize = 20;
    pub(crate) const MODELS: usize = 24;
    pub(crate) const SLOTS_AT: usize = 28;
    pub(crate) const SLOTS: usize = 32;
    pub(crate) const POOL_AT: usize = 36;
    pub(crate) const POOL: usize = 40;
    /// Text.
    pub(crate) const SOURCE: usize = 44;
    /// Date.
    pub(crate) const DATE: usize = 48;
    /// Text.
    pub(crate) const SHA256: usize = 52;
    /// A u16 of count, then per rule: texts for provider, model pattern and geography, and a u64 of nano factor.
    pub(crate) const GEO: usize = 56;
}
pub(crate) const HEADER: usize = 64;
pub(crate) const GEO_RULE: usize = 20;

/// A provider.
pub(crate) mod provider {
    pub(crate) const ID: usize = 0;
    pub(crate) const NAME: usize = 4;
    pub(crate) const BASE_URL: usize = 8;
    pub(crate) const DOC: usize = 12;
    pub(crate) const DIALECT: usize = 16;
    /// List.
    pub(crate) const ENV: usize = 20;
    /// List.
    pub(crate) const ALIASES: usize = 24;
    pub(crate) const FIRST_MODEL: usize = 28;
    pub(crate) const MODELS: usize = 32;
}
pub(crate) const PROVIDER: usize = 36;

/// A model.
pub(crate) mod record {
    pub(crate) const ID: usize = 0;
    pub(crate) const NAME: usize = 4;
    pub(crate) const FAMILY: usize = 8;
    /// u16: position of the provider.
    pub(crate) const PROVIDER: usize = 12;
    /// u8: 1 + position in [`STATUS`](super::STATUS), 0 if not known.
    pub(crate) const STATUS: usize = 14;
    /// u8: position in [`BILLING`](super::BILLING).
    pub(crate) const BILLING: usize = 15;
    /// 0 if not known; so are the next two.
    pub(crate) const CONTEXT: usize = 16;
    pub(crate) const INPUT: usize = 20;
    pub(crate) const OUTPUT: usize = 24;
    /// Bits by position in [`CAPABILITIES`](super::CAPABILITIES).
    pub(crate) const YES: usize = 28;
    pub(crate) const NO: usize = 32;
    /// u8: bits by position in [`MODALITIES`](super::MODALITIES).
    pub(crate) const MODALITIES_IN: usize = 36;
    pub(crate) const MODALITIES_OUT: usize = 37;
    /// Date: `yyyymmdd` as a number, month and day 0 where the source does not say.
    pub(crate) const RELEASED: usize = 40;
    pub(crate) const UPDATED: usize = 44;
    pub(crate) const KNOWLEDGE: usize = 48;
    /// u16 of bits by position in [`PRICES`](super::PRICES), u8 number of tiers, u8 number of service tiers; the prices
    /// as u64 of nano-USD per 1,000,000; each tier as u32 of limit, u16 of bits, u16 of nothing and its prices; each
    /// service tier as text and u64 of nano factor.
    pub(crate) const PRICE: usize = 52;
    /// u8 of flags, u8 number of efforts, u16 of nothing, u32 least and u32 most budget; the efforts as texts.
    pub(crate) const REASONING: usize = 56;
    /// What few models have: [`extra`](super::extra).
    pub(crate) const EXTRA: usize = 60;
}
pub(crate) const RECORD: usize = 64;

/// Flags of reasoning controls.
pub(crate) mod reasoning {
    pub(crate) const TOGGLE: u8 = 1;
    pub(crate) const BUDGET: u8 = 2;
    pub(crate) const MIN: u8 = 4;
    pub(crate) const MAX: u8 = 8;
}
pub(crate) const REASONING: usize = 12;

/// What few models have: texts, and one date.
pub(crate) mod extra {
    pub(crate) const WIRE_ID: usize = 0;
    pub(crate) const BASE_MODEL: usize = 4;
    pub(crate) const BASE_URL: usize = 8;
    pub(crate) const DIALECT: usize = 12;
    pub(crate) const SHAPE: usize = 16;
    pub(crate) const REASONING_FIELD: usize = 20;
    /// Date.
    pub(crate) const RETIRES: usize = 24;
    pub(crate) const REPLACEMENT: usize = 28;
}

/// As `Capability::ALL` of the core, which the build script does not link; a test holds them together.
pub(crate) const CAPABILITIES: &[&str] = &[
    "chat",
    "tools",
    "streaming_tools",
    "strict_tools",
    "parallel_tools",
    "forced_tool_choice",
    "reasoning",
    "json_mode",
    "structured_output",
    "streaming",
    "temperature",
    "attachments",
    "prompt_cache",
    "citations",
    "embeddings",
    "rerank",
    "image_generation",
    "speech",
    "transcription",
    "open_weights",
];
/// As `Modality::ALL` of the core.
pub(crate) const MODALITIES: &[&str] = &["text", "image", "pdf", "audio", "video"];
/// As `Status` of the core.
pub(crate) const STATUS: &[&str] = &["beta", "active", "deprecated", "retired"];
/// As `Billing` of the core.
pub(crate) const BILLING: &[&str] = &["per_token", "plan", "free"];
/// As `Pricing` of the core; a tier has the first [`TIER_PRICES`] of them.
pub(crate) const PRICES: &[&str] = &[
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "reasoning",
    "input_audio",
    "output_audio",
];
pub(crate) const TIER_PRICES: usize = 4;

/// The npm package that models.dev names is the dialect that the provider, or the model, is spoken to in.
pub(crate) fn dialect(npm: &str) -> &str {
    npm.strip_prefix("@ai-sdk/").unwrap_or(npm)
}

/// Where the search for a model starts. Folded multiplication of eight bytes at a time: ids are long and alike, and
/// byte-wise hashes cost more than the look-up itself.
pub(crate) fn hash(provider: &[u8], id: &[u8]) -> u64 {
    let mut state = 0x243f_6a88_85a3_08d3 ^ ((provider.len() as u64) << 32) ^ id.len() as u64;
    for text in [provider, id] {
        let (words, rest) = text.as_chunks::<8>();
        for word in words {
            state = fold(state ^ u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        state = fold(state ^ u64::from_le_bytes(last));
    }
    state
}

fn fold(word: u64) -> u64 {
    let product = u128::from(word) * 0x9e37_79b9_7f4a_7c15;
    (product as u64) ^ ((product >> 64) as u64)
}

/// Whether a text fits a pattern, in which `*` stands for anything.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut rest) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts = tail.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}
