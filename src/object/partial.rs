//! JSON that has not all come yet, closed so that it parses.
//!
//! The text is walked through once, piece by piece. What is known at any time is where it may be cut and what has to be put
//! behind it: a quote if the cut is inside of a text, and a bracket for each that is open.

use reqllm_core::bounds::has_few_values;
use serde_json::Value;

/// An object that has grown by less than one part in so many is not looked at again, because each look is at all of it.
const PARTS: usize = 32;

/// As deep as serde_json goes.
const MAX_DEPTH: usize = 127;

/// The object of a text of which more and more comes: the one that [`reqllm_core::find_object`] finds at the end.
#[derive(Debug, Default)]
pub(super) struct Partial {
    text: String,
    /// How much of it has been walked through.
    seen: usize,
    /// Where the object begins.
    begin: Option<usize>,
    /// The brackets that close what is open, the innermost last.
    open: Vec<u8>,
    state: State,
    /// Up to where it may be taken.
    cut: usize,
    /// Whether the cut is inside of a text.
    in_text: bool,
    /// How long it was when it was last looked at.
    given: usize,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    /// The object itself.
    #[default]
    Outside,
    /// The end of braces that are no object.
    Passing(Passing),
    /// A key, or the end of the object if there may be none.
    Key {
        or_end: bool,
    },
    /// The rest of a text; it is a key or a value.
    Text {
        key: bool,
        escape: Escape,
    },
    Colon,
    /// A value, or the end of the list if there may be none.
    Value {
        or_end: bool,
    },
    /// The rest of a number or a word.
    Word,
    /// A comma, or the end of what is open.
    Comma,
    /// Nothing: the object is whole.
    Done,
}

/// How far a group of braces that is no JSON has come. Braces in quotes do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Passing {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

/// How far an escape inside of a text has come.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Escape {
    None,
    /// After a backslash; whether it has to be the second half of a surrogate pair.
    Begun {
        second: bool,
    },
    /// After so many digits of `\u`, with their value.
    Digits {
        count: u8,
        value: u16,
        second: bool,
    },
    /// Between the halves of a surrogate pair.
    Between,
}

/// What came is no JSON.
struct NoJson;

impl Partial {
    /// Takes the next piece.
    pub(super) fn push(&mut self, piece: &str) {
        self.text.push_str(piece);
        while self.seen < self.text.len() && self.state != State::Done {
            let at = self.seen;
            self.seen += 1;
            if self.step(at).is_err() {
                // These braces are no object, and what is inside of them is none either; it may come behind them.
                self.seen = self.begin.take().unwrap_or(at);
                self.open.clear();
                self.given = 0;
                self.state = State::Passing(Passing::default());
            }
        }
    }

    /// What there is of the object and where that begins, if it has grown enough since the last time.
    pub(super) fn grown(&mut self) -> Option<(usize, Value)> {
        let begin = self.begin?;
        let length = self.cut - begin;
        let step = match self.state {
            State::Done => 1,
            _ => (length / PARTS).max(1),
        };
        if length < self.given + step {
            return None;
        }
        self.given = length;
        Some((begin, self.value()?))
    }

    /// What there is of the object.
    pub(super) fn value(&self) -> Option<Value> {
        let begin = self.begin?;
        let json = self.text.get(begin..self.cut)?;
        // As in `find_object`.
        if !has_few_values(json.as_bytes()) {
            return None;
        }
        let mut json = json.to_owned();
        if self.in_text {
            json.push('"');
        }
        json.extend(self.open.iter().rev().copied().map(char::from));
        serde_json::from_str(&json).ok()
    }

