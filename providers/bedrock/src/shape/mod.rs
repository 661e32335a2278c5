//! A call as a model's line takes it.
//!
//! What the service refuses is mended here, before either form of request is written: nothing is lost, and a warning says
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

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use reqllm_core::{Call, Expectation, Model, Result, Role, Warning};
use serde_json::{Map, Value};

use crate::options::Read;
use crate::profile::Profile;
use crate::route::Form;

/// A call, and what goes with it.
pub(crate) struct Shaped<'a> {
    pub(crate) call: Cow<'a, Call>,
    /// Fields of the family's own: on Converse in `additionalModelRequestFields`, else in the body.
    pub(crate) fields: Map<String, Value>,
    pub(crate) expectation: Expectation,
}

/// What is being shaped, and for whom.
struct Shaping<'a, 'w> {
    model: &'w Model,
    form: Form,
    profile: &'w Profile,
    options: &'w Read,
    call: Cow<'a, Call>,
    fields: Map<String, Value>,
    expectation: Expectation,
    warnings: &'w mut Vec<Warning>,
}

/// Shapes a call.
pub(crate) fn shape<'a>(
    model: &Model,
    call: &'a Call,
    options: &Read,
    profile: &Profile,
    form: Form,
    warnings: &mut Vec<Warning>,
) -> Result<Shaped<'a>> {
    let mut shaping = Shaping {
        model,
        form,
        profile,
        options,
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
