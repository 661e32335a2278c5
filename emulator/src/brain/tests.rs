//! Answers to prompts, and where they stop.

use super::*;
use serde_json::json;

fn prompt(question: &str) -> Prompt {
    Prompt {
        speaker: "Bedrock",
        system: Vec::new(),
        turns: vec![Turn {
            user: true,
            parts: vec![Part::Text(question.to_owned())],
        }],
        tools: Vec::new(),
        choice: Choice::Auto,
        max_tokens: None,
        stop_sequences: Vec::new(),
        thinking: Thinking::Off,
        answer_schema: None,
        dice: Dice::new(&[question.as_bytes()]),
    }
}

fn with_tools(question: &str, names: &[&str], choice: Choice) -> Prompt {
    let schema =
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let tools = names.iter().map(|name| Tool {
        name: (*name).to_owned(),
        schema: schema.clone(),
    });
    Prompt {
        tools: tools.collect(),
        choice,
        ..prompt(question)
    }
}

/// A turn that calls `weather`, and one that brings what it gave.
fn call_and_result(gave: &str) -> [Turn; 2] {
    let id = || "1".to_owned();
    let call = Part::ToolCall {
        id: id(),
        name: "weather".to_owned(),
    };
    let result = Part::ToolResult {
        id: id(),
        text: gave.to_owned(),
        failed: false,
    };
    [(false, call), (true, result)].map(|(user, part)| Turn {
        user,
        parts: vec![part],
    })
}

