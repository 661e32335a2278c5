//! What is sent through a door.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue};
use reqllm_core::{Call, Delivery, Exchange, Model, Result, Route, Warning};
use reqllm_dialects::{chat_completions, messages, responses};
use serde_json::{Map, Value};

use super::answer::Spoken;
use super::choice::Door;
use super::options;
use crate::options::{Api, Endpoint, Read};
use crate::place::Place;
use crate::profile::Profile;
use crate::provider::{Bedrock, GUARDRAIL_ID};
use crate::route::inside;
use crate::{json, region, settings, shape};

/// The highest temperature of OpenAI's forms. Source: OpenAI's API reference.
const HOTTEST: f64 = 2.0;

/// As Anthropic has it, but that nothing is fetched. Source: AWS user guide, "Messages API".
pub(super) const MESSAGES: messages::Quirks = messages::Quirks {
    name: "Messages on Bedrock",
    urls: false,
    otherwise: "; Converse takes more (`use_converse`)",
    ..messages::Quirks::ANTHROPIC
};

impl Door<'_> {
    /// Puts a call into a request that goes this way.
    pub(crate) fn exchange(
        self,
        bedrock: &Bedrock,
        model: &Model,
        call: &Call,
        options: &Read,
        asked: Delivery,
    ) -> Result<Exchange> {
        match self.api {
            Api::Messages => settings::check(call)?,
            _ => settings::check_to(call, HOTTEST)?,
        }
        let mut place = Place::of_model_at(bedrock, options, model, self.endpoint)?;
        let mut warnings = std::mem::take(&mut place.warnings);
        warnings.extend(self.note.clone());
        self.look_at_region(&place, &mut warnings);
        options::check(&self, model, call, options, &mut warnings)?;
        let (family, profile) = bedrock.families.of(model);
        let profile = self.profile(profile);
        let shaped = shape::shape_as(model, call, options, &profile, self.form(), &mut warnings)?;
        let call = &*shaped.call;
        let mut fields = shaped.fields;
        self.tools_or_thoughts(model, call, &mut fields, &mut warnings)?;
        let (delivery, reason) = self.delivery(model, call, options, &profile, asked);
        let body = self.body(model, call, options, &fields, delivery, &mut warnings)?;
        let path = format_args!("{}{}", self.base, path(self.api));
        let mut request = place.post_with_base(path, body)?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static(accept(delivery)));
        options::put(&self, options, headers)?;
        let auth = match self.api {
            // Source: AWS user guide, "Messages API".
            Api::Messages => Arc::new(place.auth.with_bare_key()),
            _ => Arc::clone(&place.auth),
        };
        tracing::debug!(
            operation = operation(self.api),
            reason = %reason,
            family = family.name(),
            region = place.region(),
            "route"
        );
        let spoken = Spoken::of(&self, options.guardrail_identifier.is_some());
        let route = Route::new(operation(self.api), reason);
        let mut exchange = Exchange::new(request, route, auth, spoken.answer(delivery));
        exchange.delivery = delivery;
        exchange.warnings = warnings;
        exchange.expectation = shaped.expectation;
        exchange.wire_id = (self.id != model.sent_id()).then(|| self.id.to_owned());
        let guardrail = options.guardrail_identifier.clone();
        let guardrail = guardrail.map(|id| (GUARDRAIL_ID, id));
        exchange.attributes.extend(guardrail);
        Ok(exchange)
    }

    /// Tells if the region is not known to have `bedrock-mantle`. It may be new.
    pub(super) fn look_at_region(&self, place: &Place, warnings: &mut Vec<Warning>) {
        let region = place.region();
        if self.endpoint == Endpoint::Mantle && place.is_of_aws() && !region::has_mantle(region) {
            warnings.push(Warning::new(
                "region_not_known",
                format!("bedrock-mantle is not known to be in {region}; if it cannot be reached, option `region` can name another one, such as us-east-1"),
            ));
        }
    }

    /// Some lines take tools here only while they do not think.
    fn tools_or_thoughts(
        &self,
        model: &Model,
        call: &Call,
        fields: &mut Map<String, Value>,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        const EFFORT: &str = "reasoning_effort";
        if self.api != Api::Chat || !self.line.tools_or_thoughts || call.tools.is_empty() {
            return Ok(());
        }
        let effort = fields.get(EFFORT).and_then(Value::as_str);
        if effort.is_none_or(|effort| effort == "none") {
            return Ok(());
        }
        let conflict = format!(
            "{} thinks, and takes tools by Chat Completions only while it does not; by option `api` \"responses\" it does both",
            model.id
        );
        call.settle(&conflict, "it does not think in this call", warnings)?;
        fields.insert(EFFORT.to_owned(), "none".into());
        Ok(())
    }

    /// How the answer travels: a long one that is wanted whole as a stream, as by Converse.
    fn delivery(
        &self,
        model: &Model,
        call: &Call,
        options: &Read,
        profile: &Profile,
        asked: Delivery,
    ) -> (Delivery, String) {
        let reason = self.reason.clone();
        if asked != Delivery::Whole {
            return (asked, reason);
        }
        match inside::wanted(model, call, options) {
            Some(why) if inside::hinders(model, options, profile).is_none() => (
                Delivery::Stream,
                format!("{reason}; {why}, so the answer is streamed inside"),
            ),
            _ => (asked, reason),
        }
    }

    fn body(
        &self,
        model: &Model,
        call: &Call,
        options: &Read,
        fields: &Map<String, Value>,
        delivery: Delivery,
        warnings: &mut Vec<Warning>,
    ) -> Result<Bytes> {
        let tier = options.service_tier.map(|tier| tier.as_str());
        let over = &options.additional_model_request_fields;
        let streams = delivery == Delivery::Stream;
        let room = json::room_for(call);
        match self.api {
            Api::Chat => {
                let mut body = chat_completions::encode(self.line.chat, model, call, warnings)?;
                body.set_model(self.id);
                if streams {
                    body.ask_for_stream();
                }
                // Source: AWS user guide, "Service tiers": a member of the body in OpenAI's forms.
                if let Some(tier) = tier {
                    body.put("service_tier", tier);
                }
                body.merge(fields);
                body.merge(over);
                body.write(room)
            }
            Api::Responses => {
                let wishes = responses::Wishes {
                    store: options.store,
                    service_tier: tier,
                    ..responses::Wishes::default()
                };
                let mut body = responses::encode(self.speaker(), model, call, &wishes, warnings)?;
                body.set_model(self.id);
                if streams {
                    body.ask_for_stream();
                }
                body.merge(fields);
                body.merge(over);
                body.write(room)
            }
            Api::Messages => {
                let mut body = messages::encode(&MESSAGES, model, call, warnings)?;
                body.set("model", self.id);
                if streams {
                    body.set("stream", true);
                }
                body.merge(fields);
                body.merge(over);
                body.write(room)
            }
        }
    }
}

fn path(api: Api) -> &'static str {
    match api {
        Api::Chat => "/chat/completions",
        Api::Responses => "/responses",
        Api::Messages => "/messages",
    }
}

fn operation(api: Api) -> &'static str {
    match api {
        Api::Chat => "ChatCompletions",
        Api::Responses => "Responses",
        Api::Messages => "Messages",
    }
}

fn accept(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Stream => "text/event-stream",
        _ => "application/json",
    }
}
