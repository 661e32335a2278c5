//! What an answer says beside the words of the model: counts, who served it, sources, the form in which thoughts go back.

use reqllm_core::{Citation, Fold, Result, Usage};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::wire::{Completion, value};
use super::{Quirks, REASONING, TEXT, Thoughts};
use crate::json;
use crate::mark;

/// The counts of an answer.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    #[serde(deserialize_with = "json::count")]
    prompt_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    completion_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    total_tokens: Option<u64>,
    #[serde(deserialize_with = "json::if_fits")]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(deserialize_with = "json::if_fits")]
    completion_tokens_details: Option<CompletionDetails>,
    /// Moonshot's name for what was read from a cache, and DeepSeek's.
    #[serde(deserialize_with = "json::count")]
    cached_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    prompt_cache_hit_tokens: Option<u64>,
    #[serde(deserialize_with = "json::if_fits")]
    cost: Option<Cost>,
}

/// What is taken for it, in USD.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Cost {
    /// OpenRouter's.
    Sum(f64),
    /// Perplexity's, with its parts. Source: its API reference, `usage.cost`.
    Parts { total_cost: f64 },
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    #[serde(deserialize_with = "json::count")]
    cached_tokens: Option<u64>,
    /// OpenRouter's name for what was written to a cache, and LiteLLM's.
    #[serde(deserialize_with = "json::count")]
    cache_write_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    cache_creation_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    #[serde(deserialize_with = "json::count")]
    reasoning_tokens: Option<u64>,
}

impl Counts {
    pub(super) fn tell(self, quirks: &Quirks, fold: &mut Fold) {
        if let Some(Cost::Sum(cost) | Cost::Parts { total_cost: cost }) = self.cost {
            fold.metadata("provider_cost", cost.into());
        }
        fold.usage(self.usage(quirks.uncounted_thoughts));
    }

    /// `prompt_tokens` counts those read from a cache or written to one, too; ours does not. `completion_tokens` counts
    /// thoughts, but not xAI's: the sum tells. Nor those of Google's models at DeepInfra, whose sum leaves them out, too:
    /// what is more than the whole is no part of it. Source: `@ai-sdk/deepinfra`, version 3.0.57. Where the sum alone has
    /// them (`uncounted`), they are what is missing to it.
    fn usage(self, uncounted: bool) -> Usage {
        let details = self.prompt_tokens_details.unwrap_or_default();
        let cached = details
            .cached_tokens
            .or(self.cached_tokens)
            .or(self.prompt_cache_hit_tokens);
        let written = details.cache_write_tokens.or(details.cache_creation_tokens);
        let mut usage = Usage::default();
        usage.input_tokens = self.prompt_tokens.map(|all| {
            all.saturating_sub(cached.unwrap_or(0))
                .saturating_sub(written.unwrap_or(0))
        });
        usage.output_tokens = self.completion_tokens;
        usage.cache_read_tokens = cached;
        usage.cache_write_tokens = written;
        usage.reasoning_tokens = self
            .completion_tokens_details
            .and_then(|it| it.reasoning_tokens);
        if let (true, Some(input), Some(output), Some(total), None) = (
            uncounted,
            self.prompt_tokens,
            self.completion_tokens,
            self.total_tokens,
            usage.reasoning_tokens,
        ) {
            let counted = input.saturating_add(output);
            usage.reasoning_tokens = total.checked_sub(counted).filter(|thought| *thought > 0);
        }
        if let (Some(input), Some(output), Some(thought), Some(total)) = (
            self.prompt_tokens,
            self.completion_tokens,
            usage.reasoning_tokens.filter(|thought| *thought > 0),
            self.total_tokens,
        ) && input.saturating_add(output).saturating_add(thought) == total
        {
            usage.output_tokens = Some(output.saturating_add(thought));
        } else if let (Some(output), Some(thought)) = (usage.output_tokens, usage.reasoning_tokens)
            && thought > output
        {
            usage.output_tokens = Some(output.saturating_add(thought));
        }
        usage
    }
}

/// Tells once of what every chunk of a stream repeats.
#[derive(Debug, Default)]
pub(super) struct Facts {
    told: [bool; 5],
}

impl Facts {
    pub(super) fn tell(
        &mut self,
        quirks: &Quirks,
        completion: &Completion<'_>,
        fold: &mut Fold,
    ) -> Result<()> {
        if !quirks.envelope {
            return Ok(());
        }
        if let Some(tier) = &completion.service_tier
            && !std::mem::replace(&mut self.told[0], true)
        {
            fold.service_tier(&**tier);
            fold.metadata("service_tier", (&**tier).into());
        }
        for (at, (name, raw)) in (1..).zip([
            ("system_fingerprint", completion.system_fingerprint),
            ("served_by", completion.provider),
            ("citations", completion.citations),
            ("search_results", completion.search_results),
        ]) {
            if let Some(raw) = raw.filter(|raw| raw.get() != "[]")
                && !std::mem::replace(&mut self.told[at], true)
            {
                fold.metadata(name, value(raw)?);
            }
        }
        Ok(())
    }
}

