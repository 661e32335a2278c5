//! What can be said of every operation, and of those that are no conversation.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Flags that all operations share.
#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// Option of the provider; VALUE is JSON if it parses as JSON, else a string
    #[arg(short = 'o', long = "option", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,
    /// Write the answer as JSON, a stream as its events, one a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Show what would be sent, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How long it may take in all
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<f64>,
    /// How often an attempt that failed by load or by connecting is repeated
    #[arg(long, value_name = "N")]
    pub(crate) max_retries: Option<u32>,
    /// Address of the provider
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Start the built-in emulator for this one call: no account needed
    #[arg(long, conflicts_with = "endpoint_url")]
    pub(crate) emulator: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Embed {
    /// The model: provider:model, model@provider, or a full spec as a JSON object
    pub(crate) spec: String,
    /// The texts; from standard input, one a line, if there are none
    #[arg(value_name = "TEXT")]
    pub(crate) texts: Vec<String>,
    /// Inputs as a JSON list of texts, parts, or lists of parts; texts come after them [- for standard input]
    #[arg(long, value_name = "FILE")]
    pub(crate) inputs: Option<PathBuf>,
    /// How many numbers a vector should have
    #[arg(long, value_name = "N")]
    pub(crate) dimensions: Option<u32>,
    /// What the vectors are for: document, query, classification or clustering
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Option<String>,
    /// What happens to an input that is too long: none, start or end is left out
    #[arg(long, value_name = "WHERE")]
    pub(crate) truncate: Option<String>,
    /// How many requests run at the same time
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) concurrency: usize,
    /// Leave out with a warning what the model cannot do
    #[arg(long)]
    pub(crate) lossy: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Rerank {
    /// The model: provider:model, model@provider, or a full spec as a JSON object
    pub(crate) spec: String,
    /// The query
    pub(crate) query: String,
    /// The documents; from standard input, one a line, if there are none
    #[arg(value_name = "DOC")]
    pub(crate) documents: Vec<String>,
    /// How many of the best are wanted
    #[arg(long, value_name = "N")]
    pub(crate) top_n: Option<u32>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CountTokens {
    /// The model: provider:model, model@provider, or a full spec as a JSON object
    pub(crate) spec: String,
    /// The prompt; from standard input if absent
    pub(crate) prompt: Option<String>,
    /// System prompt
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    /// Messages as a JSON list; a prompt comes after them [- for standard input]
    #[arg(long, value_name = "FILE")]
    pub(crate) messages: Option<PathBuf>,
    /// Tools as a JSON list
    #[arg(long, value_name = "FILE")]
    pub(crate) tools: Option<PathBuf>,
    /// Leave out with a warning what the model cannot do
    #[arg(long)]
    pub(crate) lossy: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Account {
    /// Whose account: bedrock, openai, anthropic, or any other provider that lists its models
    #[arg(long, value_name = "NAME", default_value = "bedrock")]
    pub(crate) provider: String,
    /// Only these; inference profiles are Bedrock's
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
    /// Only the inference profile of this id or ARN, or with --kind model the model
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What an account's list has.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Models
    Model,
    /// Inference profiles
    InferenceProfile,
}
