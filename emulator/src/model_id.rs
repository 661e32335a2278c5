//! Model identifiers: what may stand in `/model/{modelId}/…`, and whose model it is.

use crate::error::ApiError;

const LONGEST: usize = 2048;
/// Prefixes of cross-region inference profiles.
const GEOGRAPHIES: [&str; 14] = [
    "us", "eu", "apac", "jp", "au", "global", "us-gov", "ca", "in", "amer", "sa", "uk", "me", "af",
];

/// Whose models Bedrock has. Source: its user guide, "Supported foundation models".
const VENDORS: [&str; 20] = [
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "luma",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "openai",
    "qwen",
    "stability",
    "twelvelabs",
    "writer",
    "xai",
    "zai",
];

/// Whether an id that came to somebody else is one of Bedrock's, as far as its beginning tells.
pub(crate) fn is_of_bedrock(id: &str) -> bool {
    let vendor = |kind: Kind| match kind {
        Kind::Vendor { vendor, .. } => Some(vendor),
        Kind::Opaque | Kind::Prompt => None,
    };
    let vendor = bare(id).and_then(vendor);
    id.starts_with("arn:") || vendor.is_some_and(|vendor| VENDORS.contains(&vendor.as_str()))
}

/// A decoded and accepted model identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModelId {
    pub(crate) id: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// `vendor.name`, wherever it was found.
    Vendor { vendor: String, name: String },
    /// An identifier that does not show which model is behind it.
    Opaque,
    /// A prompt of Prompt management, which brings its own configuration.
    Prompt,
}

impl ModelId {
    pub(crate) fn parse(id: &str) -> Result<Self, ApiError> {
        let kind = if (1..=LONGEST).contains(&id.len()) {
            if id.starts_with("arn:") {
                arn(id)
            } else {
                bare(id)
            }
        } else {
            None
        };
        let kind =
            kind.ok_or_else(|| ApiError::validation("The provided model identifier is invalid."))?;
        Ok(Self {
            id: id.to_owned(),
            kind,
        })
    }

    /// Whether the model is Claude, as far as the identifier tells.
    pub(crate) fn is_claude(&self) -> bool {
        matches!(&self.kind, Kind::Vendor { vendor, .. } if vendor == "anthropic")
    }

    /// Whether the model is or may be Claude.
    pub(crate) fn may_be_claude(&self) -> bool {
        self.is_claude() || !matches!(self.kind, Kind::Vendor { .. })
    }

    /// Whose model it is and what it is called, where the identifier shows it:
    /// `("meta", "llama3-3-70b-instruct-v1:0")`.
    pub(crate) fn vendor_and_name(&self) -> Option<(&str, &str)> {
        match &self.kind {
            Kind::Vendor { vendor, name } => Some((vendor, name)),
            Kind::Opaque | Kind::Prompt => None,
        }
    }

    /// `vendor.name`, if the identifier shows it: without the geography of a profile.
    pub(crate) fn base(&self) -> Option<String> {
        let (vendor, name) = self.vendor_and_name()?;
        Some(format!("{vendor}.{name}"))
    }

    /// Whether the identifier is that of a model itself, and not of a profile of it.
    pub(crate) fn is_bare(&self) -> bool {
        let named = self.id.rsplit('/').next();
        !self.id.contains(":inference-profile/")
            && self.base().is_some_and(|name| named == Some(name.as_str()))
    }

    /// Whether it is the id or the ARN of a foundation model itself: no profile, nothing customised.
    pub(crate) fn is_base(&self) -> bool {
        let Kind::Vendor { vendor, name } = &self.kind else {
            return false;
        };
        let id = match self.id.split_once(":foundation-model/") {
            Some((_, id)) => id,
            None => &self.id,
        };
        id.split_once('.') == Some((vendor, name))
    }

    pub(crate) fn is_prompt(&self) -> bool {
        self.kind == Kind::Prompt
    }

    /// The name that Claude gives itself in an answer: without vendor and version suffix.
    pub(crate) fn claude_name(&self) -> &str {
        let Kind::Vendor { name, .. } = &self.kind else {
            return "claude";
        };
        name.rfind("-v")
            .filter(|at| name[at + 2..].starts_with(|c: char| c.is_ascii_digit()))
            .map_or(name, |at| &name[..at])
    }
}

