//! The vocabulary of reqllm: what a call says, what an answer is, and what a provider promises.
//!
//! Everything here is data and pure functions. There is no socket, no clock and no runtime in this
//! crate, and it knows no provider by name. The rooms, in the order in which a call passes them:
//!
//! | room | holds |
//! | --- | --- |
//! | [`ModelSpec`] | `provider:model` and its other spellings |
//! | [`Model`] | what is known of a model: limits, abilities, price, the id on the wire |
//! | [`Message`], [`Part`], [`Tool`], [`ObjectSchema`], [`Call`] | what the caller says |
//! | [`Provider`], [`Exchange`], [`Authorize`], [`Reader`] | what a provider author writes |
//! | [`Fold`], [`Event`] | the one place where what arrives becomes events and a response |
//! | [`Response`], [`Usage`], [`Warning`] | what the caller gets |
//! | [`Embed`], [`Rerank`], [`TokenCount`], [`GuardrailCheck`], [`AccountQuery`] | what is no conversation; a [`Task`] each |
//! | [`Error`] | what goes wrong, and what to do about it |

mod account;
pub mod bounds;
mod call;
mod capability;
mod clock;
mod content;
mod cost;
mod data_url;
mod descriptor;
mod embed;
mod encoding;
mod env;
mod error;
mod event;
mod expectation;
mod fold;
mod guardrail;
mod host;
mod identity;
mod keys;
mod message;
mod modality;
mod model;
mod object;
mod options;
mod part;
mod provider;
mod random;
mod remedy;
mod rerank;
mod response;
mod round_trip;
mod spec;
mod suggest;
mod task;
mod tokens;
mod tool;
mod wire;

pub use account::{AccountModel, AccountModelKind, AccountModels, AccountPage, AccountQuery};
pub use bytes::Bytes;
pub use call::{Call, IntoMessages, Reasoning, ReasoningEffort, Settings};
pub use capability::{Capabilities, Capability};
pub use clock::Clock;
pub use content::{Cache, Citation, Guard, Source, ToolContent, Ttl};
pub use cost::{Billing, Cost, CostLine, Meter, PriceTier, Pricing, Quality, Unpriced};
pub use data_url::DataUrl;
pub use descriptor::{ProviderContext, ProviderDescriptor, ProviderFacts};
pub use embed::{
    Embed, EmbedInput, EmbedPurpose, Embeddings, IntoInputs, Truncate, cosine_similarity,
};
pub use env::Environment;
pub use error::{Error, ErrorKind, Result};
pub use event::{
    CitationEvent, Event, ReasoningDelta, TextDelta, ToolCallArguments, ToolCallEvent,
    ToolCallStart, UnknownEvent,
};
pub use expectation::Expectation;
pub use fold::Fold;
pub use guardrail::{Guarded, GuardrailAction, GuardrailCheck, GuardrailSource};
pub use host::{is_loopback, is_near};
pub use identity::Identity;
pub use keys::{KeyRing, KeySource, ProviderKey};
pub use message::{IntoParts, Message, Role, assistant, system, tool_result, user};
pub use modality::{Modality, ModalitySet};
pub use model::{
    Budget, Lifecycle, Limits, Modalities, Model, ReasoningControls, Resolution, Status,
};
pub use object::{ObjectForm, ObjectSchema, find_object};
pub use options::ProviderOptions;
pub use part::{
    DocumentPart, MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart,
    UnknownPart,
};
pub use provider::{Answer, Answered, Authorize, Delivery, Exchange, Provider, Reader, Route};
pub use random::Random;
pub use remedy::Remedy;
pub use rerank::{RankedDocument, Rerank, Reranked};
pub use response::{FinishReason, Response, Usage, Warning};
pub use round_trip::{RoundTrip, RoundTripLimits};
pub use rust_decimal::Decimal;
pub use secrecy::{ExposeSecret, SecretString};
pub use spec::{ModelSpec, SpecForm};
pub use suggest::nearest;
pub use task::{Decode, Task};
pub use tokens::TokenCount;
pub use tool::{IntoToolOutput, Json, NoArguments, Tool, ToolChoice, ToolHandler, ToolOutput};
pub use wire::Wire;

/// JSON Schemas of types: `#[derive(schemars::JsonSchema)]`.
pub use schemars;

/// Link-time registration: `reqllm_core::inventory::submit! { &DESCRIPTOR }`.
pub use inventory;
