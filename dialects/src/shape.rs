//! A call as a model's line takes it.
//!
//! What a service refuses is mended here, before a request is written: nothing is lost, and a warning says
//! what was done. Each room looks first whether there is anything to do, and the call is copied only if there is.
//!
//! | room | settles |
//! | --- | --- |
//! | `attachments` | what may be attached at all |
//! | `settings` | sampling, stop sequences, limits |
//! | `reasoning` | how much the model thinks, and what that forbids |
//! | `object` | in which form an object is asked for |
//! | `tools`, `schema` | names, schemas and choice of tools |
//! | `ids` | ids of tool calls |
//! | `media` | `data:` URLs |
//! | `system` | where system prompts stand |
//! | `replay`, `foreign` | which thoughts, citations and blocks go back |
//! | `turns` | order, blank texts, what may stand beside what |
//! | `results` | what may stand inside of a tool result, and beside it |
//! | `cache` | where cache points stand |

mod attachments;
mod cache;
mod foreign;
mod ids;
mod media;
mod object;
mod reasoning;
mod replay;
mod results;
mod schema;
mod settings;
mod system;
mod tools;
mod turns;

use std::borrow::Cow;

use reqllm_core::{Call, Expectation, Model, Result, Role, Ttl, Warning};
use serde_json::{Map, Value};

pub use self::cache::CacheMessages;
use crate::profile::Profile;

/// A call, and what goes with it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Shaped<'a> {
    /// The call, copied only if something changed.
    pub call: Cow<'a, Call>,
    /// Fields of the line's own, to be merged over the body.
    pub fields: Map<String, Value>,
    /// What the fold of the answer has to know.
    pub expectation: Expectation,
}

/// What is true of the form in which a call is written, whatever the model.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Form {
    /// Its name, for messages to people.
    pub name: &'static str,
    /// Which blocks of kinds that nobody knows may go back.
    pub own_blocks: OwnBlocks,
    /// Whether a cache point may follow a document or a video.
    pub points_behind_documents: bool,
    /// Whether it has a word for calling no tool.
    pub no_tool: bool,
    /// Whether it has to say how many tokens the answer may have.
    pub needs_max_tokens: bool,
    /// Whether a document needs a text beside it.
    pub text_beside_documents: bool,
}

/// Which blocks of kinds that nobody knows a form has a place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnBlocks {
    /// None.
    None,
    /// Objects without a `type`, which are Converse's.
    Untyped,
    /// Some, which the encoder knows from others.
    All,
}

impl Form {
    /// A form of this name that has none of it.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            own_blocks: OwnBlocks::None,
            points_behind_documents: false,
            no_tool: false,
            needs_max_tokens: false,
            text_beside_documents: false,
        }
    }
}

/// What the caller asks for beside the call itself.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Wishes<'a> {
    /// Fields that the caller puts over the body.
    pub fields: Option<&'a Map<String, Value>>,
    /// Whether Anthropic's betas are asked for.
    pub betas: bool,
    /// Whether cache points are put where they are of use.
    pub prompt_cache: Option<bool>,
    /// How long those last.
    pub prompt_cache_ttl: Option<Ttl>,
    /// The message behind which a point is put, if something is said of it.
    pub cache_messages: Option<CacheMessages>,
}

/// What is being shaped, and for whom.
struct Shaping<'a, 'w> {
    model: &'w Model,
    form: &'w Form,
    profile: &'w Profile,
    wishes: &'w Wishes<'w>,
    call: Cow<'a, Call>,
    fields: Map<String, Value>,
    expectation: Expectation,
    warnings: &'w mut Vec<Warning>,
}

/// Shapes a call.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`](reqllm_core::ErrorKind::Unsupported) for what the line cannot do, unless the call is lossy;
/// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) for what makes no sense.
pub fn shape<'a>(
    model: &Model,
    call: &'a Call,
    wishes: &Wishes<'_>,
    profile: &Profile,
    form: &Form,
    warnings: &mut Vec<Warning>,
) -> Result<Shaped<'a>> {
    let mut shaping = Shaping {
        model,
        form,
        profile,
        wishes,
        call: Cow::Borrowed(call),
        fields: Map::new(),
        expectation: Expectation::default(),
        warnings,
    };
    shaping.betas()?;
    let thinks = shaping.reasoning()?;
    shaping.settings(thinks)?;
    shaping.object(thinks)?;
    shaping.tools()?;
    shaping.ids();
    shaping.media()?;
    shaping.attachments()?;
    shaping.replay();
    shaping.foreign();
    shaping.system()?;
    shaping.turns()?;
    shaping.results()?;
    shaping.cache()?;
    Ok(Shaped {
        call: shaping.call,
        fields: shaping.fields,
        expectation: shaping.expectation,
    })
}

impl Shaping<'_, '_> {
    fn warn(&mut self, code: &str, message: impl Into<String>) {
        self.warnings.push(Warning::new(code, message.into()));
    }

    /// An error, or a warning if the call is lossy.
    fn unsupported(&mut self, feature: &str) -> Result<()> {
        self.call
            .unsupported(&self.model.id, feature, self.warnings)
    }

    /// As [`Shaping::unsupported`], where something is done instead of leaving it out.
    fn degrade(&mut self, feature: &str, done: &str) -> Result<()> {
        if !self.call.lossy {
            return self.unsupported(feature);
        }
        let message = format!("{} does not support {feature}; {done}", self.model.id);
        self.warn("unsupported", message);
        Ok(())
    }

    /// A warning, or an error if the call is strict.
    fn settle(&mut self, conflict: &str, done: &str) -> Result<()> {
        self.call.settle(conflict, done, self.warnings)
    }
}

/// The side on which a message stands: tools speak for the user.
fn is_user(role: Role) -> bool {
    matches!(role, Role::User | Role::Tool)
}
