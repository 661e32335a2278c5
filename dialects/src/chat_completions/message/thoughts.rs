//! The model's thoughts, as they go back to it.

use std::borrow::Cow;

use reqllm_core::{Error, ReasoningPart, Result};
use serde_json::value::RawValue;

use super::super::Thoughts;
use super::{ContentPart, ThoughtsMember, Writer};
use crate::mark;

impl<'a> Writer<'a, '_> {
    /// Whether a thought can go back in the form that the speaker has for it.
    pub(super) fn takes(&self, thought: &ReasoningPart) -> bool {
        match self.quirks.thoughts {
            Thoughts::Never => false,
            Thoughts::Member(_) | Thoughts::Part => !thought.text.is_empty(),
            Thoughts::Details(maker) => {
                let seal = thought.signature.as_deref().unwrap_or_default();
                mark::of(maker, seal).is_some()
            }
        }
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
    ) -> Result<Option<ThoughtsMember<'a>>> {
        let Some((first, rest)) = thoughts.split_first() else {
            return Ok(None);
        };
        let name = match self.quirks.thoughts {
            Thoughts::Never | Thoughts::Part => return Ok(None),
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
                return Ok(Some(ThoughtsMember::Details(details)));
            }
            Thoughts::Member(name) => name,
        };
        let mut text = Cow::Borrowed(first.text.as_str());
        for thought in rest {
            text.to_mut().push_str(&thought.text);
        }
        let text = text.into();
        Ok(Some(match name {
            "reasoning" => ThoughtsMember::Reasoning(text),
            _ => ThoughtsMember::ReasoningContent(text),
        }))
    }
}
