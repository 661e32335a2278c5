//! What shapes a call on Bedrock: the two forms of a request, and the options that say how.

#[cfg(test)]
mod tests;

use reqllm_core::{Call, Model, Result, Warning};
use reqllm_dialects::shape::{self, Shaped, Wishes};

use crate::options::Read;
use crate::profile::Profile;
use crate::route::Form;

/// Converse. It has no word for calling no tool, and no point may follow a document or a video. Sources: the service model,
/// shape ToolChoice; AWS user guide, "Prompt caching".
const CONVERSE: shape::Form = shape::Form {
    name: "Converse",
    own_blocks: shape::OwnBlocks::Untyped,
    points_behind_documents: false,
    no_tool: false,
    needs_max_tokens: false,
    text_beside_documents: true,
};

/// The bodies of the families, which are their vendors' own.
const NATIVE: shape::Form = shape::Form {
    name: "Bedrock",
    own_blocks: shape::OwnBlocks::All,
    points_behind_documents: true,
    no_tool: true,
    needs_max_tokens: true,
    text_beside_documents: true,
};

/// Shapes a call as its line takes it.
pub(crate) fn shape<'a>(
    model: &Model,
    call: &'a Call,
    options: &Read,
    profile: &Profile,
    form: Form,
    warnings: &mut Vec<Warning>,
) -> Result<Shaped<'a>> {
    let form = match form {
        Form::Converse => &CONVERSE,
        Form::Native => &NATIVE,
    };
    shape_as(model, call, options, profile, form, warnings)
}

/// Shapes a call as its line takes it in this form.
pub(crate) fn shape_as<'a>(
    model: &Model,
    call: &'a Call,
    options: &Read,
    profile: &Profile,
    form: &shape::Form,
    warnings: &mut Vec<Warning>,
) -> Result<Shaped<'a>> {
    let mut wishes = Wishes::default();
    wishes.fields = Some(&options.additional_model_request_fields);
    wishes.betas = !options.anthropic_beta.is_empty();
    wishes.prompt_cache = options.prompt_cache;
    wishes.prompt_cache_ttl = options.prompt_cache_ttl;
    wishes.cache_messages = options.cache_messages;
    shape::shape(model, call, &wishes, profile, form, warnings)
}
