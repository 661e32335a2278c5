//! What differs between a request and what was recorded. Values are not shown: they are what somebody said.

use serde_json::Value;

use super::file::{Asked, Piece};

/// Whether a request is the one that was recorded.
pub(crate) fn same(asked: &Asked, recorded: &Asked) -> bool {
    asked.method == recorded.method
        && asked.path == recorded.path
        && of_bodies(asked, recorded).is_none()
}

/// How much of it is the same; more is nearer.
pub(crate) fn nearness(asked: &Asked, recorded: &Asked) -> u8 {
    u8::from(asked.method == recorded.method)
        + 2 * u8::from(asked.path == recorded.path)
        + u8::from(of_bodies(asked, recorded).is_none())
}

/// In words.
pub(crate) fn describe(asked: &Asked, recorded: &Asked) -> String {
    let mut all = Vec::new();
    if asked.method != recorded.method {
        all.push(format!(
            "its method is {}, not {}",
            recorded.method, asked.method
        ));
    }
    if asked.path != recorded.path {
        all.push(format!(
            "its path is {:?}, not {:?}",
            recorded.path, asked.path
        ));
    }
    all.extend(of_bodies(asked, recorded));
    all.join("; ")
}

fn of_bodies(asked: &Asked, recorded: &Asked) -> Option<String> {
    let (asked, recorded) = match (&asked.body, &recorded.body) {
        (None, None) => return None,
        (Some(asked), Some(recorded)) => (asked, recorded),
        (Some(_), None) => return Some("it has no body".to_owned()),
        (None, Some(_)) => return Some("it has a body".to_owned()),
    };
    match (asked.json(), recorded.json()) {
        (Some(asked), Some(recorded)) => {
            let pointer = of_values(&asked, &recorded, String::new())?;
            let pointer = if pointer.is_empty() { "/" } else { &pointer };
            Some(format!("its body differs at {pointer}"))
        }
        _ => (bytes(asked) != bytes(recorded)).then(|| "its body differs".to_owned()),
    }
}

fn bytes(piece: &Piece) -> Option<bytes::Bytes> {
    piece.bytes().ok()
}

/// The JSON pointer of the first difference. The order of the members of an object is none.
fn of_values(a: &Value, b: &Value, at: String) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let only_in_b = b.keys().find(|key| !a.contains_key(*key));
            let inner = a.iter().find_map(|(key, a)| {
                let at = format!("{at}/{}", escaped(key));
                match b.get(key) {
                    Some(b) => of_values(a, b, at),
                    None => Some(at),
                }
            });
            inner.or_else(|| only_in_b.map(|key| format!("{at}/{}", escaped(key))))
        }
        (Value::Array(a), Value::Array(b)) => {
            let inner = a.iter().zip(b).enumerate();
            let mut inner = inner.map(|(n, (a, b))| of_values(a, b, format!("{at}/{n}")));
            let inner = inner.find_map(|it| it);
            let shorter = a.len().min(b.len());
            inner.or_else(|| (a.len() != b.len()).then(|| format!("{at}/{shorter}")))
        }
        _ => (a != b).then_some(at),
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named_by_its_pointer() {
        let of = |a: Value, b: Value| of_values(&a, &b, String::new());
        assert_eq!(
            of(json!({"a": 1, "b": [2]}), json!({"b": [2], "a": 1})),
            None
        );
        let cases = [
            (
                json!({"a": [1, {"x/y": 2}]}),
                json!({"a": [1, {"x/y": 3}]}),
                "/a/1/x~1y",
            ),
            (json!({"a": [1]}), json!({"a": [1, 2]}), "/a/1"),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), "/b"),
            (json!({"a": 1, "b": 2}), json!({"a": 1}), "/b"),
            (json!(1), json!(1.0), ""),
        ];
        for (a, b, pointer) in cases {
            assert_eq!(of(a, b).as_deref(), Some(pointer));
        }
    }
}
