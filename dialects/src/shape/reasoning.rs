//! How much the model thinks.
//!
//! One knob, in the terms that the model has: a budget of tokens, an effort in words, or nothing at all. Which of them a
//! model has, the registry says; where they go, the profile.

use reqllm_core::{
    Capability, Error, ErrorKind, Message, Part, Reasoning, ReasoningEffort, Result, Role,
    ToolChoice,
};
use serde_json::{Value, json};

use super::Shaping;
use crate::merge;
use crate::profile::{ReasoningField, ReasoningSwitch, ReasoningWord};

/// Anthropic's documentation, "Extended thinking": a budget has at least so many tokens.
const LEAST_BUDGET: u32 = 1024;
/// What is left for the answer where the caller says nothing: as much as Converse gives where nobody thinks.
const ANSWER: u32 = 4096;
/// Levels from the least to the most, in the words of the vendors.
const LADDER: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];

impl Shaping<'_, '_> {
    /// Puts the fields, and says whether thoughts stand in the way of sampling and of forced tools. They do with Claude.
    pub(super) fn reasoning(&mut self) -> Result<bool> {
        let Some(reasoning) = self.call.settings.reasoning else {
            return self.thinks_by_hand();
        };
        if self.model.capabilities.get(Capability::Reasoning) == Some(false) {
            return match reasoning {
                Reasoning::Effort(ReasoningEffort::None) => Ok(false),
                _ => self.unthinking("reasoning"),
            };
        }
        match self.profile.reasoning {
            ReasoningField::Thinking { adaptive } => self.thinking(reasoning, adaptive),
            ReasoningField::Word(word) => self.word(reasoning, &word).map(|()| false),
            ReasoningField::Switch(switch) => self.switch(reasoning, &switch).map(|()| false),
            ReasoningField::None => {
                let thinks = self.model.capabilities.get(Capability::Reasoning) == Some(true);
                if reasoning != Reasoning::Effort(ReasoningEffort::None) || thinks {
                    return self
                        .unthinking("the reasoning setting: nothing tells it how much to think");
                }
                Ok(false)
            }
        }
    }

    /// The wish is left out of a lossy call, so that nothing is made of it later.
    fn unthinking(&mut self, feature: &str) -> Result<bool> {
        self.unsupported(feature)?;
        self.call.to_mut().settings.reasoning = None;
        Ok(false)
    }

    /// Whether the caller's own fields make the model think. Then they are left as they are, and the rest is settled.
    fn thinks_by_hand(&mut self) -> Result<bool> {
        if !matches!(self.profile.reasoning, ReasoningField::Thinking { .. }) {
            return Ok(false);
        }
        let thinking = self.wishes.fields.and_then(|fields| fields.get("thinking"));
        let member = |key: &str| thinking.and_then(|thinking| thinking.get(key));
        let kind = member("type").and_then(Value::as_str);
        if !matches!(kind, Some("enabled" | "adaptive")) {
            return Ok(false);
        }
        let budget = member("budget_tokens").and_then(Value::as_u64);
        if let Some(budget) = budget.and_then(|budget| u32::try_from(budget).ok()) {
            // A body of Claude's own must say how much, and what it says where nobody does may be less than the budget.
            if self.form.needs_max_tokens && self.call.settings.max_tokens.is_none() {
                let wanted = budget.saturating_add(ANSWER).min(self.most());
                self.call.to_mut().settings.max_tokens = Some(wanted);
            }
        }
        self.free_choice()?;
        Ok(true)
    }

    /// The most tokens that the model gives.
    fn most(&self) -> u32 {
        let limit = self.model.limits.output;
        limit.map_or(u32::MAX, |limit| u32::try_from(limit).unwrap_or(u32::MAX))
    }

    /// Claude's way.
    fn thinking(&mut self, reasoning: Reasoning, adaptive: bool) -> Result<bool> {
        let controls = &self.model.reasoning;
        if reasoning == Reasoning::Effort(ReasoningEffort::None) {
            // Where nothing is asked for, it does not think, unless it is a model that can be switched off.
            if controls.toggle {
                self.put(&["thinking", "type"], "disabled".into());
            }
            return Ok(false);
        }
        let least = match controls.budget {
            Some(budget) => budget.min,
            // What can be switched on and has no levels is given a budget.
            None if controls.effort.is_empty() && !adaptive => None,
            None => return self.adaptive(reasoning),
        };
        if self.answers_tools_without_a_thought() {
            let conflict = "the last turn with tool calls has no thought, and a thinking Claude wants to see one";
            self.settle(conflict, "it does not think in this call")?;
            return Ok(false);
        }
        let least = least
            .and_then(|least| u32::try_from(least).ok())
            .unwrap_or(LEAST_BUDGET);
        let budget = self.budget(reasoning, least)?;
        self.put(
            &["thinking"],
            json!({ "type": "enabled", "budget_tokens": budget }),
        );
        self.free_choice()?;
        Ok(true)
    }

