//! The end of an answer: the response, whole or partial.

use std::sync::Arc;

use serde_json::Value;

use super::Fold;
use super::block::{Block, into_part};
use super::compact::compact;
use crate::object::{find_object, find_object_of_cut_off};
use crate::{Cost, Event, FinishReason, Message, Part, Response, Result, Role, Usage, Warning};

impl Fold {
    /// The response. Blocks that are still open are closed; empty ones are dropped.
    pub fn finish(&mut self) -> Response {
        for at in 0..self.blocks.len() {
            self.close_tool(at);
        }
        for index in self.objects.clone() {
            self.close_object(index);
        }
        self.gather()
    }

    /// The partial response of an answer that broke off. A tool call whose end did not come is no whole one: no event
    /// tells of it, and its arguments stay the text that they are.
    pub fn abandon(&mut self) -> Response {
        let cut_off: Vec<String> = self
            .blocks
            .iter()
            .filter_map(|(_, block)| match block {
                Block::OpenTool { name, .. } => Some(name.clone()),
                _ => None,
            })
            .collect();
        for name in cut_off {
            self.warnings.push(Warning::new(
                "incomplete_tool_call",
                format!("the answer broke off before tool {name:?} had all of its arguments; what came is kept as text"),
            ));
        }
        self.finish_reason = FinishReason::Error;
        let mut response = self.gather();
        // The counts that had come are those of the beginning.
        response.cost = None;
        response.provider_metadata.insert(
            "cost_unknown".to_owned(),
            "the answer broke off before all of its tokens were counted".into(),
        );
        response
    }

    fn gather(&mut self) -> Response {
        let object = self.object();
        self.settle_object_text();
        let content: Vec<Part> = self
            .blocks
            .drain(..)
            .filter_map(|(_, block)| into_part(block))
            .collect();
        let mut usage = self.fallback;
        usage.update(self.usage);
        let usage = usage.totalled();
        let identity = Arc::clone(&self.identity);
        let cost = self.cost(&usage);
        Response {
            id: self.id.take().unwrap_or_default(),
            provider: identity.provider.clone(),
            model: identity.model.clone(),
            wire_id: identity.wire_id.clone(),
            message: Message {
                role: Role::Assistant,
                content,
            },
            finish_reason: self.finish_reason,
            raw_finish_reason: self.raw_finish_reason.take(),
            usage,
            cost,
            object,
            warnings: std::mem::take(&mut self.warnings),
            provider_metadata: std::mem::take(&mut self.metadata),
        }
    }

    /// The object that was asked for, if it is there. The call of a tool that was there for its sake is no call that
    /// anybody has to answer.
    fn object(&mut self) -> Option<Value> {
        let form = self.expectation.object.as_ref()?.as_str();
        let find = match self.finish_reason.is_cut_off() {
            true => find_object_of_cut_off,
            false => find_object,
        };
        let texts = self.blocks.iter().filter_map(|(index, block)| match block {
            Block::Text { text, .. } => Some((index, text.as_str())),
            _ => None,
        });
        // Where the tool was called, what stands beside the call is talk.
        let object = match self.objects.is_empty() {
            true => find(&texts.map(|(_, text)| text).collect::<String>()),
            false => texts
                .filter(|(index, _)| self.objects.contains(index))
                .find_map(|(_, text)| find(text)),
        };
        let has_calls = |block: &Block| matches!(block, Block::Whole(Part::ToolCall(_)));
        let other_calls = self.blocks.iter().any(|(_, block)| has_calls(block));
        if !self.objects.is_empty() && !other_calls && self.finish_reason == FinishReason::ToolCalls
        {
            self.finish_reason = FinishReason::Stop;
        }
        if object.is_none() && !other_calls {
            self.warn(Warning::new(
                "no_object",
                "an object was asked for, and the answer has none",
            ));
        }
        self.metadata("object_form", form.into());
        object
    }

    /// The arguments of the tool that was there for the object's sake are a value on the wire of a whole answer and a text on
    /// that of a stream, with the model's own white space. Where nobody has heard the pieces, it is the same text for both.
    fn settle_object_text(&mut self) {
        if self.events.is_some() {
            return;
        }
        for (index, block) in &mut self.blocks {
            if let Block::Text { text, .. } = block
                && self.objects.contains(index)
                && let Some(compact) = compact(text)
            {
                *text = compact;
            }
        }
    }

    /// What it cost, or a note in the metadata why that is not known.
    fn cost(&mut self, usage: &Usage) -> Option<Cost> {
        let reason = match self.identity.cost(usage, self.service_tier.as_deref()) {
            Ok(cost) => return Some(cost),
            Err(reason) => reason,
        };
        self.metadata("cost_unknown", Value::String(reason));
        None
    }

    /// The response as `check` leaves it, and the last event that carries it.
    ///
    /// # Errors
    ///
    /// Whatever `check` says, with the response. Then there is no last event.
    pub fn finish_checked(
        &mut self,
        check: impl FnOnce(&mut Response) -> Result<()>,
    ) -> Result<Arc<Response>> {
        let mut response = self.finish();
        if let Err(error) = check(&mut response) {
            return Err(error.with_partial(response));
        }
        let response = Arc::new(response);
        self.emit(|| Event::Finish {
            response: Arc::clone(&response),
        });
        Ok(response)
    }

    /// The response, and the last event that carries it.
    pub fn finish_event(&mut self) -> Arc<Response> {
        let response = Arc::new(self.finish());
        self.emit(|| Event::Finish {
            response: Arc::clone(&response),
        });
        response
    }
}
