//! Which models may be used at all.

use reqllm_core::Model;

use crate::bedrock;
use crate::layout::fits;
use crate::resolve::BEDROCK;

/// Patterns that let models through and keep them out. Keeping out wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) allow: Vec<String>,
    pub(crate) deny: Vec<String>,
}

impl Filter {
    /// Whether a model may be used. Its own id, its base's and the one on the wire all count, and so do the names behind
    /// ARNs and profiles of Bedrock: a model that is kept out by one name does not come in by another.
    pub(crate) fn passes(&self, model: &Model) -> bool {
        if self.is_empty() {
            return true;
        }
        let ids = [
            Some(model.id.as_str()),
            model.base_model.as_deref(),
            model.wire_id.as_deref(),
        ];
        let spellings = |id: &str| match model.provider.as_str() {
            BEDROCK => bedrock::names(id),
            _ => vec![id.to_owned()],
        };
        let names: Vec<String> = ids
            .into_iter()
            .flatten()
            .flat_map(spellings)
            .map(|id| format!("{}:{id}", model.provider))
            .collect();
        let any = |patterns: &[String]| {
            patterns
                .iter()
                .any(|pattern| names.iter().any(|name| fits(pattern, name)))
        };
        !any(&self.deny) && (self.allow.is_empty() || any(&self.allow))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }
}
