//! Merging JSON objects.

use serde_json::{Map, Value};

/// Puts `over` over `base`: objects are merged member by member, everything else is replaced.
pub fn deep(base: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => deep(below, above),
            (Some(below), above) => *below = above.clone(),
            (None, value) => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Puts `value` at a path of keys.
pub fn put(base: &mut Map<String, Value>, path: &[&str], value: Value) {
    let Some((last, parents)) = path.split_last() else {
        return;
    };
    let mut wrapped = Map::new();
    wrapped.insert((*last).to_owned(), value);
    for key in parents.iter().rev() {
        let inner = std::mem::take(&mut wrapped);
        wrapped.insert((*key).to_owned(), Value::Object(inner));
    }
    deep(base, &wrapped);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_merge_and_the_rest_is_replaced() {
        let mut base = json!({"a": {"b": 1, "c": [1, 2]}, "d": 1});
        let over = json!({"a": {"c": [3], "e": null}, "d": {"x": 1}});
        deep(base.as_object_mut().unwrap(), over.as_object().unwrap());
        assert_eq!(
            base,
            json!({"a": {"b": 1, "c": [3], "e": null}, "d": {"x": 1}})
        );
        put(base.as_object_mut().unwrap(), &["a", "f", "g"], json!(7));
        assert_eq!(base["a"]["f"]["g"], 7);
    }
}
