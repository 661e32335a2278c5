//! The tool loop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqllm::schemars::{self, JsonSchema};
use reqllm::{
    Approval, ErrorKind, Event, FinishReason, Json, NoArguments, Role, RunEvent, Stopped, Tool,
    ToolContent, ToolResultPart, tool_result,
};
use reqllm_emulator::Emulator;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::common;
use crate::script::{Script, stop, text, tool};

#[derive(Deserialize, JsonSchema)]
struct City {
    city: String,
}

pub(crate) fn weather() -> Tool {
    Tool::new("weather", "Current weather", |city: City| async move {
        Json(json!({"city": city.city, "celsius": 21}))
    })
}

/// A turn that asks for tools.
pub(crate) fn calls(calls: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let calls = calls.into_iter();
    calls.chain([stop(FinishReason::ToolCalls)]).collect()
}

pub(crate) fn says(words: &str) -> Vec<Value> {
    vec![text(words), stop(FinishReason::Stop)]
}

/// The results of the last message of a request.
pub(crate) fn results(request: &Value) -> Vec<ToolResultPart> {
    let last = request["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["role"], "tool", "{request}");
    let parts = last["content"].as_array().unwrap().iter();
    parts
        .map(|part| {
            assert_eq!(part["type"], "tool_result");
            let mut part = part.clone();
            part.as_object_mut().unwrap().remove("type");
            serde_json::from_value(part).unwrap()
        })
        .collect()
}

fn said(result: &ToolResultPart) -> &str {
    match &result.content {
        ToolContent::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn tools_run_until_the_model_has_said_its_last() {
    let script = Script::start([
        calls([tool("1", "weather", json!({"city": "Lyon"}))]),
        says("It is warm in Lyon."),
    ])
    .await;
    let chat = script.model().chat("Weather in Lyon?").tools([weather()]);
    let run = chat.run().await.unwrap();
    assert_eq!(run.to_string(), "It is warm in Lyon.");
    assert_eq!(run.stopped, Stopped::Done);
    assert_eq!(run.steps.len(), 2);
    let roles: Vec<Role> = run.messages.iter().map(|message| message.role).collect();
    assert_eq!(
        roles,
        [Role::User, Role::Assistant, Role::Tool, Role::Assistant]
    );
    assert_eq!(run.usage.total_tokens, Some(30));
    assert_eq!(
        run.cost.unwrap().total.to_string().trim_end_matches('0'),
        "0.00004"
    );
    assert!(run.pending.is_empty() && run.warnings.is_empty());
    let sent = results(&script.requests()[1]);
    assert_eq!(sent[0].id, "1");
    assert_eq!(sent[0].name.as_deref(), Some("weather"));
    assert_eq!(
        sent[0].content,
        ToolContent::Json(json!({"city": "Lyon", "celsius": 21}))
    );
}

#[tokio::test]
async fn a_loop_goes_the_whole_road_to_bedrock() {
    let emulator = Emulator::start().await.unwrap();
    let model = common::client(&emulator).model(common::CLAUDE).unwrap();
    let chat = model.chat("Weather in Lyon?").tools([weather()]);
    let whole = chat.clone().run().await.unwrap();
    let streamed = chat.run().stream().finish().await.unwrap();
    for run in [whole, streamed] {
        assert_eq!((run.stopped, run.steps.len()), (Stopped::Done, 2));
        assert!(run.text().contains("21"), "{run}");
    }
}

#[tokio::test]
async fn parallel_calls_run_at_once_and_come_back_in_their_order() {
    // Each waits for the other: if they ran one after the other, none would end.
    let barrier = Arc::new(Barrier::new(2));
    let wait = Tool::new("wait", "Waits", move |city: City| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            if city.city == "first" {
                tokio::task::yield_now().await;
            }
            city.city
        }
    });
    let asked = calls([
        tool("a", "wait", json!({"city": "first"})),
        tool("b", "wait", json!({"city": "second"})),
    ]);
    let script = Script::start([asked, says("done")]).await;
    let run = script.model().chat("go").tools([wait]).run().await.unwrap();
    let sent = results(&script.requests()[1]);
    let sent: Vec<(&str, &str)> = sent.iter().map(|it| (it.id.as_str(), said(it))).collect();
    assert_eq!(sent, [("a", "first"), ("b", "second")]);
    assert_eq!(run.messages.len(), 4, "the results stand in one message");
}

#[tokio::test]
async fn no_more_tools_run_at_once_than_allowed() {
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
    let busy = Tool::new("busy", "Is busy", move |_: NoArguments| {
        let (now, peak) = (Arc::clone(&now), Arc::clone(&peak));
        async move {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
        }
    });
    let asked = ["a", "b", "c", "d", "e"].map(|id| tool(id, "busy", json!({})));
    let script = Script::start([calls(asked), says("done")]).await;
    let run = script.model().chat("go").tools([busy]).run().concurrency(2);
    run.await.unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert_eq!(results(&script.requests()[1]).len(), 5);
}

#[tokio::test]
async fn what_cannot_run_is_told_to_the_model() {
    let broken = Tool::new("broken", "Breaks", |_: NoArguments| async {
        if true {
            panic!("a secret of the programmer");
        }
        "never"
    });
    let failing = Tool::new("failing", "Fails", |_: NoArguments| async {
        Err::<String, _>("the disk is full")
    });
    let asked = calls([
        tool("1", "nonsense", json!({})),
        tool("2", "weather", json!("{\"city\": ")),
        tool("3", "weather", json!({"town": "Lyon"})),
        tool("4", "broken", json!({})),
        tool("5", "failing", json!({})),
        tool("6", "weather", json!({"city": "Lyon"})),
    ]);
    let script = Script::start([asked, says("sorry")]).await;
    let chat = script.model().chat("go");
    let run = chat
        .tools([weather(), broken, failing])
        .run()
        .await
        .unwrap();
    let sent = results(&script.requests()[1]);
    let failed: Vec<bool> = sent.iter().map(|result| result.is_error).collect();
    assert_eq!(failed, [true, true, true, true, true, false]);
    assert!(said(&sent[0]).contains("there are: weather, broken, failing"));
    assert!(
        said(&sent[1]).contains("{\"city\": "),
        "the text that came is told"
    );
    assert!(
        said(&sent[2]).contains("missing field `city`"),
        "{:?}",
        sent[2]
    );
    assert!(!said(&sent[3]).contains("secret"), "{:?}", sent[3]);
    assert_eq!(said(&sent[4]), "the disk is full");
    assert_eq!(run.warnings.len(), 1);
    assert_eq!(run.warnings[0].code, "tool_panicked");
    assert!(run.warnings[0].message.contains("broken"));
    assert_eq!(run.steps[0].warnings[0].code, "invalid_tool_arguments");
}

#[tokio::test]
async fn tools_without_a_function_are_the_callers() {
    let mine = Tool::from_schema("mine", json!({"type": "object"}));
    let asked = calls([
        tool("1", "mine", json!({"n": 1})),
        tool("2", "weather", json!({"city": "Lyon"})),
    ]);
    let script = Script::start([asked, says("done")]).await;
    let model = script.model();
    let tools = [mine, weather()];
    let first = model.chat("go").tools(tools.clone()).run().await.unwrap();
    assert_eq!(first.stopped, Stopped::CallerTools);
    assert_eq!(first.pending.len(), 1);
    assert_eq!(first.pending[0].arguments, json!({"n": 1}));
    // Without its result, it can go nowhere.
    let stuck = model
        .chat(first.messages.clone())
        .tools(tools.clone())
        .run();
    let stuck = stuck.await.unwrap_err();
    assert_eq!(stuck.error().kind(), ErrorKind::InvalidRequest);
    assert!(stuck.to_string().contains("mine"), "{stuck}");
    assert_eq!(stuck.transcript().messages, first.messages);
    let mut messages = first.messages;
    messages.push(tool_result("1", "one"));
    let second = model.chat(messages).tools(tools).run().await.unwrap();
    assert_eq!((second.stopped, second.steps.len()), (Stopped::Done, 1));
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn every_call_is_looked_at_before_it_runs() {
    let asked = calls([
        tool("1", "weather", json!({"city": "Lyon"})),
        tool("2", "weather", json!({"city": "Rome"})),
        tool("3", "weather", json!({"city": "Oslo"})),
        tool("4", "mine", json!({})),
        tool("5", "nonsense", json!({})),
    ]);
    let script = Script::start([asked, says("done")]).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let saw = Arc::clone(&seen);
    let mine = Tool::from_schema("mine", json!({"type": "object"}));
    let chat = script.model().chat("go").tools([weather(), mine]);
    let run = chat.run().on_tool_call(move |call| {
        saw.lock().unwrap().push(call.id.clone());
        async move {
            match call.id.as_str() {
                "1" => Approval::Change(json!({"city": "Paris"})),
                "2" => Approval::refuse("not today"),
                "4" => Approval::answer("mine indeed"),
                _ => Approval::Allow,
            }
        }
    });
    let run = run.await.unwrap();
    assert_eq!(run.stopped, Stopped::Done);
    assert_eq!(*seen.lock().unwrap(), ["1", "2", "3", "4"]);
    let sent = results(&script.requests()[1]);
    assert_eq!(
        sent[0].content,
        ToolContent::Json(json!({"city": "Paris", "celsius": 21}))
    );
    assert!(sent[1].is_error && said(&sent[1]).contains("not today"));
    assert_eq!(
        sent[2].content,
        ToolContent::Json(json!({"city": "Oslo", "celsius": 21}))
    );
    assert_eq!((said(&sent[3]), sent[3].is_error), ("mine indeed", false));
    assert!(sent[4].is_error);
}

#[tokio::test]
async fn a_forced_tool_is_forced_once() {
    let script = Script::start([
        calls([tool("1", "weather", json!({"city": "Lyon"}))]),
        says("done"),
    ])
    .await;
    let chat = script.model().chat("go").tools([weather()]);
    chat.tool_choice("required").run().await.unwrap();
    let choices: Vec<Value> = script
        .requests()
        .iter()
        .map(|request| request["tool_choice"].clone())
        .collect();
    assert_eq!(choices, [json!("Required"), Value::Null]);
}

#[tokio::test]
async fn a_streamed_loop_tells_of_every_step_and_ends_alike() {
    let turns = || {
        [
            calls([
                tool("1", "weather", json!({"city": "Lyon"})),
                tool("2", "weather", json!({"city": "Rome"})),
            ]),
            says("Warm."),
        ]
    };
    let whole = Script::start(turns()).await;
    let whole = whole
        .model()
        .chat("go")
        .tools([weather()])
        .run()
        .await
        .unwrap();
    let script = Script::start(turns()).await;
    let mut stream = script.model().chat("go").tools([weather()]).run().stream();
    let mut told = Vec::new();
    let mut last = None;
    while let Some(event) = stream.try_next().await.unwrap() {
        match event {
            RunEvent::Step(Event::Finish { .. }) => told.push("step".to_owned()),
            RunEvent::Step(Event::Text(delta)) => told.push(delta.text),
            RunEvent::ToolResult(result) => told.push(result.id),
            RunEvent::Finish(transcript) => last = Some(transcript),
            _ => {}
        }
    }
    assert_eq!(told, ["step", "1", "2", "Warm.", "step"]);
    let last = last.unwrap();
    assert_eq!(last.messages, whole.messages);
    assert_eq!((last.usage, last.stopped), (whole.usage, Stopped::Done));
}