    /// A budget that leaves room for the answer; `max_tokens` counts both.
    fn budget(&mut self, reasoning: Reasoning, least: u32) -> Result<u32> {
        let most = self.most();
        let mut budget = match reasoning {
            Reasoning::Budget(tokens) => tokens,
            // A level leaves room for the answer.
            level => tokens(level).min(most.saturating_sub(ANSWER)).max(least),
        };
        if budget < least {
            let conflict = format!(
                "the budget of {budget} tokens for reasoning is less than the {least} that {} takes",
                self.model.id
            );
            self.settle(&conflict, &format!("it is {least}"))?;
            budget = least;
        }
        let exact = matches!(reasoning, Reasoning::Budget(_));
        let wanted = match self.call.settings.max_tokens {
            None => budget.saturating_add(ANSWER).min(most),
            // A level is what it is beside the answer; a number was meant.
            Some(tokens) if !exact && tokens > least => {
                budget = budget.min((tokens - tokens / 4).max(least));
                tokens.max(budget + 1)
            }
            Some(tokens) if tokens <= budget => {
                let wanted = budget.saturating_add(tokens).min(most);
                let conflict = format!(
                    "`max_tokens` is {tokens}, and the {budget} tokens for reasoning count too"
                );
                self.settle(&conflict, &format!("`max_tokens` is {wanted}"))?;
                wanted
            }
            Some(tokens) => tokens,
        };
        if budget >= wanted {
            let fits = wanted.saturating_sub(ANSWER).max(least);
            let conflict = format!(
                "{} gives at most {most} tokens, and {budget} are for reasoning",
                self.model.id
            );
            self.settle(&conflict, &format!("the budget is {fits}"))?;
            budget = fits;
        }
        if self.call.settings.max_tokens != Some(wanted) {
            self.call.to_mut().settings.max_tokens = Some(wanted);
        }
        Ok(budget)
    }

    /// Newer models decide for themselves how much they think, and can be told an effort.
    ///
    /// Recorded with status 200: `display` must be asked for, or thoughts come back without their text.
    fn adaptive(&mut self, reasoning: Reasoning) -> Result<bool> {
        self.put(
            &["thinking"],
            json!({ "type": "adaptive", "display": "summarized" }),
        );
        let known = &self.model.reasoning.effort;
        let words: Vec<&str> = match known.is_empty() {
            true => vec!["low", "medium", "high"],
            false => known.iter().map(String::as_str).collect(),
        };
        let word = self.level(reasoning, &words)?;
        self.put(&["output_config", "effort"], word.into());
        if self.call.settings.max_tokens.is_none() {
            // It thinks as much as it finds right; what it may say in all must not be in the way.
            let wanted = tokens(reasoning).saturating_add(ANSWER).min(self.most());
            self.call.to_mut().settings.max_tokens = Some(wanted);
        }
        self.free_choice()?;
        Ok(true)
    }

    /// Everybody else's way.
    fn word(&mut self, reasoning: Reasoning, field: &ReasoningWord) -> Result<()> {
        let known = &self.model.reasoning.effort;
        let words: Vec<&str> = match known.is_empty() {
            true => field.words.to_vec(),
            false => known.iter().map(String::as_str).collect(),
        };
        if reasoning == Reasoning::Effort(ReasoningEffort::None) && !words.contains(&"none") {
            // Where it can be switched off, it is off until it is told otherwise.
            if self.model.reasoning.toggle {
                return Ok(());
            }
            self.thinks_anyway()?;
        }
        let word = self.level(reasoning, &words)?;
        self.put(field.path, word.as_str().into());
        if let Some((path, text)) = field.beside {
            self.put(path, text.into());
        }
        if field.unlimited == Some(word.as_str()) {
            self.unlimited(&word)?;
        }
        Ok(())
    }

