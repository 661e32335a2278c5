//! Chat Completions: from a call to an exchange.

use std::borrow::Cow;
use std::sync::Arc;

use http::response::Parts;
use reqllm_core::{
    Call, Capability, Delivery, Error, Exchange, Fold, Model, ObjectForm, Reasoning,
    ReasoningEffort, Result, Route,
};
use reqllm_dialects::chat_completions::{self, ChatStream, Quirks, StrictObject, Thoughts};
use reqllm_dialects::profile::{Replay, ToolChoices};
use reqllm_dialects::shape::{self, Form, OwnBlocks, Wishes};
use reqllm_dialects::{Dialect, StreamCodec, answer, door, json};

use crate::provider::Asked;
use crate::row::{Forced, Objects, Row, SIGNER, SchemaBeside};

/// The form, whoever speaks it.
pub(crate) const FORM: Form = Form {
    name: "Chat Completions",
    own_blocks: OwnBlocks::None,
    points_behind_documents: true,
    no_tool: true,
    needs_max_tokens: false,
    text_beside_documents: false,
};

pub(crate) fn exchange(
    asked: Asked<'_>,
    row: &'static Row,
    reason: Cow<'static, str>,
) -> Result<Exchange> {
    let Asked {
        provider,
        place,
        model,
        call,
        options,
        delivery,
    } = asked;
    let mut warnings = Vec::new();
    let mut profile = row.profile;
    profile.native_object =
        has_schemas(row.objects, model) && is_alone(row.schema_beside, call, delivery);
    if !may_be_forced(row.forced, model, call) {
        profile.tool_choices = ToolChoices::AUTO;
    }
    profile.all_required = row.quirks.strict_object == StrictObject::IfAllRequired;
    let mut quirks = row.quirks;
    if let Thoughts::Signatures { maker, waiver } = quirks.thoughts {
        let maker = place.maker(&provider.facts.id, maker, maker != SIGNER);
        quirks.thoughts = Thoughts::Signatures { maker, waiver };
        profile.replay = Replay::Marked(maker);
    }
    let shaped = shape::shape(
        model,
        call,
        &Wishes::default(),
        &profile,
        &FORM,
        &mut warnings,
    )?;
    let call = &*shaped.call;
    let mut body = chat_completions::encode(&quirks, model, call, &mut warnings)?;
    body.set_model(model.sent_id());
    if delivery == Delivery::Stream {
        body.ask_for_stream();
    }
    for (name, value) in row.always {
        body.put(name, *value);
    }
    // Beside tools some refuse it, and the model could not call one.
    let in_words = matches!(shaped.expectation.object, Some(ObjectForm::Instructions));
    if in_words && call.tools.is_empty() {
        body.ask_for_json();
    }
    options.put(row, model, call, &mut body, &mut warnings)?;
    body.merge(&shaped.fields);
    body.merge(&options.extra_body);
    let body = body.write(json::room_for(call))?;
    let mut request = door::post(&place.base, "/chat/completions", body, delivery)?;
    options.put_headers(provider, place, request.headers_mut())?;
    let auth = Arc::new(provider.auth(options, place));
    let dialect = Chat { quirks };
    let answer = answer::read(Arc::new(dialect), delivery);
    let mut exchange = Exchange::new(request, Route::new("ChatCompletions", reason), auth, answer);
    exchange.delivery = delivery;
    exchange.warnings = warnings;
    exchange.expectation = shaped.expectation;
    Ok(exchange)
}

/// Whether an object is asked for by its schema.
fn has_schemas(objects: Objects, model: &Model) -> bool {
    let known = model.capabilities.get(Capability::StructuredOutput) == Some(true);
    match objects {
        Objects::Schema => true,
        Objects::SchemaIfKnown => known,
        Objects::Mode => false,
    }
}

/// Whether nothing stands beside the schema of an object that may not.
fn is_alone(beside: SchemaBeside, call: &Call, delivery: Delivery) -> bool {
    (beside.tools || call.tools.is_empty()) && (beside.stream || delivery != Delivery::Stream)
}

/// Whether the model may be made to call a tool. One that thinks calls those that it finds right.
fn may_be_forced(forced: Forced, model: &Model, call: &Call) -> bool {
    match (forced, call.settings.reasoning) {
        (Forced::Always, _) | (_, Some(Reasoning::Effort(ReasoningEffort::None))) => true,
        (_, Some(_)) => false,
        (Forced::UnlessAskedToThink, None) => true,
        (Forced::OnlyToldNotToThink, None) => {
            model.capabilities.get(Capability::Reasoning) == Some(false)
        }
    }
}

/// The answers of a server.
#[derive(Debug)]
struct Chat {
    quirks: Quirks,
}

impl Dialect for Chat {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        chat_completions::read(&self.quirks, body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(ChatStream::new(&self.quirks))
    }

    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        chat_completions::refusal(head, body)
    }
}

#[cfg(test)]
mod tests;
