//! From a Converse request to the prompt that it means.

use serde_json::Value;

use super::families::{Family, Quirk, Reasoning, Replay};
use super::request::{
    ContentBlock, Document, GuardContent, Media, Message, Request, Role, SearchResult, Source,
    SystemBlock, Tool, ToolChoice, ToolResult, ToolResultContent,
};
use crate::BEDROCK;
use crate::brain::tokens::{Meter, Ttl};
use crate::brain::{self, Choice, Part, Prompt, Thinking, Turn};
use crate::dice::Dice;
use crate::model_id::ModelId;

pub(super) fn translate(
    request: &Request,
    family: &Family,
    answer_schema: Option<Value>,
    dice: Dice,
) -> Prompt {
    let config = request.inference_config.as_ref();
    let thinking = match (thinks(request, family), family.replay) {
        (false, _) => Thinking::Off,
        (true, Replay::Signed) => Thinking::Signed,
        (true, _) => Thinking::Unsigned,
    };
    let messages = request.messages.as_deref().unwrap_or_default();
    let mut system: Vec<String> = request
        .system
        .iter()
        .flatten()
        .filter_map(system_text)
        .map(str::to_owned)
        .collect();
    let (system_messages, turns): (Vec<&Message>, Vec<&Message>) = messages
        .iter()
        .partition(|message| message.role == Role::System);
    for block in system_messages
        .into_iter()
        .flat_map(|message| &message.content)
    {
        if let ContentBlock::Text(text) = block {
            system.push(text.clone());
        }
    }
    Prompt {
        speaker: BEDROCK,
        system,
        turns: turns.into_iter().map(turn).collect(),
        tools: request
            .tool_config
            .iter()
            .flat_map(|config| &config.tools)
            .filter_map(tool)
            .collect(),
        choice: choice(request),
        max_tokens: config.and_then(|config| config.max_tokens),
        stop_sequences: config
            .and_then(|config| config.stop_sequences.clone())
            .unwrap_or_default(),
        thinking,
        answer_schema,
        dice,
    }
}

/// Reads the body in the order of the cache prefix.
pub(super) fn meter(body: &Value, model: &ModelId) -> Meter {
    let mut meter = Meter::new(&model.id);
    in_prefix_order(body, |place, block| match block.get("cachePoint") {
        Some(point) => meter.point(Ttl::parse(point.get("ttl").and_then(Value::as_str))),
        None => meter.add(place, block),
    });
    meter
}

