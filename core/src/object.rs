//! Answers that are an object: which schema it has to satisfy, and where in the answer it is.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bounds::has_few_values;
use crate::{Error, Result};

/// The name where none was given.
const DEFAULT_NAME: &str = "answer";

/// An object that the answer has to be.
///
/// ```
/// use reqllm_core::ObjectSchema;
/// use schemars::JsonSchema;
///
/// /// Somebody
/// #[derive(JsonSchema)]
/// struct Person {
///     name: String,
///     age: u8,
/// }
///
/// let wanted = ObjectSchema::of::<Person>();
/// assert_eq!(wanted.name, "Person");
/// assert_eq!(wanted.description.as_deref(), Some("Somebody"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ObjectSchema {
    /// What it is called. The model gets to see it.
    pub name: String,
    /// What it is, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its JSON Schema. The key order is kept on the wire.
    pub schema: Value,
}

impl ObjectSchema {
    /// An object of this JSON Schema. Name and description are its `title` and `description`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is no JSON object, or its root is of a type other than `object`.
    pub fn new(schema: Value) -> Result<Self> {
        let Value::Object(map) = &schema else {
            return Err(Error::invalid_request(
                "the schema of the object is no JSON object; {\"type\": \"object\", \"properties\": {…}} would do",
            ));
        };
        if let Some(kind) = map.get("type").filter(|kind| *kind != "object") {
            return Err(Error::invalid_request(format!(
                "the root of the object's schema has the type {kind}; only \"object\" would do, so put the rest inside of one"
            )));
        }
        let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
        let name = text("title").unwrap_or_else(|| DEFAULT_NAME.to_owned());
        let description = text("description");
        Ok(Self {
            name,
            description,
            schema,
        })
    }

    /// An object of this type.
    pub fn of<T: JsonSchema>() -> Self {
        let schema = schema_of::<T>();
        let description = schema.get("description").and_then(Value::as_str);
        Self {
            name: T::schema_name().into_owned(),
            description: description.map(str::to_owned),
            schema,
        }
    }
}

/// The JSON Schema of a type, without the members that say nothing to a model.
pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    let mut schema: Map<String, Value> =
        match settings.into_generator().into_root_schema_for::<T>().into() {
            Value::Object(schema) => schema,
            // A type that takes anything.
            _ => Map::new(),
        };
    schema.shift_remove("title");
    Value::Object(schema)
}

/// How an object was asked for, and so where it is in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectForm {
    /// The provider holds the text of the answer to the schema.
    Native,
    /// It is the arguments of this tool, which the model has to call. The fold gives it as text, so that it makes no
    /// difference to the reader, and nobody waits for the tool's result.
    Tool(String),
    /// The model was told so in words; it is somewhere in the text.
    Instructions,
}

impl ObjectForm {
    /// The word in the metadata.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Tool(_) => "tool",
            Self::Instructions => "instructions",
        }
    }
}

/// The object in a text that should be nothing else, but may have words or a code fence around it.
///
/// It is the first one that is whole. What lies inside of an object that was begun is never taken for it: where that object
/// does not end, there is none, and where it is no JSON, the search goes on behind its closing brace.
///
/// ```
/// use reqllm_core::find_object;
/// use serde_json::json;
///
/// let text = "Here it is:\n```json\n{\"name\": \"John\"}\n```";
/// assert_eq!(find_object(text), Some(json!({"name": "John"})));
/// assert_eq!(find_object("{} and {\"a\": 1}"), Some(json!({})));
/// assert_eq!(find_object("{\"a\": {\"b\": 1}, \"c\": "), None);
/// assert_eq!(find_object("I cannot say."), None);
/// ```
pub fn find_object(text: &str) -> Option<Value> {
    locate(text).map(|(_, object)| object)
}

/// The same in a text that was cut off: an object that may be one of a list, whose rest is missing, is none.
pub(crate) fn find_object_of_cut_off(text: &str) -> Option<Value> {
    let (at, object) = locate(text)?;
    let in_list = text[..at].trim_end().ends_with(['[', ',']);
    (!in_list).then_some(object)
}

/// The object, and where it begins.
///
/// A text of more values than an answer may have has none.
fn locate(text: &str) -> Option<(usize, Value)> {
    if !has_few_values(text.as_bytes()) {
        return None;
    }
    let mut from = 0;
    loop {
        let at = from + text[from..].find('{')?;
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        match values.next()? {
            Ok(object) => return Some((at, object)),
            Err(error) if error.is_eof() => return None,
            Err(_) => from = at + end_of_group(&text[at..])?,
        }
    }
}

/// Where the group of braces ends with which a text begins, if it does. Braces in quotes do not count.
fn end_of_group(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_inside_of_an_object_that_was_begun_is_taken_for_it() {
        for text in [
            r#"{"name": "John", "friend": {"name": "Jane"}"#,
            r#"{"name": "John", "friend": {"name": "Jane"}, "age": "#,
            r#"I would say {"name": unknown, "extra": {"name": "inner"}}"#,
            r#"{"name": unknown, "brace": "}", "extra": {"name": "inner"}}"#,
            r#"{"name": unknown, "quote": "\"}", "extra": {"name": "inner"}}"#,
            r#"{"name": unknown, "extra": {"name": "inner"}"#,
        ] {
            assert_eq!(find_object(text), None, "{text}");
        }
    }

    #[test]
    fn groups_that_are_no_json_are_passed_over() {
        for text in [
            r#"Fill in {name}: {"a": 1}"#,
            r#"{name: {first: "x"}} means {"a": 1}"#,
            "\u{feff}{\"a\": 1} {",
        ] {
            assert_eq!(find_object(text), Some(json!({"a": 1})), "{text}");
        }
        let deep = format!("{}{} {{\"a\": 1}}", "{\"a\":".repeat(200), "}".repeat(200));
        assert_eq!(find_object(&deep), Some(json!({"a": 1})));
    }

    #[test]
    fn a_text_of_too_many_values_has_no_object() {
        let text = format!("{{\"a\":[{}0]}}", "0,".repeat(crate::bounds::MAX_VALUES));
        assert_eq!(find_object(&text), None);
    }

    #[test]
    fn of_a_list_that_was_cut_off_nothing_is_taken() {
        for text in [r#"[{"a": 1}, {"a":"#, r#"[{"a": x}, {"a": 1}, "#] {
            assert_eq!(find_object(text), Some(json!({"a": 1})), "{text}");
            assert_eq!(find_object_of_cut_off(text), None, "{text}");
        }
        let whole = r#"Here: {"a": 1} I hop"#;
        assert_eq!(find_object_of_cut_off(whole), Some(json!({"a": 1})));
    }
}
