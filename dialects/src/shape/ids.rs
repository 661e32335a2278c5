//! Ids of tool calls: legal, unique, and the same on both sides.

use std::collections::{BTreeMap, BTreeSet};

use reqllm_core::Part;

use super::Shaping;
use crate::profile::ToolIds;

/// Service model, shape ToolUseId.
const LONGEST_ID: usize = 64;
/// OpenAI's API refuses a longer `tool_call_id` in so many words.
const LONGEST_AT_OPENAI: usize = 40;
/// How many characters Mistral's ids have.
const NINE: usize = 9;

impl Shaping<'_, '_> {
    /// Ids that the service refuses, or that were given twice, are replaced. The same call gives the same ids: prompt
    /// caches live on that.
    pub(super) fn ids(&mut self) {
        let rule = self.profile.tool_ids;
        let mut seen = BTreeSet::new();
        let fits = |part: &Part| match part {
            Part::ToolCall(call) => is_legal(&call.id, rule),
            Part::ToolResult(result) => is_legal(&result.id, rule),
            _ => true,
        };
        let mut parts = self
            .call
            .messages
            .iter()
            .flat_map(|message| &message.content);
        let fit = parts.all(|part| {
            fits(part) && !matches!(part, Part::ToolCall(call) if !seen.insert(call.id.as_str()))
        });
        if fit {
            return;
        }
        self.repeated();
        let parts = self
            .call
            .messages
            .iter()
            .flat_map(|message| &message.content);
        let mut taken: BTreeSet<String> = parts
            .filter_map(|part| match part {
                Part::ToolCall(call) if is_legal(&call.id, rule) => Some(call.id.clone()),
                _ => None,
            })
            .collect();
        // What an id stands for on the wire, for every call that has it, in their order.
        let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut results: BTreeMap<String, usize> = BTreeMap::new();
        for message in &mut self.call.to_mut().messages {
            for part in &mut message.content {
                match part {
                    Part::ToolCall(call) => {
                        let sent = calls.entry(call.id.clone()).or_default();
                        let id = match is_legal(&call.id, rule) && sent.is_empty() {
                            true => call.id.clone(),
                            false => fresh(&call.id, sent.len(), rule, &taken),
                        };
                        taken.insert(id.clone());
                        sent.push(id.clone());
                        call.id = id;
                    }
                    Part::ToolResult(result) => {
                        let nth = results.entry(result.id.clone()).or_default();
                        // A result without a call is the service's to refuse; its id is at least legal.
                        let id = match calls.get(&result.id) {
                            Some(sent) => sent.get(*nth).or_else(|| sent.last()).cloned(),
                            None => None,
                        };
                        *nth += 1;
                        result.id = id.unwrap_or_else(|| match is_legal(&result.id, rule) {
                            true => result.id.clone(),
                            false => fresh(&result.id, 0, rule, &BTreeSet::new()),
                        });
                    }
                    _ => {}
                }
            }
        }
    }
}

impl Shaping<'_, '_> {
    /// A call that stands twice, id, name and arguments alike, before anybody has answered it, is one call; so is its result.
    /// Once it was answered, the id may stand for another call: some servers count their ids anew in each answer.
    fn repeated(&mut self) {
        let mut calls: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let mut repeated: BTreeSet<String> = BTreeSet::new();
        let mut answered: BTreeSet<String> = BTreeSet::new();
        let mut dropped: BTreeSet<String> = BTreeSet::new();
        let messages = &mut self.call.to_mut().messages;
        for message in messages.iter_mut() {
            message.content.retain(|part| match part {
                Part::ToolCall(call) => {
                    let known = calls.entry(call.id.clone()).or_default();
                    if answered.remove(&call.id) {
                        known.clear();
                        repeated.remove(&call.id);
                    }
                    let this = (call.name.clone(), call.arguments.to_string());
                    let again = known.contains(&this);
                    known.push(this);
                    if again {
                        repeated.insert(call.id.clone());
                        dropped.insert(call.id.clone());
                    }
                    !again
                }
                Part::ToolResult(result) => {
                    answered.insert(result.id.clone()) || !repeated.contains(&result.id)
                }
                _ => true,
            });
        }
        messages.retain(|message| !message.content.is_empty());
        for id in dropped {
            self.warn(
                "repeated_tool_call",
                format!("the conversation has the same tool call {id:?} more than once; one of them, with one result, is sent"),
            );
        }
    }
}

fn is_legal(id: &str, rule: ToolIds) -> bool {
    let hyphens = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let any = |c: char| hyphens(c) || matches!(c, '.' | ':');
    let fits = (1..=longest(rule)).contains(&id.len());
    match rule {
        ToolIds::Any | ToolIds::Forty => fits && id.chars().all(any),
        ToolIds::Hyphens => fits && id.chars().all(hyphens),
        ToolIds::NineAlphanumerics => {
            id.len() == NINE && id.chars().all(|c| c.is_ascii_alphanumeric())
        }
    }
}

fn longest(rule: ToolIds) -> usize {
    match rule {
        ToolIds::Any | ToolIds::Hyphens => LONGEST_ID,
        ToolIds::Forty => LONGEST_AT_OPENAI,
        ToolIds::NineAlphanumerics => NINE,
    }
}

/// A legal id for one that is not: as much of it as can be kept, and a number made of all of it.
fn fresh(id: &str, nth: usize, rule: ToolIds, taken: &BTreeSet<String>) -> String {
    let mut salt = nth;
    loop {
        let hash = hash(id, salt);
        let new = match rule {
            ToolIds::NineAlphanumerics => base36(hash),
            _ => {
                let kept: String = id
                    .chars()
                    .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
                    .take(longest(rule) - 1 - NINE)
                    .collect();
                match kept.as_str() {
                    "" => base36(hash),
                    _ => format!("{kept}_{}", base36(hash)),
                }
            }
        };
        if !taken.contains(&new) {
            return new;
        }
        salt += 1;
    }
}

/// FNV-1a: the same on every machine and in every version, which a hasher of the standard library does not promise.
fn hash(id: &str, salt: usize) -> u64 {
    let bytes = id.bytes().chain(salt.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let digits = std::iter::from_fn(|| {
        let digit = DIGITS[(number % 36) as usize];
        number /= 36;
        Some(char::from(digit))
    });
    digits.take(NINE).collect()
}
