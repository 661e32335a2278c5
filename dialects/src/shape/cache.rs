//! Where cache points stand.
//!
//! AWS user guide, "Prompt caching": at most four in a request, those that last longer before the others; what comes before a
//! point is cached: tools, then system prompts, then messages.

use reqllm_core::{Cache, Message, Part, Result, Role, ToolContent, Ttl};
use serde::Deserialize;

use super::{Shaping, is_user};

const MOST: usize = 4;

/// Which message gets a cache point: none, the last, or the one of a number that counts from the front or, if it is
/// negative, from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "true, false or the number of a message would do"
)]
#[non_exhaustive]
pub enum CacheMessages {
    /// The last, or none.
    Last(bool),
    /// This one.
    Nth(i64),
}

impl CacheMessages {
    /// Its number.
    pub(super) fn at(self) -> Option<i64> {
        match self {
            Self::Last(false) => None,
            Self::Last(true) => Some(-1),
            Self::Nth(nth) => Some(nth),
        }
    }
}

/// A place for a point.
#[derive(Clone, Copy)]
enum Place {
    Tool(usize),
    Part(usize, usize),
}

impl Shaping<'_, '_> {
    pub(super) fn cache(&mut self) -> Result<()> {
        self.points_of_results();
        self.automatic()?;
        self.behind_documents();
        self.allowed()?;
        self.at_most()?;
        self.longest_first()
    }

    /// A point inside of a tool result comes after the result.
    fn points_of_results(&mut self) {
        let inner = |part: &Part| match part {
            Part::ToolResult(result) => match &result.content {
                ToolContent::Parts(parts) => parts.iter().find_map(Part::cache),
                _ => None,
            },
            _ => None,
        };
        let mut parts = self
            .call
            .messages
            .iter()
            .flat_map(|message| &message.content);
        if !parts.any(|part| inner(part).is_some()) {
            return;
        }
        for part in self
            .call
            .to_mut()
            .messages
            .iter_mut()
            .flat_map(|it| &mut it.content)
        {
            let Some(cache) = inner(part) else { continue };
            let Part::ToolResult(result) = part else {
                continue;
            };
            result.cache.get_or_insert(cache);
            if let ToolContent::Parts(parts) = &mut result.content {
                parts.iter_mut().for_each(|part| part.set_cache(None));
            }
        }
    }

    /// The points of `prompt_cache` and `cache_messages`.
    fn automatic(&mut self) -> Result<()> {
        let everything = self.wishes.prompt_cache == Some(true);
        let which = match self.wishes.cache_messages {
            None => everything.then_some(-1),
            Some(which) if self.wishes.prompt_cache != Some(false) => which.at(),
            Some(_) => None,
        };
        if !everything && which.is_none() {
            if self.wishes.prompt_cache_ttl.is_some() {
                self.warn(
                    "option_without_effect",
                    "`prompt_cache_ttl` says how long the points of `prompt_cache` or `cache_messages` last, and neither is set",
                );
            }
            return Ok(());
        }
        let places = self.profile.cache;
        if !places.any() {
            return self.unsupported("prompt caching");
        }
        let mut cache = Cache::new();
        if self.wishes.prompt_cache_ttl == Some(Ttl::OneHour) {
            match places.ttl {
                true => cache = Cache::with_ttl(Ttl::OneHour),
                false => self.unsupported("a cache that lasts an hour")?,
            }
        }
        if everything && places.tools && !self.call.tools.is_empty() {
            let last = self.call.tools.len() - 1;
            self.set_if_absent(Place::Tool(last), cache);
        }
        if everything && places.system {
            let system = |role| role == Role::System;
            let last = self
                .call
                .messages
                .iter()
                .take_while(|it| system(it.role))
                .count();
            if let Some(place) = last.checked_sub(1).and_then(|at| self.tail_of(at)) {
                self.set_if_absent(place, cache);
            }
        }
        let Some(which) = which.filter(|_| places.messages) else {
            return Ok(());
        };
        match self.message(which).and_then(|at| self.tail_of(at)) {
            Some(place) => self.set_if_absent(place, cache),
            None if which == -1 => {}
            None => self.warn(
                "option_without_effect",
                format!("`cache_messages` is {which}, and there is no such message after which a cache point may stand"),
            ),
        }
        Ok(())
    }

    /// The message of a number that counts from the front, or, if it is negative, from the end; system prompts do not
    /// count. Where its turn may not have a point, the one before it.
    fn message(&self, which: i64) -> Option<usize> {
        let messages = &self.call.messages;
        let own: Vec<usize> = (0..messages.len())
            .filter(|at| messages[*at].role != Role::System)
            .collect();
        let count = i64::try_from(own.len()).unwrap_or(i64::MAX);
        let nth = if which < 0 { count + which } else { which };
        let nth = usize::try_from(nth).ok().filter(|nth| *nth < own.len())?;
        own[..=nth]
            .iter()
            .rev()
            .copied()
            .find(|at| self.profile.cache.tool_turns || !self.is_tool_turn(*at))
    }

    /// The last part of a message behind which a point may stand: not behind a thought, and on Converse before documents and
    /// video at the end.
    fn tail_of(&self, at: usize) -> Option<Place> {
        let parts = &self.call.messages[at].content;
        let behind_documents = self.form.points_behind_documents;
        let free = |part: &Part| match part {
            Part::Reasoning(_) => false,
            Part::Document(_) | Part::Video(_) => behind_documents,
            _ => true,
        };
        parts.iter().rposition(free).map(|n| Place::Part(at, n))
    }

