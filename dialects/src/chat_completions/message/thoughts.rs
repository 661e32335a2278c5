//! The model's thoughts, as they go back to it.

use std::borrow::Cow;

use reqllm_core::{Error, ReasoningPart, Result};
use serde_json::value::RawValue;

use super::super::signatures::{Beside, Signature, Signatures};
use super::super::tools::ToolCall;
use super::super::{Thoughts, ThoughtsMember};
use super::{ContentPart, ThoughtsField, Writer};
use crate::mark;

impl<'a> Writer<'a, '_> {
    /// Whether a thought can go back in the form that the speaker has for it.
    pub(super) fn takes(&self, thought: &ReasoningPart) -> bool {
        match self.quirks.thoughts {
            Thoughts::Never => false,
            Thoughts::Member(_) | Thoughts::Part => !thought.text.is_empty(),
            Thoughts::Details(maker) => {
                let seal = thought.signature.as_deref().unwrap_or_default();
                mark::of(maker, seal).is_some_and(|(id, _)| id == mark::DETAILS)
            }
            Thoughts::Signatures { maker, .. } => Signature::of_thought(maker, thought).is_some(),
        }
    }

    /// The signature that a thought is, where they go back as such.
    pub(super) fn signature(&self, thought: &'a ReasoningPart) -> Option<Signature<'a>> {
        match self.quirks.thoughts {
            Thoughts::Signatures { maker, .. } => Signature::of_thought(maker, thought),
            _ => None,
        }
    }

    /// What goes beside a message; its calls have theirs. Where the model refuses calls without, the first one gets the word
    /// that stands for it: of parallel calls no other has any.
    pub(super) fn signatures(
        &mut self,
        at: usize,
        mut signatures: Signatures<'a>,
        calls: &mut [ToolCall<'a>],
    ) -> Option<Beside<'a>> {
        let signature = signatures.of_message();
        if signatures.lost > 0 {
            self.warn(
                "reasoning_dropped",
                &format!("messages[{at}] has a signature without the tool call that it belongs to; it was left out"),
            );
        }
        if let Thoughts::Signatures {
            waiver: Some(word), ..
        } = self.quirks.thoughts
            && let Some(first) = calls.first_mut()
            && !first.is_signed()
        {
            first.sign(Signature::waived(word));
            self.warn(
                "thought_signature_waived",
                &format!("messages[{at}] has tool calls without a signature of {}'s, as those of other models are; the model is asked to do without, and may answer worse for it", self.quirks.name),
            );
        }
        signature.map(Beside::from)
    }

    pub(super) fn thinking(&self, thoughts: &[&'a ReasoningPart]) -> Vec<ContentPart<'a>> {
        let texts = thoughts
            .iter()
            .map(|thought| self.text(&thought.text, None));
        texts.collect()
    }

    pub(super) fn member(
        &self,
        thoughts: &[&'a ReasoningPart],
    ) -> Result<Option<ThoughtsField<'a>>> {
        let Some((first, rest)) = thoughts.split_first() else {
            return Ok(None);
        };
        let member = match self.quirks.thoughts {
            Thoughts::Never | Thoughts::Part | Thoughts::Signatures { .. } => return Ok(None),
            Thoughts::Details(maker) => {
                let mut details = Vec::new();
                for thought in thoughts {
                    let seal = thought.signature.as_deref().unwrap_or_default();
                    let (_, list) = mark::of(maker, seal).unwrap_or_default();
                    let list: Vec<&'a RawValue> = serde_json::from_str(list).map_err(|_| {
                        Error::invalid_request(format!(
                            "the conversation has a thought whose `signature` is marked as that of {maker} and is no list of its details; leave the thought out"
                        ))
                    })?;
                    details.extend(list);
                }
                return Ok(Some(ThoughtsField::Details(details)));
            }
            Thoughts::Member(member) => member,
        };
        let mut text = Cow::Borrowed(first.text.as_str());
        for thought in rest {
            text.to_mut().push_str(&thought.text);
        }
        let text = text.into();
        Ok(Some(match member {
            ThoughtsMember::Reasoning => ThoughtsField::Reasoning(text),
            ThoughtsMember::ReasoningContent => ThoughtsField::ReasoningContent(text),
        }))
    }
}
