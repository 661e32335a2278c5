//! `data:` URLs, RFC 2397.

use crate::{Error, Result};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

/// Padding is often forgotten in URLs.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What stands in a `data:` URL.
///
/// ```
/// use reqllm_core::DataUrl;
///
/// let data = DataUrl::read("data:text/plain;base64,aGk=")?;
/// assert_eq!(data.bytes, "hi");
/// assert_eq!(data.media_type.as_deref(), Some("text/plain"));
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DataUrl {
    /// The content.
    pub bytes: Bytes,
    /// What it says that it is: in lower case, without parameters.
    pub media_type: Option<String>,
}

impl DataUrl {
    /// Whether a URL is one.
    pub fn is(url: &str) -> bool {
        let scheme = url.get(..SCHEME.len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
    }

    /// Reads one. Base64 may be percent-encoded, without padding, or broken into lines.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is none. The content may be private: errors
    /// do not repeat it.
    pub fn read(url: &str) -> Result<Self> {
        read(url)
    }
}

const SCHEME: &str = "data:";

fn read(url: &str) -> Result<DataUrl> {
    if !DataUrl::is(url) {
        return Err(Error::invalid_request("the URL does not begin with data:"));
    }
    let rest = url.get(SCHEME.len()..).unwrap_or_default();
    let Some((head, body)) = rest.split_once(',') else {
        return Err(Error::invalid_request(
            "the data: URL has no comma before its content; data:image/png;base64,… would do",
        ));
    };
    let mut members = head.split(';').map(str::trim);
    let media_type = members.next().filter(|it| !it.is_empty());
    let is_base64 = members.any(|member| member.eq_ignore_ascii_case("base64"));
    let content: Vec<u8> = percent_decode_str(body).collect();
    let bytes = if is_base64 {
        let content: Vec<u8> = content
            .into_iter()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        BASE64.decode(content).map_err(|error| {
            Error::invalid_request(format!(
                "the content of the data: URL is no base64: {error}"
            ))
        })?
    } else {
        content
    };
    Ok(DataUrl {
        bytes: bytes.into(),
        media_type: media_type.map(str::to_ascii_lowercase),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (url, media_type, content) in [
            ("data:text/plain;base64,aGk=", Some("text/plain"), "hi"),
            (
                "DATA:Text/Plain;charset=utf-8;BASE64,aGk",
                Some("text/plain"),
                "hi",
            ),
            ("data:;base64,aG%6B%3D", None, "hi"),
            ("data:,a%20b", None, "a b"),
        ] {
            let data = read(url).unwrap();
            assert_eq!(data.bytes, content, "{url}");
            assert_eq!(data.media_type.as_deref(), media_type, "{url}");
        }
        for url in ["data:image/png;base64", "data:image/png;base64,???"] {
            assert!(read(url).is_err(), "{url}");
        }
    }
}
