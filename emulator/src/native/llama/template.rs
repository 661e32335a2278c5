//! The prompt templates of the Llama generations, read backwards: from template text to turns.
//!
//! The real service hands the prompt to the model as it is and refuses none for its form. So nothing
//! is refused here: a prompt without the tokens of its own generation is one user turn, whole.
//!
//! Forms are from Meta's model cards: Llama 2 has `<s>[INST] <<SYS>>…<</SYS>> user [/INST] answer </s>`,
//! Llama 3 `<|start_header_id|>role<|end_header_id|>\n\ntext<|eot_id|>`, Llama 4 the same with
//! `<|header_start|>`, `<|header_end|>` and `<|eot|>`.

use crate::brain::{Conversation, Part};
use crate::native::inst;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    Two,
    Headers(&'static Tokens),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tokens {
    open: &'static str,
    close: &'static str,
    /// Each of them ends a message.
    ends: [&'static str; 3],
}

static THREE: Tokens = Tokens {
    open: "<|start_header_id|>",
    close: "<|end_header_id|>",
    ends: ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"],
};

static FOUR: Tokens = Tokens {
    open: "<|header_start|>",
    close: "<|header_end|>",
    ends: ["<|eot|>", "<|eom|>", "<|end_of_text|>"],
};

impl Generation {
    /// The generation of a model name such as `llama3-3-70b-instruct-v1:0`.
    pub(super) fn of(name: &str) -> Self {
        if name.starts_with("llama2") {
            Self::Two
        } else if name.starts_with("llama4") {
            Self::Headers(&FOUR)
        } else {
            Self::Headers(&THREE)
        }
    }

    pub(super) fn parse(self, prompt: &str) -> Conversation {
        match self {
            Self::Two => inst::parse(prompt),
            Self::Headers(tokens) => tokens.parse(prompt),
        }
    }
}

impl Tokens {
    fn parse(&self, prompt: &str) -> Conversation {
        let mut conversation = Conversation::default();
        let mut messages = prompt.split(self.open);
        // What stands before the first header is the beginning-of-text token, or nothing at all.
        messages.next();
        for message in messages {
            let Some((role, rest)) = message.split_once(self.close) else {
                continue;
            };
            let end = self.ends.iter().filter_map(|end| rest.find(end)).min();
            let text = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
            let text = text.strip_prefix("\n\n").unwrap_or(text);
            match role.trim() {
                "system" => conversation.system.push(text.to_owned()),
                // An open header at the end asks for the answer.
                "assistant" if end.is_none() && text.trim().is_empty() => {}
                "assistant" => conversation.text(false, text),
                // What a tool said: `ipython` until Llama 3.3, and `tool` in some templates.
                role @ ("ipython" | "tool") => conversation.push(
                    true,
                    Part::ToolResult {
                        id: role.to_owned(),
                        text: text.to_owned(),
                        failed: false,
                    },
                ),
                _ => conversation.text(true, text),
            }
        }
        if conversation.turns.is_empty() && conversation.system.is_empty() {
            return Conversation::whole(prompt);
        }
        conversation
    }
}
