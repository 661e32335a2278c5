//! Anthropic for reqllm: the Messages API, of Anthropic itself and of those who serve their models in the same form.
//!
//! ```
//! use reqllm_anthropic::Options;
//! use reqllm_core::Ttl;
//!
//! let options = Options::new().prompt_cache(true).prompt_cache_ttl(Ttl::OneHour);
//! # let _: reqllm_core::ProviderOptions = options.into();
//! ```
//!
//! Keys come from option `api_key` or `auth_token`, the key ring, the program's own source, and the environment variables that the
//! registry names (`ANTHROPIC_API_KEY`; for Anthropic itself `ANTHROPIC_AUTH_TOKEN` as well), in this order.
//!
//! | room | what is in it |
//! | --- | --- |
//! | `provider` | from a call to a request |
//! | `options` | what only this provider understands |
//! | `address` | where requests go |
//! | `auth` | who sends them |
//! | `rows` | whose models these are, and what is true of them: a table |
//! | `body` | what goes into a body beside the call |
//! | `betas` | which betas a call needs |
//! | `inside` | which whole answers are streamed inside |
//! | `operations` | token counts, the models of an account |

mod address;
mod auth;
mod betas;
mod body;
mod inside;
mod operations;
mod options;
mod provider;
mod rows;

#[cfg(test)]
mod tests;

pub use self::options::{Options, SECRET_OPTIONS, ServiceTier, Speed};
pub use self::provider::{Anthropic, DESCRIPTOR, register};

/// The name of the provider, as in `anthropic:model`.
pub const ID: &str = "anthropic";
