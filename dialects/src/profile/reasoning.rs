//! How a model is made to think, and which thoughts it takes back.

use serde_json::Value;

use crate::mark::Maker;

/// How a model is made to think more or less.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ReasoningField {
    /// It cannot be told.
    None,
    /// Claude's `thinking`: a budget of tokens, or adaptive with `output_config.effort`, as the registry says of the model.
    Thinking {
        /// Whether it is adaptive where the registry does not say.
        adaptive: bool,
    },
    /// A word.
    Word(ReasoningWord),
    /// A switch, and a word or a number of tokens beside it where the model has such.
    Switch(ReasoningSwitch),
}

/// A switch that makes a model think, and what stands beside it. A model that thinks unless it is told not to is switched off
/// in so many words.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct ReasoningSwitch {
    /// Where the switch is, as a path of keys; empty if there is none.
    pub path: &'static [&'static str],
    /// What stands there if it is to think.
    pub on: Setting,
    /// What stands there if it is not to.
    pub off: Setting,
    /// Where a word goes that says how much; empty if there is no place.
    pub word: &'static [&'static str],
    /// The words, where the registry has none for the model.
    pub words: &'static [&'static str],
    /// Where a number of tokens goes; empty if there is no place.
    pub budget: &'static [&'static str],
}

impl ReasoningSwitch {
    /// A switch of two flags at `path`, and nothing beside it.
    pub const fn flag(path: &'static [&'static str]) -> Self {
        Self {
            path,
            on: Setting::Flag(true),
            off: Setting::Flag(false),
            word: &[],
            words: &[],
            budget: &[],
        }
    }

    /// A word at `path`, and no switch.
    pub const fn word(path: &'static [&'static str], words: &'static [&'static str]) -> Self {
        Self {
            word: path,
            words,
            ..Self::flag(&[])
        }
    }
}

/// A value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// Null.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(&'static str),
}

impl From<Setting> for Value {
    fn from(setting: Setting) -> Self {
        match setting {
            Setting::Null => Self::Null,
            Setting::Flag(flag) => flag.into(),
            Setting::Text(text) => text.into(),
        }
    }
}

/// A word that says how much to think.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct ReasoningWord {
    /// Where it goes, as a path of keys.
    pub path: &'static [&'static str],
    /// The words, from the least to the most, where the registry has none for the model.
    pub words: &'static [&'static str],
    /// What goes beside it: a path of keys and a text.
    pub beside: Option<(&'static [&'static str], &'static str)>,
    /// The word at which neither a limit of tokens nor sampling may be set.
    pub unlimited: Option<&'static str>,
}

impl ReasoningWord {
    /// One of `words` at `path`.
    pub const fn new(path: &'static [&'static str], words: &'static [&'static str]) -> Self {
        Self {
            path,
            words,
            beside: None,
            unlimited: None,
        }
    }
}

/// Which thoughts a model takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replay {
    /// All, as they came.
    All,
    /// Those that it signed, and redacted ones.
    Signed,
    /// Redacted ones.
    Redacted,
    /// Those in words; it signs none.
    Text,
    /// Those in words that it had since the user last spoke, while it calls tools.
    ToolTurn,
    /// Those that bear the [mark](crate::mark) of this maker.
    Marked(Maker),
    /// None.
    Nothing,
}
