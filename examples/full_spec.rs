//! A model that no registry has heard of, by a full explicit spec.
//!
//! `cargo run --example full_spec`

mod support;

use reqllm::{Delivery, Model};

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;

    let tuned = Model::new("bedrock", "our-support-bot")
        .wire_id("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3")
        .base_model("anthropic.claude-haiku-4-5-20251001-v1:0");
    let model = client.model(tuned)?;

    // What would be sent, and why in this form. Nothing is sent, and no credentials are needed.
    let plan = model
        .chat("Where is my parcel?")
        .dry_run(Delivery::Stream)?;
    println!("{} {}", plan.method, plan.url);
    println!("{}: {}", plan.route["operation"], plan.route["reason"]);

    // The same spec as text, as in a configuration file or on the command line.
    let same = Model::from_json(
        r#"{
            "provider": "bedrock",
            "id": "our-support-bot",
            "wire_id": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3",
            "base_model": "anthropic.claude-haiku-4-5-20251001-v1:0"
        }"#,
    )?;
    assert_eq!(client.model(same)?.info(), model.info());
    Ok(())
}
