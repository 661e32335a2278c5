//! What may stand inside of a tool result, and beside it.

use reqllm_core::{Message, Part, Result, Role, ToolContent, ToolResultPart};

use super::Shaping;
use super::turns::{FILLER, turn_at};
use crate::profile::Kinds;

impl Shaping<'_, '_> {
    pub(super) fn results(&mut self) -> Result<()> {
        self.inside();
        self.beside();
        Ok(())
    }

    /// Media that the model refuses inside of a tool result come after the results of the turn, and the result says so.
    fn inside(&mut self) {
        let kinds = self.profile.inside_tool_result;
        let refused = |part: &Part| is_media(part) && !allows(kinds, part);
        let holds = |part: &Part| {
            matches!(part, Part::ToolResult(ToolResultPart { content: ToolContent::Parts(parts), .. })
                if parts.iter().any(refused))
        };
        let mut from = 0;
        while let Some(turn) = turn_at(&self.call.messages, from) {
            let mut parts = self.call.messages[from..turn]
                .iter()
                .flat_map(|it| &it.content);
            if parts.any(holds) {
                let mut moved = Vec::new();
                let messages = &mut self.call.to_mut().messages[from..turn];
                for part in messages.iter_mut().flat_map(|message| &mut message.content) {
                    if let Part::ToolResult(result) = part {
                        take_media(result, kinds, &mut moved);
                    }
                }
                if let Some(last) = messages.last_mut() {
                    last.content.extend(moved);
                }
                self.warn(
                    "media_moved",
                    format!("{} does not take every attachment inside of a tool result; they come after the results", self.model.id),
                );
            }
            from = turn;
        }
    }

    /// Where the model wants tool results to be alone, what stands beside them comes in a turn of its own. The service
    /// makes one turn of two in a row, so the assistant says a word in between.
    fn beside(&mut self) {
        let kinds = self.profile.beside_tool_result;
        let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
        let mut from = 0;
        while let Some(turn) = turn_at(&self.call.messages, from) {
            let parts = || {
                self.call.messages[from..turn]
                    .iter()
                    .flat_map(|it| &it.content)
            };
            let results = parts().any(is_result);
            if !results || !parts().any(|part| !is_result(part) && !allows(kinds, part)) {
                from = turn;
                continue;
            }
            let messages = &mut self.call.to_mut().messages;
            let merged = messages
                .drain(from..turn)
                .flat_map(|message| message.content);
            let (results, rest): (Vec<Part>, Vec<Part>) = merged.partition(is_result);
            let turns = [
                Message::new(Role::Tool, results),
                Message::new(Role::Assistant, FILLER),
                Message::new(Role::User, rest),
            ];
            messages.splice(from..from, turns);
            from += 3;
            self.warn(
                "turn_split",
                format!("{} wants tool results to be alone; what stood beside them comes in a turn of its own, and the assistant says {FILLER:?} in between", self.model.id),
            );
        }
    }
}

fn is_media(part: &Part) -> bool {
    matches!(
        part,
        Part::Image(_) | Part::Document(_) | Part::Video(_) | Part::Audio(_)
    )
}

fn allows(kinds: Kinds, part: &Part) -> bool {
    match part {
        Part::Text(_) => kinds.text,
        Part::Image(_) => kinds.image,
        Part::Document(_) => kinds.document,
        Part::Video(_) | Part::Audio(_) => kinds.video,
        // What is not known is the service's to judge.
        _ => true,
    }
}

/// Takes refused media out of a result and leaves a note.
fn take_media(result: &mut ToolResultPart, kinds: Kinds, moved: &mut Vec<Part>) {
    let ToolContent::Parts(parts) = &mut result.content else {
        return;
    };
    for part in parts.iter_mut() {
        if !is_media(part) || allows(kinds, part) {
            continue;
        }
        let what = format!("{} {}", part.kind(), moved.len() / 2 + 1);
        let note = Part::text(format!("See {what}, after the tool results."));
        moved.push(Part::text(format!(
            "This is {what}, which tool call {} gave:",
            result.id
        )));
        moved.push(std::mem::replace(part, note));
    }
}
