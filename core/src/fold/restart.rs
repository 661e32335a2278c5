//! Beginning again, where an answer broke off before it said anything.

use serde_json::Map;

use super::Fold;
use crate::{FinishReason, Usage};

impl Fold {
    /// Whether anything of the answer has arrived but that it has begun. Until then an attempt may be repeated without
    /// anybody hearing a thing twice.
    pub fn has_content(&self) -> bool {
        !self.blocks.is_empty() || self.stopped() || self.finish_reason != FinishReason::Unknown
    }

    /// Forgets what an attempt said that failed before it had any content. That the answer has begun is not told again.
    ///
    /// ```
    /// use reqllm_core::{Event, Fold, Identity};
    ///
    /// let mut fold = Fold::new(Identity::default()).listened();
    /// fold.start();
    /// fold.id("first");
    /// assert!(!fold.has_content());
    /// fold.restart();
    /// fold.text(0, "Hello");
    /// assert!(matches!(fold.next_event(), Some(Event::Start)));
    /// assert!(matches!(fold.next_event(), Some(Event::Text(_))));
    /// assert_eq!(fold.finish().id, "");
    /// ```
    pub fn restart(&mut self) {
        self.objects.clear();
        self.blocks.clear();
        self.id = None;
        self.finish_reason = FinishReason::Unknown;
        self.raw_finish_reason = None;
        self.usage = Usage::default();
        self.fallback = Usage::default();
        self.service_tier = None;
        if self.started {
            let of_attempt = self.warnings.len().saturating_sub(self.warnings_before);
            self.warnings.truncate(self.warnings_before);
            if let Some(events) = &mut self.events {
                // They stand behind those of the request, as far as nobody has taken them.
                events.truncate(events.len().saturating_sub(of_attempt));
            }
        }
        self.metadata = Map::new();
        self.held = 0;
    }
}
