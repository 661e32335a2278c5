//! 4: the provider said no.

use reqllm_emulator::Fault;

use crate::common::{CLAUDE, NOVA, Server};
use crate::{ONCE, with};

#[test]
fn a_refusal_ends_with_4_and_is_not_tried_again() {
    for (status, code, kind) in [
        (400, "ValidationException", "invalid_request"),
        (403, "AccessDeniedException", "permission"),
        (404, "ResourceNotFoundException", "not_found"),
        (400, "ServiceQuotaExceededException", "quota"),
        (424, "ModelErrorException", "model"),
        (418, "TeapotException", "invalid_request"),
    ] {
        let server = Server::with(Fault::error(status, code, "No, thanks").times(9));
        let args = ["generate", NOVA, "Hi", "--json"];
        let error = server.reqllm(args).run().error(4, kind);
        assert_eq!(error["status"], status);
        assert_eq!(error["code"], code);
        assert_eq!(error["provider"], "bedrock");
        assert_eq!(error["model"], "amazon.nova-lite-v1:0");
        assert_eq!(error["retryable"], false, "{error}");
        assert!(error["request_id"].is_string(), "{error}");
        assert!(error["message"].as_str().unwrap().contains("No, thanks"));
        assert_eq!(server.requests().len(), 1);
        let line = server.reqllm(["generate", NOVA, "Hi"]).run().line(4);
        assert!(line.contains("No, thanks") && line.contains(code), "{line}");
        let stream = server.reqllm(with(&["--stream", "--json"])).run();
        let event = stream.error_event(4, kind);
        assert!(event["partial"].is_null(), "{event}");
    }
}

#[test]
fn a_request_that_the_emulator_finds_wrong_ends_with_4() {
    let server = Server::start();
    let fields =
        r#"additional_model_request_fields={"thinking":{"type":"enabled","budget_tokens":1}}"#;
    let args = ["generate", CLAUDE, "Hi", "--max-tokens", "2000", "--json"];
    let run = server.reqllm(args.into_iter().chain(["-o", fields]));
    run.run().error(4, "invalid_request");
}

#[test]
fn a_context_window_that_is_full_has_its_own_kind() {
    let too_long = "Input is too long for requested model.";
    let server = Server::with(Fault::error(400, "ValidationException", too_long));
    let out = server.reqllm(with(&["--json"])).run();
    out.error(4, "context_window");
}

/// Some refusals are paragraphs.
#[test]
fn a_message_of_several_lines_is_told_in_one() {
    let message = "No.\n\nThe names of tools must be\n'short\r\nand unique'\n";
    let server = Server::with(Fault::error(400, "ValidationException", message));
    let line = server.reqllm(ONCE).run().line(4);
    assert!(
        line.contains("The names of tools must be 'short and unique'"),
        "{line}"
    );
}
