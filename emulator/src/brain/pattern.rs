//! Strings that match a regular expression: enough of the language for the `pattern`s of JSON Schemas.
//!
//! Literals, classes, `.`, escapes, groups, alternation and quantifiers. Anchors are taken for granted,
//! since the whole string is made to match. Look-around and back-references are not understood.

/// Longest string that is made.
const LONGEST: usize = 4096;
/// Nodes that are written before giving up, against quantifiers of quantifiers.
const BUDGET: usize = 100_000;
/// Nesting of groups that is followed.
const DEEPEST: usize = 32;

/// A string of at least `min` and at most `max` characters that matches, if one is found.
pub(super) fn matching(pattern: &str, min: usize, max: usize) -> Option<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parser = Parser {
        chars: &chars,
        at: 0,
    };
    let node = parser.alternatives(0)?;
    if parser.at != chars.len() {
        return None;
    }
    let mut budget = BUDGET;
    // Open-ended quantifiers take more and more turns until the string is long enough.
    for extra in 0..=min.min(LONGEST) {
        let mut out = String::new();
        node.write(extra, &mut budget, &mut out)?;
        let length = out.chars().count();
        if length >= min {
            return (length <= max).then_some(out);
        }
    }
    None
}

enum Node {
    Char(char),
    Class {
        ranges: Vec<(char, char)>,
        negated: bool,
    },
    Sequence(Vec<Self>),
    /// The first is as good as any other.
    Alternatives(Vec<Self>),
    Repeat {
        node: Box<Self>,
        min: usize,
        max: usize,
    },
}

impl Node {
    fn write(&self, extra: usize, budget: &mut usize, out: &mut String) -> Option<()> {
        *budget = budget.checked_sub(1)?;
        if out.len() > LONGEST {
            return None;
        }
        match self {
            Self::Char(c) => out.push(*c),
            Self::Class { ranges, negated } => out.push(pick(ranges, *negated)?),
            Self::Sequence(nodes) => {
                for node in nodes {
                    node.write(extra, budget, out)?;
                }
            }
            Self::Alternatives(nodes) => nodes.first()?.write(extra, budget, out)?,
            Self::Repeat { node, min, max } => {
                for _ in 0..min.saturating_add(extra).min(*max) {
                    node.write(extra, budget, out)?;
                }
            }
        }
        Some(())
    }
}

