//! A small interpreter of service-model shapes: a table says what a body may look like, [`check()`] lists
//! every way in which a value does not.
//!
//! Converse and the native bodies are tables over these shapes; each words the violations in its own
//! way, as the services behind them do.

mod check;

pub(crate) use check::check;

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// An object with known members.
    Structure(&'static [Member]),
    /// An object with exactly one of these members. `name` is the shape's name in the model.
    Union {
        name: &'static str,
        members: &'static [Member],
    },
    /// An object whose member `type` says which structure it is.
    Tagged(&'static [(&'static str, &'static [Member])]),
    /// A string, or else the other shape.
    TextOr(&'static Self),
    List {
        of: &'static Self,
        min: usize,
        max: usize,
    },
    /// An object with any keys.
    Map {
        key: Text,
        value: &'static Self,
        min: usize,
        max: usize,
    },
    Text(Text),
    /// One of a set of strings.
    Choice(&'static [&'static str]),
    Integer {
        min: i64,
    },
    /// An integer with two ends.
    Range {
        min: i64,
        max: i64,
    },
    Number {
        min: f64,
        max: f64,
    },
    Boolean,
    /// Base64, not empty.
    Blob,
    /// Any JSON object.
    Object,
}

/// A member of a structure or a union.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: &'static Shape,
    pub(crate) required: bool,
}

pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        shape,
        required: true,
    }
}

pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        shape,
        required: false,
    }
}

/// Constraints of a string; lengths are in characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) pattern: Option<Pattern>,
}

/// A regular expression as the model writes it, and the same thing as a function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    pub(crate) source: &'static str,
    pub(crate) matches: fn(&str) -> bool,
}

/// A string without constraints.
pub(crate) const STRING: Shape = text(0, usize::MAX);

pub(crate) const fn text(min: usize, max: usize) -> Shape {
    Shape::Text(Text {
        min,
        max,
        pattern: None,
    })
}

pub(crate) const fn list(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        min: 0,
        max: usize::MAX,
    }
}

/// One way in which a value does not have its shape.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) path: Vec<Step>,
    pub(crate) problem: Problem,
}

/// A step on the way from the body to the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Member(String),
    Item(usize),
}

#[derive(Debug)]
pub(crate) enum Problem {
    Missing,
    WrongType {
        expected: &'static str,
        found: &'static str,
    },
    /// The structure at the path has a key that its shape does not know.
    Unknown {
        key: String,
    },
    /// None, or more than one, of the members of a union is set.
    NotOne {
        name: &'static str,
        keys: Vec<&'static str>,
        set: usize,
    },
    UnknownTag {
        tag: String,
        tags: Vec<&'static str>,
    },
    TooShort {
        value: String,
        min: usize,
    },
    TooLong {
        value: String,
        max: usize,
    },
    TooFew {
        min: usize,
    },
    TooMany {
        max: usize,
    },
    TooSmall {
        value: String,
        min: String,
    },
    TooLarge {
        value: String,
        max: String,
    },
    Pattern {
        value: String,
        source: &'static str,
    },
    NotInSet {
        value: String,
        set: &'static [&'static str],
    },
    BadBlob,
    NotAnObject,
}

/// `messages.0.content.1`: the way that Bedrock's own messages write a path.
pub(crate) fn dotted(path: &[Step]) -> String {
    let steps: Vec<String> = path
        .iter()
        .map(|step| match step {
            Step::Member(name) => name.clone(),
            Step::Item(index) => index.to_string(),
        })
        .collect();
    steps.join(".")
}

/// `messages[0].content[1]`: the way that OpenAI's messages write a path, and those of gpt-oss.
pub(crate) fn bracketed(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Member(name) if out.is_empty() => out.push_str(name),
            Step::Member(name) => out.push_str(&format!(".{name}")),
            Step::Item(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}
