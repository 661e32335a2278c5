//! What AWS says when it refuses: as a status, and as a frame.
//!
//! Source: the service model of bedrock-runtime (2023-09-30), and AWS's documentation of common errors.

use reqllm::ErrorKind;
use reqllm_emulator::Fault;

use super::{Again, Row, Strikes, answer, broken};
use crate::column::Column;

/// Status, code, kind, whether a retry may help and is made.
const STATUSES: &[(u16, &str, ErrorKind, Again)] = &[
    (
        400,
        "ValidationException",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    (
        400,
        "SerializationException",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    (
        400,
        "ServiceQuotaExceededException",
        ErrorKind::Quota,
        Again::Never,
    ),
    (
        400,
        "ConflictException",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    (
        403,
        "AccessDeniedException",
        ErrorKind::Permission,
        Again::Never,
    ),
    (
        403,
        "UnrecognizedClientException",
        ErrorKind::Authentication,
        Again::Never,
    ),
    (
        403,
        "InvalidSignatureException",
        ErrorKind::Authentication,
        Again::Never,
    ),
    (
        403,
        "ExpiredTokenException",
        ErrorKind::Authentication,
        Again::Never,
    ),
    (
        403,
        "IncompleteSignature",
        ErrorKind::Authentication,
        Again::Never,
    ),
    (
        403,
        "MissingAuthenticationToken",
        ErrorKind::Authentication,
        Again::Never,
    ),
    (
        404,
        "ResourceNotFoundException",
        ErrorKind::NotFound,
        Again::Never,
    ),
    (
        404,
        "UnknownOperationException",
        ErrorKind::NotFound,
        Again::Never,
    ),
    // The model worked on it for as long as it may.
    (
        408,
        "ModelTimeoutException",
        ErrorKind::Timeout,
        Again::ByTheCaller,
    ),
    (424, "ModelErrorException", ErrorKind::Model, Again::Never),
    (
        424,
        "ModelStreamErrorException",
        ErrorKind::Model,
        Again::Once,
    ),
    (
        429,
        "ThrottlingException",
        ErrorKind::RateLimited,
        Again::Once,
    ),
    (
        429,
        "ModelNotReadyException",
        ErrorKind::Overloaded,
        Again::Once,
    ),
    (
        500,
        "InternalServerException",
        ErrorKind::Server,
        Again::Once,
    ),
    (
        503,
        "ServiceUnavailableException",
        ErrorKind::Overloaded,
        Again::Once,
    ),
];

/// Exceptions that the service model has for the streams of both operations, and an error that is none of them.
const FRAMES: &[(&str, ErrorKind, Again)] = &[
    ("internalServerException", ErrorKind::Server, Again::Once),
    ("modelStreamErrorException", ErrorKind::Model, Again::Once),
    (
        "modelTimeoutException",
        ErrorKind::Timeout,
        Again::ByTheCaller,
    ),
    (
        "serviceUnavailableException",
        ErrorKind::Overloaded,
        Again::Once,
    ),
    ("throttlingException", ErrorKind::RateLimited, Again::Once),
    (
        "validationException",
        ErrorKind::InvalidRequest,
        Again::Never,
    ),
    // A new one: nothing is known of it but that the stream is over.
    ("somethingNewException", ErrorKind::Stream, Again::Once),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for &(status, code, kind, again) in STATUSES {
        let fault = move || Fault::error(status, code, "The emulator was told to say so.");
        let always = Row::new(
            "Exceptions as a status",
            format!("{status} `{code}`"),
            Strikes::Before,
            move |_, _| fault().times(2),
        );
        rows.push(always.both(again.stated(kind)));
        if again == Again::Once {
            let title = format!("{status} `{code}`, once");
            let once = Row::new(
                "Exceptions as a status",
                title,
                Strikes::Before,
                move |_, _| fault(),
            );
            rows.push(once.both(answer(2)));
        }
    }
    for (title, status, kind, again) in [
        ("a proxy's 502 in HTML", 502, ErrorKind::Server, Again::Once),
        (
            "a proxy's 403 in HTML",
            403,
            ErrorKind::Permission,
            Again::Never,
        ),
        (
            "413 without a word",
            413,
            ErrorKind::InvalidRequest,
            Again::Never,
        ),
    ] {
        let row = Row::new(
            "Exceptions as a status",
            title,
            Strikes::Before,
            move |_, _| {
                let body = if status == 413 {
                    ""
                } else {
                    "<html>No.</html>"
                };
                Fault::replay(status, [("content-type", "text/html")], body).times(2)
            },
        );
        rows.push(row.both(again.stated(kind)));
    }
    for &(name, kind, again) in FRAMES {
        let fault =
            move |events| Fault::exception(events, name, "The emulator was told to say so.");
        let group = "Exceptions as a frame";
        let first = Row::new(
            group,
            format!("`{name}` as the first frame"),
            Strikes::Before,
            move |_, place| fault(place).times(2),
        );
        rows.push(first.stream(again.stated(kind)));
        if again == Again::Once {
            let once = Row::new(
                group,
                format!("`{name}` as the first frame, once"),
                Strikes::Before,
                move |_, place| fault(place),
            );
            rows.push(once.stream(answer(2)));
            let silent = Row::new(
                group,
                format!("`{name}` before the answer says anything, once"),
                Strikes::InSilence,
                move |_, place| fault(place),
            );
            rows.push(silent.stream(answer(2)));
        }
        let midway = Row::new(
            group,
            format!("`{name}` behind each frame that says something"),
            Strikes::Each,
            move |_, place| fault(place).times(2),
        );
        rows.push(midway.stream(again.midway(kind)));
    }
    let unmodelled = Row::new(
        "Exceptions as a frame",
        "an error frame that no shape stands behind",
        Strikes::Each,
        |_, place| Fault::error_frame(place, "InternalError", "oops").times(2),
    );
    rows.push(unmodelled.stream(broken(ErrorKind::Stream)));
    let rows = rows.into_iter();
    rows.map(|row| row.on(Column::AMAZON)).collect()
}
