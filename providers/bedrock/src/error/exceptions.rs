//! The codes of AWS, one a line: what each means, and whether the same call may succeed later.

use reqllm_core::ErrorKind;
use reqllm_core::ErrorKind::{
    Authentication, InvalidRequest, Model, NotFound, Overloaded, Permission, Quota, RateLimited,
    Server, Timeout,
};
use reqllm_dialects::meaning::{self, Code, later, never};

/// The exception of this code.
pub(super) fn by_code(code: &str) -> Option<&'static Code> {
    meaning::find(EXCEPTIONS, code)
}

/// What an answer of this status means that has no code, or none that is known.
pub(super) fn by_status(status: u16) -> (ErrorKind, bool, &'static str) {
    let (kind, retryable) = match status {
        // Those of ConflictException and ModelErrorException.
        409 => (InvalidRequest, false),
        424 => (Model, false),
        // Bedrock says by a code that its model took too long; this is what stands in front of it, and is asked again.
        504 => (Server, true),
        status => meaning::of_status(status),
    };
    let advice = match status {
        407 => "the proxy in between wants credentials of its own",
        413 => TOO_LARGE,
        429 => SLOWER,
        _ => "",
    };
    (kind, retryable, advice)
}

const SLOWER: &str = "send less at a time, or ask AWS for a higher quota (Service Quotas)";
const CAPACITY: &str =
    "AWS has no room for this model there at the moment; an inference profile reaches more regions";
const CLOCK: &str =
    "AWS's clock and this machine's differ by more than five minutes: set this machine's";
const KEY: &str =
    "check the access key id and the secret access key, and that both are of one pair";
const RENEW: &str = "the temporary credentials have run out: get new ones";
const SIGN: &str =
    "the request is not signed as AWS wants it: check for proxies that change headers";
const TOO_LARGE: &str = "a request may have 25 MB: send less, or put media into S3";
const LATER: &str = "the request has not been worked on in time: try again";

/// Sources: the service model of bedrock-runtime (2023-09-30) for its own; the throttling and transient codes of AWS's SDKs
/// (retry behaviour "standard"), which the services in front of Bedrock may give; the codes of AWS's authentication; those of
/// Anthropic's API, which gateways in front of Bedrock pass on.
const EXCEPTIONS: &[Code] = &[
    // bedrock-runtime
    never("ValidationException", InvalidRequest, ""),
    never(
        "AccessDeniedException",
        Permission,
        "the identity or the account may not do this; see which policies hold for it",
    ),
    never("ResourceNotFoundException", NotFound, ""),
    never("ConflictException", InvalidRequest, ""),
    never(
        "ServiceQuotaExceededException",
        Quota,
        "ask AWS for a higher quota (Service Quotas)",
    ),
    later(
        "ModelTimeoutException",
        Timeout,
        "the model took longer than AWS waits for it: ask for less at once",
    ),
    never("ModelErrorException", Model, ""),
    later("ModelStreamErrorException", Model, ""),
    later("ThrottlingException", RateLimited, SLOWER),
    later(
        "ModelNotReadyException",
        Overloaded,
        "the model is being loaded, which takes up to some minutes",
    ),
    later("InternalServerException", Server, ""),
    later("ServiceUnavailableException", Overloaded, CAPACITY),
    // Throttling
    later("Throttling", RateLimited, SLOWER),
    later("ThrottledException", RateLimited, SLOWER),
    later("RequestThrottled", RateLimited, SLOWER),
    later("RequestThrottledException", RateLimited, SLOWER),
    later("TooManyRequestsException", RateLimited, SLOWER),
    later(
        "ProvisionedThroughputExceededException",
        RateLimited,
        "the provisioned model is used to its limit: add model units to it",
    ),
    later("TransactionInProgressException", RateLimited, SLOWER),
    later("RequestLimitExceeded", RateLimited, SLOWER),
    later("BandwidthLimitExceeded", RateLimited, SLOWER),
    later("LimitExceededException", RateLimited, SLOWER),
    later("SlowDown", RateLimited, SLOWER),
    later("EC2ThrottledException", RateLimited, SLOWER),
    // Transient
    later("PriorRequestNotComplete", Overloaded, LATER),
    later("RequestTimeout", Timeout, LATER),
    later("RequestTimeoutException", Timeout, LATER),
    later("ServiceUnavailable", Overloaded, CAPACITY),
    // What reads a request before Bedrock does
    never("SerializationException", InvalidRequest, ""),
    never("RequestEntityTooLargeException", InvalidRequest, TOO_LARGE),
    never(
        "UnknownOperationException",
        NotFound,
        "the endpoint does not have this operation: check that it is that of the API that is asked, and of a region that has it",
    ),
    // Authentication
    never("UnrecognizedClientException", Authentication, KEY),
    never("InvalidClientTokenId", Authentication, KEY),
    never("InvalidSignatureException", Authentication, KEY),
    never("SignatureDoesNotMatch", Authentication, KEY),
    never("AuthFailure", Authentication, KEY),
    never("RequestTimeTooSkewed", Authentication, CLOCK),
    never("RequestExpired", Authentication, CLOCK),
    never("ExpiredTokenException", Authentication, RENEW),
    never("ExpiredToken", Authentication, RENEW),
    never("IncompleteSignature", Authentication, SIGN),
    never("IncompleteSignatureException", Authentication, SIGN),
    never("MissingAuthenticationToken", Authentication, SIGN),
    never("MissingAuthenticationTokenException", Authentication, SIGN),
    never("AccessDenied", Permission, ""),
    never("UnauthorizedOperation", Permission, ""),
    never("NotAuthorized", Permission, ""),
    never(
        "OptInRequired",
        Permission,
        "the region has to be enabled for this account first",
    ),
    // Anthropic's words
    never("invalid_request_error", InvalidRequest, ""),
    never("authentication_error", Authentication, ""),
    never("billing_error", Quota, ""),
    never("permission_error", Permission, ""),
    never("not_found_error", NotFound, ""),
    never("request_too_large", InvalidRequest, TOO_LARGE),
    later("rate_limit_error", RateLimited, SLOWER),
    later("timeout_error", Timeout, ""),
    later("api_error", Server, ""),
    later("overloaded_error", Overloaded, CAPACITY),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_there_twice() {
        for (at, exception) in EXCEPTIONS.iter().enumerate() {
            let again = EXCEPTIONS[..at]
                .iter()
                .find(|other| other.name.eq_ignore_ascii_case(exception.name));
            assert!(again.is_none(), "{}", exception.name);
        }
    }

    #[test]
    fn a_status_alone_says_enough() {
        for (status, kind, retryable) in [
            (400, InvalidRequest, false),
            (401, Authentication, false),
            (402, Quota, false),
            (403, Permission, false),
            (404, NotFound, false),
            (407, ErrorKind::Config, false),
            (408, Timeout, true),
            (409, InvalidRequest, false),
            (413, InvalidRequest, false),
            (424, Model, false),
            (429, RateLimited, true),
            (500, Server, true),
            (501, Server, false),
            (502, Server, true),
            (503, Overloaded, true),
            (504, Server, true),
            (529, Overloaded, true),
        ] {
            let (got, again, _) = by_status(status);
            assert_eq!((got, again), (kind, retryable), "{status}");
        }
    }
}
