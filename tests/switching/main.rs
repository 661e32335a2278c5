//! A conversation that one model began goes on with another: every pair of those who have a form of their own, against the
//! emulator, which is as strict about ids, signatures and seals as those it stands for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]
#![cfg(all(
    feature = "anthropic",
    feature = "bedrock",
    feature = "openai",
    feature = "snapshot"
))]

#[path = "../common/mod.rs"]
mod common;
mod sides;

use reqllm::{
    Chat, Delivery, DocumentPart, FinishReason, Message, Part, ReasoningPart, Response, Role,
    Source, ToolResultPart, Warning, assistant, system, user,
};
use reqllm_emulator::Emulator;
use serde_json::{Value, json};

use sides::{Form, SIDES, Side, Takes, client};

const BRIEF: &str = "Be brief.";
const LOUD: &str = "From now on, speak up.";
const BOTH: &str = "Weather and time in Lyon?";
const RESULTS: [&str; 2] = ["twenty-one degrees", "a quarter past nine"];
const REPORT: &str = "Wheat rose by a tenth. Barley fell.";

/// A conversation of a model's: two calls of tools, whose results have just come.
async fn in_a_turn(side: &Side, client: &reqllm::Client) -> Vec<Message> {
    let mut messages = vec![system(BRIEF), user(BOTH)];
    let first = answer(side.chat(client, &messages), side).await;
    assert_eq!(first.tool_calls().count(), 2, "{}: {first:?}", side.name());
    told(side, &first.message);
    let results = first.tool_calls().zip(RESULTS);
    let results = results.map(|(call, text)| ToolResultPart::new(&call.id, text).into());
    let mut results: Vec<Part> = results.collect();
    results.reverse();
    messages.push(first.message);
    messages.push(Message::new(Role::Tool, results));
    messages
}

/// The same, gone on with: an answer to the results, a system prompt in the middle, and an answer that cites where the model does.
async fn with_all_of_it(side: &Side, client: &reqllm::Client) -> Vec<Message> {
    let mut messages = in_a_turn(side, client).await;
    let second = answer(side.chat(client, &messages), side).await;
    assert!(second.text().contains(RESULTS[0]), "{second:?}");
    told(side, &second.message);
    messages.push(second.message);
    messages.push(system(LOUD));
    let mut question = vec![Part::text("What rose?")];
    if side.cites.is_some() {
        let data = Source::Data(REPORT.as_bytes().to_vec().into());
        let mut report = DocumentPart::new("text/plain", data);
        (report.name, report.citations) = (Some("Harvest report".to_owned()), true);
        question.push(report.into());
    }
    messages.push(user(question));
    let third = answer(side.chat(client, &messages), side).await;
    assert_eq!(cites(&third.message), side.cites.is_some(), "{third:?}");
    // What somebody attached not everybody can read; what was said about it stays.
    messages.pop();
    messages.push(user("What rose?"));
    messages.push(third.message);
    messages
}

/// Whether the thoughts are in the form that the test says.
fn told(side: &Side, message: &Message) {
    let thoughts: Vec<&ReasoningPart> = thoughts(message).collect();
    let name = side.name();
    match side.form {
        Form::Untold => assert!(thoughts.is_empty(), "{name}: {thoughts:?}"),
        _ => assert!(!thoughts.is_empty(), "{name}: {message:?}"),
    }
    for thought in thoughts {
        // Sealed for the server at this address, and for no other of the name.
        let form = match (&thought.signature, thought.text.is_empty()) {
            (Some(seal), true) if seal.starts_with("openai@") => Form::Sealed,
            (Some(_), false) => Form::Signed,
            (None, false) => Form::Words,
            _ => panic!("{name}: {thought:?}"),
        };
        assert_eq!(form, side.form, "{name}");
    }
}

fn thoughts(message: &Message) -> impl Iterator<Item = &ReasoningPart> {
    message.content.iter().filter_map(|part| match part {
        Part::Reasoning(thought) => Some(thought),
        _ => None,
    })
}

fn cites(message: &Message) -> bool {
    let cited = |part: &Part| matches!(part, Part::Text(text) if !text.citations.is_empty());
    message.content.iter().any(cited)
}

/// The answer, which is the same whole and streamed.
async fn answer(chat: Chat, side: &Side) -> Response {
    let name = side.name();
    let whole = chat.clone().await;
    let whole = whole.unwrap_or_else(|error| panic!("{name}: {error}"));
    let streamed = chat.stream().await;
    let streamed = streamed.unwrap_or_else(|error| panic!("{name}, streamed: {error}"));
    let streamed = streamed.finish().await;
    let streamed = streamed.unwrap_or_else(|error| panic!("{name}, streamed: {error}"));
    assert_eq!(streamed.text(), whole.text(), "{name}");
    assert_eq!(streamed.finish_reason, whole.finish_reason, "{name}");
    let calls = |response: &Response| -> Vec<(String, Value)> {
        let calls = response.tool_calls();
        calls
            .map(|call| (call.name.clone(), call.arguments.clone()))
            .collect()
    };
    assert_eq!(calls(&streamed), calls(&whole), "{name}");
    assert_eq!(codes(&streamed.warnings), codes(&whole.warnings), "{name}");
    whole
}

