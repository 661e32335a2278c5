//! What is refused, and with which words.

use reqllm_core::ErrorKind;

use super::*;

#[test]
fn what_is_wrong_is_named() {
    for (text, parts) in [
        ("x", &["the program is no TOML", "in line 1"][..]),
        (
            "model = 1",
            &["`model` is no known key; did you mean \"models\"?"],
        ),
        ("models = 1", &["`models` is 1; a table would do"]),
        ("models.x = {}", &["`models.x` does not name a provider"]),
        ("models.\":x\" = {}", &["has \"\" for its provider"]),
        ("models.\"b:\" = {}", &["has \"\" for its id"]),
        ("models.\"b:x y\" = {}", &["has \"x y\" for its id"]),
        ("models.\"b:x\" = 3", &["`models.\"b:x\"` is 3"]),
        (
            "models.\"b:x\" = {}\nmodels.\"B:x\" = {}",
            &["second entry for `b:x`"],
        ),
    ] {
        refused(toml(text), parts);
    }
    for (text, parts) in [
        (
            "limits.contxt = 1",
            &[".limits.contxt` is no known key; did you mean \"context\"?"][..],
        ),
        (
            "zzz = 1",
            &[".zzz` is no known key; there are wire_id, base_model"],
        ),
        (
            "\"limits.context\" = 1",
            &["\"limits.context\"` is no known key"],
        ),
        ("limits = 5", &[".limits` is 5; a table would do"]),
        (
            "limits.context = \"big\"",
            &[".limits.context` is \"big\"; a whole number from 1"],
        ),
        (
            "limits.context = 0",
            &[".limits.context` is 0; a whole number from 1"],
        ),
        ("limits.input = -1", &[".limits.input` is -1"]),
        ("limits.output = 1.5", &[".limits.output` is 1.5"]),
        ("cost.input = -1", &[".cost.input` is -1; a decimal from 0"]),
        ("cost.input = nan", &["is no TOML", "NaN"]),
        ("cost.outptu = 1", &["did you mean \"output\"?"]),
        ("cost.output = \"much\"", &[".cost.output` is \"much\""]),
        (
            "cost.tiers = [{ input = 1 }]",
            &[".cost.tiers[0]` lacks `above`"],
        ),
        (
            "cost.tiers = [{ above = 1, inputs = 1 }]",
            &[".cost.tiers[0].inputs`", "\"input\""],
        ),
        (
            "cost.service_tiers = { flex = -1 }",
            &[".cost.service_tiers.flex` is -1"],
        ),
        (
            "cost.billing = \"gold\"",
            &[".cost.billing` is \"gold\"; \"per_token\""],
        ),
        ("capabilities.tool = true", &["did you mean \"tools\"?"]),
        (
            "capabilities.tools = \"yes\"",
            &[".capabilities.tools` is \"yes\"; true or false"],
        ),
        (
            "modalities.input = [\"text\", \"smell\"]",
            &[".modalities.input[1]` is \"smell\""],
        ),
        (
            "modalities.input = []",
            &[".modalities.input` is an empty list"],
        ),
        (
            "modalities.input = \"text\"",
            &[".modalities.input` is \"text\"; a list"],
        ),
        (
            "reasoning.budget = { min = 2, max = 1 }",
            &[".reasoning.budget` has a min of 2"],
        ),
        ("reasoning.effort = [1]", &[".reasoning.effort[0]` is 1"]),
        (
            "lifecycle.released = \"2026-13\"",
            &[".lifecycle.released` is \"2026-13\"; a date"],
        ),
        (
            "lifecycle.status = \"old\"",
            &[".lifecycle.status` is \"old\""],
        ),
        (
            "base_url = \"ftp://x\"",
            &[".base_url` is \"ftp://x\"; an http: or https: URL"],
        ),
        (
            "family = \"a b\"",
            &[".family` is \"a b\"; a text without white space"],
        ),
        (
            "wire_id = \"a\"\nprovider_model_id = \"b\"",
            &["is given twice"],
        ),
        (
            "unset = [\"cost.inptu\"]",
            &[".unset[0]` is \"cost.inptu\"", "\"cost.input\"?"],
        ),
        ("unset = [\"cos\"]", &[".unset[0]` is \"cos\""]),
        (
            "aliases = [\"x\"]",
            &["the alias \"x\" of `b:x` is also the id of a model"],
        ),
    ] {
        refused(toml(&format!("[models.\"b:x\"]\n{text}")), parts);
    }
    for (text, parts) in [
        ("{", &["the program is no JSON", "line 1"][..]),
        ("[]", &["the whole is [];"]),
        (
            r#"{"models": {"b:x": {"name": "a", "name": "b"}}}"#,
            &["\"name\" is written twice"],
        ),
        (
            r#"{"models": {"b:x": {"family": null}}}"#,
            &[".family` is null"],
        ),
        (
            r#"{"providers": {"b": {"models": {"x": {"tool_cal": true}}}}}"#,
            &["`providers.b.models.x.tool_cal` is no known key; did you mean \"tool_call\"?"],
        ),
        (
            r#"{"providers": {"b": {"models": {"x": {"limit": {"context": -5}}}}}}"#,
            &[".limit.context` is -5"],
        ),
        (
            r#"{"providers": {"b": {"models": {"x": {"reasoning_options": [{"type": "magic"}]}}}}}"#,
            &[".reasoning_options[0].type` is \"magic\"; \"toggle\""],
        ),
        (
            r#"{"models": {"b:x": {}}, "providers": {"b": {"models": {"x": {}}}}}"#,
            &["`providers.b.models.x` is the second entry for `b:x`"],
        ),
    ] {
        refused(Overlay::from_json(text, Origin::Program), parts);
    }
}

fn refused(result: Result<Overlay>, parts: &[&str]) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    for part in parts {
        assert!(error.message().contains(part), "{part}: {error}");
    }
}

/// Nothing that is read, however broken, panics.
#[test]
fn broken_files_are_errors() {
    let good = r#"{"models": {"b:x": {"limits": {"context": 1}, "cost": {"tiers": [{"above": 1}]}, "unset": ["cost"]}},
        "providers": {"b": {"models": {"y": {"reasoning_options": [{"type": "effort", "values": []}]}}}}}"#;
    assert!(Overlay::from_json(good, Origin::Program).is_ok());
    for end in 0..good.len() {
        assert!(Overlay::from_json(&good[..end], Origin::Program).is_err());
    }
    for bad in [
        "9",
        "1e300",
        "\"\"",
        "null",
        "[[]]",
        "{\"a\": 1}",
        "18446744073709551615",
    ] {
        for (start, _) in good.match_indices(['{', '[', '1', '"']) {
            let text = format!("{}{bad}{}", &good[..start], &good[start + 1..]);
            let _ = Overlay::from_json(&text, Origin::Program);
        }
    }
    let deep = "[".repeat(100_000);
    assert!(Overlay::from_json(&deep, Origin::Program).is_err());
    assert!(Overlay::from_toml(&format!("a = {deep}"), Origin::Program).is_err());
}
