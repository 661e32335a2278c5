//! Citations and blocks of answers that go back, perhaps to another model.

use reqllm_core::{Citation, Part, Role};

use super::{OwnBlocks, Shaping};

impl Shaping<'_, '_> {
    pub(super) fn foreign(&mut self) {
        self.citations();
        self.blocks();
    }

    /// Citations go back to those who cite; those of search results to nobody.
    fn citations(&mut self) {
        let takes = self.profile.citations;
        let refused = |citation: &Citation| {
            let location = citation.location.as_ref();
            !takes || location.is_some_and(|it| it.get("searchResultLocation").is_some())
        };
        for at in self
            .places(|part| matches!(part, Part::Text(text) if text.citations.iter().any(refused)))
        {
            for part in &mut self.call.to_mut().messages[at].content {
                if let Part::Text(text) = part {
                    text.citations.retain(|citation| !refused(citation));
                }
            }
            self.warn(
                "citations_dropped",
                format!("messages[{at}] has citations that {} does not take back; the text goes without them", self.model.id),
            );
        }
    }

    /// A block of one form means nothing in another. In an answer that goes back it is left out; the user's own are
    /// for the encoder to refuse.
    fn blocks(&mut self) {
        let own = self.form.own_blocks;
        if own == OwnBlocks::All {
            return;
        }
        let native = |part: &Part| match part {
            Part::Unknown(unknown) => {
                let raw = &unknown.raw;
                own != OwnBlocks::Untyped || !raw.is_object() || raw.get("type").is_some()
            }
            _ => false,
        };
        for at in self.places(native) {
            if self.call.messages[at].role != Role::Assistant {
                continue;
            }
            self.call.to_mut().messages[at]
                .content
                .retain(|part| !native(part));
            self.warn(
                "block_dropped",
                format!("messages[{at}] holds a block of a model's own form, which {} has no place for; it was left out", self.form.name),
            );
        }
    }

    /// The messages with a part that fits.
    fn places(&self, fits: impl Fn(&Part) -> bool) -> Vec<usize> {
        let messages = self.call.messages.iter().enumerate();
        let fitting = messages.filter(|(_, message)| message.content.iter().any(&fits));
        fitting.map(|(at, _)| at).collect()
    }
}
