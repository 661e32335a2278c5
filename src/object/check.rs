//! Whether an object is what was asked for.

use reqllm_core::{ObjectSchema, Response, Result, Warning};
use serde_json::Value;

/// How many things that are wrong are told at once.
#[cfg(feature = "validate")]
const MAX_FAULTS: usize = 5;

/// What is wrong with an answer.
#[derive(Debug)]
pub(super) struct Fault {
    /// For the model, with the values that it wrote.
    pub(super) told: String,
    /// For people and logs, without them.
    pub(super) shown: String,
}

/// Holds objects to a schema.
pub(crate) struct Check {
    #[cfg(feature = "validate")]
    validator: jsonschema::Validator,
}

impl Check {
    /// Reads the schema. It is never looked for elsewhere: what it refers to has to be in it.
    #[cfg(feature = "validate")]
    pub(crate) fn new(schema: &ObjectSchema) -> Result<Self> {
        let validator = jsonschema::options().offline().build(&schema.schema);
        let validator = validator.map_err(|error| {
            reqllm_core::Error::invalid_request(format!(
                "the schema of object {:?} is no JSON Schema: {error} (at {:?})",
                schema.name,
                error.instance_path().as_str()
            ))
        })?;
        Ok(Self { validator })
    }

    #[cfg(not(feature = "validate"))]
    pub(crate) fn new(_: &ObjectSchema) -> Result<Self> {
        Ok(Self {})
    }

    /// What the object of a response means by `read`. Nothing, if the model waits for tools instead.
    pub(super) fn settle<T>(
        &self,
        response: &mut Response,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, Fault> {
        let waits = response.tool_calls().next().is_some();
        let Some(object) = &response.object else {
            if waits {
                return Ok(None);
            }
            let fault = "there is no JSON object in the answer";
            return Err(Fault {
                told: fault.to_owned(),
                shown: fault.to_owned(),
            });
        };
        let fault = match self.accept(object, &read) {
            Ok(value) => return Ok(Some(value)),
            Err(fault) => fault,
        };
        // Some models repeat the shape of the schema around the object.
        if let Some(inner) = object.get("properties").filter(|inner| inner.is_object())
            && let Ok(value) = self.accept(inner, &read)
        {
            response.warnings.push(Warning::new(
                "object_unwrapped",
                "the model wrapped the object in `properties`; it was taken out",
            ));
            response.object = Some(inner.clone());
            return Ok(Some(value));
        }
        if waits {
            response.warnings.push(Warning::new(
                "object_dropped",
                format!("beside its tool calls the model gave an object that does not do: {}; it was left out", fault.shown),
            ));
            response.object = None;
            return Ok(None);
        }
        Err(fault)
    }

    fn accept<T>(
        &self,
        object: &Value,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<T, Fault> {
        if let Some(fault) = self.fault(object) {
            return Err(fault);
        }
        read(object).map_err(|error| Fault {
            shown: without_values(&error),
            told: error,
        })
    }

    #[cfg(feature = "validate")]
    fn fault(&self, object: &Value) -> Option<Fault> {
        let (mut told, mut shown) = (Vec::new(), Vec::new());
        for error in self.validator.iter_errors(object).take(MAX_FAULTS) {
            let place = match error.instance_path().as_str() {
                "" => "the object".to_owned(),
                path => path.to_owned(),
            };
            told.push(format!("{place}: {error}"));
            shown.push(format!("{place}: {}", error.masked()));
        }
        (!told.is_empty()).then(|| Fault {
            told: told.join("; "),
            shown: shown.join("; "),
        })
    }

    #[cfg(not(feature = "validate"))]
    fn fault(&self, _: &Value) -> Option<Fault> {
        None
    }
}

/// What an error of serde says, less what it repeats of the answer. An error of the caller's own type may say anything, so
/// of that nothing is told.
fn without_values(error: &str) -> String {
    const OWN: [&str; 2] = ["missing field `", "duplicate field `"];
    const WITH_VALUE: [&str; 5] = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant ",
        "unknown field ",
    ];
    if OWN.iter().any(|begin| error.starts_with(begin)) {
        return error.to_owned();
    }
    let begin = WITH_VALUE.iter().find(|begin| error.starts_with(**begin));
    // What is expected is the type's own word, and stands last.
    match (begin, error.rsplit_once(", expected ")) {
        (Some(begin), Some((_, expected))) => format!("{begin}(not shown), expected {expected}"),
        _ => "the type refuses it, for a reason that may repeat the answer and is not shown"
            .to_owned(),
    }
}

#[cfg(feature = "validate")]
#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check() -> Check {
        let schema = json!({
            "type": "object",
            "properties": {"age": {"type": "integer"}},
            "required": ["age"],
        });
        Check::new(&ObjectSchema::new(schema).unwrap()).unwrap()
    }

    #[test]
    fn faults_name_the_place_and_show_no_values() {
        let fault = check().fault(&json!({"age": "a secret"})).unwrap();
        assert!(fault.told.starts_with("/age: "), "{fault:?}");
        assert!(fault.told.contains("a secret"), "{fault:?}");
        assert!(fault.shown.starts_with("/age: "), "{fault:?}");
        assert!(!fault.shown.contains("secret"), "{fault:?}");
        assert!(check().fault(&json!({"age": 42})).is_none());
    }

    #[test]
    fn nothing_is_looked_for_elsewhere() {
        for reference in ["https://example.com/schema.json", "file:///etc/hostname"] {
            let schema = json!({"type": "object", "properties": {"a": {"$ref": reference}}});
            let error = Check::new(&ObjectSchema::new(schema).unwrap())
                .err()
                .unwrap();
            assert_eq!(error.kind(), reqllm_core::ErrorKind::InvalidRequest);
            assert!(error.message().contains(reference), "{error}");
        }
    }

    #[test]
    fn what_is_no_schema_is_told() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "strnig"}}});
        let error = Check::new(&ObjectSchema::new(schema).unwrap())
            .err()
            .unwrap();
        assert!(error.message().contains("/properties/a/type"), "{error}");
    }

    #[test]
    fn values_are_not_repeated() {
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code, reason = "only its errors are looked at")]
        enum Colour {
            Red,
            Blue,
        }
        let shown = |error: serde_json::Error| without_values(&error.to_string());
        for (error, rest) in [
            (
                serde_json::from_value::<u8>(json!("a \"777\", expected no")),
                "invalid type: (not shown), expected u8",
            ),
            (
                serde_json::from_value::<u8>(json!(777)),
                "invalid value: (not shown), expected u8",
            ),
            (
                serde_json::from_value::<u8>(json!(0.777)),
                "invalid type: (not shown), expected u8",
            ),
        ] {
            assert_eq!(shown(error.unwrap_err()), rest);
        }
        let unknown = serde_json::from_value::<Colour>(json!("777")).unwrap_err();
        let unknown = shown(unknown);
        assert!(
            !unknown.contains("777") && unknown.contains("`Red` or `Blue`"),
            "{unknown}"
        );
        let own = <serde_json::Error as serde::de::Error>::custom("777 is no prime");
        assert!(!shown(own).contains("777"));
        let missing = <serde_json::Error as serde::de::Error>::missing_field("age");
        assert_eq!(shown(missing), "missing field `age`");
    }
}
