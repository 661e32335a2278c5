use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use reqllm_core::find_object;
use serde_json::{Map, json};

use super::*;

fn of(text: &str) -> Option<Value> {
    let mut partial = Partial::default();
    partial.push(text);
    partial.value()
}

#[test]
fn what_is_open_is_closed() {
    for (text, value) in [
        ("{", json!({})),
        (r#"{"na"#, json!({})),
        (r#"{"name":"#, json!({})),
        (r#"{"name": "Jo"#, json!({"name": "Jo"})),
        (r#"{"name": "John","#, json!({"name": "John"})),
        (r#"{"a": [1, 2"#, json!({"a": [1]})),
        (r#"{"a": [1, 2 "#, json!({"a": [1, 2]})),
        (r#"{"a": tru"#, json!({})),
        (r#"{"a": true}"#, json!({"a": true})),
        (r#"{"a": {"b": ["c", "d"#, json!({"a": {"b": ["c", "d"]}})),
        (r#"{"a": -1.5e"#, json!({})),
    ] {
        assert_eq!(of(text), Some(value), "{text}");
    }
    assert_eq!(of("no object yet"), None);
}

#[test]
fn no_escape_is_cut_in_two() {
    for (text, value) in [
        (r#"{"a": "x\"#, "x"),
        (r#"{"a": "x\n"#, "x\n"),
        (r#"{"a": "x\u00e"#, "x"),
        (r#"{"a": "x\u00e9"#, "xé"),
        (r#"{"a": "x\ud83d"#, "x"),
        (r#"{"a": "x\ud83d\ude0"#, "x"),
        (r#"{"a": "x\ud83d\ude00"#, "x😀"),
    ] {
        assert_eq!(of(text), Some(json!({ "a": value })), "{text}");
    }
}

#[test]
fn words_around_the_object_are_passed_over() {
    assert_eq!(of("Use {braces}:\n```json\n{\"a\": 1"), Some(json!({})));
    assert_eq!(of("{\"a\": {x}}\n{\"b\": 1, "), Some(json!({"b": 1})));
    assert_eq!(of("{\"a\": nope}\n{\"b\": 1, "), Some(json!({"b": 1})));
    assert_eq!(of("{\"a\": 1}\n``` and {\"b\": 2}"), Some(json!({"a": 1})));
    assert_eq!(of(r#"{"a": "\ude00"} {"b": [], "#), Some(json!({"b": []})));
}

#[test]
fn nothing_inside_of_an_object_that_was_begun_is_taken_for_it() {
    for text in [
        r#"{"name": unknown, "extra": {"name": "inner"}"#,
        r#"{"name": unknown, "brace": "}", "extra": {"name": "inner"}}"#,
        r#"{"name": unknown, "quote": "\"}", "extra": {"name": "inner"}}"#,
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn depth_has_an_end() {
    let deep = "{\"a\":".repeat(1000);
    assert_eq!(of(&deep), None);
    let passed = format!("{deep}{} {{\"b\": 1", "}".repeat(1000));
    assert_eq!(of(&passed), Some(json!({})));
    assert!(of(&format!("{{\"a\":{}", "[".repeat(100_000))).is_none());
}

#[test]
fn a_long_object_is_looked_at_less_often_and_at_its_end() {
    let text = format!(r#"{{"a": "{}", "b": [1]}}"#, "long ".repeat(20_000));
    let mut partial = Partial::default();
    let (mut looks, mut last) = (0, None);
    for char in text.chars() {
        partial.push(char.encode_utf8(&mut [0; 4]));
        if let Some((begin, value)) = partial.grown() {
            assert_eq!(begin, 0);
            (looks, last) = (looks + 1, Some(value));
        }
    }
    assert!(looks < 400, "{looks}");
    assert_eq!(last, serde_json::from_str(&text).unwrap());
    partial.push("}} and more");
    assert_eq!(partial.grown(), None);
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(|number: f64| Value::from(number)),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(".*", inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    btree_map(".*", json_value(), 0..5)
        .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()))
}

/// Every character as `\uXXXX`: the form with the most places to cut wrongly.
fn escaped(text: &str) -> String {
    let mut units = [0; 2];
    let escape = |char: char| -> String {
        match char {
            '\u{80}'.. => char
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect(),
            char => char.to_string(),
        }
    };
    text.chars().map(escape).collect()
}

proptest! {
    #[test]
    fn each_cut_has_what_the_one_before_had_and_the_last_is_all(
        value in object(),
        pretty: bool,
        with_escapes: bool,
        words_before in "[^{]*",
    ) {
        let mut text = match pretty {
            true => serde_json::to_string_pretty(&value).unwrap(),
            false => value.to_string(),
        };
        if with_escapes {
            text = escaped(&text);
        }
        let mut partial = Partial::default();
        partial.push(&words_before);
        let mut last = json!({});
        for char in text.chars() {
            partial.push(char.encode_utf8(&mut [0; 4]));
            let now = partial.value();
            prop_assert!(now.is_some(), "{text:?} at {last}");
            let now = now.unwrap();
            prop_assert!(extends(&last, &now), "{last} then {now}");
            last = now;
        }
        prop_assert_eq!(last, value);
    }

    #[test]
    fn where_pieces_are_cut_makes_no_difference(text in r#"[ab\{\}\[\]":,0-9\\ ]{0,40}"#) {
        let mut by_char = Partial::default();
        for char in text.chars() {
            by_char.push(char.encode_utf8(&mut [0; 4]));
        }
        prop_assert_eq!(by_char.value(), of(&text));
    }

    /// Whatever comes: no panic, and where there is a whole object, it is the one that the fold finds.
    #[test]
    fn the_object_is_the_one_that_the_fold_finds(before in r#"[a\{\}":,\[\] ]{0,12}"#, value in object()) {
        let text = format!("{before}{value}");
        let mut partial = Partial::default();
        partial.push(&text);
        let whole = (partial.state == State::Done).then(|| partial.value()).flatten();
        prop_assert_eq!(whole, find_object(&text), "{}", text);
    }
}
