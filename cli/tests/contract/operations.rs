//! Embeddings, ranks, token counts and the models of the account.

use reqllm_emulator::Fault;
use serde_json::json;

use crate::common::{CLAUDE, NOVA, Server, keys, reqllm};

const TITAN: &str = "bedrock:amazon.titan-embed-text-v2:0";
const COHERE: &str = "bedrock:cohere.embed-v4:0";
const RERANK: &str = "bedrock:cohere.rerank-v3-5:0";

/// A server that gives this answer, and says what it counted.
fn answering(body: &str) -> Server {
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-bedrock-input-token-count", "7"),
    ];
    Server::with(Fault::replay(200, headers, body))
}

#[test]
fn embeddings_are_the_contract() {
    let server = answering(r#"{"embeddings":{"float":[[0.1,-2],[0.25,1e-7]]}}"#);
    let args = [
        "embed",
        COHERE,
        "a",
        "b",
        "--purpose",
        "query",
        "--dimensions",
        "256",
    ];
    let shown = server
        .reqllm(args.into_iter().chain(["--json"]))
        .run()
        .json();
    assert_eq!(keys(&shown)[..3], ["embeddings", "dimensions", "usage"]);
    assert_eq!(shown["embeddings"], json!([[0.1, -2.0], [0.25, 1e-7]]));
    assert_eq!(shown["dimensions"], 2);
    assert_eq!(shown["usage"]["input_tokens"], 7);
    assert_eq!(shown["usage"]["total_tokens"], 7);
    assert_eq!(shown["model"], "cohere.embed-v4:0");
    assert_eq!(shown["wire_id"], "cohere.embed-v4:0");
    assert_eq!(shown["warnings"], json!([]));
    let sent = json!({"texts": ["a", "b"], "input_type": "search_query", "output_dimension": 256});
    assert_eq!(server.body(), sent);
}

#[test]
fn texts_come_from_arguments_lines_or_a_file() {
    let body = r#"{"embeddings":[[1],[2]]}"#;
    let server = answering(body);
    let out = server.reqllm(["embed", COHERE]).stdin("one\ntwo\n").run();
    assert_eq!(out.ok(), "[1.0]\n[2.0]\n");
    assert_eq!(server.body()["texts"], json!(["one", "two"]));

    let server = answering(body);
    let inputs = r#"["one", {"type": "image", "media_type": "image/png", "data": "AAAA"}]"#;
    let run = server.reqllm(["embed", COHERE, "--inputs", "-", "--dry-run"]);
    let shown = run.stdin(inputs).run().json();
    assert_eq!(shown[0]["body"]["texts"], json!(["one"]));
    let image = &shown[1]["body"]["inputs"][0]["content"][0]["image_url"]["url"];
    assert_eq!(image, "data:image/png;base64,AAAA");
    assert!(server.requests().is_empty(), "a dry run sent something");
}

#[test]
fn a_dry_run_shows_one_request_or_all_of_them() {
    let one = reqllm(["embed", TITAN, "a", "--dry-run"]).run().json();
    assert_eq!(keys(&one)[..4], ["method", "url", "headers", "body"]);
    assert_eq!(
        one["url"],
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke"
    );
    assert_eq!(one["body"], json!({"inputText": "a"}));
    let two = reqllm(["embed", TITAN, "a", "b", "--dry-run"]).run().json();
    assert_eq!(two[1]["body"], json!({"inputText": "b"}));
    let emulated = ["embed", TITAN, "a", "--dry-run", "--emulator"];
    let emulated = reqllm(emulated).run().json();
    assert!(
        emulated["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1/")
    );
}

#[test]
fn documents_are_ranked_best_first() {
    let body =
        r#"{"results":[{"index":1,"relevance_score":0.75},{"index":0,"relevance_score":0.5}]}"#;
    let server = answering(body);
    let args = ["rerank", RERANK, "capital?", "Lyon", "Paris", "--json"];
    let shown = server.reqllm(args).run().json();
    assert_eq!(
        shown["results"][0],
        json!({"index": 1, "relevance_score": 0.75, "document": "Paris"})
    );
    let server = answering(body);
    let run = server.reqllm(["rerank", RERANK, "capital?", "--top-n", "2"]);
    let out = run.stdin("Lyon\nParis\n").run().ok();
    assert_eq!(out, "1\t0.750000\tParis\n0\t0.500000\tLyon\n");
    assert_eq!(server.body()["top_n"], 2);
}

#[test]
fn tokens_are_counted_and_nothing_is_generated() {
    let count = r#"{"inputTokens":42}"#;
    let server = answering(count);
    let out = server.reqllm(["count-tokens", CLAUDE, "Hi", "--system", "Be brief."]);
    assert_eq!(out.run().ok(), "42\n");
    let requests = server.requests();
    assert_eq!(
        requests[0].path,
        "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens"
    );
    let server = answering(count);
    let shown = server.reqllm(["count-tokens", CLAUDE, "Hi", "--json"]);
    let shown = shown.run().json();
    assert_eq!(shown["input_tokens"], 42);
    assert_eq!(
        shown["wire_id"],
        "anthropic.claude-sonnet-4-5-20250929-v1:0"
    );
    let dry = reqllm(["count-tokens", CLAUDE, "--dry-run"])
        .stdin("Hi")
        .run()
        .json();
    assert!(
        dry["route"]["reason"]
            .as_str()
            .unwrap()
            .contains("base models")
    );
}

#[test]
fn the_account_is_asked_at_an_address_of_its_own() {
    let models = r#"{"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0","modelLifecycle":{"status":"ACTIVE"}}]}"#;
    let server = answering(models);
    let account = ["models", "account", "--kind", "model"];
    let endpoint = server.endpoint();
    let run = server.reqllm(account.into_iter().chain(["--endpoint-url", &endpoint]));
    assert_eq!(run.run().ok(), "amazon.nova-pro-v1:0\tACTIVE\n");
    assert_eq!(server.requests()[0].path, "/foundation-models");

    // The address of the runtime, which this run knows, is the control plane's too if it is of this machine, and else not.
    let server = Server::start();
    let run = server.reqllm(account.into_iter().chain(["--dry-run"]));
    let here = format!("{}/foundation-models", server.endpoint());
    assert_eq!(run.run().json()["url"], here);
    let run = server.reqllm(account.into_iter().chain(["--dry-run"]));
    let elsewhere = "https://vpce.example.com";
    let run = run.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", elsewhere);
    let shown = run.run().json();
    assert_eq!(
        shown["url"],
        "https://bedrock.us-east-1.amazonaws.com/foundation-models"
    );
    assert_eq!(shown["warnings"][0]["code"], "endpoint_not_used");
    let own = "https://control.example.com";
    let run = server.reqllm(account.into_iter().chain(["--dry-run"]));
    let shown = run.env("AWS_ENDPOINT_URL_BEDROCK", own).run().json();
    assert_eq!(shown["url"], format!("{own}/foundation-models"));
}

#[test]
fn what_does_not_do_ends_with_2_and_a_refusal_with_4() {
    for (args, kind, part) in [
        (
            vec!["embed", TITAN, "a", "--dimensions", "7"],
            "invalid_request",
            "`dimensions`",
        ),
        (
            vec!["embed", TITAN, "a", "--purpose", "fun"],
            "invalid_request",
            "\"fun\"",
        ),
        (
            vec!["embed", NOVA, "a"],
            "unsupported",
            "no embedding model",
        ),
        (
            vec!["rerank", TITAN, "q", "d"],
            "unsupported",
            "no rerank model",
        ),
        (
            vec!["embed", TITAN, "a", "-o", "regoin=x"],
            "invalid_request",
            "\"region\"",
        ),
        (vec!["embed", TITAN, ""], "invalid_request", "inputs[0]"),
        (
            vec!["models", "account", "--provider", "nobody"],
            "unknown_provider",
            "nobody",
        ),
    ] {
        let args = args.into_iter().chain(["--json"]);
        let error = Server::start().reqllm(args).run().error(2, kind);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
    let refusal = Fault::error(403, "AccessDeniedException", "no access");
    let error = Server::with(refusal)
        .reqllm(["embed", TITAN, "a", "--json"])
        .run();
    let error = error.error(4, "permission");
    assert_eq!(error["model"], "amazon.titan-embed-text-v2:0");
    let stranger = Server::start()
        .stranger(["rerank", RERANK, "q", "d", "--json"])
        .run();
    stranger.error(3, "authentication");
    let busy = Fault::error(503, "ServiceUnavailableException", "busy").times(9);
    let args = ["count-tokens", CLAUDE, "Hi", "--max-retries", "0", "--json"];
    Server::with(busy).reqllm(args).run().error(5, "overloaded");
    let gone = [
        "embed",
        TITAN,
        "a",
        "--endpoint-url",
        "http://127.0.0.1:1",
        "--json",
    ];
    let run = Server::start().reqllm(gone.into_iter().chain(["--max-retries", "0"]));
    run.run().error(6, "transport");
}
