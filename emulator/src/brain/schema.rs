//! Instances of JSON Schemas: the arguments of tool calls and structured answers.
//!
//! Understood: `type` (also lists), `properties`, `required`, `minProperties`, `additionalProperties`,
//! `dependentRequired`, `items`, `prefixItems`, `minItems`, `maxItems`, `uniqueItems`, `enum`, `const`,
//! numeric bounds (both spellings of the exclusive ones), `multipleOf`, string lengths, `pattern` (see
//! [`super::pattern`]), common `format`s, `anyOf`, `oneOf`, `allOf`, local `$ref`s. Not honoured: `not`,
//! `if`, `contains`, `patternProperties`, and that no second branch of a `oneOf` may match.

mod combine;
mod hints;
mod keywords;
mod number;

use serde_json::{Map, Value, json};

use super::pattern;
use combine::{merge, resolve, strings, without};
use hints::Hints;
use keywords::{count, formatted, has_type, types};
use number::{Bounds, in_shortest_form};

/// Nesting beyond which a recursive schema is not followed.
const DEEPEST: usize = 12;
/// Nesting beyond which only what is required is made.
const GENEROUS: usize = 3;
/// Schemas that are looked at before giving up, against exponential ones.
const BUDGET: usize = 2_000;
/// Most items, properties or characters that are made because a schema asks for them.
const MANY: u64 = 1000;

/// A value that satisfies `schema`. Words and numbers are taken from `question` where they are legal.
/// A schema that cannot be satisfied gets an empty object.
pub(super) fn instance(schema: &Value, question: &str) -> Value {
    let mut maker = Maker {
        root: schema,
        hints: Hints::new(question),
        budget: BUDGET,
    };
    maker.value(schema, 0, 0).unwrap_or_else(|| json!({}))
}

struct Maker<'a> {
    root: &'a Value,
    hints: Hints,
    budget: usize,
}

