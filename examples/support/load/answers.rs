//! What is asked, and what the whole answer to it is.

use reqllm::bedrock::Options;
use reqllm::{Chat, Client, Error, LanguageModel, Response, Result};

/// Two operations with readers of their own: Converse, and Claude's native body.
const ROUTES: [bool; 2] = [true, false];
const MODEL: &str = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";

/// Questions by number, and what each answer has to be. The emulator repeats a question and answers the same to the same.
pub(crate) struct Answers {
    model: LanguageModel,
    /// The answers to question 0, by route.
    samples: [Response; 2],
}

impl Answers {
    /// Asks the first question, once a route.
    ///
    /// # Errors
    ///
    /// If that fails.
    pub(crate) async fn learn(client: &Client) -> Result<Self> {
        let model = client.model(MODEL)?;
        let ask = |converse| ask(&model, 0, converse).send();
        let samples = [ask(ROUTES[0]).await?, ask(ROUTES[1]).await?];
        Ok(Self { model, samples })
    }

    /// The question of this number.
    pub(crate) fn ask(&self, number: usize) -> Chat {
        ask(&self.model, number, ROUTES[number % ROUTES.len()])
    }

    /// Compares an answer, word for word, with what it has to be.
    ///
    /// # Errors
    ///
    /// If it is another one.
    pub(crate) fn check(&self, number: usize, response: &Response) -> Result<()> {
        let sample = &self.samples[number % ROUTES.len()];
        let text = sample.text().replace(&name(0), &name(number));
        let differs = if response.text() != text {
            format!("its text is {:?}", response.text())
        } else if response.finish_reason() != sample.finish_reason() {
            format!("it ended by {:?}", response.finish_reason())
        } else if response.usage().input_tokens != sample.usage().input_tokens
            || response.usage().output_tokens != sample.usage().output_tokens
        {
            format!("it took {:?}", response.usage())
        } else {
            return Ok(());
        };
        Err(Error::decode(format!(
            "answer {number} is wrong: {differs}"
        )))
    }
}

/// Long enough for some fifty events.
fn ask(model: &LanguageModel, number: usize, converse: bool) -> Chat {
    let question = format!(
        "{}: what keeps ten thousand slow conversations apart when one small program holds all of them at the same time, \
         each one on a connection of its own, each one a few words at a time, for as long as the slowest of them likes to \
         take, and what does it cost to wait for the next word of each?",
        name(number)
    );
    model
        .chat(question)
        .max_tokens(1000)
        .with(Options::new().use_converse(converse))
}

/// Of the same length for all numbers, so that all answers fall into the same events.
fn name(number: usize) -> String {
    format!("Question-{number:06}")
}