fn text(answer: &Answer) -> String {
    let texts = answer.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn called(answer: &Answer) -> Vec<(&str, &Value)> {
    let calls = answer.blocks.iter().filter_map(|block| match block {
        Block::ToolCall { name, input, .. } => Some((name.as_str(), input)),
        _ => None,
    });
    calls.collect()
}

#[test]
fn an_answer_shows_what_was_asked() {
    let mut asked = prompt("Why is the sky blue?");
    asked.system.push("Be brief.".to_owned());
    asked.turns.insert(
        0,
        Turn {
            user: false,
            parts: vec![Part::Text("Hello".to_owned())],
        },
    );
    asked.turns[1]
        .parts
        .push(Part::Attachment("image (png, 4 bytes)".to_owned()));
    let answer = asked.answer();
    let text = text(&answer);
    for line in [
        "You asked: \"Why is the sky blue?\"",
        "My instructions are: \"Be brief.\"",
        "Earlier messages: 1.",
        "Attached: image (png, 4 bytes).",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(
        (answer.stop.clone(), answer.tokens),
        (Stop::EndTurn, words(&text))
    );
    assert_eq!(answer, asked.answer());
    assert!(pieces(&text).len() >= 12);
}

#[test]
fn mentioned_tools_are_called_and_forced_ones_whatever_is_said() {
    let names = ["get_weather", "get_time"];
    let both = with_tools("Get weather and time in Lyon", &names, Choice::Auto).answer();
    assert_eq!(
        called(&both),
        [
            ("get_weather", &json!({"city": "Lyon"})),
            ("get_time", &json!({"city": "Lyon"}))
        ]
    );
    assert_eq!(both.stop, Stop::ToolUse);
    assert!(!text(&both).is_empty());
    let none = with_tools("Hello", &names, Choice::Auto).answer();
    assert!(called(&none).is_empty() && none.stop == Stop::EndTurn);
    let any = with_tools("Hello", &names, Choice::Any).answer();
    assert_eq!(
        (called(&any).len(), called(&any)[0].0, text(&any).as_str()),
        (1, "get_weather", "")
    );
    let named = with_tools("Hello", &names, Choice::Named("get_time".to_owned())).answer();
    assert_eq!(called(&named)[0].0, "get_time");
    let forbidden = with_tools("Get weather", &names, Choice::None).answer();
    assert!(called(&forbidden).is_empty());
}

#[test]
fn results_are_answered_in_words() {
    for choice in [
        Choice::Auto,
        Choice::Any,
        Choice::Named("weather".to_owned()),
    ] {
        let mut asked = with_tools("Weather in Lyon?", &["weather"], choice);
        asked.turns.extend(call_and_result("21 degrees"));
        assert!(text(&asked.answer()).contains("weather returned: 21 degrees"));
    }
}

#[test]
fn a_tool_that_is_forced_by_name_follows_the_results_of_others() {
    let forced = Choice::Named("final".to_owned());
    let mut asked = with_tools("Weather?", &["weather", "final"], forced);
    asked.turns.extend(call_and_result("21"));
    assert_eq!(called(&asked.answer())[0].0, "final");
}

#[test]
fn the_token_limit_cuts_after_so_many_words() {
    let mut asked = prompt("Why?");
    asked.max_tokens = Some(3);
    let answer = asked.answer();
    assert_eq!(
        (text(&answer).as_str(), answer.stop, answer.tokens),
        ("You asked: \"Why?\"", Stop::MaxTokens, 3)
    );
    let mut asked = with_tools("Weather in Lyon", &["weather"], Choice::Any);
    asked.max_tokens = Some(1);
    let answer = asked.answer();
    assert_eq!((answer.blocks.len(), answer.stop), (0, Stop::MaxTokens));
}

#[test]
fn the_earliest_stop_sequence_cuts_before_itself() {
    let mut asked = prompt("Why is the sky blue?");
    asked.stop_sequences = vec!["blue".to_owned(), "the sky".to_owned(), "never".to_owned()];
    let answer = asked.answer();
    assert_eq!(answer.stop, Stop::Sequence("the sky".to_owned()));
    assert_eq!(text(&answer), "You asked: \"Why is ");
    asked.max_tokens = Some(2);
    assert_eq!(asked.answer().stop, Stop::MaxTokens);
}

#[test]
fn thinking_comes_first_signed_unsigned_or_redacted() {
    let think = |question: &str, thinking| {
        Prompt {
            thinking,
            ..prompt(question)
        }
        .answer()
        .blocks
    };
    let signed = think("Why?", Thinking::Signed);
    assert!(
        matches!(&signed[0], Block::Thinking { text, signature: Some(s) } if signature::verify(text, s))
    );
    assert!(matches!(signed[1], Block::Text(_)));
    assert!(matches!(
        think("Why?", Thinking::Unsigned)[0],
        Block::Thinking {
            signature: None,
            ..
        }
    ));
    let redacted = think("Why [redacted]?", Thinking::Signed);
    assert!(matches!(&redacted[0], Block::Redacted(data) if signature::verify_redacted(data)));
}

#[test]
fn cut_thinking_has_a_signature_of_what_is_left() {
    let asked = Prompt {
        thinking: Thinking::Signed,
        max_tokens: Some(2),
        ..prompt("Why?")
    };
    let answer = asked.answer();
    assert_eq!(
        (answer.blocks.len(), answer.stop.clone()),
        (1, Stop::MaxTokens)
    );
    assert!(
        matches!(&answer.blocks[0], Block::Thinking { text, signature: Some(s) } if signature::verify(text, s))
    );
}

#[test]
fn a_schema_for_the_answer_makes_json_of_it() {
    let schema =
        json!({"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]});
    let asked = Prompt {
        answer_schema: Some(schema),
        ..prompt("John is 42")
    };
    let value: Value = serde_json::from_str(&text(&asked.answer())).unwrap();
    assert_eq!(value, json!({"age": 42}));
}

#[test]
fn some_words_are_refused_and_some_are_answered_with_nothing() {
    let refused = prompt("Please REFUSEME now").answer();
    assert_eq!(refused.stop, Stop::Refused);
    assert_eq!(text(&refused), "I cannot help with that.");
    let empty = prompt("emptyanswer").answer();
    assert_eq!((empty.stop, empty.blocks.len()), (Stop::EndTurn, 0));
    assert_eq!(prompt("refusemenot").answer().stop, Stop::EndTurn);
}

#[test]
fn a_schema_in_words_is_followed() {
    let words = r#"Satisfy this JSON Schema:
{"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]} and no more"#;
    let in_system = Prompt {
        system: vec![words.to_owned()],
        ..prompt("He is 42.")
    };
    for prompt in [in_system, prompt(&format!("He is 42. {words}"))] {
        let answer: Value = serde_json::from_str(&text(&prompt.answer())).unwrap();
        assert_eq!(answer, json!({"age": 42}));
    }
    assert!(text(&prompt("What is a JSON Schema: a language?").answer()).contains("You asked"));
}