impl Maker<'_> {
    /// `ordinal` tells the items of an array apart.
    fn value(&mut self, schema: &Value, depth: usize, ordinal: u64) -> Option<Value> {
        self.budget = self.budget.checked_sub(1)?;
        let schema = match schema {
            Value::Bool(false) => return None,
            Value::Object(schema) => schema,
            _ => return Some("example".into()),
        };
        if depth > DEEPEST {
            return None;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = resolve(self.root, reference)?;
            let merged = merge(target, &without(schema, "$ref"));
            return self.value(&merged, depth + 1, ordinal);
        }
        if let Some(Value::Array(all)) = schema.get("allOf") {
            let base = Value::Object(without(schema, "allOf"));
            let merged = all
                .iter()
                .fold(base, |merged, part| match part.as_object() {
                    Some(part) => merge(&merged, part),
                    None => merged,
                });
            return self.value(&merged, depth + 1, ordinal);
        }
        if let Some(constant) = schema.get("const") {
            return Some(constant.clone());
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return self.choice(values, schema, ordinal);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(key) {
                return self.branch(branches, &without(schema, key), depth, ordinal);
            }
        }
        let types = types(schema);
        types.into_iter().find_map(|kind| match kind {
            "object" => self.object(schema, depth, ordinal),
            "array" => self.array(schema, depth),
            "integer" => self.number(schema, true, ordinal),
            "number" => self.number(schema, false, ordinal),
            "boolean" => Some(ordinal.is_multiple_of(2).into()),
            "null" => Some(Value::Null),
            "string" => self.string(schema, ordinal),
            _ => None,
        })
    }

    fn choice(&self, values: &[Value], schema: &Map<String, Value>, ordinal: u64) -> Option<Value> {
        let fits = |value: &&Value| {
            !schema.contains_key("type")
                || types(schema).into_iter().any(|kind| has_type(value, kind))
        };
        let fitting: Vec<&Value> = values.iter().filter(fits).collect();
        if ordinal == 0
            && let Some(mentioned) = fitting.iter().find(|value| self.hints.mentions(value))
        {
            return Some((**mentioned).clone());
        }
        let index = usize::try_from(ordinal).ok()?.checked_rem(fitting.len())?;
        fitting.get(index).map(|value| (*value).clone())
    }

    /// The first branch of an `anyOf` or `oneOf` that can be made; deep down, those that end first.
    fn branch(
        &mut self,
        branches: &[Value],
        base: &Map<String, Value>,
        depth: usize,
        ordinal: u64,
    ) -> Option<Value> {
        let mut branches: Vec<&Value> = branches.iter().collect();
        if depth >= GENEROUS {
            branches.sort_by_key(|branch| branch.get("$ref").is_some());
        }
        branches.into_iter().find_map(|branch| match branch {
            Value::Bool(true) => self.value(&Value::Object(base.clone()), depth + 1, ordinal),
            // A reference is resolved first: its keywords add to those around the branches.
            Value::Object(part) => {
                let merged = match part.get("$ref").and_then(Value::as_str) {
                    Some(reference) => {
                        let target = resolve(self.root, reference)?;
                        merge(
                            &merge(&Value::Object(base.clone()), target.as_object()?),
                            &without(part, "$ref"),
                        )
                    }
                    None => merge(&Value::Object(base.clone()), part),
                };
                self.value(&merged, depth + 1, ordinal)
            }
            _ => None,
        })
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize, ordinal: u64) -> Option<Value> {
        let empty = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let mut required: Vec<&str> = strings(schema.get("required"));
        if let Some(Value::Object(dependents)) = schema.get("dependentRequired") {
            for (key, names) in dependents {
                if required.contains(&key.as_str()) {
                    required.extend(strings(Some(names)));
                }
            }
        }
        let optional_too = !schema.contains_key("required") && depth < GENEROUS;
        let mut out = Map::new();
        for (name, property) in properties {
            if required.contains(&name.as_str()) {
                out.insert(name.clone(), self.value(property, depth + 1, ordinal)?);
            } else if optional_too && let Some(value) = self.value(property, depth + 1, ordinal) {
                out.insert(name.clone(), value);
            }
        }
        let additional = schema
            .get("additionalProperties")
            .cloned()
            .unwrap_or(Value::Bool(true));
        for name in required {
            if !out.contains_key(name) {
                out.insert(
                    name.to_owned(),
                    self.value(&additional, depth + 1, ordinal)?,
                );
            }
        }
        let least = count(schema, "minProperties").unwrap_or(0).min(MANY);
        let mut spare = properties.iter();
        let mut made_up = 0;
        while u64::try_from(out.len()).is_ok_and(|count| count < least) {
            if let Some((name, property)) = spare.next() {
                if !out.contains_key(name) {
                    out.insert(name.clone(), self.value(property, depth + 1, ordinal)?);
                }
            } else {
                made_up += 1;
                out.insert(
                    format!("key{made_up}"),
                    self.value(&additional, depth + 1, made_up)?,
                );
            }
        }
        Some(Value::Object(out))
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let least = count(schema, "minItems").unwrap_or(0).min(MANY);
        let most = count(schema, "maxItems").unwrap_or(MANY);
        let empty = Vec::new();
        // Before 2020-12 a list of `items` was what `prefixItems` is now.
        let (prefix, rest) = match (schema.get("prefixItems"), schema.get("items")) {
            (Some(Value::Array(prefix)), rest) => (prefix, rest),
            (_, Some(Value::Array(prefix))) => (prefix, schema.get("additionalItems")),
            (_, rest) => (&empty, rest),
        };
        let wanted = if depth < GENEROUS {
            least.max(1).max(prefix.len().try_into().ok()?)
        } else {
            least
        };
        let anything = Value::Bool(true);
        let wanted = wanted.min(most);
        let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let mut out: Vec<Value> = Vec::new();
        // A repeated value is passed over: the next ordinal may give another.
        for ordinal in 0..wanted.saturating_mul(2) {
            let index = out.len();
            let enough = |count: u64| u64::try_from(index).is_ok_and(|index| index >= count);
            if enough(wanted) {
                break;
            }
            let item = prefix.get(index).or(rest).unwrap_or(&anything);
            match self.value(item, depth + 1, ordinal) {
                Some(value) if unique && out.contains(&value) => {}
                Some(value) => out.push(value),
                None if enough(least) => break,
                None => return None,
            }
        }
        u64::try_from(out.len())
            .is_ok_and(|count| count >= least)
            .then_some(Value::Array(out))
    }

    fn number(
        &mut self,
        schema: &Map<String, Value>,
        integer: bool,
        ordinal: u64,
    ) -> Option<Value> {
        let bounds = Bounds::of(schema, integer);
        if let Some(hint) = self.hints.numbers.last().copied()
            && ordinal == 0
            && bounds.allow(hint)
        {
            if self.hints.numbers.len() > 1 {
                self.hints.numbers.pop();
            }
            return Some(in_shortest_form(hint));
        }
        bounds.pick(ordinal).map(in_shortest_form)
    }

    fn string(&self, schema: &Map<String, Value>, ordinal: u64) -> Option<Value> {
        let min = count(schema, "minLength").unwrap_or(0).min(MANY);
        let max = count(schema, "maxLength").unwrap_or(u64::MAX);
        let (min, max) = (
            usize::try_from(min).ok()?,
            usize::try_from(max).unwrap_or(usize::MAX),
        );
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && let Some(text) = pattern::matching(pattern, min, max)
        {
            return Some(text.into());
        }
        if let Some(text) = schema
            .get("format")
            .and_then(Value::as_str)
            .and_then(formatted)
        {
            return Some(text.into());
        }
        let mut text = self
            .hints
            .name
            .clone()
            .unwrap_or_else(|| "example".to_owned());
        if ordinal > 0 {
            text = format!("{}{text}", ordinal + 1);
        }
        while text.chars().count() < min {
            text.push('x');
        }
        (min <= max).then(|| text.chars().take(max).collect::<String>().into())
    }
}

#[cfg(test)]
#[path = "schema/tests.rs"]
mod tests;