/// Source: OpenAI's API reference, "The chat completion object", `annotations`.
#[derive(Deserialize)]
struct Annotation {
    url_citation: Option<UrlCitation>,
}

#[derive(Deserialize)]
struct UrlCitation {
    start_index: Option<usize>,
    end_index: Option<usize>,
    title: Option<String>,
    url: Option<String>,
    content: Option<String>,
}

/// Sources of the text. What is no address of the web is kept as it is.
pub(super) fn annotations(raw: &RawValue, fold: &mut Fold) -> Result<()> {
    let Value::Array(list) = value(raw)? else {
        return Ok(());
    };
    let mut others = Vec::new();
    for raw in list {
        let Ok(Annotation {
            url_citation: Some(found),
        }) = Annotation::deserialize(&raw)
        else {
            others.push(raw);
            continue;
        };
        let mut citation = Citation::default();
        citation.title = found.title;
        citation.source = found.url;
        citation.text = found.content;
        match (found.start_index, found.end_index) {
            (Some(start), Some(end)) if start < end => {
                fold.citation_at(TEXT, citation, start, end);
            }
            _ => fold.citation(TEXT, citation),
        }
    }
    if !others.is_empty() {
        fold.metadata("annotations", Value::Array(others));
    }
    Ok(())
}

/// Gathers `reasoning_details`. Pieces of one entry come in several chunks.
///
/// Source: OpenRouter's guide "Reasoning tokens", `reasoning_details`.
#[derive(Debug)]
pub(super) struct Details {
    /// Who gets them back, if anybody.
    maker: Option<&'static str>,
    entries: Vec<Map<String, Value>>,
}

/// The members of an entry that come in pieces.
const PIECES: [&str; 3] = ["text", "summary", "data"];

impl Details {
    pub(super) fn new(thoughts: Thoughts) -> Self {
        let maker = match thoughts {
            Thoughts::Details(maker) => Some(maker),
            _ => None,
        };
        Self {
            maker,
            entries: Vec::new(),
        }
    }

    /// Takes a list, or a piece of one. `alone` says that no other member has the thought in words.
    pub(super) fn hear(&mut self, raw: &RawValue, alone: bool, fold: &mut Fold) -> Result<()> {
        let list: Vec<Map<String, Value>> =
            json::read(raw.get().as_bytes(), "`reasoning_details` of the answer")?;
        if self.maker.is_some() {
            fold.hold(raw.get().len());
        }
        for entry in list {
            if alone {
                let words = ["text", "summary"].iter().find_map(|name| entry.get(*name));
                if let Some(text) = words.and_then(Value::as_str) {
                    fold.reasoning(REASONING, text);
                }
            }
            if self.maker.is_some() {
                self.add(entry);
            }
        }
        Ok(())
    }

    /// An entry of the kind, number and id of the last one goes on with it.
    fn add(&mut self, entry: Map<String, Value>) {
        let same = |last: &Map<String, Value>| {
            // Sealed thoughts of parallel tool calls have the same number, and the id of the call each.
            let sealed = entry
                .get("type")
                .is_some_and(|it| it == "reasoning.encrypted");
            let (id, other) = (last.get("id"), entry.get("id"));
            let another = sealed && id != other && id.is_some() && other.is_some();
            ["type", "index"]
                .iter()
                .all(|name| last.get(*name) == entry.get(*name))
                && entry.contains_key("index")
                && !another
        };
        let Some(last) = self.entries.last_mut().filter(|last| same(last)) else {
            self.entries.push(entry);
            return;
        };
        for (name, value) in entry {
            match (last.get_mut(&name), value) {
                (_, Value::Null) => {}
                (Some(Value::String(text)), Value::String(more)) if PIECES.contains(&&*name) => {
                    text.push_str(&more);
                }
                (_, value) => {
                    last.insert(name, value);
                }
            }
        }
    }

    /// Seals what has come, so that it can go back.
    pub(super) fn end(&mut self, fold: &mut Fold) -> Result<()> {
        let Some(maker) = self.maker.filter(|_| !self.entries.is_empty()) else {
            return Ok(());
        };
        let entries = std::mem::take(&mut self.entries);
        let list = serde_json::to_string(&entries).map_err(|error| json::unwritten(&error))?;
        fold.signature(REASONING, mark::put(maker, mark::DETAILS, &list));
        Ok(())
    }
}
