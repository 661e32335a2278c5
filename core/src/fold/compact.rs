//! JSON without the white space that says nothing.

use serde::de::IgnoredAny;

/// The same JSON without white space between its parts; numbers and strings stay as they are written. None if it is no JSON.
pub(super) fn compact(json: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(json).ok()?;
    let (mut in_string, mut escaped) = (false, false);
    let keep = |c: &char| {
        if in_string {
            in_string = escaped || *c != '"';
            escaped = !escaped && *c == '\\';
            return true;
        }
        in_string = *c == '"';
        !c.is_ascii_whitespace()
    };
    Some(json.chars().filter(keep).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_nothing_goes() {
        for (json, expected) in [
            ("{ \"a\" : [ 1.0 , 1e3 ] }\n", Some("{\"a\":[1.0,1e3]}")),
            (
                r#"{"a b": " \" c\\" , "d":  "e f"}"#,
                Some(r#"{"a b":" \" c\\","d":"e f"}"#),
            ),
            (r#"{"a": "#, None),
            ("", None),
        ] {
            assert_eq!(compact(json).as_deref(), expected, "{json}");
        }
    }
}
