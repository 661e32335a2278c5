//! What may be attached, and what becomes of tools where there are none.

use reqllm_core::{
    Call, DocumentPart, ErrorKind, Message, Modality, Part, Source, ToolCallPart, ToolContent,
    ToolResultPart, assistant, tool_result, user,
};
use serde_json::json;

use super::*;

const TITAN: &str = "amazon.titan-text-express-v1";

fn image() -> Part {
    Part::image("image/png", Source::Data("x".into()))
}

fn cited() -> Part {
    let mut document = DocumentPart::new("text/plain", Source::Data("x".into()));
    document.citations = true;
    document.into()
}

/// A model that nobody has heard of, which reads text as the registry says.
fn reader() -> Model {
    let mut model = Model::new("bedrock", "acme.unheard-of");
    model.modalities.input = [Modality::Text].into_iter().collect();
    model
}

#[test]
fn a_picture_for_a_model_that_reads_is_refused_by_name() {
    let mut call = Call::new(user([Part::text("u"), image()]));
    for model in [reader(), Model::new("bedrock", TITAN)] {
        let error = shaped(&model, &call).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("images"), "{error}");
    }
    // What is not known is the service's to judge.
    let unknown = of("acme.unheard-of", &call);
    assert!(unknown.warnings.is_empty() && unknown.call.messages == call.messages);
    call.lossy = true;
    let outcome = shaped(&reader(), &call).unwrap();
    assert_eq!(outcome.turns(), "user(u)");
    assert_eq!(outcome.codes(), ["unsupported"]);
}

#[test]
fn a_picture_in_the_result_of_a_tool_is_one_too() {
    let asked = assistant(Part::ToolCall(ToolCallPart::new("a", "f", json!({}))));
    let given = ToolContent::Parts(vec![Part::text("see"), image()]);
    let mut call = Call::new([user("u"), asked, tool_result("a", given)]);
    assert!(shaped(&reader(), &call).is_err());
    call.lossy = true;
    let outcome = shaped(&reader(), &call).unwrap();
    let Part::ToolResult(ToolResultPart { content, .. }) = &outcome.call.messages[2].content[0]
    else {
        panic!("{:?}", outcome.call.messages)
    };
    assert_eq!(content, &ToolContent::Parts(vec![Part::text("see")]));
}

#[test]
fn citations_are_asked_of_those_who_cite() {
    let mut call = Call::new(user([Part::text("u"), cited()]));
    for id in [CLAUDE, CLAUDE_5, "cohere.command-r-v1:0", "acme.unheard-of"] {
        assert!(of(id, &call).warnings.is_empty(), "{id}");
    }
    for id in [
        NOVA,
        LLAMA,
        GPT_OSS,
        "anthropic.claude-3-haiku-20240307-v1:0",
    ] {
        let error = shaped(&Model::new("bedrock", id), &call).err().unwrap();
        assert!(
            error.message().contains("citations of documents"),
            "{error}"
        );
    }
    call.lossy = true;
    let outcome = of(NOVA, &call);
    let Part::Document(document) = &outcome.call.messages[0].content[1] else {
        panic!("{:?}", outcome.call.messages)
    };
    assert!(!document.citations, "the document goes without");
}

#[test]
fn tools_of_earlier_turns_are_told_in_words_where_there_are_none() {
    let asked = Part::ToolCall(ToolCallPart::new("a", "weather", json!({"city": "Lyon"})));
    let mut failed = ToolResultPart::new("b", "no such city");
    failed.is_error = true;
    let mut call = Call::new([
        user("u"),
        assistant(asked),
        tool_result("a", json!({"celsius": 21})),
        Message::new(Role::Tool, Part::ToolResult(failed)),
    ]);
    let titan = Model::new("bedrock", TITAN);
    let error = shaped(&titan, &call).err().unwrap();
    assert!(error.message().contains("tools"), "{error}");
    call.lossy = true;
    let outcome = shaped(&titan, &call).unwrap();
    let texts: Vec<String> = outcome.call.messages.iter().map(Message::text).collect();
    assert_eq!(
        texts.join(" "),
        r#"u [I called weather with {"city":"Lyon"}] [The tool gave:] {"celsius":21} [The tool failed:] no such city"#
    );
    assert!(outcome.call.tools.is_empty());
    assert!(outcome.codes().contains(&"tools_in_words"));
}
