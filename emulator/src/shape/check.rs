//! The check of a value against a shape.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Member, Problem, Shape, Step, Text, Violation};

/// Violations that are collected before the check gives up.
const ENOUGH: usize = 16;

/// All violations, in document order.
pub(crate) fn check(shape: &Shape, value: &Value) -> Vec<Violation> {
    let mut checker = Checker::default();
    checker.value(shape, value);
    checker.violations
}

#[derive(Default)]
struct Checker {
    path: Vec<Step>,
    violations: Vec<Violation>,
}

impl Checker {
    fn report(&mut self, problem: Problem) {
        if self.violations.len() < ENOUGH {
            self.violations.push(Violation {
                path: self.path.clone(),
                problem,
            });
        }
    }

    fn at(&mut self, step: Step, inner: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inner(self);
        self.path.pop();
    }

    fn member(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.at(Step::Member(name.to_owned()), inner);
    }

    fn mismatch(&mut self, expected: &'static str, value: &Value) {
        self.report(Problem::WrongType {
            expected,
            found: kind(value),
        });
    }

    fn value(&mut self, shape: &Shape, value: &Value) {
        match (shape, value) {
            (Shape::Structure(members), Value::Object(object)) => {
                self.structure(members, object, None)
            }
            (Shape::Union { name, members }, Value::Object(object)) => {
                self.union(name, members, object)
            }
            (Shape::Tagged(variants), Value::Object(object)) => self.tagged(variants, object),
            (Shape::TextOr(_), Value::String(_)) => {}
            (Shape::TextOr(other), _) => self.value(other, value),
            (Shape::List { of, min, max }, Value::Array(items)) => {
                self.count(items.len(), *min, *max);
                for (index, item) in items.iter().enumerate() {
                    self.at(Step::Item(index), |this| this.value(of, item));
                }
            }
            (
                Shape::Map {
                    key,
                    value,
                    min,
                    max,
                },
                Value::Object(object),
            ) => {
                self.count(object.len(), *min, *max);
                for (name, entry) in object {
                    self.member(name, |this| {
                        this.text(key, name);
                        this.value(value, entry);
                    });
                }
            }
            (Shape::Text(text), Value::String(value)) => self.text(text, value),
            (Shape::Choice(set), Value::String(value)) => {
                if !set.contains(&value.as_str()) {
                    self.report(Problem::NotInSet {
                        value: value.clone(),
                        set,
                    });
                }
            }
            (Shape::Integer { min }, Value::Number(number)) if !number.is_f64() => {
                if number.as_i64().is_some_and(|value| value < *min) {
                    self.report(Problem::TooSmall {
                        value: number.to_string(),
                        min: min.to_string(),
                    });
                } else if number
                    .as_i64()
                    .is_none_or(|value| i32::try_from(value).is_err())
                {
                    self.mismatch("Integer", value);
                }
            }
            (Shape::Range { min, max }, Value::Number(number)) if !number.is_f64() => {
                let known = number.as_i64();
                if known.is_some_and(|value| value < *min) {
                    self.report(Problem::TooSmall {
                        value: number.to_string(),
                        min: min.to_string(),
                    });
                } else if known.is_none_or(|value| value > *max) {
                    self.report(Problem::TooLarge {
                        value: number.to_string(),
                        max: max.to_string(),
                    });
                }
            }
            (Shape::Number { min, max }, Value::Number(number)) => {
                let (shown, number) = (number.to_string(), number.as_f64().unwrap_or(f64::NAN));
                if number < *min {
                    self.report(Problem::TooSmall {
                        value: shown,
                        min: min.to_string(),
                    });
                } else if number > *max {
                    self.report(Problem::TooLarge {
                        value: shown,
                        max: max.to_string(),
                    });
                }
            }
            (Shape::Blob, Value::String(text)) => match STANDARD.decode(text) {
                Ok(bytes) if bytes.is_empty() => {
                    self.report(Problem::TooShort {
                        value: String::new(),
                        min: 1,
                    });
                }
                Ok(_) => {}
                Err(_) => self.report(Problem::BadBlob),
            },
            (Shape::Boolean, Value::Bool(_)) | (Shape::Object, Value::Object(_)) => {}
            (Shape::Object, _) => self.report(Problem::NotAnObject),
            (
                Shape::Structure(_) | Shape::Union { .. } | Shape::Tagged(_) | Shape::Map { .. },
                _,
            ) => {
                self.mismatch("Structure", value);
            }
            (Shape::List { .. }, _) => self.mismatch("List", value),
            (Shape::Text(_) | Shape::Choice(_) | Shape::Blob, _) => self.mismatch("String", value),
            (Shape::Integer { .. } | Shape::Range { .. }, _) => self.mismatch("Integer", value),
            (Shape::Number { .. }, _) => self.mismatch("Float", value),
            (Shape::Boolean, _) => self.mismatch("Boolean", value),
        }
    }

    fn structure(&mut self, members: &[Member], object: &Map<String, Value>, tag: Option<&str>) {
        for key in object.keys() {
            if Some(key.as_str()) != tag && members.iter().all(|member| member.name != key) {
                self.report(Problem::Unknown { key: key.clone() });
            }
        }
        for member in members {
            match object.get(member.name).filter(|value| !value.is_null()) {
                Some(value) => self.member(member.name, |this| this.value(member.shape, value)),
                None if member.required => {
                    self.member(member.name, |this| this.report(Problem::Missing));
                }
                None => {}
            }
        }
    }

    fn union(&mut self, name: &'static str, members: &[Member], object: &Map<String, Value>) {
        let mut set = 0;
        for (key, value) in object {
            match members.iter().find(|member| member.name == key) {
                Some(member) => {
                    set += 1;
                    self.member(key, |this| this.value(member.shape, value));
                }
                None => self.report(Problem::Unknown { key: key.clone() }),
            }
        }
        if set != 1 {
            let keys = members.iter().map(|member| member.name).collect();
            self.report(Problem::NotOne { name, keys, set });
        }
    }

    fn tagged(
        &mut self,
        variants: &[(&'static str, &'static [Member])],
        object: &Map<String, Value>,
    ) {
        match object.get("type") {
            Some(Value::String(tag)) => match variants.iter().find(|(name, _)| name == tag) {
                Some((_, members)) => self.structure(members, object, Some("type")),
                None => {
                    let tags = variants.iter().map(|(name, _)| *name).collect();
                    self.report(Problem::UnknownTag {
                        tag: tag.clone(),
                        tags,
                    });
                }
            },
            Some(other) => self.member("type", |this| this.mismatch("String", other)),
            None => self.member("type", |this| this.report(Problem::Missing)),
        }
    }

    fn count(&mut self, count: usize, min: usize, max: usize) {
        if count < min {
            self.report(Problem::TooFew { min });
        } else if count > max {
            self.report(Problem::TooMany { max });
        }
    }

    fn text(&mut self, text: &Text, value: &str) {
        let shown = || value.chars().take(200).collect();
        // The real service names the pattern before the length when both are wrong.
        if let Some(pattern) = text.pattern.filter(|pattern| !(pattern.matches)(value)) {
            self.report(Problem::Pattern {
                value: shown(),
                source: pattern.source,
            });
        }
        let length = value.chars().count();
        if length < text.min {
            self.report(Problem::TooShort {
                value: shown(),
                min: text.min,
            });
        } else if length > text.max {
            self.report(Problem::TooLong {
                value: shown(),
                max: text.max,
            });
        }
    }
}

/// The name of a JSON type in the service's messages about types.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "LIST_VALUE",
        Value::Object(_) => "STRUCTURE_VALUE",
    }
}
