//! Forms, as the Query protocol and URLs have them: `a=1&b=2`.

use crate::auth::percent_decode;

/// The pairs of a form, decoded.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn of(text: &str) -> Self {
        let decoded = |text: &str| {
            String::from_utf8_lossy(&percent_decode(&text.replace('+', " "))).into_owned()
        };
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let form = Form::of("a=1%2F2+3&b=%3D&c&&d%20=x=y");
        assert_eq!(form.get("a"), Some("1/2 3"));
        assert_eq!(form.get("b"), Some("="));
        assert_eq!(form.get("c"), Some(""));
        assert_eq!(form.get("d "), Some("x=y"));
        assert_eq!(form.get("e"), None);
    }
}
