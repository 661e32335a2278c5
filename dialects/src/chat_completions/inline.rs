//! Reasoning that stands inside the text, between tags.

/// The tags around reasoning.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Tag {
    /// Where it begins: `<reasoning>`.
    pub open: &'static str,
    /// Where it ends: `</reasoning>`.
    pub close: &'static str,
}

/// What a piece of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Reasoning,
    Text,
}

/// Tells reasoning from text, in pieces that may be cut anywhere, also inside a tag.
///
/// A tag that is never closed holds to the end. A closing tag without an opening one, or an opening one inside
/// another, is text like any other. What might be the beginning of a tag is held back until the next piece or the end
/// shows whether it is one.
#[derive(Debug)]
pub(super) struct Splitter {
    tag: Option<Tag>,
    inside: bool,
    held: String,
}

impl Splitter {
    /// Without a tag everything is text.
    pub(super) fn new(tag: Option<Tag>) -> Self {
        Self {
            tag,
            inside: false,
            held: String::new(),
        }
    }

    /// Takes a piece, and tells what it surely is.
    pub(super) fn push(&mut self, piece: &str, mut tell: impl FnMut(Kind, &str)) {
        let Some(tag) = self.tag else {
            tell(Kind::Text, piece);
            return;
        };
        let joined;
        let mut rest = if self.held.is_empty() {
            piece
        } else {
            joined = std::mem::take(&mut self.held) + piece;
            &joined
        };
        loop {
            let (kind, next) = if self.inside {
                (Kind::Reasoning, tag.close)
            } else {
                (Kind::Text, tag.open)
            };
            let Some((before, after)) = rest.split_once(next) else {
                let (sure, unsure) = rest.split_at(rest.len() - beginning_of(next, rest));
                say(kind, sure, &mut tell);
                unsure.clone_into(&mut self.held);
                return;
            };
            say(kind, before, &mut tell);
            self.inside = !self.inside;
            rest = after;
        }
    }

    /// Nothing follows: what was held back is no tag.
    pub(super) fn end(&mut self, mut tell: impl FnMut(Kind, &str)) {
        let kind = if self.inside {
            Kind::Reasoning
        } else {
            Kind::Text
        };
        say(kind, &std::mem::take(&mut self.held), &mut tell);
    }
}

fn say(kind: Kind, text: &str, tell: &mut impl FnMut(Kind, &str)) {
    if !text.is_empty() {
        tell(kind, text);
    }
}

/// How many bytes at the end of the text are the beginning of this tag.
fn beginning_of(tag: &str, text: &str) -> usize {
    (1..tag.len())
        .rev()
        .find(|length| text.ends_with(&tag[..*length]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: Tag = Tag {
        open: "<reasoning>",
        close: "</reasoning>",
    };

    fn split<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, String) {
        let (mut reasoning, mut text) = (String::new(), String::new());
        let mut tell = |kind, piece: &str| match kind {
            Kind::Reasoning => reasoning.push_str(piece),
            Kind::Text => text.push_str(piece),
        };
        let mut splitter = Splitter::new(Some(TAG));
        for piece in pieces {
            splitter.push(piece, &mut tell);
        }
        splitter.end(&mut tell);
        (reasoning, text)
    }

    /// What was written, what of it is reasoning, what text.
    const CASES: &[(&str, &str, &str)] = &[
        ("Hi", "", "Hi"),
        ("<reasoning>a thought</reasoning>Hi", "a thought", "Hi"),
        (
            "<reasoning>We</reasoning><reasoning> think</reasoning>Hi <reasoning>!</reasoning>you",
            "We think!",
            "Hi you",
        ),
        ("<reasoning>to the end", "to the end", ""),
        ("<reasoning>cut off</reason", "cut off</reason", ""),
        (
            "a < b, <reason, <<reasoning",
            "",
            "a < b, <reason, <<reasoning",
        ),
        ("<<reasoning>ä</</reasoning>ß", "ä</", "<ß"),
        ("no</reasoning> beginning", "", "no</reasoning> beginning"),
        (
            "<reasoning>a<reasoning>b</reasoning>c",
            "a<reasoning>b",
            "c",
        ),
        ("<reasoning></reasoning>", "", ""),
        ("", "", ""),
    ];

    #[test]
    fn reasoning_is_told_from_text_wherever_it_is_cut() {
        for (written, reasoning, text) in CASES {
            let expected = ((*reasoning).to_owned(), (*text).to_owned());
            assert_eq!(split([*written]), expected, "whole: {written}");
            let letters = written
                .char_indices()
                .map(|(at, c)| &written[at..at + c.len_utf8()]);
            assert_eq!(split(letters), expected, "letter by letter: {written}");
            for (cut, _) in written.char_indices() {
                let (head, tail) = written.split_at(cut);
                assert_eq!(split([head, "", tail]), expected, "{head} | {tail}");
            }
        }
    }

    #[test]
    fn what_cannot_be_a_tag_is_not_held_back() {
        let mut told = Vec::new();
        let mut splitter = Splitter::new(Some(TAG));
        for piece in ["Hel", "lo <re", "d>", "<reasoning>"] {
            splitter.push(piece, |kind, text| told.push((kind, text.to_owned())));
        }
        let text = |text: &str| (Kind::Text, text.to_owned());
        assert_eq!(told, [text("Hel"), text("lo "), text("<red>")]);
    }

    #[test]
    fn without_a_tag_all_is_text() {
        let mut told = String::new();
        let mut splitter = Splitter::new(None);
        splitter.push("<reasoning>x</rea", |kind, text| {
            assert_eq!(kind, Kind::Text);
            told.push_str(text);
        });
        splitter.end(|_, text| told.push_str(text));
        assert_eq!(told, "<reasoning>x</rea");
    }
}
