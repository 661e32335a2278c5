//! API keys out of what servers say.
//!
//! A server or a proxy that refuses a key may repeat it, and what it says goes into errors, which people log and post.

/// How the keys of known services begin, and from how many letters on such a word is a key. Sources: each service's own
/// documentation of its keys; RFC 7519 of tokens that begin with `eyJ`, which is `{"` in base64.
const BEGINNINGS: [(&str, usize); 17] = [
    // OpenAI, Anthropic, DeepSeek, OpenRouter and many more.
    ("sk-", 3),
    ("gsk_", 12),
    ("xai-", 20),
    ("csk-", 12),
    ("pplx-", 20),
    ("nvapi-", 20),
    ("tgp_", 12),
    ("fw_", 20),
    ("hf_", 20),
    ("r8_", 20),
    ("vck_", 12),
    ("ghp_", 12),
    ("github_pat_", 12),
    ("AIza", 12),
    ("eyJ", 12),
    // Bedrock's long-term keys, and its short-term ones.
    ("ABSK", 12),
    ("bedrock-api-key-", 17),
];

/// The letters from which on a word without such a beginning is taken for a key where one is expected.
const LONG: usize = 12;

/// The text without API keys: of a word that is one by its beginning, that beginning is left, and of one that stands
/// behind a word such as `key` or `Bearer`, nothing.
///
/// ```
/// use reqllm_dialects::mask::keys;
///
/// assert_eq!(keys("Forbidden for sk-abc123."), "Forbidden for sk-….");
/// assert_eq!(keys(r#"{"api_key":"0123456789abcdef"}"#), r#"{"api_key":"…"}"#);
/// assert_eq!(keys("gpt-4o-2024-08-06 is a risk-free model"), "gpt-4o-2024-08-06 is a risk-free model");
/// ```
pub fn keys(text: &str) -> String {
    masked(text, false)
}

/// The same of a text that says that a key is refused: there every long word with a digit in it is taken for one.
pub fn refused_key(text: &str) -> String {
    masked(text, true)
}

fn masked(text: &str, all_long: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_word) {
        let (before, from) = rest.split_at(start);
        shown.push_str(before);
        let end = from.find(|c| !in_word(c)).unwrap_or(from.len());
        let word = from[..end].trim_end_matches('.');
        let (word, behind) = from.split_at(word.len());
        rest = behind;
        if let Some(kept) = beginning(word) {
            shown.push_str(&word[..kept]);
            shown.push('…');
            rest = behind.trim_start_matches(in_base64);
        } else if is_long(word) && (all_long || stands_behind_key(&shown)) {
            shown.push('…');
            rest = behind.trim_start_matches(in_base64);
        } else {
            shown.push_str(word);
            // Full stops that were cut off.
            let stops = rest.len() - rest.trim_start_matches('.').len();
            shown.push_str(&rest[..stops]);
            rest = &rest[stops..];
        }
    }
    shown + rest
}

/// Keys, tokens with their dots, and keys that the server has blotted out in part.
fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*')
}

/// The letters of base64 that may be between those of a word.
fn in_base64(c: char) -> bool {
    in_word(c) && c != '.' || matches!(c, '+' | '/' | '=')
}

/// How much of a word may be shown that has a key in it.
fn beginning(word: &str) -> Option<usize> {
    BEGINNINGS.iter().find_map(|(begin, least)| {
        word.match_indices(begin).find_map(|(at, begin)| {
            // `risk-free` is a word.
            let stands_alone = !word[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            (stands_alone && word.len() - at >= *least).then_some(at + begin.len())
        })
    })
}

fn is_long(word: &str) -> bool {
    word.len() >= LONG && word.contains(|c: char| c.is_ascii_digit() || c == '*')
}

/// Whether the last word before is one that a key follows: `key:`, `API key provided: `, `"api_key": "`, `Bearer `.
fn stands_behind_key(before: &str) -> bool {
    const JOINTS: [&str; 4] = [" provided", " is", " was", " of"];
    const NAMES: [&str; 6] = ["key", "token", "bearer", "authorization", "secret", "basic"];
    let bare = |text: &str| {
        let end = text.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        end.len()
    };
    let mut end = bare(before);
    for joint in JOINTS {
        if let Some(shorter) = before[..end].strip_suffix(joint) {
            end = bare(shorter);
        }
    }
    NAMES.iter().any(|name| {
        let begin = end.checked_sub(name.len());
        let last = begin.and_then(|begin| before.get(begin..end));
        last.is_some_and(|last| last.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_shown_whatever_touches_it() {
        for said in [
            "Received API Key=sk-secret1234567890abcd bad, key:sk-secret1234567890abcd",
            r#"{"k":"sk-secret1234567890abcd"}"#,
            "Forbidden for sk-ant-api03-secret_1234.",
            "Bearer sk-secret1234567890abcd",
            "a 'gsk_secret1234567890abcd' b",
            "xai-secret1234567890abcd",
            "?key=AIzasecret1234567890abcd&alt=sse",
            "(ABSKsecret1234+/secret1234==)",
            "bedrock-api-key-secret1234+/secret1234==",
            "token eyJhbGciOiJIUzI1NiJ9.secret1234.secret1234",
            "Incorrect API key provided: secret****1234.",
            "api_key is \"secret1234567890\"",
            "Authorization: Bearer secret1234567890",
            "über sk-secret",
        ] {
            let shown = keys(said);
            assert!(
                !shown.contains("secret1") && !shown.contains("secret_"),
                "{shown}"
            );
            assert!(
                !shown.contains("sk-secret") && !shown.contains("secret*"),
                "{shown}"
            );
            assert!(shown.contains('…'), "{shown}");
        }
    }

    #[test]
    fn words_are_left_as_they_are() {
        for said in [
            "",
            "task-1 and risk-free, disk-4.",
            "the model gpt-4o-2024-08-06 does not exist... at all.",
            "see https://platform.openai.com/account/api-keys.",
            "Limit 6000, Requested 20000;  two  spaces — é",
            "request req_0123456789abcdef failed",
        ] {
            assert_eq!(keys(said), said);
        }
        assert_eq!(keys("sk-a sk-b"), "sk-… sk-…");
        assert_eq!(refused_key("who is 0123456789abcdef?"), "who is …?");
        assert_eq!(refused_key("see a.example/keys."), "see a.example/keys.");
    }
}
