//! What is left out of a cassette.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderMap, HeaderName};

/// What stands for what was left out.
const GONE: &str = "REDACTED";

/// Words in the names of request headers that speak of secrets. Requests are recorded before they are authorised; this is for
/// headers that a program adds.
const REQUEST_WORDS: &[&str] = &[
    "auth",
    "cookie",
    "credential",
    "key",
    "password",
    "secret",
    "signature",
    "token",
];

/// Headers of answers that hand out secrets. A list, because some with telling names are counts of tokens.
const ANSWER_NAMES: &[&str] = &[
    "authorization",
    "set-cookie",
    "set-cookie2",
    "x-amz-security-token",
    "x-amz-bearer-token",
    "x-api-key",
    "www-authenticate",
    "proxy-authenticate",
];

/// Parameters of presigned URLs. Source: AWS's guide to query-string authentication; the last three are those of version 2.
const PRESIGNED: &[&str] = &[
    "x-amz-signature=",
    "x-amz-credential=",
    "x-amz-security-token=",
    "signature=",
    "awsaccesskeyid=",
];

/// How API keys begin, and how long they are at least. Sources: OpenAI's and Anthropic's API references.
const KEY: &str = "sk-";
const KEY_LENGTH: usize = 16;

/// Gives a text without what should not be in it.
type Change = dyn Fn(&str) -> String + Send + Sync;

/// What the user wants changed, besides.
#[derive(Clone, Default)]
pub(crate) struct Redact {
    pub(crate) texts: Vec<Arc<Change>>,
    pub(crate) headers: Vec<HeaderName>,
}

impl Redact {
    pub(crate) fn text(&self, text: &str) -> String {
        let text = keys(&presigned(text));
        self.texts.iter().fold(text, |text, change| change(&text))
    }

    pub(crate) fn request(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        self.headers(headers, |name| {
            !REQUEST_WORDS.iter().any(|word| name.contains(word))
        })
    }

    pub(crate) fn answer(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        self.headers(headers, |name| !ANSWER_NAMES.contains(&name))
    }

    /// Values of one name are joined, as HTTP allows for all that may be repeated but cookies.
    fn headers(
        &self,
        headers: &HeaderMap,
        keep: impl Fn(&str) -> bool,
    ) -> BTreeMap<String, String> {
        let mut kept = BTreeMap::<String, String>::new();
        for (name, value) in headers {
            // What a provider marks as a secret is one, whatever its name.
            if value.is_sensitive() || self.headers.contains(name) || !keep(name.as_str()) {
                continue;
            }
            let value = self.text(&String::from_utf8_lossy(value.as_bytes()));
            kept.entry(name.as_str().to_owned())
                .and_modify(|all| {
                    all.push_str(", ");
                    all.push_str(&value);
                })
                .or_insert(value);
        }
        kept
    }
}

/// Without API keys: some servers repeat the one that they refuse.
fn keys(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(KEY) {
        let (before, key) = rest.split_at(at);
        shown.push_str(before);
        let is_of_key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let end = key.find(|c| !is_of_key(c)).unwrap_or(key.len());
        let (key, after) = key.split_at(end);
        let begins = !before.ends_with(|c: char| c.is_ascii_alphanumeric());
        shown.push_str(match begins && key.len() >= KEY_LENGTH {
            true => GONE,
            false => key,
        });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The text without what is secret in presigned URLs.
fn presigned(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(value) = next_value(&lower, rest) {
        let end = lower[value..]
            .find(ends_value)
            .map_or(lower.len(), |at| value + at);
        clean.push_str(&text[rest..value]);
        if end > value {
            clean.push_str(GONE);
        }
        rest = end;
    }
    clean.push_str(&text[rest..]);
    clean
}

/// Where the next secret value begins. What stands before its name has to begin a parameter.
fn next_value(lower: &str, from: usize) -> Option<usize> {
    let find = |name: &str| {
        let places = lower[from..].match_indices(name);
        let places = places.map(|(at, name)| (from + at, name.len()));
        let begins = |at: usize| lower[..at].ends_with(['?', '&', ';']);
        places
            .into_iter()
            .find(|(at, _)| begins(*at))
            .map(|(at, length)| at + length)
    };
    PRESIGNED.iter().filter_map(|name| find(name)).min()
}

fn ends_value(c: char) -> bool {
    c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '\\' | '<' | '>' | ')' | '#' | '`')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn presigned_urls_lose_what_is_secret_in_them_and_nothing_else() {
        let url = "see https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2Fx&X-Amz-Date=1&X-Amz-Signature=abc123 and \"…?x-amz-security-token=T0k\" ok";
        assert_eq!(
            presigned(url),
            "see https://b.s3.amazonaws.com/k?X-Amz-Credential=REDACTED&X-Amz-Date=1&X-Amz-Signature=REDACTED and \"…?x-amz-security-token=REDACTED\" ok"
        );
        let plain = "a signature=5 of \u{130}stanbul";
        assert_eq!(presigned(plain), plain);
    }

    #[test]
    fn keys_that_are_repeated_are_left_out_and_words_are_not() {
        for (text, clean) in [
            ("wrong: sk-ant-0123456789abcdef.", "wrong: REDACTED."),
            ("\"sk-0123456789abcdef\"", "\"REDACTED\""),
            (
                "sk-learn, risk-0123456789abcdef",
                "sk-learn, risk-0123456789abcdef",
            ),
            ("", ""),
        ] {
            assert_eq!(keys(text), clean);
        }
    }

    #[test]
    fn headers_that_are_marked_as_secrets_are_left_out() {
        let mut value = HeaderValue::from_static("v");
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-tenant"), value)]);
        assert!(Redact::default().request(&headers).is_empty());
    }

    #[test]
    fn headers_that_speak_of_secrets_are_left_out() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "x-goog-api-key",
            "cookie",
            "x-my-token",
            "x-team",
            "accept",
        ] {
            headers.insert(name, HeaderValue::from_static("v"));
        }
        let redact = Redact {
            headers: vec![HeaderName::from_static("x-team")],
            ..Redact::default()
        };
        let kept = redact.request(&headers);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["accept"]);
    }

    #[test]
    fn counts_of_tokens_in_answers_are_kept() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amzn-bedrock-input-token-count",
            HeaderValue::from_static("7"),
        );
        headers.insert("set-cookie", HeaderValue::from_static("s=1"));
        let kept = Redact::default().answer(&headers);
        assert_eq!(
            kept.keys().collect::<Vec<_>>(),
            ["x-amzn-bedrock-input-token-count"]
        );
    }
}
