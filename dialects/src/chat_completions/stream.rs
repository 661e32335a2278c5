//! The chunks of a stream.

use reqllm_core::bounds::ITEM;
use reqllm_core::{Fold, Result};

use super::answer::{Speech, warn_of_choices};
use super::facts::Facts;
use super::plain::Template;
use super::wire::{Completion, End, ToolCall};
use super::{FIRST_TOOL_CALL, Quirks};
use crate::json;
use crate::stream::StreamCodec;

/// Reads one stream. A chunk may hold text, tool calls, the reason to stop and the counts all at once, or any of them.
#[derive(Debug)]
pub struct ChatStream {
    quirks: Quirks,
    what: String,
    speech: Speech,
    facts: Facts,
    template: Template,
    calls: Vec<OpenCall>,
    /// Something has come bit by bit.
    has_delta: bool,
    stopped: bool,
    /// The line has come that is the last.
    done: bool,
    told_of_choices: bool,
}

/// A tool call that is arriving. Its place in the list is its place in the answer.
#[derive(Debug, Default)]
struct OpenCall {
    /// The server's number for it, which some give to several calls.
    number: u64,
    id: String,
    started: bool,
    /// Its signature has come.
    sealed: bool,
    /// Arguments that came before the name.
    arguments: String,
    /// Of a call without an id, its name and how far its arguments have come.
    name: String,
    brackets: Brackets,
}

/// How far the JSON of arguments has come.
#[derive(Debug, Default)]
struct Brackets {
    depth: u32,
    in_text: bool,
    escaped: bool,
    complete: bool,
}

impl Brackets {
    fn hear(&mut self, json: &str) {
        for byte in json.bytes() {
            match (byte, self.in_text) {
                _ if std::mem::take(&mut self.escaped) => {}
                (b'\\', true) => self.escaped = true,
                (b'"', _) => self.in_text = !self.in_text,
                (b'{' | b'[', false) => self.depth = self.depth.saturating_add(1),
                (b'}' | b']', false) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.complete |= self.depth == 0;
                }
                _ => {}
            }
        }
    }
}

impl ChatStream {
    /// A reader for one stream of a speaker.
    pub fn new(quirks: &Quirks) -> Self {
        Self {
            quirks: *quirks,
            facts: Facts::default(),
            template: Template::default(),
            what: format!("a chunk of {}'s stream", quirks.name),
            speech: Speech::new(quirks),
            calls: Vec::new(),
            has_delta: false,
            stopped: false,
            done: false,
            told_of_choices: false,
        }
    }
}

impl StreamCodec for ChatStream {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        if let Some((kind, text)) = self.template.read(json) {
            self.speech.piece(kind, &text, fold);
            return Ok(());
        }
        // The last line of such a stream where it comes as server-sent events; some servers put it into a chunk.
        if matches!(json.trim_ascii(), b"[DONE]" | b"\"[DONE]\"") {
            self.done = true;
            self.template.forget();
            return self.end(fold);
        }
        let completion: Completion<'_> = json::read(json, &self.what)?;
        if let Some(error) = completion.failure(json) {
            return Err(error);
        }
        fold.start();
        let usage = completion.usage();
        self.facts.tell(&self.quirks, &completion, fold)?;
        if completion.has_delta() && !std::mem::replace(&mut self.has_delta, true) {
            self.template.unlearn();
        }
        match completion.lone_text(self.has_delta) {
            Some((kind, raw)) if !self.stopped => self.template.learn(json, kind, raw),
            _ => {}
        }
        if let Some(id) = completion.id {
            fold.id(id.into_string());
        }
        for choice in completion.choices.unwrap_or_default() {
            if !choice.is_first() {
                if !std::mem::replace(&mut self.told_of_choices, true) {
                    warn_of_choices(fold);
                }
                continue;
            }
            self.speech.hear_logprobs(&choice, fold)?;
            let (message, end) = choice.open(self.has_delta, fold)?;
            let calls = self.speech.hear(message, fold)?;
            for (at, call) in (0..).zip(calls) {
                self.call(at, call, fold)?;
            }
            if let End::Failure(error) = end {
                if let Some(counts) = usage {
                    counts.tell(&self.quirks, fold);
                }
                return Err(error);
            }
            self.stopped |= matches!(end, End::Stop(_));
            if self.stopped {
                self.template.forget();
                self.end(fold)?;
            }
            if let End::Stop(raw) = end {
                self.speech.stop(raw, fold);
            }
        }
        if let Some(counts) = usage {
            counts.tell(&self.quirks, fold);
        }
        Ok(())
    }

    /// A stream whose last line has come is complete. Some servers never say why the model stopped.
    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        (!fold.stopped() && !self.done).then_some("it does not say why the model stopped")
    }

    /// What might have become a tag has become none.
    fn abandon(&mut self, fold: &mut Fold) {
        // What cannot be sealed cannot go back, and the error by which the stream ended counts for more.
        let _ = self.speech.end(fold);
    }
}

