//! The vectors that come out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Cost, Identity, Usage, Warning};

/// Vectors, one an input, in the order of the inputs.
///
/// The numbers are 32-bit: no model of this day computes finer ones, and vector stores keep none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Embeddings {
    /// The vectors. Empty if other types alone were asked for; they are in [`Embeddings::by_type`].
    pub embeddings: Vec<Vec<f32>>,
    /// How many numbers each has; absent if there is none.
    pub dimensions: Option<usize>,
    /// What it used. A count that one of several requests did not give is absent for all of them.
    pub usage: Usage,
    /// What it cost; absent where the price is not known.
    pub cost: Option<Cost>,
    /// The provider.
    pub provider: String,
    /// The model's id in the registry.
    pub model: String,
    /// The id that was sent.
    pub wire_id: String,
    /// Vectors of other types that were asked for, by the provider's name of the type (`int8`, `uint8`, `binary`,
    /// `ubinary`): one an input, in the order of the inputs, as the provider gave them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_type: BTreeMap<String, Vec<Value>>,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
    /// Facts in the provider's own shape; `request_ids` has one an HTTP request.
    pub provider_metadata: Map<String, Value>,
}

impl Embeddings {
    /// No vectors yet, of this model.
    pub fn of(identity: &Identity) -> Self {
        Self {
            provider: identity.provider.clone(),
            model: identity.model.clone(),
            wire_id: identity.wire_id.clone(),
            ..Self::default()
        }
    }

    /// How many inputs there are vectors of.
    pub fn len(&self) -> usize {
        let others = self.by_type.values().map(Vec::len);
        others.max().unwrap_or(0).max(self.embeddings.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts the answers to several requests together, in this order. Of facts in the metadata that are no lists the first
    /// one stands.
    pub fn join(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut answers = answers.into_iter();
        let mut whole = answers.next().unwrap_or_default();
        for next in answers {
            whole.append(next);
        }
        whole
    }

    fn append(&mut self, next: Self) {
        self.embeddings.extend(next.embeddings);
        self.dimensions = self.dimensions.or(next.dimensions);
        for (name, vectors) in next.by_type {
            self.by_type.entry(name).or_default().extend(vectors);
        }
        self.usage = self.usage.plus(next.usage);
        self.cost = match (self.cost.take(), next.cost) {
            (Some(cost), Some(more)) => cost.plus(more),
            _ => None,
        };
        for warning in next.warnings {
            // The same is true of every request.
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        for (name, value) in next.provider_metadata {
            match (self.provider_metadata.get_mut(&name), value) {
                (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                (Some(_), _) => {}
                (None, value) => {
                    self.provider_metadata.insert(name, value);
                }
            }
        }
    }
}

/// How alike two vectors are: 1 for the same direction, 0 for none in common, -1 for opposite ones. None if they are of
/// different lengths, empty, or one is all zeros.
///
/// ```
/// use reqllm_core::cosine_similarity;
///
/// assert_eq!(cosine_similarity(&[1.0, 0.0], &[2.0, 0.0]), Some(1.0));
/// assert_eq!(cosine_similarity(&[1.0, 0.0], &[0.0, 3.0]), Some(0.0));
/// assert_eq!(cosine_similarity(&[1.0], &[1.0, 2.0]), None);
/// ```
pub fn cosine_similarity(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (mut dot, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (f64::from(*x), f64::from(*y));
        dot += x * y;
        of_a += x * x;
        of_b += y * y;
    }
    let length = of_a.sqrt() * of_b.sqrt();
    (length > 0.0).then(|| dot / length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(vector: &[f32], tokens: Option<u64>, id: &str) -> Embeddings {
        let usage = Usage {
            input_tokens: tokens,
            ..Usage::default()
        };
        Embeddings {
            embeddings: vec![vector.to_vec()],
            dimensions: Some(vector.len()),
            usage,
            by_type: BTreeMap::from([("int8".to_owned(), vec![json!([1])])]),
            warnings: vec![Warning::new("w", "the same")],
            provider_metadata: [("request_ids".to_owned(), json!([id]))]
                .into_iter()
                .collect(),
            ..Embeddings::default()
        }
    }

    #[test]
    fn answers_are_joined_in_order_and_counts_summed() {
        let whole = Embeddings::join([
            answer(&[0.5, 1.0], Some(3), "a"),
            answer(&[2.0, 4.0], Some(4), "b"),
        ]);
        assert_eq!(whole.embeddings, [[0.5, 1.0], [2.0, 4.0]]);
        assert_eq!((whole.len(), whole.dimensions), (2, Some(2)));
        assert_eq!(whole.usage.input_tokens, Some(7));
        assert_eq!(whole.by_type["int8"].len(), 2);
        assert_eq!(whole.warnings.len(), 1);
        assert_eq!(whole.provider_metadata["request_ids"], json!(["a", "b"]));
        let uncounted = Embeddings::join([answer(&[1.0], Some(3), "a"), answer(&[1.0], None, "b")]);
        assert_eq!(uncounted.usage.input_tokens, None, "a part is no sum");
        assert!(Embeddings::join([]).is_empty());
    }

    #[test]
    fn json_is_the_contract() {
        let mut answer = answer(&[0.1, -2.0], Some(3), "a");
        answer.by_type.clear();
        (answer.model, answer.wire_id) = ("m".to_owned(), "us.m".to_owned());
        let json = serde_json::to_string(&answer).unwrap();
        assert!(
            json.starts_with(
                r#"{"embeddings":[[0.1,-2.0]],"dimensions":2,"usage":{"input_tokens":3,"#
            ),
            "{json}"
        );
        assert!(json.contains(r#""model":"m","wire_id":"us.m""#), "{json}");
        assert_eq!(serde_json::from_str::<Embeddings>(&json).unwrap(), answer);
    }

    #[test]
    fn likeness_needs_a_direction() {
        assert_eq!(cosine_similarity(&[0.0], &[1.0]), None);
        assert_eq!(cosine_similarity(&[], &[]), None);
        assert_eq!(cosine_similarity(&[3.0, 4.0], &[-3.0, -4.0]), Some(-1.0));
    }
}
