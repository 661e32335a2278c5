//! The `[INST]` template that Llama 2 and the first Mistrals share, read backwards.
//!
//! `<s>[INST] user [/INST] answer</s>[INST] user [/INST]`. Llama 2 puts its instructions between
//! `<<SYS>>` and `<</SYS>>` into the first user turn; Mistral has no place for them.

use crate::brain::Conversation;

/// A prompt without `[INST]` is one user turn, whole.
pub(super) fn parse(prompt: &str) -> Conversation {
    let mut conversation = Conversation::default();
    let mut rounds = prompt.split("[INST]");
    rounds.next();
    for round in rounds {
        let (question, answer) = round.split_once("[/INST]").unwrap_or((round, ""));
        let question = match question.trim_start().strip_prefix("<<SYS>>") {
            Some(rest) => {
                let (system, question) = rest.split_once("<</SYS>>").unwrap_or((rest, ""));
                conversation.system.push(system.trim().to_owned());
                question
            }
            None => question,
        };
        conversation.text(true, question.trim());
        let answer = answer.split("</s>").next().unwrap_or_default().trim();
        if !answer.is_empty() {
            conversation.text(false, answer);
        }
    }
    if conversation.turns.is_empty() {
        return Conversation::whole(prompt);
    }
    conversation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brain::Part;

    fn said(prompt: &str) -> (Vec<String>, Vec<(bool, String)>) {
        let conversation = parse(prompt);
        let turns = conversation.turns.into_iter().map(|turn| {
            let texts = turn.parts.into_iter().map(|part| match part {
                Part::Text(text) => text,
                other => panic!("{other:?}"),
            });
            (turn.user, texts.collect())
        });
        (conversation.system, turns.collect())
    }

    #[test]
    fn rounds_and_instructions_are_told_apart() {
        let (system, turns) = said(
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello [/INST] Hi. </s><s>[INST] Bye [/INST]",
        );
        assert_eq!(system, ["Be brief."]);
        let expected = [(true, "Hello"), (false, "Hi."), (true, "Bye")];
        assert_eq!(turns, expected.map(|(user, text)| (user, text.to_owned())));
    }

    #[test]
    fn other_text_is_one_question() {
        assert_eq!(said("Say [hi]").1, [(true, "Say [hi]".to_owned())]);
    }
}
