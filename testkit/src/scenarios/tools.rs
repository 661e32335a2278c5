//! Tools: which are called, with what, and how their results go back.

use reqllm::{
    Chat, Delivery, Event, FinishReason, Message, Part, Response, Role, Tool, ToolCallEvent,
    ToolCallPart, ToolChoice, ToolResultPart, Warning, assistant, tool_result, user,
};
use serde_json::{Value, json};

use super::{
    Key, Outcome, Scenario, Subject, ensure, ensure_eq, ensure_says, same, streamed, whole,
};

const WEATHER: &str = "Weather in Lyon?";
const BOTH: &str = "Weather and time in Lyon?";

fn tool(name: &str) -> Tool {
    Tool::from_schema(
        name,
        json!({
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        }),
    )
    .description("Tells something about a city")
}

fn tools(names: &[&str]) -> Vec<Tool> {
    names.iter().map(|name| tool(name)).collect()
}

fn one_tool(subject: &Subject) -> Chat {
    subject.chat(WEATHER).tools(tools(&["weather"]))
}

/// The names of the tools that are called, each for Lyon.
fn called(answer: &Response) -> Outcome<Vec<&str>> {
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::ToolCalls,
    )?;
    for call in answer.tool_calls() {
        ensure_eq("the arguments", &call.arguments, &json!({"city": "Lyon"}))?;
        ensure(!call.id.is_empty(), || "a call has no id".to_owned())?;
    }
    Ok(answer.tool_calls().map(|call| call.name.as_str()).collect())
}

pub(super) const ONE: Scenario = Scenario {
    key: Key::Tool,
    ask: one_tool,
    delivery: Delivery::Whole,
    trace: "Tells something about a city",
    run: |subject| Box::pin(one(subject)),
};

async fn one(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&one_tool(subject)).await?;
    ensure_eq("the tools that are called", called(&answer)?, ["weather"])?;
    Ok(answer.warnings)
}

pub(super) const MANY: Scenario = Scenario {
    key: Key::ManyTools,
    ask: many_tools,
    delivery: Delivery::Whole,
    trace: "Tells something about a city",
    run: |subject| Box::pin(many(subject)),
};

fn many_tools(subject: &Subject) -> Chat {
    let names = ["mayor", "weather", "time", "population", "news"];
    subject.chat(WEATHER).tools(tools(&names))
}

async fn many(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&many_tools(subject)).await?;
    ensure_eq("the tools that are called", called(&answer)?, ["weather"])?;
    Ok(answer.warnings)
}

pub(super) const FORCED: Scenario = Scenario {
    key: Key::ForcedTool,
    ask: forced_tool,
    delivery: Delivery::Whole,
    trace: "",
    run: |subject| Box::pin(forced(subject)),
};

/// Nothing in the question asks for a tool.
fn forced_tool(subject: &Subject) -> Chat {
    subject
        .chat("I am in Lyon.")
        .tools(tools(&["mayor", "weather"]))
        .tool_choice(ToolChoice::Required)
}

async fn forced(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&forced_tool(subject)).await?;
    ensure_eq("the number of calls", called(&answer)?.len(), 1)?;
    Ok(answer.warnings)
}

pub(super) const NONE: Scenario = Scenario {
    key: Key::NoTool,
    ask: no_tool,
    delivery: Delivery::Whole,
    trace: "Tells something about a city",
    run: |subject| Box::pin(none(subject)),
};

fn no_tool(subject: &Subject) -> Chat {
    one_tool(subject).tool_choice(ToolChoice::None)
}

async fn none(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&no_tool(subject)).await?;
    ensure_eq("the number of calls", answer.tool_calls().count(), 0)?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Stop,
    )?;
    ensure_says(&answer.text(), WEATHER)?;
    Ok(answer.warnings)
}

pub(super) const PARALLEL: Scenario = Scenario {
    key: Key::ParallelTools,
    ask: two_tools,
    delivery: Delivery::Whole,
    trace: "Tells something about a city",
    run: |subject| Box::pin(parallel(subject)),
};

fn two_tools(subject: &Subject) -> Chat {
    subject.chat(BOTH).tools(tools(&["weather", "time"]))
}

