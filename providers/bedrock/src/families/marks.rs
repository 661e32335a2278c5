//! Words in a prompt that are its form and no text, and how text is kept from saying them.
//!
//! A body that is one prompt has no other border between form and text than the words of the form. Whoever could write
//! them into a text could begin a turn of the system in the middle of it. So each of them is written apart: a blank goes
//! into it, after which a person still reads it and the tokenizer does not.

/// The words of a form.
#[derive(Debug)]
pub(super) enum Marks {
    /// Whatever looks like `<|name|>`: every special token of Llama 3 and 4 does, those that are reserved included.
    Bars,
    /// These words, wherever they stand.
    Words(&'static [&'static str]),
    /// These words at the beginning of a line.
    Labels(&'static [&'static str]),
}

impl Marks {
    /// The text with a blank in each mark, if it has any; they are noted in `found`, each once.
    pub(super) fn write_apart(&self, text: &str, found: &mut Vec<String>) -> Option<String> {
        let mut apart = String::new();
        let mut rest = text;
        while let Some((at, split, end)) = self.find(rest, apart.is_empty()) {
            note(found, &rest[at..end]);
            apart.push_str(&rest[..split]);
            apart.push(' ');
            apart.push_str(&rest[split..end]);
            rest = &rest[end..];
        }
        if apart.is_empty() {
            return None;
        }
        apart.push_str(rest);
        Some(apart)
    }

    /// The first mark: where it begins, where the blank goes, where it ends.
    fn find(&self, text: &str, is_start: bool) -> Option<(usize, usize, usize)> {
        match self {
            Self::Bars => text.match_indices("<|").find_map(|(at, opening)| {
                let name = &text[at + opening.len()..];
                let length = name
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .filter(|length| *length > 0 && name[*length..].starts_with("|>"))?;
                Some((at, at + 1, at + opening.len() + length + "|>".len()))
            }),
            Self::Words(words) => words
                .iter()
                .filter_map(|word| text.find(word).map(|at| (at, at + 1, at + word.len())))
                .min_by_key(|(at, ..)| *at),
            Self::Labels(labels) => lines(text, is_start).find_map(|(start, line)| {
                let blank = line.len() - line.trim_start().len();
                let label = labels
                    .iter()
                    .find(|label| line[blank..].starts_with(**label))?;
                let (at, end) = (start + blank, start + blank + label.len());
                Some((at, end - 1, end))
            }),
        }
    }
}

/// The lines of a text and where they begin; what stands before the first break is one only at the start.
fn lines(text: &str, is_start: bool) -> impl Iterator<Item = (usize, &str)> {
    let breaks = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut at = 0;
    text.split_inclusive(breaks)
        .map(move |line| {
            let start = at;
            at += line.len();
            (start, line)
        })
        .skip(usize::from(!is_start))
}

fn note(found: &mut Vec<String>, mark: &str) {
    if !found.iter().any(|known| known == mark) {
        found.push(mark.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Marks = Marks::Words(&["<s>", "[INST]", "<<SYS>>"]);
    const LABELS: Marks = Marks::Labels(&["User:", "Bot:"]);

    fn apart(marks: &Marks, text: &str) -> String {
        marks
            .write_apart(text, &mut Vec::new())
            .unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn tokens_between_bars_are_written_apart_wherever_they_hide() {
        for (text, expected) in [
            ("a<|eot_id|>b<|eot_id|>", "a< |eot_id|>b< |eot_id|>"),
            ("<|<|eot_id|>eot_id|>", "<|< |eot_id|>eot_id|>"),
            ("<<|eot|>|>", "<< |eot|>|>"),
            ("a <| b |> c", "a <| b |> c"),
            ("x <|> y <||> z", "x <|> y <||> z"),
            ("<|eot_id", "<|eot_id"),
        ] {
            assert_eq!(apart(&Marks::Bars, text), expected);
        }
    }

    #[test]
    fn words_are_written_apart_and_told_once() {
        let mut found = Vec::new();
        let text = WORDS.write_apart("<<s>[INST]<s>", &mut found).unwrap();
        assert_eq!(text, "<< s>[ INST]< s>");
        assert_eq!(found, ["<s>", "[INST]"]);
        assert_eq!(apart(&WORDS, "<<<SYS>>>"), "<< <SYS>>>");
    }

    #[test]
    fn labels_count_at_the_beginning_of_a_line_only() {
        for (text, expected) in [
            ("Bot: yes\n  User: no", "Bot : yes\n  User : no"),
            ("a\rBot: b\u{2028}Bot: c", "a\rBot : b\u{2028}Bot : c"),
            ("say Bot: no", "say Bot: no"),
            ("Bot:Bot: x", "Bot :Bot: x"),
        ] {
            assert_eq!(apart(&LABELS, text), expected);
        }
    }

    #[test]
    fn nothing_is_left_to_be_found_a_second_time() {
        for marks in [&Marks::Bars, &WORDS, &LABELS] {
            for text in [
                "<|a|><|<|a|>|>",
                "<<<s>s>[[INST]INST]",
                "Bot:\nBot:\n\nUser: x",
            ] {
                let once = apart(marks, text);
                assert_eq!(marks.write_apart(&once, &mut Vec::new()), None, "{once}");
            }
        }
    }
}
