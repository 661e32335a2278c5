//! An answer as a value of a type of one's own, as JSON of a schema, and as an object that grows while it is streamed.
//! What does not satisfy the schema is asked for once more, or is an error.
//!
//! `cargo run --example structured_output`

mod support;

use reqllm::ObjectSchema;
use reqllm::schemars::{self, JsonSchema};
use serde::Deserialize;
use serde_json::json;

/// A dish and how it is made
#[derive(Debug, Deserialize, JsonSchema)]
struct Recipe {
    name: String,
    /// How long it takes, in minutes
    #[schemars(range(min = 1, max = 600))]
    minutes: u16,
    /// What goes into it, the most important first
    ingredients: Vec<String>,
}

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;

    let recipe: Recipe = model
        .chat("A soup of Leeks in 40 minutes, please.")
        .object()
        .await?;
    println!(
        "{} takes {} minutes and needs {}",
        recipe.name,
        recipe.minutes,
        recipe.ingredients.join(", ")
    );

    // A schema of which no type is known, and the response that the object came with.
    let schema = ObjectSchema::new(json!({
        "title": "verdict",
        "type": "object",
        "properties": {"mood": {"enum": ["good", "bad"]}, "stars": {"type": "integer", "minimum": 1, "maximum": 5}},
        "required": ["mood", "stars"],
        "additionalProperties": false,
    }))?;
    let verdict = model
        .chat("\"The soup was cold.\" How did they like it, in 1 to 5 stars?")
        .object_schema(schema)
        .response()
        .await?;
    println!(
        "{} in the form {}",
        verdict.value, verdict.response.provider_metadata["object_form"]
    );

    let mut stream = model
        .chat("And a Cake in 90 minutes?")
        .object::<Recipe>()
        .stream()
        .await?;
    while let Some(so_far) = stream.try_next().await? {
        println!("… {so_far}");
    }
    println!("{:?}", stream.finish().await?.value);
    Ok(())
}
