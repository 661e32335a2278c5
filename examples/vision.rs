//! A picture goes with a question. Files, bytes and URLs become parts of a message by one call, and their content says what
//! they are.
//!
//! `cargo run --example vision`

mod support;

use reqllm::{Modality, Part, attach, user};

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;

    let model = client.model("bedrock:us.amazon.nova-lite-v1:0")?;
    assert!(model.info().modalities.input.contains(Modality::Image));

    // `attach("flag.png")?` reads a file, and takes s3://, data: and https: URLs as well.
    let picture = attach::bytes(support::flag(), None)?;
    if let Part::Image(image) = &picture {
        println!("attached: {}", image.media_type);
    }

    let question = "Which country's flag is this?";
    let response = model
        .chat(user([picture, question.into()]))
        .max_tokens(100)
        .await?;
    println!("{response}");
    Ok(())
}