/// Shows what a prompt is made of in the order of the cache prefix: tools, system, messages. Each with the place where it stands;
/// what stands in a message, with the role of that.
pub(crate) fn in_prefix_order(body: &Value, mut block: impl FnMut(&str, &Value)) {
    for tool in items(body.pointer("/toolConfig/tools")) {
        block("tool", tool);
    }
    for part in items(body.get("system")) {
        block("system", part);
    }
    for message in items(body.get("messages")) {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        for part in items(message.get("content")) {
            block(role, part);
        }
    }
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Whether the model reasons: because it is asked to, in the way of its family, or because it always does.
fn thinks(request: &Request, family: &Family) -> bool {
    if family.has(Quirk::AlwaysReasons) {
        return true;
    }
    let kind = |field: &str| {
        let kind = request.extra(field).and_then(|value| value.get("type"));
        kind.and_then(Value::as_str)
    };
    match family.reasoning {
        Reasoning::Claude(_) => matches!(kind("thinking"), Some("enabled" | "adaptive")),
        Reasoning::Nova2 => kind("reasoningConfig") == Some("enabled"),
        Reasoning::Qwen => request.extra("reasoning_config").is_some(),
        // What these give is made after the answer is known.
        Reasoning::Responses { .. } => false,
        Reasoning::Refused | Reasoning::Nova1 | Reasoning::GptOss => false,
        Reasoning::Unknown => {
            let on = |value: &Value| match value {
                Value::String(level) => !matches!(level.as_str(), "none" | "off" | "disabled"),
                Value::Object(config) => config.get("type").is_none_or(|kind| kind != "disabled"),
                _ => false,
            };
            matches!(kind("thinking"), Some("enabled" | "adaptive"))
                || ["reasoning_effort", "reasoningConfig", "reasoning_config"]
                    .iter()
                    .any(|field| request.extra(field).is_some_and(on))
        }
    }
}

fn choice(request: &Request) -> Choice {
    let choice = request
        .tool_config
        .as_ref()
        .and_then(|config| config.tool_choice.as_ref());
    // Claude's own spelling may come along as an additional field, and is the only way to say "none".
    let native = request.extra("tool_choice");
    match choice {
        _ if native
            .and_then(|choice| choice.get("type"))
            .is_some_and(|kind| kind == "none") =>
        {
            Choice::None
        }
        None | Some(ToolChoice::Auto {}) => Choice::Auto,
        Some(ToolChoice::Any {}) => Choice::Any,
        Some(ToolChoice::Tool { name }) => Choice::Named(name.clone()),
    }
}

fn system_text(block: &SystemBlock) -> Option<&str> {
    match block {
        SystemBlock::Text(text) => Some(text),
        SystemBlock::GuardContent(GuardContent::Text(block)) => Some(&block.text),
        SystemBlock::GuardContent(GuardContent::Image(_)) | SystemBlock::CachePoint(_) => None,
    }
}

fn tool(tool: &Tool) -> Option<brain::Tool> {
    let Tool::ToolSpec(spec) = tool else {
        return None;
    };
    Some(brain::Tool {
        name: spec.name.clone(),
        schema: spec.input_schema.json.clone(),
    })
}

fn turn(message: &Message) -> Turn {
    let parts = message.content.iter().filter_map(part).collect();
    Turn {
        user: message.role == Role::User,
        parts,
    }
}

fn part(block: &ContentBlock) -> Option<Part> {
    Some(match block {
        ContentBlock::Text(text) => Part::Text(text.clone()),
        ContentBlock::GuardContent(GuardContent::Text(block)) => Part::Text(block.text.clone()),
        ContentBlock::CitationsContent(cited) => {
            let texts: Vec<&str> = cited
                .content
                .iter()
                .flatten()
                .map(|block| block.text.as_str())
                .collect();
            Part::Text(texts.concat())
        }
        ContentBlock::Image(media) | ContentBlock::GuardContent(GuardContent::Image(media)) => {
            Part::Attachment(describe("image", media))
        }
        ContentBlock::Video(media) => Part::Attachment(describe("video", media)),
        ContentBlock::Audio(media) => Part::Attachment(describe("audio", media)),
        ContentBlock::Document(document) => Part::Attachment(describe_document(document)),
        ContentBlock::SearchResult(result) => Part::Attachment(describe_result(result)),
        ContentBlock::ToolUse(call) => Part::ToolCall {
            id: call.tool_use_id.clone(),
            name: call.name.clone(),
        },
        ContentBlock::ToolResult(result) => Part::ToolResult {
            id: result.tool_use_id.clone(),
            text: result_text(result),
            failed: result.status.as_deref() == Some("error"),
        },
        ContentBlock::CachePoint(_)
        | ContentBlock::ReasoningContent(_)
        | ContentBlock::ToolAddition(_)
        | ContentBlock::ToolRemoval(_) => return None,
    })
}

fn result_text(result: &ToolResult) -> String {
    let texts: Vec<String> = result
        .content
        .iter()
        .map(|content| match content {
            ToolResultContent::Text(text) => text.clone(),
            ToolResultContent::Json(json) => json.to_string(),
            ToolResultContent::Image(media) => describe("image", media),
            ToolResultContent::Video(media) => describe("video", media),
            ToolResultContent::Document(document) => describe_document(document),
            ToolResultContent::SearchResult(result) => describe_result(result),
        })
        .collect();
    texts.join(" ")
}

fn describe(kind: &str, media: &Media) -> String {
    format!("{kind} ({}, {})", media.format, size(&media.source))
}

fn describe_document(document: &Document) -> String {
    let format = document.format.as_deref().unwrap_or("txt");
    format!(
        "document \"{}\" ({format}, {})",
        document.name,
        size(&document.source)
    )
}

fn describe_result(result: &SearchResult) -> String {
    let length: usize = result.content.iter().map(|block| block.text.len()).sum();
    format!("search result \"{}\" ({length} bytes)", result.title)
}

fn size(source: &Source) -> String {
    match source {
        Source::S3Location(location) => location.uri.clone(),
        _ => format!("{} bytes", source.length().unwrap_or_default()),
    }
}

/// What a guardrail looks at: the content that is marked for it, or the question if there is none.
pub(super) fn guarded(request: &Request, question: &str) -> String {
    let messages = request.messages.iter().flatten();
    let marked: Vec<&str> = messages
        .flat_map(|message| &message.content)
        .filter_map(|block| match block {
            ContentBlock::GuardContent(GuardContent::Text(block)) => Some(block.text.as_str()),
            _ => None,
        })
        .collect();
    if marked.is_empty() {
        question.to_owned()
    } else {
        marked.join(" ")
    }
}
