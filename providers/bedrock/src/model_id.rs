//! Bedrock's model ids: base models, inference profiles, ARNs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqllm_core::{Error, Result};

/// The longest id that the service model allows.
const MAX_LEN: usize = 2048;

/// RFC 3986's unreserved characters go as they are; everything else, `:` and `/` among it, is encoded.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The id as one segment of the request path: `:` becomes `%3A`, and `/`, which would not route, `%2F`.
pub(crate) fn path_segment(id: &str) -> Result<PercentEncode<'_>> {
    if id.is_empty() || id.len() > MAX_LEN {
        return Err(Error::invalid_request(format!(
            "the model id has {} bytes; 1 to {MAX_LEN} would do",
            id.len()
        )));
    }
    if matches!(id, "." | "..") {
        // URL parsers take these for steps in the path, encoded or not.
        return Err(Error::invalid_request(format!("{id:?} is no model id")));
    }
    Ok(utf8_percent_encode(id, SEGMENT))
}

/// An Amazon Resource Name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) region: &'a str,
    /// What stands after the fifth colon: `foundation-model/…`, `inference-profile/…`, …
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `arn:partition:service:region:account:resource`; nothing if `id` is no ARN.
    pub(crate) fn parse(id: &'a str) -> Option<Self> {
        let mut parts = id.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let (_partition, _service) = (parts.next()?, parts.next()?);
        let region = parts.next()?;
        let _account = parts.next()?;
        Some(Self {
            region,
            resource: parts.next()?,
        })
    }

    /// The model or profile id inside, for the kinds of ARN that hold one in clear.
    fn model(&self) -> Option<&'a str> {
        let (kind, id) = self.resource.split_once('/')?;
        // A custom or provisioned model's ARN names the base model only sometimes, an application inference
        // profile's never does.
        matches!(
            kind,
            "foundation-model" | "inference-profile" | "custom-model"
        )
        .then_some(id)
    }
}

/// The readings under which a family may claim this id: the id itself, and the id without its first segment, which
/// for an inference profile is a geography (`us.`, `eu.`, `global.`, …: by place, never by a list of names).
pub(crate) fn readings(id: &str) -> impl Iterator<Item = &str> {
    let id = match Arn::parse(id) {
        Some(arn) => arn.model().unwrap_or(""),
        None => id,
    };
    let without_geography = id.split_once('.').map(|(_, rest)| rest);
    std::iter::once(id).chain(without_geography)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_whatever_it_holds() {
        for (id, segment) in [
            (
                "anthropic.claude-3-5-sonnet-20240620-v1:0",
                "anthropic.claude-3-5-sonnet-20240620-v1%3A0",
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
                "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123",
            ),
            ("a b/../c?d#e%", "a%20b%2F..%2Fc%3Fd%23e%25"),
        ] {
            assert_eq!(path_segment(id).unwrap().to_string(), segment);
        }
        for id in ["", ".", ".."] {
            assert!(path_segment(id).is_err(), "{id:?}");
        }
        assert!(path_segment(&"x".repeat(2049)).is_err());
    }

    #[test]
    fn readings_see_through_profiles_and_arns() {
        let readings = |id| readings(id).collect::<Vec<_>>();
        assert_eq!(
            readings("us.anthropic.claude-x"),
            ["us.anthropic.claude-x", "anthropic.claude-x"]
        );
        assert_eq!(
            readings("arn:aws:bedrock:us-east-1:1:inference-profile/global.meta.llama-x"),
            ["global.meta.llama-x", "meta.llama-x"]
        );
        assert_eq!(
            readings("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-x"),
            ["amazon.nova-x", "nova-x"]
        );
        assert_eq!(
            readings("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc.def"),
            [""]
        );
    }
}
