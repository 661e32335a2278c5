//! What is asked, the same of every client.

/// A system prompt, a question, and settings.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What the model is told to be.
    pub system: String,
    /// What the user says.
    pub user: String,
    /// The most tokens of an answer.
    pub max_tokens: u32,
    /// The temperature of sampling.
    pub temperature: f64,
}

impl Prompt {
    /// A request of about 1 KB; with a size, the question is repeated up to so many KiB.
    pub(crate) fn new(kib: usize) -> Self {
        let user = match kib * 1024 {
            0 => QUESTION.to_owned(),
            size => QUESTION.chars().cycle().take(size).collect(),
        };
        Self {
            system: SYSTEM.to_owned(),
            user,
            max_tokens: 512,
            temperature: 0.5,
        }
    }
}

const SYSTEM: &str = "You help a team that runs a small web shop. Answer in plain English and in short paragraphs, name what \
    speaks for and against each choice, and say so when you do not know. Where the question leaves something open, state what \
    you took for granted before you answer.";

/// ASCII without a character that JSON escapes but quotes and line ends, as prompts mostly are.
const QUESTION: &str = "We move our order service to another database next month. It takes some forty orders a minute, and a \
    few hundred in the week before Christmas. Orders must not be lost, and none may be booked twice.\nThe old database can be \
    read while we copy, but every write to it costs us a lock. Our colleagues call one plan \"big bang\": stop for a night, copy, \
    start again. The other plan writes to both for a week and compares. Which of the two would you take, what would you check \
    before the first step and after the last one, and how would you get back if something is wrong on the second day? Please \
    end with a list of at most five things to measure.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_kept_to() {
        assert_eq!(Prompt::new(100).user.len(), 100 * 1024);
    }

    #[test]
    fn without_a_size_it_is_about_a_kilobyte() {
        let prompt = Prompt::new(0);
        let size = prompt.system.len() + prompt.user.len();
        assert!((900..1200).contains(&size), "{size}");
    }
}