fn codes(warnings: &[Warning]) -> Vec<&str> {
    let codes = warnings.iter().map(|warning| warning.code.as_str());
    let mut codes: Vec<&str> = codes.filter(|code| *code != "alias").collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The warnings that there have to be, and no others; and what is sent has all that was not warned of.
fn nothing_is_lost(from: &Side, to: &Side, history: &[Message], chat: &Chat, in_turn: bool) {
    let name = format!("{} -> {}", from.name(), to.name());
    let sent = chat.clone().dry_run(Delivery::Whole).unwrap();
    let body = sent.body.to_string();
    let has = |text: &str| {
        let text = Value::from(text).to_string();
        body.contains(text.trim_matches('"'))
    };
    let has_thoughts = history.iter().any(|it| thoughts(it).next().is_some());
    let keeps = to.takes.takes(from.form);
    let mut expected = Vec::new();
    if has_thoughts && !keeps {
        expected.push("reasoning_dropped");
    }
    if history.iter().any(cites) && from.cites != to.cites {
        expected.push("citations_dropped");
    }
    let inside = history.iter().skip(1).any(|it| it.role == Role::System);
    if inside && !to.system_turns {
        expected.push("system_message_as_user");
    }
    // Anthropic, "Extended thinking", "Preserving thinking blocks": a turn with tools that thinks begins with a thought.
    if in_turn && to.takes == Takes::Signed && !keeps {
        expected.push("conflict");
    }
    expected.sort_unstable();
    assert_eq!(
        codes(&sent.warnings),
        expected,
        "{name}: {:?}",
        sent.warnings
    );

    for message in history {
        for thought in thoughts(message) {
            let seal = thought.signature.as_deref().unwrap_or_default();
            let seal = seal.rsplit(':').next().unwrap_or_default();
            let told = [thought.text.as_str(), seal];
            let mut told = told.into_iter().filter(|it| !it.is_empty());
            let found = told.any(has);
            assert_eq!(found, keeps, "{name}: {thought:?} in {body}");
        }
        for part in &message.content {
            match part {
                Part::Text(text) => assert!(has(&text.text), "{name}: {:?} in {body}", text.text),
                Part::ToolCall(call) => assert!(has(&call.name), "{name}: {call:?} in {body}"),
                _ => {}
            }
        }
    }
    for text in RESULTS {
        assert!(has(text), "{name}: {text:?} in {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pair_goes_on_with_results_of_tools() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    for from in SIDES {
        let history = in_a_turn(from, &client).await;
        for to in SIDES {
            let chat = to.chat(&client, &history);
            nothing_is_lost(from, to, &history, &chat, true);
            let response = answer(chat, to).await;
            assert_eq!(response.finish_reason, FinishReason::Stop, "{response:?}");
            for text in RESULTS {
                let name = format!("{} -> {}", from.name(), to.name());
                assert!(response.text().contains(text), "{name}: {response:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pair_goes_on_with_a_conversation_that_has_it_all() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    for from in SIDES {
        let mut history = with_all_of_it(from, &client).await;
        history.push(user("Weather in Lyon?"));
        for to in SIDES {
            let name = format!("{} -> {}", from.name(), to.name());
            let chat = to.chat(&client, &history);
            nothing_is_lost(from, to, &history, &chat, false);
            let response = answer(chat, to).await;
            let called: Vec<&str> = response.tool_calls().map(|call| &*call.name).collect();
            assert_eq!(called, ["weather"], "{name}: {response:?}");
        }
    }
}

/// From each to the next, all the way round: what one has made of the history of the others is history for the one after it.
#[tokio::test(flavor = "multi_thread")]
async fn one_conversation_goes_all_the_way_round() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let mut history = vec![system(BRIEF)];
    for side in SIDES.iter().chain(SIDES) {
        history.push(user(BOTH));
        let first = answer(side.chat(&client, &history), side).await;
        assert_eq!(first.tool_calls().count(), 2, "{}: {first:?}", side.name());
        let calls: Vec<String> = first.tool_calls().map(|call| call.id.clone()).collect();
        history.push(first.message);
        for (id, text) in calls.into_iter().zip(RESULTS) {
            history.push(reqllm::tool_result(id, text));
        }
        let second = answer(side.chat(&client, &history), side).await;
        assert!(
            second.text().contains(RESULTS[1]),
            "{}: {second:?}",
            side.name()
        );
        history.push(second.message);
    }
    assert_eq!(history.len(), 1 + 14 * 5);
}

/// Ids that no provider here gives are made such as the next one takes, and each result keeps the call that it answers.
#[tokio::test(flavor = "multi_thread")]
async fn ids_of_any_form_are_made_legal() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let long = "x".repeat(300);
    for id in ["a b/c", "functions.weather:0", "é", long.as_str(), "short"] {
        let other = format!("{id}2");
        let call = |id: &str, name: &str| {
            Part::ToolCall(reqllm::ToolCallPart::new(id, name, json!({"city": "Lyon"})))
        };
        let history = [
            user(BOTH),
            assistant([call(id, "weather"), call(&other, "time")]),
            reqllm::tool_result(&other, RESULTS[1]),
            reqllm::tool_result(id, RESULTS[0]),
        ];
        for to in SIDES {
            let response = answer(to.chat(&client, &history), to).await;
            for text in RESULTS {
                assert!(
                    response.text().contains(text),
                    "{} {id:?}: {response:?}",
                    to.name()
                );
            }
        }
    }
}
