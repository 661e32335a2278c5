//! The behaviour suite of [reqllm](https://docs.rs/reqllm): what a user does with a model, as scenarios that any provider can be
//! put through, those of other crates as well.
//!
//! A provider is right when it does each of [`ALL`] the way that is stated beforehand: it passes, or a [`Cell`] says what comes
//! of it instead, and who says that it cannot be otherwise. [`prove`] runs them for a [`Subject`], which is a model on one route,
//! and gives a [`Report`] that can be read:
//!
//! ```no_run
//! use reqllm_testkit::{Cell, Cells, Key, Subject, prove};
//!
//! const CELLS: Cells = &[&[
//!     (Key::Image, Cell::Cannot { says: "image", source: "Acme's reference, \"say\": `text` is a string" }),
//!     (Key::Guardrail, Cell::Absent { source: "Acme's reference: nothing of the kind" }),
//! ]];
//!
//! # async fn run(address: &str) -> reqllm::Result<()> {
//! let client = reqllm::Client::builder().endpoint_url("acme", address).build()?;
//! let report = prove(&Subject::new("Parrot", client.model("acme:parrot")?), CELLS).await;
//! assert!(report.is_right(), "{report}");
//! # Ok(())
//! # }
//! ```
//!
//! The answers have to be foreseen, so the one who answers is a server that is made for tests: the crate `reqllm-emulator` where it
//! speaks the provider's form, or a few lines of your own. [`Phrases`] says what such a server has to do.
//!
//! reqllm's own table of this, for every line of models and every route, is `docs/behaviour.md` in its repository.

mod cell;
mod report;
mod scenarios;
mod subject;

pub use cell::{Cell, Cells, cell};
pub use report::{Report, Wrong, prove};
pub use scenarios::{ALL, Key, Scenario};
pub use subject::{Phrases, Subject, Thinks, Thoughts};
