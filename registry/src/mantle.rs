//! Models that are called as `bedrock-mantle` calls them.
//!
//! Its ids have no version and no date, and some models have another name there. What is known of them is what is known of the
//! entry by which Converse knows them, so that they need none of their own.

use reqllm_core::Model;

use crate::Registry;
use crate::resolve::{BEDROCK, inherit};

/// The vendors that `bedrock-mantle` has models of. Source: AWS user guide, "API compatibility by models".
const VENDORS: &[&str] = &[
    "anthropic.",
    "deepseek.",
    "google.",
    "minimax.",
    "mistral.",
    "moonshotai.",
    "nvidia.",
    "openai.",
    "qwen.",
    "writer.",
    "xai.",
    "zai.",
];

/// Models that `bedrock-mantle` knows by another name, and by which id `bedrock-runtime` does. Sources: AWS's model cards; litellm,
/// price map, under `bedrock_mantle/`.
const NAMES: &[(&str, &str)] = &[
    ("deepseek.v3.1", "deepseek.v3-v1:0"),
    ("moonshotai.kimi-k2-thinking", "moonshot.kimi-k2-thinking"),
    (
        "qwen.qwen3-coder-30b-a3b-instruct",
        "qwen.qwen3-coder-30b-a3b-v1:0",
    ),
    (
        "qwen.qwen3-coder-480b-a35b-instruct",
        "qwen.qwen3-coder-480b-a35b-v1:0",
    ),
    (
        "qwen.qwen3-next-80b-a3b-instruct",
        "qwen.qwen3-next-80b-a3b",
    ),
    (
        "qwen.qwen3-vl-235b-a22b-instruct",
        "qwen.qwen3-vl-235b-a22b",
    ),
];

impl Registry {
    /// A model with the id that `bedrock-mantle` has for it, made of the one entry that has its version behind the id.
    pub(crate) fn of_mantle(&self, id: &str) -> Option<Model> {
        if !VENDORS.iter().any(|vendor| id.starts_with(vendor)) {
            return None;
        }
        let mut names = NAMES.iter();
        let base = match names.find(|(name, _)| *name == id) {
            Some((_, base)) => base,
            None => {
                let mut versions = self.ids(BEDROCK).filter(|other| is_version_of(other, id));
                let base = versions.next()?;
                if versions.any(|other| other != base) {
                    return None;
                }
                base
            }
        };
        let mut model = inherit(&*self.exact(BEDROCK, base)?);
        model.id = id.to_owned();
        Some(model)
    }
}

/// Whether `versioned` is the id with a version behind it, and perhaps a date before that: `-v1:0`, `-20251001-v1:0`, `-1:0`.
/// `bedrock-mantle` has its ids without these (AWS's model cards).
fn is_version_of(versioned: &str, id: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = versioned.strip_prefix(id);
    let Some(rest) = rest.and_then(|rest| rest.strip_prefix('-')) else {
        return false;
    };
    let version = match rest.split_once('-') {
        Some((date, version)) if date.len() == 8 && is_number(date) => version,
        _ => rest,
    };
    let Some((major, minor)) = version.split_once(':') else {
        return false;
    };
    is_number(major.strip_prefix('v').unwrap_or(major)) && is_number(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_names() {
        for (versioned, id) in [
            ("qwen.qwen3-32b-v1:0", "qwen.qwen3-32b"),
            ("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b"),
            (
                "anthropic.claude-haiku-4-5-20251001-v1:0",
                "anthropic.claude-haiku-4-5",
            ),
        ] {
            assert!(is_version_of(versioned, id), "{versioned}");
        }
        for (other, id) in [
            ("qwen.qwen3-32b-v1:0", "qwen.qwen3"),
            ("qwen.qwen3-32b-v1:0", "qwen.qwen3-32b-v1:0"),
            ("qwen.qwen3-235b-a22b-2507-v1:0", "qwen.qwen3-235b-a22b"),
            (
                "anthropic.claude-haiku-4-5-20251001-v1:0",
                "anthropic.claude-haiku",
            ),
            ("nvidia.nemotron-nano-9b-v2", "nvidia.nemotron-nano-9b"),
            ("x-v:0", "x"),
            ("x-v1:", "x"),
            ("x-", "x"),
            ("", ""),
        ] {
            assert!(!is_version_of(other, id), "{other} {id}");
        }
    }
}
