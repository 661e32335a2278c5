//! The vectors of one answer, in whatever shape a line of models gives them.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use reqllm_core::{Error, Result, Warning};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// What one answer holds.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    pub(super) floats: Vec<Vec<f32>>,
    /// Those of other types, by the name of the type.
    pub(super) by_type: BTreeMap<String, Vec<Value>>,
    /// Tokens of the inputs, where the body says it.
    pub(super) tokens: Option<u64>,
    pub(super) warnings: Vec<Warning>,
}

impl Vectors {
    /// Vectors of floats, and nothing else.
    pub(super) fn of(floats: Vec<Vec<f32>>) -> Self {
        Self {
            floats,
            ..Self::default()
        }
    }

    /// One vector an input, in each type that came, and no number among the floats that none of them holds.
    pub(super) fn check(&self, inputs: usize) -> Result<()> {
        if self
            .floats
            .iter()
            .flatten()
            .any(|number| !number.is_finite())
        {
            return Err(Error::decode(
                "a vector of the answer has a number that is too large for a float of 32 bits",
            ));
        }
        let counts = self.by_type.values().map(Vec::len);
        let of_floats = match (self.floats.len(), self.by_type.is_empty()) {
            (0, false) => None,
            (count, _) => Some(count),
        };
        match counts.chain(of_floats).find(|count| *count != inputs) {
            None => Ok(()),
            Some(count) => Err(Error::decode(format!(
                "the answer has {count} vectors for {inputs} inputs"
            ))),
        }
    }
}

/// Vectors by the type of their numbers. A bare list is of floats.
#[derive(Debug)]
pub(super) struct ByType<T> {
    pub(super) float: Option<T>,
    pub(super) others: BTreeMap<String, Value>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ByType<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Shapes<T> {
            type Value = ByType<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("vectors, or vectors by type")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Ok(ByType {
                    float: Some(T::deserialize(SeqAccessDeserializer::new(list))?),
                    others: BTreeMap::new(),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut by_type = ByType {
                    float: None,
                    others: BTreeMap::new(),
                };
                while let Some(name) = map.next_key::<String>()? {
                    if name == "float" {
                        by_type.float = map.next_value()?;
                        continue;
                    }
                    let value: Value = map.next_value()?;
                    if !value.is_null() {
                        by_type.others.insert(name, value);
                    }
                }
                Ok(by_type)
            }
        }
        deserializer.deserialize_any(Shapes(PhantomData))
    }
}
