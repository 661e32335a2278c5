//! The words of an answer, and how text falls apart into what a stream sends.

use std::io;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::{Part, Prompt};

/// Characters of a question or of a result that are shown.
const SHOWN: usize = 400;

/// The answer to a question.
pub(super) fn reply(prompt: &Prompt, question: &str) -> String {
    let mut lines = vec![format!("You asked: \"{}\"", shown(question))];
    if !prompt.system.is_empty() {
        lines.push(format!(
            "My instructions are: \"{}\"",
            shown(&prompt.system.join(" "))
        ));
    }
    let earlier = prompt.turns.len().saturating_sub(1);
    if earlier > 0 {
        lines.push(format!("Earlier messages: {earlier}."));
    }
    let attached: Vec<&str> = prompt
        .turns
        .iter()
        .flat_map(|turn| &turn.parts)
        .filter_map(|part| match part {
            Part::Attachment(what) => Some(what.as_str()),
            _ => None,
        })
        .collect();
    if !attached.is_empty() {
        lines.push(format!("Attached: {}.", attached.join("; ")));
    }
    lines.push(closing(prompt));
    lines.join("\n")
}

/// The answer to the results of tools.
pub(super) fn results(prompt: &Prompt) -> String {
    let name = |wanted: &str| {
        let parts = prompt.turns.iter().flat_map(|turn| &turn.parts);
        parts.rev().find_map(|part| match part {
            Part::ToolCall { id, name } if id == wanted => Some(name.as_str()),
            _ => None,
        })
    };
    let last = prompt.turns.iter().rev().find(|turn| turn.user);
    let mut lines: Vec<String> = last
        .into_iter()
        .flat_map(|turn| &turn.parts)
        .filter_map(|part| match part {
            Part::ToolResult { id, text, failed } => Some(format!(
                "{} {}: {}",
                name(id).unwrap_or(id),
                if *failed { "failed" } else { "returned" },
                shown(text)
            )),
            _ => None,
        })
        .collect();
    lines.push(closing(prompt));
    lines.join("\n")
}

/// What is thought before an answer.
pub(super) fn thought(question: &str) -> String {
    format!(
        "The question is \"{}\". An emulator need not think long about it.",
        shown(question)
    )
}

/// Nobody is to take the answer for a model's.
fn closing(prompt: &Prompt) -> String {
    format!(
        "This is the {} emulator speaking: no model has read these words. The same request always gets the same answer, \
         so tests may rely on every letter of it.",
        prompt.speaker
    )
}

fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// Bytes of what base64 stands for.
pub(crate) fn decoded_length(base64: &str) -> usize {
    let padding = base64
        .bytes()
        .rev()
        .take_while(|byte| *byte == b'=')
        .count();
    (base64.len() / 4 * 3).saturating_sub(padding)
}

/// Number of words: what the emulator takes for tokens.
pub(crate) fn words(text: &str) -> u64 {
    u64::try_from(text.split_whitespace().count()).unwrap_or(u64::MAX)
}

/// What is quoted of a text: its first sentence, with the full stop, and no more than 200 characters of it.
pub(crate) fn first_sentence(text: &str) -> String {
    const LONGEST: usize = 200;
    let end = text
        .match_indices(['.', '!', '?', '\n'])
        .next()
        .map_or(text.len(), |(at, mark)| at + mark.len());
    let first = text.get(..end).unwrap_or(text);
    first.chars().take(LONGEST).collect()
}

/// The beginning of `text` up to the end of its `count`-th word.
pub(super) fn first_words(text: &str, count: u64) -> &str {
    let mut begun = 0;
    let mut blank = true;
    for (at, c) in text.char_indices() {
        let begins = blank && !c.is_whitespace();
        blank = c.is_whitespace();
        if begins && begun == count {
            return text.get(..at).unwrap_or(text).trim_end();
        }
        begun += u64::from(begins);
    }
    text
}

/// Text as a stream sends it: about two words at a time, each with the blanks before it.
pub(crate) fn pieces(text: &str) -> Vec<&str> {
    const WORDS: usize = 2;
    const LONGEST: usize = 24;
    let mut out = Vec::new();
    let (mut start, mut words, mut length, mut blank) = (0, 0, 0, true);
    for (at, c) in text.char_indices() {
        let begins_blank = c.is_whitespace() && !blank;
        words += usize::from(begins_blank);
        if (begins_blank && words >= WORDS) || length >= LONGEST {
            out.push(text.get(start..at).unwrap_or_default());
            (start, words, length) = (at, 0, 0);
        }
        length += 1;
        blank = c.is_whitespace();
    }
    out.push(text.get(start..).unwrap_or_default());
    out.retain(|piece| !piece.is_empty());
    out
}

/// Tool arguments as a stream sends them: a few characters at a time, without regard to JSON tokens.
pub(crate) fn fragments(text: &str) -> Vec<&str> {
    const LENGTH: usize = 9;
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .char_indices()
            .nth(LENGTH)
            .map_or(rest.len(), |(at, _)| at);
        let (head, tail) = rest.split_at(end);
        out.push(head);
        rest = tail;
    }
    out
}

/// JSON with a blank after `:` and `,`, as models write it.
pub(crate) fn spaced_json(value: &Value) -> String {
    struct Spaced;
    impl Formatter for Spaced {
        fn begin_object_key<W: ?Sized + io::Write>(
            &mut self,
            w: &mut W,
            first: bool,
        ) -> io::Result<()> {
            if first { Ok(()) } else { w.write_all(b", ") }
        }
        fn begin_array_value<W: ?Sized + io::Write>(
            &mut self,
            w: &mut W,
            first: bool,
        ) -> io::Result<()> {
            if first { Ok(()) } else { w.write_all(b", ") }
        }
        fn begin_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
            w.write_all(b": ")
        }
    }
    let mut out = Vec::new();
    match value.serialize(&mut Serializer::with_formatter(&mut out, Spaced)) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        Err(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pieces_and_fragments_join_to_the_whole() {
        for text in [
            "",
            "a",
            "one two three\nfour  five ",
            " lead",
            &"long".repeat(30),
            "é ü ñ ß",
        ] {
            assert_eq!(pieces(text).concat(), text);
            assert_eq!(fragments(text).concat(), text);
        }
        assert_eq!(
            pieces("one two three four five"),
            ["one two", " three four", " five"]
        );
    }

    #[test]
    fn first_words_end_with_the_word() {
        assert_eq!(first_words("one  two three", 2), "one  two");
        assert_eq!(first_words("one", 5), "one");
        assert_eq!(first_words("one", 0), "");
    }

    #[test]
    fn json_is_spaced() {
        let value = json!({"a": [1, "x,y:z"], "b": {}});
        assert_eq!(spaced_json(&value), r#"{"a": [1, "x,y:z"], "b": {}}"#);
    }
}
