//! The prompt templates of Llama's generations, as data.
//!
//! Source: Meta's "Model Cards & Prompt formats" for Llama 2, 3, 3.1, 3.2, 3.3 and 4.

use reqllm_core::{Error, Model, Result, Warning};

use crate::families::marks::Marks;
use crate::families::turns::{Speaker, Turn, Turns};

/// How one generation writes a conversation.
#[derive(Debug)]
pub(super) struct Template {
    /// What the prompt begins with.
    start: &'static str,
    system: Frame,
    user: Frame,
    assistant: Frame,
    /// What stands at the end and makes the model speak.
    answer: &'static str,
    /// Whether the system speaks inside the first turn of the user.
    system_inside: bool,
    /// Words that must not come out of a text.
    pub(super) marks: Marks,
}

/// What stands around what somebody says.
#[derive(Debug)]
struct Frame {
    before: &'static str,
    after: &'static str,
}

const LLAMA_2: Template = Template {
    start: "",
    system: Frame {
        before: "<<SYS>>\n",
        after: "\n<</SYS>>\n\n",
    },
    user: Frame {
        before: "<s>[INST] ",
        after: " [/INST]",
    },
    assistant: Frame {
        before: " ",
        after: " </s>",
    },
    answer: "",
    system_inside: true,
    marks: Marks::Words(&["<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"]),
};

const LLAMA_3: Template = Template {
    start: "<|begin_of_text|>",
    system: Frame {
        before: "<|start_header_id|>system<|end_header_id|>\n\n",
        after: "<|eot_id|>",
    },
    user: Frame {
        before: "<|start_header_id|>user<|end_header_id|>\n\n",
        after: "<|eot_id|>",
    },
    assistant: Frame {
        before: "<|start_header_id|>assistant<|end_header_id|>\n\n",
        after: "<|eot_id|>",
    },
    answer: "<|start_header_id|>assistant<|end_header_id|>\n\n",
    system_inside: false,
    marks: Marks::Bars,
};

const LLAMA_4: Template = Template {
    start: "<|begin_of_text|>",
    system: Frame {
        before: "<|header_start|>system<|header_end|>\n\n",
        after: "<|eot|>",
    },
    user: Frame {
        before: "<|header_start|>user<|header_end|>\n\n",
        after: "<|eot|>",
    },
    assistant: Frame {
        before: "<|header_start|>assistant<|header_end|>\n\n",
        after: "<|eot|>",
    },
    answer: "<|header_start|>assistant<|header_end|>\n\n",
    system_inside: false,
    marks: Marks::Bars,
};

/// What stands where a picture is. It speaks to the text behind it, so it goes before that of its turn.
const IMAGE: &str = "<|image|>";

/// The template of a model. Which generation it is of, its ids say: `llama` and a digit.
pub(super) fn of(model: &Model, warnings: &mut Vec<Warning>) -> &'static Template {
    let generation = ids(model).find_map(|id| {
        let (_, behind) = id.split_once("llama")?;
        behind
            .trim_start_matches(['-', '_', '.'])
            .chars()
            .next()?
            .to_digit(10)
    });
    match generation {
        Some(2) => &LLAMA_2,
        Some(3) => &LLAMA_3,
        Some(4) => &LLAMA_4,
        other => {
            let (template, name) = match other {
                Some(newer) if newer > 4 => (&LLAMA_4, "Llama 4"),
                _ => (&LLAMA_3, "Llama 3"),
            };
            warnings.push(Warning::new(
                "template_guessed",
                format!("the ids of {} do not tell a generation of Llama that is known; its prompt is in the template of {name} (`use_converse` leaves the template to AWS)", model.id),
            ));
            template
        }
    }
}

/// Whether the native body of a model takes pictures: Llama 3.2 with 11 or 90 billion parameters.
///
/// Source: AWS's user guide, "Meta Llama models", member `images`.
pub(super) fn sees(model: &Model) -> bool {
    ids(model).any(|id| id.contains("llama3-2-11b") || id.contains("llama3-2-90b"))
}

fn ids(model: &Model) -> impl Iterator<Item = &str> {
    [
        model.base_model.as_deref(),
        Some(&*model.id),
        model.wire_id.as_deref(),
    ]
    .into_iter()
    .flatten()
}

impl Template {
    /// The conversation as a prompt that the model goes on with. A last turn of the assistant stays open, so that the
    /// answer continues it.
    pub(super) fn prompt(&self, turns: &Turns<'_>) -> Result<String> {
        let first = turns.turns.first().map(|turn| turn.speaker);
        if self.system_inside && first == Some(Speaker::Assistant) {
            return Err(Error::invalid_request(
                "`messages` begins with the assistant; in the template of Llama 2 the user must speak first",
            ));
        }
        let mut prompt = self.start.to_owned();
        let mut system = turns.system.as_deref();
        if !self.system_inside
            && let Some(text) = system.take()
        {
            self.system.put(text, &mut prompt);
        }
        for turn in &turns.turns {
            self.turn(turn, system.take(), &mut prompt);
        }
        match turns.turns.last() {
            Some(last) if last.speaker == Speaker::Assistant => {
                prompt.truncate(prompt.len() - self.assistant.after.len());
            }
            _ => prompt.push_str(self.answer),
        }
        Ok(prompt)
    }

    fn turn(&self, turn: &Turn<'_>, system: Option<&str>, prompt: &mut String) {
        let frame = match turn.speaker {
            Speaker::User => &self.user,
            Speaker::Assistant => &self.assistant,
        };
        prompt.push_str(frame.before);
        if let Some(text) = system {
            self.system.put(text, prompt);
        }
        for _ in &turn.images {
            prompt.push_str(IMAGE);
        }
        prompt.push_str(&turn.text);
        prompt.push_str(frame.after);
    }
}

impl Frame {
    fn put(&self, text: &str, prompt: &mut String) {
        prompt.push_str(self.before);
        prompt.push_str(text);
        prompt.push_str(self.after);
    }
}
