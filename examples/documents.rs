//! A question about a document, and an answer that cites it. Each citation says which words of the answer it stands for, and
//! where in the document they come from.
//!
//! `cargo run --example documents`

mod support;

use reqllm::bedrock::Options;
use reqllm::{DocumentPart, Part, Source, user};

const REPORT: &str = "The harvest began on 3 September. It was the earliest in forty years. \
    The must weighed 92 degrees on average.";

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;

    let mut report = DocumentPart::new("text/plain", Source::Data(REPORT.into()));
    report.name = Some("Vintage report".to_owned());
    report.citations = true;

    let question = user([report.into(), "When did the harvest begin?".into()]);
    let response = model
        .chat(question)
        .max_tokens(300)
        .with(Options::new().use_converse(true)) // AWS cites without this, too; the emulator does not
        .await?;
    println!("{response}\n");

    for part in &response.message.content {
        let Part::Text(text) = part else { continue };
        for citation in &text.citations {
            // Offsets count the characters of the part that carries the citation.
            let words = text.text.chars();
            let words: String = words
                .skip(citation.start)
                .take(citation.end - citation.start)
                .collect();
            println!(
                "{words:?}\n  characters {}..{} of the part, from {:?} at {}",
                citation.start,
                citation.end,
                citation.title.as_deref().unwrap_or("somewhere"),
                citation.location.clone().unwrap_or_default()
            );
        }
    }
    Ok(())
}
