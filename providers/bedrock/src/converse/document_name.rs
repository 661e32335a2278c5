//! Names of documents. Bedrock takes few characters in them, and each name once.

/// The longest name of a document.
pub(super) const MAX_DOCUMENT_NAME: usize = 200;

/// The name without what the format says as well, in the characters that are allowed.
pub(super) fn legal_document_name(name: &str, format: &str) -> String {
    let says_format = |end: &str| {
        let usual = match end.to_ascii_lowercase().as_str() {
            "htm" => "html",
            "text" => "txt",
            "markdown" => "md",
            _ => return end.eq_ignore_ascii_case(format),
        };
        usual == format
    };
    let stem = match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && says_format(end) => stem,
        _ => name,
    };
    let spaced: String = stem
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '(' | ')' | '[' | ']' => c,
            _ => ' ',
        })
        .collect();
    let mut name = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    name.truncate(MAX_DOCUMENT_NAME);
    name.truncate(name.trim_end().len());
    name
}

#[cfg(test)]
mod tests {
    use super::legal_document_name;

    #[test]
    fn an_end_goes_only_where_the_format_says_it() {
        for (name, format, legal) in [
            ("main.py", "txt", "main py"),
            ("main.rs", "txt", "main rs"),
            ("notes.TXT", "txt", "notes"),
            ("notes.md", "md", "notes"),
            ("notes.markdown", "md", "notes"),
            ("page.htm", "html", "page"),
            ("report.v2", "pdf", "report v2"),
            ("report.v2.pdf", "pdf", "report v2"),
            (".pdf", "pdf", "pdf"),
        ] {
            assert_eq!(legal_document_name(name, format), legal, "{name}");
        }
        assert_eq!(legal_document_name(&"é".repeat(300), "pdf"), "");
        assert_eq!(legal_document_name(&"a".repeat(300), "pdf").len(), 200);
    }
}
