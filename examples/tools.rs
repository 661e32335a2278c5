//! Typed functions as tools: the model asks for several at once, a hook looks at each call, and the results go back until
//! the model has said its last. The transcript holds every step, and the next question goes on with it.
//!
//! `cargo run --example tools`

mod support;

use reqllm::schemars::{self, JsonSchema};
use reqllm::{Approval, Json, Part, Tool, user};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, JsonSchema)]
struct Place {
    /// Name of a city
    city: String,
}

#[derive(Deserialize, JsonSchema)]
struct Order {
    /// How many
    count: u8,
}

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0")?;

    let weather = Tool::new("weather", "The weather now", |place: Place| async move {
        format!("It rains in {}.", place.city)
    });
    let time = Tool::new("time", "The local time", |_: Place| async move {
        Json(json!({"hour": 9, "minute": 30}))
    });
    let order = Tool::new("order_umbrella", "Buys", |order: Order| async move {
        format!("bought {}", order.count)
    });
    let tools = [weather, time, order];

    let run = model
        .chat("Order 1 umbrella if the weather wants it at this time of day in Lyon.")
        .tools(tools.clone())
        .run()
        .max_steps(5)
        .on_tool_call(|call| async move {
            println!("may it? {}({})", call.name, call.arguments);
            match call.name.as_str() {
                "order_umbrella" => Approval::refuse("nothing may be bought today"),
                _ => Approval::Allow,
            }
        })
        .await?;

    for part in run.messages.iter().flat_map(|message| &message.content) {
        if let Part::ToolResult(result) = part {
            println!("got {:?}, failed: {}", result.content, result.is_error);
        }
    }
    println!("\n{run}\n\n{} steps, {:?}", run.steps.len(), run.stopped);

    // The next question goes on where this one ended.
    let mut history = run.messages;
    history.push(user("Thank you!"));
    println!("\n{}", model.chat(history).tools(tools).await?);
    Ok(())
}
