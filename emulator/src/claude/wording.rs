//! How Claude words what is wrong with the shape of a body.

use crate::shape::{Problem, Step, Violation, dotted};

pub(super) fn message(violation: &Violation) -> String {
    let at = dotted(&violation.path);
    let quoted =
        |names: &[&str]| -> Vec<String> { names.iter().map(|name| format!("'{name}'")).collect() };
    let what = match &violation.problem {
        Problem::Unknown { key } => {
            let mut path = violation.path.clone();
            path.push(Step::Member(key.clone()));
            return format!("{}: Extra inputs are not permitted", dotted(&path));
        }
        Problem::TooFew { .. } if at == "messages" => "at least one message is required".to_owned(),
        Problem::Missing => "Field required".to_owned(),
        Problem::WrongType { expected, .. } => {
            let expected = match *expected {
                "Structure" => "dictionary",
                "List" => "list",
                "Integer" => "integer",
                "Float" => "number",
                "Boolean" => "boolean",
                _ => "string",
            };
            format!("Input should be a valid {expected}")
        }
        Problem::NotAnObject => "Input should be a valid dictionary".to_owned(),
        Problem::UnknownTag { tag, tags } => format!(
            "Input tag '{tag}' found using 'type' does not match any of the expected tags: {}",
            quoted(tags).join(", ")
        ),
        Problem::NotOne { keys, .. } => {
            format!(
                "Input should have exactly one of {}",
                quoted(keys).join(", ")
            )
        }
        Problem::TooShort { min, .. } => format!("String should have at least {min} character"),
        Problem::TooLong { max, .. } => format!("String should have at most {max} characters"),
        Problem::TooFew { min } => format!("List should have at least {min} item"),
        Problem::TooMany { max } => format!("List should have at most {max} items"),
        Problem::TooSmall { min, .. } => format!("Input should be greater than or equal to {min}"),
        Problem::TooLarge { max, .. } => format!("Input should be less than or equal to {max}"),
        Problem::Pattern { source, .. } => format!("String should match pattern '{source}'"),
        Problem::NotInSet { set, .. } => format!("Input should be {}", quoted(set).join(" or ")),
        Problem::BadBlob => "Invalid base64 data".to_owned(),
    };
    if at.is_empty() {
        what
    } else {
        format!("{at}: {what}")
    }
}
