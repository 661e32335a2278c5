//! What can be said of what only Bedrock has.

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Bedrock {
    /// Make a short-term API key of the IAM keys that a call would be made with
    ///
    /// It is made on this machine; AWS is not asked. The key goes to standard output alone: AWS_BEARER_TOKEN_BEDROCK=$(reqllm
    /// bedrock api-key). It ends with the IAM keys if they end sooner.
    ApiKey(MakeApiKey),
}

impl Bedrock {
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::ApiKey(args) => args.json,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MakeApiKey {
    /// How long it serves: 1 to 12 hours
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) hours: u32,
    /// The region whose calls it opens [default: that of a call]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Option of the provider, such as those that say which IAM keys to use; VALUE is JSON if it parses as JSON, else a string
    #[arg(short = 'o', long = "option", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,
    /// As JSON: api_key, region and expires_at
    #[arg(long)]
    pub(crate) json: bool,
}
