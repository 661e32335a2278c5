//! 5: throttled or unavailable, after as many attempts as were allowed.

use reqllm_emulator::Fault;

use crate::common::{NOVA, Server};
use crate::with;

fn throttled() -> Fault {
    Fault::error(429, "ThrottlingException", "Too many requests").times(9)
}

#[test]
fn throttling_ends_with_5_after_as_many_attempts_as_were_allowed() {
    for (retries, attempts) in [("0", 1), ("1", 2), ("2", 3)] {
        let server = Server::with(throttled());
        let args = ["generate", NOVA, "Hi", "--json", "--max-retries", retries];
        let error = server.reqllm(args).run().error(5, "rate_limited");
        assert_eq!(error["attempts"], attempts, "{error}");
        assert_eq!(error["status"], 429);
        assert_eq!(error["retryable"], true);
        assert_eq!(server.requests().len(), attempts);
    }
}

#[test]
fn throttling_is_told_to_people_with_the_attempts() {
    let server = Server::with(throttled());
    let args = ["generate", NOVA, "Hi", "--max-retries", "2"];
    let line = server.reqllm(args).run().line(5);
    assert!(line.contains("3 attempts"), "{line}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn servers_in_trouble_end_with_5() {
    for (status, code, kind) in [
        (503, "ServiceUnavailableException", "overloaded"),
        (429, "ModelNotReadyException", "overloaded"),
        (500, "InternalServerException", "server"),
        (502, "Oops", "server"),
    ] {
        for stream in [false, true] {
            let server = Server::with(Fault::error(status, code, "Busy"));
            if stream {
                let out = server.reqllm(with(&["--json", "--stream"])).run();
                out.error_event(5, kind);
            } else {
                server.reqllm(with(&["--json"])).run().error(5, kind);
            }
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[test]
fn a_call_that_goes_well_the_second_time_goes_well() {
    for args in [vec![], vec!["--stream"]] {
        let busy = Fault::error(503, "ServiceUnavailableException", "Busy");
        let server = Server::with(busy);
        let all = ["generate", NOVA, "Hi"].into_iter().chain(args);
        let text = server.reqllm(all).run().ok();
        assert!(text.starts_with("You asked"), "{text}");
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].body, requests[1].body);
    }
}