    /// Whether the turn of a message, which is all messages of its side in a row, has tool calls or results.
    fn is_tool_turn(&self, at: usize) -> bool {
        let messages = &self.call.messages;
        let side = |message: &Message| is_user(message.role);
        let same = |message: &&Message| side(message) == side(&messages[at]);
        let before = messages[..at].iter().rev().take_while(same);
        let after = messages[at..].iter().take_while(same);
        before
            .chain(after)
            .any(|message| has_tools(&message.content))
    }

    /// On Converse no point may follow a document or video; it comes before them.
    fn behind_documents(&mut self) {
        if self.form.points_behind_documents {
            return;
        }
        let heavy = |part: &Part| matches!(part, Part::Document(_) | Part::Video(_));
        for place in self.points() {
            let Place::Part(at, n) = place else { continue };
            let parts = &self.call.messages[at].content;
            if !heavy(&parts[n]) {
                continue;
            }
            let cache = self.get(place);
            let Some(before) = parts[..n].iter().rposition(|part| !heavy(part)) else {
                continue;
            };
            self.set(place, None);
            if self.get(Place::Part(at, before)).is_none() {
                self.set(Place::Part(at, before), cache);
            }
            self.warn(
                "cache_point_moved",
                format!("messages[{at}] has a cache point after a document or video, where Converse takes none; it comes before them"),
            );
        }
    }

    /// Points where the model takes none.
    fn allowed(&mut self) -> Result<()> {
        let places = self.profile.cache;
        for place in self.points() {
            let (allowed, what) = match place {
                Place::Tool(_) => (places.tools, "a cache point after a tool"),
                Place::Part(at, _) if self.call.messages[at].role == Role::System => {
                    (places.system, "a cache point after a system prompt")
                }
                Place::Part(at, _) if self.is_tool_turn(at) => (
                    places.messages && places.tool_turns,
                    "a cache point in a turn with tool calls or results",
                ),
                Place::Part(..) => (places.messages, "a cache point in a message"),
            };
            if !allowed {
                self.unsupported(what)?;
                self.set(place, None);
            } else if !places.ttl && self.get(place).is_some_and(|cache| cache.ttl.is_some()) {
                // Five minutes are what it is anyway.
                if is_long(self.get(place)) {
                    self.unsupported("a cache point that lasts an hour")?;
                }
                self.set(place, Some(Cache::new()));
            }
        }
        Ok(())
    }

    /// Of too many points the last ones stay, so that the longest beginning is cached.
    fn at_most(&mut self) -> Result<()> {
        let points = self.points();
        let Some(more) = points.len().checked_sub(MOST).filter(|more| *more > 0) else {
            return Ok(());
        };
        let conflict = format!(
            "the call has {} cache points, and {} takes at most {MOST}",
            points.len(),
            self.form.name
        );
        self.settle(&conflict, "the first ones were left out")?;
        for place in &points[..more] {
            self.set(*place, None);
        }
        Ok(())
    }

    fn longest_first(&mut self) -> Result<()> {
        let long =
            |cache: Option<Cache>| cache.is_some_and(|cache| cache.ttl == Some(Ttl::OneHour));
        let points = self.points();
        let Some(short) = points.iter().position(|place| !long(self.get(*place))) else {
            return Ok(());
        };
        let late: Vec<Place> = points[short..]
            .iter()
            .copied()
            .filter(|place| is_long(self.get(*place)))
            .collect();
        if late.is_empty() {
            return Ok(());
        }
        let conflict = format!(
            "a cache point of an hour comes after one of five minutes, which {} refuses",
            self.form.name
        );
        self.settle(&conflict, "the later ones last five minutes")?;
        for place in late {
            self.set(place, Some(Cache::new()));
        }
        Ok(())
    }

    /// All points, in the order of the prompt.
    fn points(&self) -> Vec<Place> {
        let tools = (0..self.call.tools.len()).map(Place::Tool);
        let messages = self.call.messages.iter().enumerate();
        let parts = |system: bool| {
            messages
                .clone()
                .filter(move |(_, message)| (message.role == Role::System) == system)
                .flat_map(|(at, message)| {
                    (0..message.content.len()).map(move |n| Place::Part(at, n))
                })
        };
        tools
            .chain(parts(true))
            .chain(parts(false))
            .filter(|place| self.get(*place).is_some())
            .collect()
    }

    fn get(&self, place: Place) -> Option<Cache> {
        match place {
            Place::Tool(at) => self.call.tools[at].cache,
            Place::Part(at, n) => self.call.messages[at].content[n].cache(),
        }
    }

    fn set_if_absent(&mut self, place: Place, cache: Cache) {
        if self.get(place).is_none() {
            self.set(place, Some(cache));
        }
    }

    fn set(&mut self, place: Place, cache: Option<Cache>) {
        let call = self.call.to_mut();
        match place {
            Place::Tool(at) => call.tools[at].cache = cache,
            Place::Part(at, n) => call.messages[at].content[n].set_cache(cache),
        }
    }
}

fn is_long(cache: Option<Cache>) -> bool {
    cache.is_some_and(|cache| cache.ttl == Some(Ttl::OneHour))
}

fn has_tools(parts: &[Part]) -> bool {
    parts
        .iter()
        .any(|part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_)))
}