/// `anthropic.claude-…`, `us.anthropic.claude-…`, or the bare id of a profile.
fn bare(id: &str) -> Option<Kind> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-:._".contains(&b);
    if !id.bytes().all(allowed) {
        return None;
    }
    let id = match id.split_once('.') {
        Some((prefix, rest)) if GEOGRAPHIES.contains(&prefix) => rest,
        Some(_) => id,
        None => {
            let resource = id.len() == 12
                && id
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            return resource.then_some(Kind::Opaque);
        }
    };
    let (vendor, name) = id.split_once('.')?;
    let plain = vendor
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let named = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (plain && !vendor.is_empty() && named).then(|| Kind::Vendor {
        vendor: vendor.to_owned(),
        name: name.to_owned(),
    })
}

fn arn(id: &str) -> Option<Kind> {
    let mut parts = id.splitn(6, ':').skip(1);
    let (partition, service, region, account, resource) = (
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    );
    let (kind, name) = resource.split_once('/')?;
    let owned = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-:._/".contains(&b));
    let regional = (1..=20).contains(&region.len())
        && region
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !(partition == "aws" || partition.starts_with("aws-")) || !plain || !regional {
        return None;
    }
    match (service, kind, owned) {
        ("bedrock", "foundation-model", _) if account.is_empty() => bare(name),
        ("bedrock", "inference-profile", true) => bare(name),
        ("bedrock", "custom-model", true) => bare(name.split_once('/')?.0),
        (
            "bedrock",
            "imported-model"
            | "provisioned-model"
            | "custom-model-deployment"
            | "application-inference-profile"
            | "prompt-router"
            | "default-prompt-router",
            true,
        )
        | ("sagemaker", "endpoint", true) => (!name.contains('/')).then_some(Kind::Opaque),
        ("bedrock", "prompt", true) => Some(Kind::Prompt),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_all_kinds_are_accepted() {
        for (id, claude, may_be) in [
            ("anthropic.claude-3-5-sonnet-20240620-v1:0", true, true),
            ("us-gov.anthropic.claude-3-haiku-20240307-v1:0", true, true),
            (
                "global.anthropic.claude-haiku-4-5-20251001-v1:0",
                true,
                true,
            ),
            ("openai.gpt-oss-120b-1:0", false, false),
            ("zai.glm-4.6", false, false),
            ("eu.amazon.nova-2-lite-v1:0", false, false),
            ("abc123def456", false, true),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2",
                true,
                true,
            ),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.claude-x-v1:0",
                true,
                true,
            ),
            (
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.meta.llama3-2-1b-instruct-v1:0",
                false,
                false,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
                false,
                true,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123def456",
                false,
                true,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-v1/abc123def456",
                false,
                false,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1",
                false,
                true,
            ),
            (
                "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint",
                false,
                true,
            ),
        ] {
            let model = ModelId::parse(id).unwrap_or_else(|_| panic!("{id}"));
            assert_eq!(
                (model.is_claude(), model.may_be_claude()),
                (claude, may_be),
                "{id}"
            );
        }
        let prompt =
            ModelId::parse("arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1").unwrap();
        assert!(prompt.is_prompt());
    }

    #[test]
    fn base_models_are_told_from_profiles_of_them() {
        for (id, base) in [
            ("anthropic.claude-v2:1", true),
            ("us.anthropic.claude-v2:1", false),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1",
                true,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-v2:1",
                false,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:custom-model/anthropic.claude-v2/abc123def456",
                false,
            ),
            ("abc123def456", false),
        ] {
            assert_eq!(ModelId::parse(id).unwrap().is_base(), base, "{id}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for id in [
            "",
            "does-not-exist",
            "us.does-not-exist-v1:0",
            "anthropic.",
            ".x",
            "an thropic.x",
            "anthropic.claude/x",
            "arn:aws:bedrock:us-east-1:1:inference-profile/x.y",
            "arn:aws",
            "arn:aws:s3:us-east-1:123456789012:bucket/x",
            &"a.b".repeat(1000),
            "ümlaut.x",
        ] {
            assert!(ModelId::parse(id).is_err(), "{id}");
        }
    }

    #[test]
    fn claude_calls_itself_by_its_name() {
        let name = |id: &str| ModelId::parse(id).unwrap().claude_name().to_owned();
        assert_eq!(
            name("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
            "claude-haiku-4-5-20251001"
        );
        assert_eq!(name("anthropic.claude-opus-4-7"), "claude-opus-4-7");
        assert_eq!(name("abc123def456"), "claude");
    }
}