    fn step(&mut self, at: usize) -> Result<(), NoJson> {
        let byte = self.text.as_bytes()[at];
        let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match self.state {
            State::Outside if byte == b'{' => {
                self.begin = Some(at);
                self.enter(byte, at)?;
            }
            State::Passing(passing) => self.state = passing.after(byte),
            State::Text { key, escape } => self.text(key, escape, at)?,
            State::Word if matches!(byte, b',' | b'}' | b']') || blank => {
                self.state = State::Comma;
                self.cut_at(at);
                self.step(at)?;
            }
            State::Outside | State::Done => {}
            _ if blank => {}
            State::Key { or_end: true } | State::Comma if byte == b'}' => self.leave(byte, at)?,
            State::Value { or_end: true } | State::Comma if byte == b']' => self.leave(byte, at)?,
            State::Key { .. } if byte == b'"' => self.state = Self::begin_text(true),
            State::Colon if byte == b':' => self.state = State::Value { or_end: false },
            State::Comma if byte == b',' => {
                self.state = match self.open.last() {
                    Some(b'}') => State::Key { or_end: false },
                    _ => State::Value { or_end: false },
                };
            }
            State::Value { .. } if byte == b'"' => {
                self.state = Self::begin_text(false);
                self.cut_at(at + 1);
                self.in_text = true;
            }
            State::Value { .. } if matches!(byte, b'{' | b'[') => self.enter(byte, at)?,
            State::Value { .. } if matches!(byte, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.state = State::Word;
            }
            State::Word if matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E') => {
            }
            _ => return Err(NoJson),
        }
        Ok(())
    }

    fn begin_text(key: bool) -> State {
        State::Text {
            key,
            escape: Escape::None,
        }
    }

    fn enter(&mut self, byte: u8, at: usize) -> Result<(), NoJson> {
        if self.open.len() == MAX_DEPTH {
            return Err(NoJson);
        }
        self.state = match byte {
            b'{' => State::Key { or_end: true },
            _ => State::Value { or_end: true },
        };
        self.open.push(if byte == b'{' { b'}' } else { b']' });
        self.cut_at(at + 1);
        Ok(())
    }

    fn leave(&mut self, byte: u8, at: usize) -> Result<(), NoJson> {
        if self.open.pop() != Some(byte) {
            return Err(NoJson);
        }
        self.cut_at(at + 1);
        self.state = match self.open.is_empty() {
            // Words and numbers were taken as they came.
            true if self.value().is_none() => return Err(NoJson),
            true => State::Done,
            false => State::Comma,
        };
        Ok(())
    }

    /// One byte of a text. Bytes of one character are only cut where the last of them has come, because pieces are whole.
    fn text(&mut self, key: bool, escape: Escape, at: usize) -> Result<(), NoJson> {
        let byte = self.text.as_bytes()[at];
        let next = match (escape, byte) {
            (Escape::None, b'"') => {
                if key {
                    self.state = State::Colon;
                } else {
                    self.state = State::Comma;
                    self.cut_at(at + 1);
                }
                return Ok(());
            }
            (Escape::None, b'\\') => Escape::Begun { second: false },
            (Escape::None, 0..0x20) => return Err(NoJson),
            (Escape::None, _) => Escape::None,
            (Escape::Between, b'\\') => Escape::Begun { second: true },
            (Escape::Begun { second }, b'u') => Escape::Digits {
                count: 0,
                value: 0,
                second,
            },
            (
                Escape::Begun { second: false },
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
            ) => Escape::None,
            (
                Escape::Digits {
                    count,
                    value,
                    second,
                },
                _,
            ) => {
                let digit = char::from(byte).to_digit(16).ok_or(NoJson)?;
                let value = value << 4 | u16::try_from(digit).unwrap_or_default();
                match (count, second, value) {
                    (0..3, ..) => Escape::Digits {
                        count: count + 1,
                        value,
                        second,
                    },
                    (_, false, 0xD800..0xDC00) => Escape::Between,
                    (_, false, 0xDC00..0xE000) => return Err(NoJson),
                    (_, true, 0xDC00..0xE000) | (_, false, _) => Escape::None,
                    (_, true, _) => return Err(NoJson),
                }
            }
            _ => return Err(NoJson),
        };
        self.state = State::Text { key, escape: next };
        if !key && next == Escape::None {
            self.cut_at(at + 1);
            self.in_text = true;
        }
        Ok(())
    }

    fn cut_at(&mut self, at: usize) {
        self.cut = at;
        self.in_text = false;
    }
}

impl Passing {
    fn after(mut self, byte: u8) -> State {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            b'{' if !self.quoted => self.depth += 1,
            b'}' if !self.quoted => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return State::Outside;
                }
            }
            _ => {}
        }
        State::Passing(self)
    }
}

/// Whether `later` has everything that `earlier` has.
pub(super) fn extends(earlier: &Value, later: &Value) -> bool {
    match (earlier, later) {
        (Value::Object(earlier), Value::Object(later)) => earlier
            .iter()
            .all(|(key, value)| later.get(key).is_some_and(|it| extends(value, it))),
        (Value::Array(earlier), Value::Array(later)) => {
            earlier.len() <= later.len()
                && earlier
                    .iter()
                    .zip(later)
                    .all(|(one, other)| extends(one, other))
        }
        (Value::String(earlier), Value::String(later)) => later.starts_with(earlier.as_str()),
        (earlier, later) => earlier == later,
    }
}

#[cfg(test)]
mod tests;
