//! `--reasoning` and `--strict`.

use crate::common::{CLAUDE, Server, reqllm};

#[test]
fn a_budget_and_a_level_make_a_model_think() {
    for level in ["1024", "low", "max"] {
        let args = ["generate", CLAUDE, "Hi", "--reasoning", level, "--dry-run"];
        let body = reqllm(args).run().json()["body"].take();
        let thinking = &body["thinking"];
        assert_eq!(thinking["type"], "enabled", "{body}");
        if level == "1024" {
            assert_eq!(thinking["budget_tokens"], 1024, "{body}");
        }
    }
    let args = ["generate", CLAUDE, "Hi", "--reasoning", "none", "--dry-run"];
    let body = reqllm(args).run().json()["body"].to_string();
    assert!(!body.contains("\"enabled\""), "{body}");
}

#[test]
fn a_level_that_is_none_ends_with_2_and_tells_the_levels() {
    for level in ["much", "-1", "1.5", ""] {
        let args = ["generate", CLAUDE, "Hi", "--json", "--reasoning", level];
        let error = reqllm(args).run().error(2, "invalid_request");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("medium") && message.contains("number of tokens"),
            "{error}"
        );
    }
}

#[test]
fn contradictions_are_settled_with_a_warning_or_refused_when_strict() {
    let server = Server::start();
    let args = [
        "generate",
        CLAUDE,
        "Hi",
        "--reasoning",
        "1024",
        "--temperature",
        "0.3",
        "--json",
    ];
    let response = server.reqllm(args).run().json();
    let warnings = response["warnings"].as_array().unwrap();
    assert!(
        warnings.iter().any(|it| it["code"] == "conflict"),
        "{response}"
    );
    let strict = server.reqllm(args.into_iter().chain(["--strict"])).run();
    let error = strict.error(2, "invalid_request");
    assert!(
        error["message"].as_str().unwrap().contains("temperature"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 1);
}
