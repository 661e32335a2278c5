//! A whole answer that is streamed inside is the answer that would have come whole: every scenario, both ways.

use reqllm::bedrock::Options;
use reqllm::{Chat, Response};
use reqllm_emulator::Emulator;
use reqllm_testkit::{ALL, Scenario, Subject};
use serde_json::{Value, json};

use crate::families;
use crate::subject;

/// Lines whose streams tell the answer otherwise, and where it is seen. The profile says so of each, so that nothing but the
/// caller's own word makes them stream inside.
const OTHERWISE: &[(&str, &str)] = &[(
    "DeepSeek R1",
    "a whole answer has the thought behind the text, a stream has it before",
)];

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_answer_is_the_same_when_it_is_streamed_inside() {
    let (mut same, mut kept_whole, mut told_otherwise) = (0, 0, 0);
    let mut different = Vec::new();
    for line in families::lines() {
        for (route, _) in line.routes.iter().filter(|(route, _)| route.streams_inside) {
            // Each has prompts cached as the other has.
            let whole = Emulator::start().await.unwrap();
            let inside = Emulator::start().await.unwrap();
            let one_way = subject(&whole, line, route);
            let other_way = subject(&inside, line, route);
            for scenario in ALL {
                let otherwise = OTHERWISE.iter().any(|(model, _)| *model == line.model);
                // The first call writes to caches, the second reads from them.
                for _ in 0..2 {
                    let (one, streamed) = told(&whole, &one_way, scenario, false).await;
                    assert!(!streamed, "{}", line.model);
                    let (other, streamed) = told(&inside, &other_way, scenario, true).await;
                    if !streamed {
                        kept_whole += 1;
                    } else if one == other {
                        same += 1;
                    } else if otherwise {
                        told_otherwise += 1;
                    } else {
                        let title = scenario.key().title();
                        let name = format!("{} · {} · {title}", line.model, route.title);
                        different.push(format!("{name}\n  whole  {one}\n  inside {other}"));
                    }
                }
            }
        }
    }
    println!(
        "{same} answers are the same both ways, {kept_whole} were not to be streamed or not to be sent"
    );
    assert!(
        different.is_empty(),
        "{} differ:\n{}",
        different.len(),
        different.join("\n")
    );
    assert!(same > 3 * kept_whole, "{same} and {kept_whole}");
    assert!(told_otherwise > 0, "nothing is told otherwise any more");
}

/// What has to be the same, and whether it was streamed.
async fn told(
    emulator: &Emulator,
    subject: &Subject,
    scenario: &Scenario,
    inside: bool,
) -> (Value, bool) {
    let before = emulator.requests().len();
    let chat: Chat = scenario.ask(subject);
    let answer = chat.with(Options::new().stream_inside(inside)).await;
    let told = match answer {
        Ok(response) => comparable(&response),
        Err(error) => json!({"kind": error.kind().as_str(), "message": error.message()}),
    };
    let requests = emulator.requests();
    let mut asked = requests.iter().skip(before);
    (told, asked.any(|request| request.path.ends_with("-stream")))
}

/// Everything but ids, times, and the word that it could not be streamed.
fn comparable(response: &Response) -> Value {
    let mut json = json!(response);
    json["id"].take();
    for name in ["request_id", "metrics"] {
        json["provider_metadata"][name].take();
    }
    if let Some(warnings) = json["warnings"].as_array_mut() {
        warnings.retain(|warning| warning["code"] != "not_streamed_inside");
    }
    json
}
