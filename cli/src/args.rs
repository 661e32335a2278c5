//! What can be said on the command line.

mod bedrock;
mod operations;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

pub(crate) use self::bedrock::{Bedrock, MakeApiKey};
pub(crate) use self::operations::{Account, Common, CountTokens, Embed, Kind, Rerank};

/// Talk to any language model by a provider:model string.
#[derive(Debug, Parser)]
#[command(name = "reqllm", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// Whether output, errors included, is for programs.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            Command::Generate(args) => args.common.json,
            Command::Embed(args) => args.common.json,
            Command::Rerank(args) => args.common.json,
            Command::CountTokens(args) => args.common.json,
            Command::Models { command } => match command {
                Models::List(args) => args.json,
                Models::Show(args) => args.json,
                Models::Find(args) => args.json,
                Models::Refresh(args) => args.json,
                Models::Info(args) => args.json,
                Models::Account(args) => args.common.json,
            },
            Command::Providers(args) => args.json,
            Command::Bedrock { command } => command.json(),
            Command::Emulate(_) => false,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask a model
    Generate(Box<Generate>),
    /// Make vectors of texts and images
    Embed(Box<Embed>),
    /// Rank documents by how well they answer a query
    Rerank(Box<Rerank>),
    /// Count the tokens that a call would take, and do not make it
    CountTokens(Box<CountTokens>),
    /// Look models up
    Models {
        #[command(subcommand)]
        command: Models,
    },
    /// List the providers that can be reached, and which of their keys are set
    ///
    /// The keys themselves are never shown. A variable that is marked with * is set.
    Providers(Providers),
    /// What only Amazon Bedrock has
    Bedrock {
        #[command(subcommand)]
        command: Bedrock,
    },
    /// Serve the built-in emulator of Bedrock, OpenAI and Anthropic on loopback
    ///
    /// It says where it listens, and the environment of a client that is to meet it.
    Emulate(Emulate),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Generate {
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
    /// auto, none, required, or the name of a tool
    #[arg(long, value_name = "CHOICE")]
    pub(crate) tool_choice: Option<String>,
    /// JSON Schema of the object that the answer has to be
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// A file, or an s3://, data: or https: URL, to go with the prompt; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Vec<String>,
    /// The most tokens that the answer may have
    #[arg(long, value_name = "N")]
    pub(crate) max_tokens: Option<u32>,
    /// Sampling temperature
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub(crate) temperature: Option<f64>,
    /// Nucleus sampling
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub(crate) top_p: Option<f64>,
    /// How many of the likeliest tokens are considered
    #[arg(long, value_name = "N")]
    pub(crate) top_k: Option<u32>,
    /// Text at which the answer stops; may be given again
    #[arg(long, value_name = "S")]
    pub(crate) stop: Vec<String>,
    /// Seed of the sampler
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How much the model should think: none, minimal, low, medium, high, max, or a number of tokens
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true)]
    pub(crate) reasoning: Option<reqllm::Reasoning>,
    /// Show the answer as it arrives
    #[arg(long)]
    pub(crate) stream: bool,
    /// Leave out with a warning what the model cannot do
    #[arg(long)]
    pub(crate) lossy: bool,
    /// Refuse settings that contradict each other, instead of settling them with a warning
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// List the models of the registry
    List(List),
    /// Show what is known of a model
    Show(Show),
    /// Find models by what they can do, take, and cost
    Find(Find),
    /// Fetch a newer catalogue
    ///
    /// Nothing else fetches one. A file that makes no sense is refused, and the catalogue stays as it was. The status is 2 if
    /// REQLLM_OFFLINE forbids it or a file or folder does not do, 3 to 5 if the server answers with an error, and 6 if the
    /// network fails or the file is refused.
    Refresh(Refresh),
    /// Show which catalogue is in use
    Info(Info),
    /// List the models that the account sees, and Bedrock's inference profiles, as the provider itself lists them
    ///
    /// With Bedrock --endpoint-url is the address of the control plane.
    Account(Box<Account>),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Providers {
    /// Also those whose dialect one of them speaks: every name that provider:model takes
    #[arg(long)]
    pub(crate) all: bool,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct List {
    /// Only this provider's
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Show {
    /// The model
    pub(crate) spec: String,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Refresh {
    /// Where the catalogue is: https://, http:// or file:// [default: REQLLM_MODELS_URL, else models.dev]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Info {
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Find {
    /// Only this provider's; may be given again for another
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Vec<String>,
    /// Only models of this family
    #[arg(long, value_name = "NAME")]
    pub(crate) family: Option<String>,
    /// Only models that can do all of these, such as tools,reasoning,structured_output
    #[arg(long, value_name = "ABILITY,…", value_delimiter = ',')]
    pub(crate) require: Vec<String>,
    /// Only models that take all of these: text, image, pdf, audio, video
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(crate) modality: Vec<String>,
    /// Only models with a context window of at least so many tokens
    #[arg(long, value_name = "N")]
    pub(crate) min_context: Option<u64>,
    /// Only models whose input costs at most this, in USD per 1,000,000 tokens
    #[arg(long, value_name = "USD")]
    pub(crate) max_input_price: Option<reqllm::Decimal>,
    /// The order
    #[arg(long, value_enum, default_value_t = Order::Id)]
    pub(crate) sort: Order,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The order of what is found.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Order {
    /// By provider and id
    Id,
    /// The cheapest first
    Price,
    /// The largest context window first
    Context,
    /// The newest first
    Date,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Emulate {
    /// The port; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Milliseconds between the events of a stream
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) pace: u64,
}
