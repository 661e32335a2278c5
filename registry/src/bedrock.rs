//! How Bedrock names models: base models, inference profiles, ARNs, variants.
//!
//! ```text
//! id  = [geography "."] vendor "." name [":" variant]
//! arn = "arn:" partition ":bedrock:" region ":" account ":" kind "/" rest
//! ```

/// The vendors, as of November 2026. A geography is whatever stands before one of them; there is no list of
/// geographies, because AWS adds to them.
const VENDORS: &[&str] = &[
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

/// Families by vendor, or by vendor and the beginning of the name, the longer before the shorter.
const FAMILIES: &[(&str, &str)] = &[
    ("ai21.", "jamba"),
    ("amazon.nova", "nova"),
    ("amazon.titan", "titan"),
    ("anthropic.", "claude"),
    ("cohere.command", "command"),
    ("cohere.embed", "embed"),
    ("cohere.rerank", "rerank"),
    ("deepseek.", "deepseek"),
    ("google.", "gemma"),
    ("meta.", "llama"),
    ("minimax.", "minimax"),
    ("mistral.", "mistral"),
    ("moonshot", "kimi"),
    ("nvidia.", "nemotron"),
    ("openai.gpt-oss", "gpt-oss"),
    ("openai.", "gpt"),
    ("qwen.", "qwen"),
    ("stability.", "stability"),
    ("twelvelabs.", "twelvelabs"),
    ("writer.", "palmyra"),
    ("xai.", "grok"),
    ("zai.", "glm"),
];

/// What an id turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    /// An id, whether or not a profile's.
    Plain(&'a str),
    /// An ARN that names a model or profile in clear.
    Arn(&'a str),
    /// An ARN that does not say what stands behind it; its kind.
    Opaque(&'a str),
}

/// Reads an id.
pub(crate) fn read(id: &str) -> Name<'_> {
    let Some(arn) = id.strip_prefix("arn:") else {
        return Name::Plain(id);
    };
    // partition, service, region, account; a SageMaker endpoint is an ARN of another service.
    let resource = arn.splitn(5, ':').nth(4).unwrap_or_default();
    match resource.split_once('/') {
        Some(("foundation-model" | "inference-profile", model)) if !model.is_empty() => {
            Name::Arn(model)
        }
        Some((kind, _)) => Name::Opaque(kind),
        None => Name::Opaque(resource),
    }
}

/// The geography in front of an id, and the rest: the first part is no vendor and the second is one.
pub(crate) fn geography(id: &str) -> Option<(&str, &str)> {
    let (first, rest) = id.split_once('.')?;
    let (second, name) = rest.split_once('.')?;
    (!name.is_empty()
        && !first.is_empty()
        && !VENDORS.contains(&first)
        && VENDORS.contains(&second))
    .then_some((first, rest))
}

/// The id without a size of context that some put behind it, and that size in tokens: `:51k`, `:1m`, `[1m]`.
pub(crate) fn without_size(id: &str) -> Option<(&str, u64)> {
    let size = |text: &str| {
        let (digits, unit) = match text.strip_suffix(['k', 'K']) {
            Some(digits) => (digits, 1_000),
            None => (text.strip_suffix(['m', 'M'])?, 1_000_000),
        };
        digits.parse::<u64>().ok()?.checked_mul(unit)
    };
    if let Some((id, text)) = id.strip_suffix(']').and_then(|id| id.rsplit_once('[')) {
        return Some((id, size(text)?));
    }
    let (id, text) = id.rsplit_once(':')?;
    Some((id, size(text)?))
}

/// An id whose `:` and `/` somebody has percent-encoded, as it was before.
pub(crate) fn decode(id: &str) -> Option<String> {
    if !id.contains('%') {
        return None;
    }
    let decoded = id
        .replace("%3A", ":")
        .replace("%3a", ":")
        .replace("%2F", "/")
        .replace("%2f", "/");
    (decoded != id).then_some(decoded)
}

/// Every id under which the same model is known: as it is written, as an ARN names it, without a size, without a
/// geography.
pub(crate) fn names(id: &str) -> Vec<String> {
    let mut names = vec![id.to_owned()];
    names.extend(decode(id));
    let mut at = 0;
    while let Some(id) = names.get(at).cloned() {
        let mut add = |name: &str| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        if let Name::Arn(named) = read(&id) {
            add(named);
        }
        if let Some((named, _)) = without_size(&id) {
            add(named);
        }
        if let Some((_, base)) = geography(&id) {
            add(base);
        }
        at += 1;
    }
    names
}

/// The family of a model that nobody knows more of. It decides how the model is spoken to, never what it can.
pub(crate) fn family(id: &str) -> Option<&'static str> {
    let id = match read(id) {
        Name::Plain(id) | Name::Arn(id) => id,
        Name::Opaque(_) => return None,
    };
    let base = geography(id).map_or(id, |(_, base)| base);
    FAMILIES
        .iter()
        .find(|(prefix, _)| base.starts_with(prefix))
        .map(|(_, family)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geography_is_known_by_its_place() {
        for (id, expected) in [
            ("us.anthropic.claude-x", Some(("us", "anthropic.claude-x"))),
            ("us-gov.meta.llama-x", Some(("us-gov", "meta.llama-x"))),
            ("atlantis.xai.grok-4.6", Some(("atlantis", "xai.grok-4.6"))),
            ("minimax.minimax-m2.5", None),
            ("anthropic.claude-x", None),
            ("openai.gpt-5.6-luna", None),
            ("us.acme.model", None),
            ("us.anthropic.", None),
        ] {
            assert_eq!(geography(id), expected, "{id}");
        }
    }

    #[test]
    fn arns_say_what_they_name_or_nothing() {
        let arn = |resource: &str| format!("arn:aws:bedrock:us-east-1:123456789012:{resource}");
        assert_eq!(
            read(&arn("inference-profile/us.meta.x")),
            Name::Arn("us.meta.x")
        );
        assert_eq!(
            read("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/meta.x:0"),
            Name::Arn("meta.x:0")
        );
        for kind in [
            "application-inference-profile",
            "provisioned-model",
            "imported-model",
            "custom-model-deployment",
            "prompt",
            "default-prompt-router",
        ] {
            assert_eq!(read(&arn(&format!("{kind}/abc"))), Name::Opaque(kind));
        }
        assert_eq!(read("arn:"), Name::Opaque(""));
    }

    #[test]
    fn sizes_are_told_from_versions() {
        for (id, expected) in [
            (
                "anthropic.claude-3-sonnet-20240229-v1:0:200k",
                Some(("anthropic.claude-3-sonnet-20240229-v1:0", 200_000)),
            ),
            (
                "anthropic.claude-sonnet-4-6[1m]",
                Some(("anthropic.claude-sonnet-4-6", 1_000_000)),
            ),
            ("anthropic.claude-v1:0", None),
            ("x:k", None),
        ] {
            assert_eq!(without_size(id), expected, "{id}");
        }
    }
}
