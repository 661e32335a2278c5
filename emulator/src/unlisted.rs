//! Models that no table has.
//!
//! The emulator is there so that a program runs without a key, whatever its model is called. Whoever asks OpenAI's API or Anthropic's
//! for a model that nobody has heard of gets a plain one, which takes what any of their models takes. Two kinds of ids are missed all
//! the same, so that a program can be seen to miss them: those that begin with `unknown`, and those that are plainly another
//! house's, which a wrong turn on the way brings here.

use crate::model_id;
use crate::{messages, openai};

/// What the ids begin with that no API has.
const MISSING: &str = "unknown";

/// Whether there is no model of this id anywhere.
pub(crate) fn is_missing(id: &str) -> bool {
    id.starts_with(MISSING)
}

/// Whether a model that is in no table of a house is answered by a plain one there.
pub(crate) fn is_plain(id: &str) -> bool {
    let elsewhere = openai::has(id) || messages::has(id) || model_id::is_of_bedrock(id);
    !(id.is_empty() || is_missing(id) || elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_other_houses_and_unknown_ones_are_missed() {
        for id in [
            "my-model",
            "gpt-7",
            "gpt-7.1",
            "claude-9",
            "ft:gpt-4o:acme",
            "abc123def456",
        ] {
            assert!(is_plain(id), "{id}");
        }
        for id in [
            "",
            "unknown",
            "unknown-1",
            "gpt-4o",
            "claude-haiku-4-5",
            "anthropic.claude-9",
            "us.openai.gpt-9",
            "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3",
        ] {
            assert!(!is_plain(id), "{id}");
        }
    }
}