impl ChatStream {
    /// Takes a piece of a tool call; `at` is its place in the chunk, which serves where there is no number.
    ///
    /// A name under a number that is taken begins another call if its id is another: some servers give every call the
    /// number 0. An id alone does not, because some servers make a new one for each piece. Where there is no id, it is
    /// another call if the name is another, or the arguments are complete.
    fn call(&mut self, at: u32, call: ToolCall<'_>, fold: &mut Fold) -> Result<()> {
        let number = call.index.unwrap_or_else(|| at.into());
        let seal = self.speech.seal(&call, fold);
        let id = call.id.unwrap_or_default();
        let function = call.function.unwrap_or_default();
        let arguments = function.arguments()?;
        let name = function.name.filter(|name| !name.is_empty());
        let continues = |open: &OpenCall| match &name {
            Some(name) if open.started && id.is_empty() && open.id.is_empty() => {
                **name == *open.name && !open.brackets.complete
            }
            Some(_) => !open.started || id.is_empty() || *id == open.id,
            None => true,
        };
        let position = self
            .calls
            .iter()
            .rposition(|open| open.number == number)
            .filter(|at| continues(&self.calls[*at]))
            .unwrap_or(self.calls.len());
        if position == self.calls.len() {
            // One chunk may begin many, and each is looked for among all.
            fold.hold(ITEM);
            fold.check_bounds()?;
            self.calls.push(OpenCall {
                number,
                ..OpenCall::default()
            });
        }
        let open = &mut self.calls[position];
        if open.id.is_empty() {
            open.id = id.into_string();
        }
        if open.id.is_empty() {
            open.brackets.hear(&arguments);
        }
        let index = block(position);
        match seal {
            // It goes in front of the call.
            Some(seal) if !open.started && !open.sealed => {
                open.sealed = true;
                fold.signature(index, seal);
            }
            Some(_) if !open.sealed => self.speech.tell_of_signature(fold),
            _ => {}
        }
        if let Some(name) = name.filter(|_| !open.started) {
            open.start(index, name.into_string(), fold);
        }
        if open.started {
            if !arguments.is_empty() {
                fold.tool_call_arguments(index, arguments);
            }
        } else {
            fold.hold(arguments.len());
            open.arguments.push_str(&arguments);
        }
        Ok(())
    }

    /// The model has stopped: nothing of the text is a beginning of a tag, and the tool calls have their arguments.
    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        self.speech.end(fold)?;
        for (position, open) in self.calls.iter_mut().enumerate() {
            let index = block(position);
            if !open.started {
                open.start(index, String::new(), fold);
            }
            fold.end_block(index);
        }
        Ok(())
    }
}

impl OpenCall {
    fn start(&mut self, index: u32, name: String, fold: &mut Fold) {
        self.started = true;
        if self.id.is_empty() {
            self.name.clone_from(&name);
        }
        fold.tool_call_start(index, self.id.clone(), name);
        if !self.arguments.is_empty() {
            fold.tool_call_arguments(index, std::mem::take(&mut self.arguments));
        }
    }
}

fn block(position: usize) -> u32 {
    u32::try_from(position).map_or(u32::MAX, |position| {
        FIRST_TOOL_CALL.saturating_add(position)
    })
}

#[cfg(test)]
mod tests;