fn pick(ranges: &[(char, char)], negated: bool) -> Option<char> {
    if negated {
        let inside = |c: &char| ranges.iter().any(|(low, high)| (low..=high).contains(&c));
        return "ax0A_- .,\u{e9}".chars().find(|c| !inside(c));
    }
    ranges.first().map(|(low, _)| *low)
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let ahead = self.chars.iter().skip(self.at);
        let found = ahead.take(wanted.len()).copied().eq(wanted.chars());
        if found {
            self.at += wanted.len();
        }
        found
    }

    fn alternatives(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let mut all = vec![self.sequence(depth)?];
        while self.eat("|") {
            all.push(self.sequence(depth)?);
        }
        Some(Node::Alternatives(all))
    }

    fn sequence(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek().filter(|c| !"|)".contains(*c)) {
            self.at += 1;
            let node = match c {
                '^' | '$' => continue,
                '.' => Node::Char('a'),
                '[' => self.class()?,
                '\\' => match self.escape()? {
                    Some(node) => node,
                    None => continue,
                },
                '(' => {
                    if self.eat("?<") || self.eat("?P<") {
                        if self.peek().is_some_and(|c| "=!".contains(c)) {
                            return None;
                        }
                        while self.next()? != '>' {}
                    } else if self.eat("?") && !self.eat(":") {
                        return None;
                    }
                    let group = self.alternatives(depth + 1)?;
                    if !self.eat(")") {
                        return None;
                    }
                    group
                }
                '*' | '+' | '?' => return None,
                c => Node::Char(c),
            };
            nodes.push(self.quantified(node)?);
        }
        Some(Node::Sequence(nodes))
    }

    fn quantified(&mut self, node: Node) -> Option<Node> {
        let (min, max) = match self.peek() {
            Some('*') => (0, LONGEST),
            Some('+') => (1, LONGEST),
            Some('?') => (0, 1),
            Some('{')
                if self
                    .chars
                    .get(self.at + 1)
                    .is_some_and(char::is_ascii_digit) =>
            {
                let end = self.chars.iter().skip(self.at).position(|c| *c == '}')? + self.at;
                let bounds: String = self.chars.get(self.at + 1..end)?.iter().collect();
                self.at = end;
                let (min, max) = bounds.split_once(',').unwrap_or((&bounds, &bounds));
                let max = if max.is_empty() {
                    LONGEST
                } else {
                    max.parse().ok()?
                };
                (min.parse().ok()?, max)
            }
            _ => return Some(node),
        };
        self.at += 1;
        // A lazy or possessive mark changes nothing here.
        let _ = self.eat("?") || self.eat("+");
        Some(Node::Repeat {
            node: Box::new(node),
            min,
            max,
        })
    }

    /// `Some(None)` is an escape that stands for no character, such as `\b`.
    fn escape(&mut self) -> Option<Option<Node>> {
        let c = self.next()?;
        Some(Some(match c {
            'b' | 'B' | 'A' | 'z' | 'Z' => return Some(None),
            'd' | 'w' | 's' => Node::Class {
                ranges: ranges_of(c),
                negated: false,
            },
            'D' | 'W' | 'S' => Node::Class {
                ranges: ranges_of(c.to_ascii_lowercase()),
                negated: true,
            },
            'u' | 'x' | 't' | 'n' | 'r' => Node::Char(self.control(c)?),
            '1'..='9' | 'k' | 'p' | 'P' => return None,
            c => Node::Char(c),
        }))
    }

    /// The character of `\t`, `\n`, `\r`, `\xHH` or `\uHHHH`, whose letter has been read.
    fn control(&mut self, letter: char) -> Option<char> {
        let digits = match letter {
            't' => return Some('\t'),
            'n' => return Some('\n'),
            'r' => return Some('\r'),
            'x' => 2,
            _ => 4,
        };
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        self.at += digits;
        char::from_u32(u32::from_str_radix(&text, 16).ok()?)
    }

    fn class(&mut self) -> Option<Node> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        loop {
            let low = match self.next()? {
                ']' if !ranges.is_empty() => return Some(Node::Class { ranges, negated }),
                '\\' => match self.next()? {
                    c @ ('d' | 'w' | 's') => {
                        ranges.extend(ranges_of(c));
                        continue;
                    }
                    'D' | 'W' | 'S' | 'p' | 'P' => return None,
                    c @ ('u' | 'x' | 't' | 'n' | 'r') => self.control(c)?,
                    c => c,
                },
                c => c,
            };
            let is_range = self.peek() == Some('-')
                && self
                    .chars
                    .get(self.at + 1)
                    .is_some_and(|c| !"]\\".contains(*c));
            let high = if is_range {
                self.at += 2;
                *self.chars.get(self.at - 1)?
            } else {
                low
            };
            ranges.push((low, high));
        }
    }
}

fn ranges_of(class: char) -> Vec<(char, char)> {
    match class {
        'd' => vec![('1', '9'), ('0', '0')],
        's' => vec![(' ', ' '), ('\t', '\r')],
        _ => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
    }
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn strings_for_patterns() {
        for (pattern, expected) in [
            ("^abc$", "abc"),
            (r"^\d{4}-\d{2}$", "1111-11"),
            ("^[A-Z]{2,3}$", "AA"),
            ("^(cat|dog)s?$", "cat"),
            (r"^\+?[1-9]\d+$", "11"),
            (r"^[^a-z]+$", "0"),
            (r"^(?:\w+\.)*x{2}$", "xx"),
            (r"^(?<year>\d)\u0041$", "1A"),
            (r"^#[0-9a-f]{6}$", "#000000"),
            ("a{2}{", "aa{"),
        ] {
            assert_eq!(
                matching(pattern, 0, 100).as_deref(),
                Some(expected),
                "{pattern}"
            );
        }
    }

    #[test]
    fn lengths_are_respected() {
        assert_eq!(matching("^[a-z]+$", 5, 9).as_deref(), Some("aaaaa"));
        assert_eq!(matching("^[a-z]{3}$", 0, 2), None);
        assert_eq!(matching("^[a-z]{3}$", 4, 9), None);
    }

    #[test]
    fn what_is_not_understood_is_refused_and_nothing_panics() {
        for pattern in [
            "(((){4000}){4000}){4000}",
            "(?=x)",
            "(?<!x)y",
            r"(a)\1",
            r"\p{L}",
            "(",
            ")",
            "[",
            "a**",
            "*",
            "\\",
            "a{99999999}",
            "[]",
            "{",
            &"(".repeat(1000),
        ] {
            let _ = matching(pattern, 0, 10);
        }
        assert_eq!(matching("(?=x)", 0, 10), None);
        assert_eq!(matching(r"(a)\1", 0, 10), None);
    }
}
