//! Wire dialects that several providers speak.
//!
//! A dialect is a pure codec: from a call to a body, and from the bytes of an answer to what the [`Fold`](reqllm_core::Fold)
//! is told. It opens no socket and knows no provider. What its speakers do in their own way is data: a row of `Quirks` beside
//! each dialect, and a [`Profile`](profile::Profile) of the model's line.
//!
//! | room | holds |
//! | --- | --- |
//! | [`messages`] | Anthropic's Messages |
//! | [`chat_completions`] | OpenAI's Chat Completions |
//! | [`responses`] | OpenAI's Responses |
//! | [`profile`] | what is true of a line of models, whoever serves it |
//! | [`shape`] | a call as a line takes it, before it is written |
//! | [`sse`] | server-sent events, and the reader of a stream of them |
//! | [`answer`] | from a codec to what a provider hands over |
//! | [`door`] | where requests go, the key that opens, and options by name |
//! | [`mark`] | thoughts that only their maker can read |
//! | [`mask`] | keys out of what servers say |
//! | [`meaning`] | what codes and statuses of errors mean |
//! | [`json`], [`media`], [`merge`], [`redacted`] | what codecs are written with |

pub mod answer;
pub mod chat_completions;
pub mod door;
pub mod json;
pub mod mark;
pub mod mask;
pub mod meaning;
pub mod media;
pub mod merge;
pub mod messages;
mod over;
pub mod profile;
pub mod redacted;
pub mod responses;
pub mod shape;
pub mod sse;
pub mod stream;

pub use self::answer::Dialect;
pub use self::stream::StreamCodec;