async fn parallel(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&two_tools(subject)).await?;
    ensure_eq(
        "the tools that are called",
        called(&answer)?,
        ["weather", "time"],
    )?;
    let ids: Vec<&str> = answer.tool_calls().map(|call| call.id.as_str()).collect();
    ensure(ids[0] != ids[1], || {
        format!("two calls have the id {}", ids[0])
    })?;
    Ok(answer.warnings)
}

pub(super) const ROUND_TRIP: Scenario = Scenario {
    key: Key::ToolRoundTrip,
    ask: with_history,
    delivery: Delivery::Whole,
    trace: "Tells something about a city",
    run: |subject| Box::pin(round_trip(subject)),
};

/// A call and its result as they come from a model that has tools.
fn with_history(subject: &Subject) -> Chat {
    let asked = ToolCallPart::new("call_1", "weather", json!({"city": "Lyon"}));
    let history = [
        user(WEATHER),
        assistant(Part::ToolCall(asked)),
        tool_result("call_1", json!({"celsius": 21})),
        user("And tomorrow?"),
    ];
    subject.chat(history).tools(tools(&["weather"]))
}

/// The results go back in another order than that of the calls, one as JSON and one as text, and the model tells of both,
/// whole and streamed.
async fn round_trip(subject: &Subject) -> Outcome<Vec<Warning>> {
    let first = whole(&two_tools(subject)).await?;
    called(&first)?;
    let results = first.tool_calls().map(|call| {
        Part::ToolResult(match call.name.as_str() {
            "weather" => ToolResultPart::new(&call.id, json!({"celsius": 21})),
            _ => ToolResultPart::new(&call.id, "a quarter past nine"),
        })
    });
    let mut results: Vec<Part> = results.collect();
    results.reverse();
    let history = [
        user(BOTH),
        first.message.clone(),
        Message::new(Role::Tool, results),
    ];
    let chat = subject.chat(history).tools(tools(&["weather", "time"]));
    let second = whole(&chat).await?;
    ensure_eq(
        "the reason to stop",
        second.finish_reason,
        FinishReason::Stop,
    )?;
    ensure_says(&second.text(), "21")?;
    ensure_says(&second.text(), "a quarter past nine")?;
    let (_, again) = streamed(&chat).await?;
    same(subject, &second, &again)?;
    Ok(first.warnings.into_iter().chain(second.warnings).collect())
}

pub(super) const STREAMED: Scenario = Scenario {
    key: Key::StreamedTools,
    ask: |subject| two_tools(subject),
    delivery: Delivery::Stream,
    trace: "Tells something about a city",
    run: |subject| Box::pin(in_streams(subject)),
};

/// Each call is told as a whole. Where it comes in pieces, it begins, and the fragments of its arguments are what it holds.
async fn in_streams(subject: &Subject) -> Outcome<Vec<Warning>> {
    let chat = two_tools(subject);
    let (events, answer) = streamed(&chat).await?;
    ensure_eq(
        "the tools that are called",
        called(&answer)?,
        ["weather", "time"],
    )?;
    let wholes = events.iter().filter_map(|event| match event {
        Event::ToolCall(call) => Some(call),
        _ => None,
    });
    let wholes: Vec<_> = wholes.collect();
    ensure_eq("the number of whole calls", wholes.len(), 2)?;
    let mut warnings = answer.warnings.iter();
    let came_whole = warnings.any(|warning| warning.code == "stream_delivered_whole");
    if !came_whole && !subject.whole_calls {
        for call in wholes {
            in_pieces(&events, call)?;
        }
    }
    same(subject, &whole(&chat).await?, &answer)?;
    Ok(answer.warnings)
}

fn in_pieces(events: &[Event], call: &ToolCallEvent) -> Outcome {
    let begins = |event: &Event| matches!(event, Event::ToolCallStart(start) if start.index == call.index && start.name == call.name && start.id == call.id);
    ensure(events.iter().any(begins), || {
        format!("{} did not begin", call.name)
    })?;
    let fragments = events.iter().filter_map(|event| match event {
        Event::ToolCallArguments(piece) if piece.index == call.index => Some(&*piece.fragment),
        _ => None,
    });
    let arguments: Value = serde_json::from_str(&fragments.collect::<String>())
        .map_err(|error| format!("the fragments of {} are no JSON: {error}", call.name))?;
    ensure_eq("the fragments", &arguments, &call.arguments)
}