    /// The way of those who speak OpenAI's form in their own manner.
    fn switch(&mut self, reasoning: Reasoning, field: &ReasoningSwitch) -> Result<()> {
        let controls = &self.model.reasoning;
        let words: Vec<String> = match (field.word, controls.effort.as_slice()) {
            ([], _) => Vec::new(),
            // Of a model that is known to have a switch and no words it is known that it takes none.
            (_, []) if controls.toggle && !field.path.is_empty() => Vec::new(),
            (_, []) => field.words.iter().map(|word| (*word).to_owned()).collect(),
            (_, known) => known.to_vec(),
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let takes_budget =
            !field.budget.is_empty() && (controls.is_empty() || controls.budget.is_some());
        if reasoning == Reasoning::Effort(ReasoningEffort::None) {
            if !field.path.is_empty() {
                self.put(field.path, field.off.into());
                return Ok(());
            }
            if !words.contains(&"none") {
                self.thinks_anyway()?;
            }
        }
        if !field.path.is_empty() {
            self.put(field.path, field.on.into());
        }
        if let (Reasoning::Budget(tokens), true) = (reasoning, takes_budget) {
            self.put(field.budget, tokens.into());
        } else if !words.is_empty() {
            let word = self.level(reasoning, &words)?;
            self.put(field.word, word.into());
        } else if takes_budget {
            self.put(field.budget, tokens(reasoning).into());
        } else if field.path.is_empty() {
            self.unsupported("the reasoning setting: nothing tells it how much to think")?;
        } else {
            let conflict = format!(
                "{} can be told to think, and not how much; reasoning is {reasoning}",
                self.model.id
            );
            self.settle(&conflict, "it thinks as much as it finds right")?;
        }
        Ok(())
    }

    /// It is to think not at all, and there is nothing that would tell it so.
    fn thinks_anyway(&mut self) -> Result<()> {
        let why = format!("{} cannot be told not to think", self.model.id);
        let done = "it thinks as little as it can";
        if self.call.lossy {
            self.warn("unsupported", format!("{why}; {done}"));
            return Ok(());
        }
        let advice = format!("{why}; leave `reasoning` out, or set `lossy`: then {done}");
        Err(Error::new(ErrorKind::Unsupported, advice).with_model(&self.model.id))
    }

    /// The word nearest to what is asked for.
    fn level(&mut self, reasoning: Reasoning, words: &[&str]) -> Result<String> {
        let wanted = match reasoning {
            Reasoning::Effort(effort) => effort.as_str(),
            Reasoning::Budget(0..=2048) => "low",
            Reasoning::Budget(2049..=8192) => "medium",
            Reasoning::Budget(8193..=32_768) => "high",
            _ => "max",
        };
        let rung = |word: &str| LADDER.iter().position(|rung| *rung == word).unwrap_or(3);
        let thinks = |word: &&&str| **word != "none" || wanted == "none";
        let nearest = words
            .iter()
            .filter(thinks)
            .min_by_key(|word| rung(word).abs_diff(rung(wanted)));
        let word = nearest.copied().unwrap_or(wanted).to_owned();
        if let Reasoning::Budget(tokens) = reasoning {
            let conflict = format!(
                "{} takes no budget of {tokens} tokens for reasoning, it takes {}",
                self.model.id,
                words.join(", ")
            );
            self.settle(&conflict, &format!("it is {word}"))?;
        }
        Ok(word)
    }

    /// At the highest level some models set limits themselves.
    fn unlimited(&mut self, word: &str) -> Result<()> {
        let settings = &self.call.settings;
        let given = [
            ("max_tokens", settings.max_tokens.is_some()),
            ("temperature", settings.temperature.is_some()),
            ("top_p", settings.top_p.is_some()),
        ];
        for (name, _) in given.into_iter().filter(|(_, given)| *given) {
            let conflict = format!(
                "{} takes no `{name}` when it thinks at level {word}",
                self.model.id
            );
            self.settle(&conflict, &format!("`{name}` was left out"))?;
            let settings = &mut self.call.to_mut().settings;
            match name {
                "max_tokens" => settings.max_tokens = None,
                "temperature" => settings.temperature = None,
                _ => settings.top_p = None,
            }
        }
        Ok(())
    }

    /// A thinking Claude cannot be made to call a tool.
    fn free_choice(&mut self) -> Result<()> {
        if let Some(ToolChoice::Required | ToolChoice::Tool(_)) = self.call.tool_choice {
            let conflict = format!(
                "{} cannot be made to call a tool while it thinks",
                self.model.id
            );
            self.settle(&conflict, "the model decides which tool it calls")?;
            self.call.to_mut().tool_choice = Some(ToolChoice::Auto);
        }
        Ok(())
    }

    /// Whether the conversation goes on after tool calls before which nothing was thought, or nothing that goes back.
    fn answers_tools_without_a_thought(&self) -> bool {
        let messages = &self.call.messages;
        let Some(last) = messages.iter().rposition(|it| it.role == Role::Assistant) else {
            return false;
        };
        let first = messages[..last]
            .iter()
            .rposition(|it| it.role != Role::Assistant);
        let turn = &messages[first.map_or(0, |at| at + 1)..=last];
        let parts = || turn.iter().flat_map(|message| &message.content);
        let answered = messages[last..].iter().any(has_result);
        let calls = parts().any(|part| matches!(part, Part::ToolCall(_)));
        let thought = |part: &Part| matches!(part, Part::Reasoning(thought) if super::replay::takes(self.profile.replay, thought));
        answered && calls && !parts().any(thought)
    }

    fn put(&mut self, path: &[&str], value: Value) {
        merge::put(&mut self.fields, path, value);
    }
}

/// What a level is worth where a budget is wanted.
fn tokens(reasoning: Reasoning) -> u32 {
    match reasoning {
        Reasoning::Budget(tokens) => tokens,
        Reasoning::Effort(ReasoningEffort::None | ReasoningEffort::Minimal) => 1024,
        Reasoning::Effort(ReasoningEffort::Low) => 2048,
        Reasoning::Effort(ReasoningEffort::Medium) => 8192,
        Reasoning::Effort(ReasoningEffort::High) => 16_384,
        _ => 32_768,
    }
}

fn has_result(message: &Message) -> bool {
    message
        .content
        .iter()
        .any(|part| matches!(part, Part::ToolResult(_)))
}
