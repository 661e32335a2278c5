//! What may be attached at all.
//!
//! A picture for a model that reads text is refused here, by name, before the service does it in words of its own. The
//! registry knows the models, the profile those lines that no registry has.

use reqllm_core::{Modality, Part, Result, ToolContent};

use super::Shaping;

/// Tells whether a part is of a kind.
type IsSuch = fn(&Part) -> bool;

impl Shaping<'_, '_> {
    pub(super) fn attachments(&mut self) -> Result<()> {
        let kinds: [(&str, IsSuch); 4] = [
            ("images", |part| matches!(part, Part::Image(_))),
            ("documents", |part| matches!(part, Part::Document(_))),
            ("video", |part| matches!(part, Part::Video(_))),
            ("audio", |part| matches!(part, Part::Audio(_))),
        ];
        for (name, is_of_kind) in kinds {
            if !self.takes(name) && self.any_part(is_of_kind) {
                self.unsupported(name)?;
                self.leave_out(is_of_kind);
            }
        }
        self.asked_citations()
    }

    /// Documents are turned into text by Converse, so that the modalities of a model say nothing of them.
    fn takes(&self, name: &str) -> bool {
        let takes = self.profile.takes;
        let input = self.model.modalities.input;
        let known = |modality| input.is_empty() || input.contains(modality);
        match name {
            "images" => takes.image && known(Modality::Image),
            "documents" => takes.document,
            "video" => takes.video && known(Modality::Video),
            _ => takes.video && known(Modality::Audio),
        }
    }

    fn asked_citations(&mut self) -> Result<()> {
        let asks = |part: &Part| matches!(part, Part::Document(document) if document.citations);
        if self.profile.citations || !self.any_part(asks) {
            return Ok(());
        }
        self.unsupported("citations of documents")?;
        let messages = &mut self.call.to_mut().messages;
        for part in messages.iter_mut().flat_map(|it| &mut it.content) {
            match part {
                Part::Document(document) => document.citations = false,
                Part::ToolResult(result) => {
                    if let ToolContent::Parts(parts) = &mut result.content {
                        for part in parts {
                            if let Part::Document(document) = part {
                                document.citations = false;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether there is such a part, in a message or in the result of a tool.
    fn any_part(&self, is_such: IsSuch) -> bool {
        let mut parts = self
            .call
            .messages
            .iter()
            .flat_map(|message| &message.content);
        parts.any(|part| {
            is_such(part)
                || matches!(part, Part::ToolResult(result)
                    if matches!(&result.content, ToolContent::Parts(parts) if parts.iter().any(is_such)))
        })
    }

    fn leave_out(&mut self, is_such: IsSuch) {
        for message in &mut self.call.to_mut().messages {
            message.content.retain(|part| !is_such(part));
            for part in &mut message.content {
                if let Part::ToolResult(result) = part
                    && let ToolContent::Parts(parts) = &mut result.content
                {
                    parts.retain(|part| !is_such(part));
                }
            }
        }
    }
}
