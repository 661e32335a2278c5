//! How Converse words what is wrong with the shape of a request.

use crate::error::ApiError;
use crate::shape::{Problem, Step, Violation, dotted};

/// The one error that stands for all violations, or nothing if there are none.
///
/// A value of the wrong JSON type stops the real service before anything else; then come keys and
/// unions; what is left is the constraints, all in one message.
pub(crate) fn error(violations: &[Violation]) -> Option<ApiError> {
    let first = |pick: fn(&Violation) -> Option<ApiError>| violations.iter().find_map(pick);
    first(wrong_type)
        .or_else(|| first(malformed))
        .or_else(|| constraints(violations))
}

fn wrong_type(violation: &Violation) -> Option<ApiError> {
    let Problem::WrongType { expected, found } = violation.problem else {
        return None;
    };
    let at = dotted(&violation.path);
    Some(ApiError::serialization(match expected {
        "Structure" => format!("Start of structure or map expected at '{at}', found {found}."),
        "List" => format!("Start of list expected at '{at}', found {found}."),
        _ => format!(
            "{found} can not be converted to {} {expected} at '{at}'",
            article(expected)
        ),
    }))
}

fn malformed(violation: &Violation) -> Option<ApiError> {
    let at = dotted(&violation.path);
    Some(ApiError::validation(match &violation.problem {
        Problem::Unknown { key } => format!(
            "The model returned the following errors: Malformed input request: {}: extraneous key \
             [{key}] is not permitted, please reformat your input and try again.",
            pointer(&violation.path),
        ),
        Problem::NotOne { name, keys, set } => format!(
            "The {name} object at {at} must set {} one of the following keys: {}.",
            if *set == 0 { "at least" } else { "only" },
            keys.join(", "),
        ),
        Problem::NotAnObject => format!(
            "The format of the value at {at} is invalid. Provide a json object for the field and try again."
        ),
        Problem::BadBlob => format!("The value at {at} is not valid base64."),
        _ => return None,
    }))
}

fn constraints(violations: &[Violation]) -> Option<ApiError> {
    let messages: Vec<String> = violations.iter().filter_map(constraint).collect();
    let plural = if messages.len() == 1 { "" } else { "s" };
    (!messages.is_empty()).then(|| {
        let count = messages.len();
        ApiError::validation(format!(
            "{count} validation error{plural} detected: {}",
            messages.join("; ")
        ))
    })
}

fn constraint(violation: &Violation) -> Option<String> {
    let quoted = |value: &str| format!("Value '{value}'");
    let (value, rule) = match &violation.problem {
        Problem::Missing => ("Value null".to_owned(), "must not be null".to_owned()),
        Problem::TooShort { value, min } => (
            quoted(value),
            format!("must have length greater than or equal to {min}"),
        ),
        Problem::TooLong { value, max } => (
            quoted(value),
            format!("must have length less than or equal to {max}"),
        ),
        Problem::TooFew { min } => (
            "Value".to_owned(),
            format!("must have length greater than or equal to {min}"),
        ),
        Problem::TooMany { max } => (
            "Value".to_owned(),
            format!("must have length less than or equal to {max}"),
        ),
        Problem::TooSmall { value, min } => (
            quoted(value),
            format!("must have value greater than or equal to {min}"),
        ),
        Problem::TooLarge { value, max } => (
            quoted(value),
            format!("must have value less than or equal to {max}"),
        ),
        Problem::Pattern { value, source } => (
            quoted(value),
            format!("must satisfy regular expression pattern: {source}"),
        ),
        Problem::NotInSet { value, set } => (
            quoted(value),
            format!("must satisfy enum value set: [{}]", set.join(", ")),
        ),
        _ => return None,
    };
    Some(format!(
        "{value} at '{}' failed to satisfy constraint: Member {rule}",
        numbered(&violation.path)
    ))
}

/// `toolConfig.tools.1.member.toolSpec.name`: constraint messages count from 1.
fn numbered(path: &[Step]) -> String {
    let steps: Vec<String> = path
        .iter()
        .map(|step| match step {
            Step::Member(name) => name.clone(),
            Step::Item(index) => format!("{}.member", index + 1),
        })
        .collect();
    steps.join(".")
}

/// `#/messages/2/content/0`
fn pointer(path: &[Step]) -> String {
    let mut out = "#".to_owned();
    for step in path {
        out.push('/');
        out.push_str(&dotted(std::slice::from_ref(step)));
    }
    out
}

fn article(word: &str) -> &'static str {
    if word.starts_with('I') { "an" } else { "a" }
}
