//! A search by meaning: a dozen texts become vectors, and a question finds those that lie nearest to its own. The model is
//! told which of them are documents and which is the question, and places them accordingly.
//!
//! `cargo run --example embeddings_search`

mod support;

use reqllm::{EmbedPurpose, cosine_similarity};

const TEXTS: [&str; 12] = [
    "Figs ripen late in the year.",
    "The river floods the lower town in spring.",
    "Bread needs flour, water, salt and time.",
    "The last train to the coast leaves at ten.",
    "A lifetime says how long a reference may be used.",
    "Bees sleep with their feet in the air.",
    "Sourdough bread rises slowly in a cold kitchen.",
    "The moon pulls the sea, and the tide follows.",
    "A borrow ends before the value is moved.",
    "Grapes are picked when the must is sweet enough.",
    "The night train has a dining car.",
    "Salt keeps fish from spoiling.",
];

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.cohere.embed-v4:0")?;

    let documents = model.embed(TEXTS).dimensions(512).await?;
    println!(
        "{} vectors of {:?} numbers, {:?} tokens",
        documents.len(),
        documents.dimensions,
        documents.usage.input_tokens
    );

    let question = "How long does bread need to rise in the kitchen?";
    let query = model
        .embed(question)
        .dimensions(512)
        .purpose(EmbedPurpose::Query)
        .await?;

    let mut ranked: Vec<(f64, &str)> = documents
        .embeddings
        .iter()
        .zip(TEXTS)
        .filter_map(|(vector, text)| Some((cosine_similarity(vector, &query.embeddings[0])?, text)))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));

    println!("{question}");
    for (score, text) in ranked.iter().take(3) {
        println!("  {score:.3} {text}");
    }
    Ok(())
}
