//! What is put over the members of a body.
//!
//! A form writes its body from shapes that borrow from the call. The switch of a line's thoughts, what a server wants in every
//! body, options, and members of the caller's own are put over it. One rule holds for all of them: what is put later wins over
//! what was there before, and all of it over what the form would write; objects are merged member by member, everything else
//! is replaced.

use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::merge;

/// What stands over a body.
#[derive(Debug, Default)]
pub(crate) struct Over(Map<String, Value>);

impl Over {
    pub(crate) fn merge(&mut self, over: &Map<String, Value>) {
        merge::deep(&mut self.0, over);
    }

    pub(crate) fn put(&mut self, name: &str, value: Value) {
        merge::put(&mut self.0, &[name], value);
    }

    /// Begins a body under it.
    pub(crate) fn members<S: Serializer>(
        &self,
        serializer: S,
    ) -> Result<Members<'_, S::SerializeMap>, S::Error> {
        Ok(Members {
            map: serializer.serialize_map(None)?,
            over: &self.0,
            met: Vec::new(),
        })
    }
}

/// The members of a body, while it is written.
pub(crate) struct Members<'o, M> {
    map: M,
    over: &'o Map<String, Value>,
    /// The members over which something stood.
    met: Vec<&'static str>,
}

impl<M: SerializeMap> Members<'_, M> {
    /// A member of the form, or what stands over it.
    pub(crate) fn put<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        member: &T,
    ) -> Result<(), M::Error> {
        let Some(above) = self.over.get(name) else {
            return self.map.serialize_entry(name, member);
        };
        self.met.push(name);
        let Value::Object(above) = above else {
            return self.map.serialize_entry(name, above);
        };
        match serde_json::to_value(member).map_err(M::Error::custom)? {
            Value::Object(mut below) => {
                merge::deep(&mut below, above);
                self.map.serialize_entry(name, &below)
            }
            _ => self.map.serialize_entry(name, above),
        }
    }

    /// A member that may be absent.
    pub(crate) fn put_some<T: Serialize>(
        &mut self,
        name: &'static str,
        member: Option<T>,
    ) -> Result<(), M::Error> {
        member.map_or(Ok(()), |member| self.put(name, &member))
    }

    /// A list that is absent if it is empty.
    pub(crate) fn put_list<T: Serialize>(
        &mut self,
        name: &'static str,
        list: &[T],
    ) -> Result<(), M::Error> {
        match list {
            [] => Ok(()),
            list => self.put(name, list),
        }
    }

    /// What the form has no member for.
    pub(crate) fn end(mut self) -> Result<M::Ok, M::Error> {
        for (name, value) in self.over {
            if !self.met.contains(&name.as_str()) {
                self.map.serialize_entry(name, value)?;
            }
        }
        self.map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{self, LongText};
    use serde_json::json;

    /// A body with a member of each sort.
    struct Body(Over);

    #[derive(Serialize)]
    struct Format {
        kind: &'static str,
        strict: bool,
    }

    impl Serialize for Body {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut members = self.0.members(serializer)?;
            members.put("texts", &[LongText::from("a\n")])?;
            members.put_some("limit", Some(9))?;
            members.put_some("seed", None::<u64>)?;
            members.put_list("stop", &[] as &[&str])?;
            let format = Format {
                kind: "schema",
                strict: true,
            };
            members.put("format", &format)?;
            members.end()
        }
    }

    fn under(over: &[Value]) -> String {
        let mut body = Body(Over::default());
        for over in over {
            body.0.merge(over.as_object().unwrap());
        }
        let bytes = json::write(&body, 0).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn nothing_over_a_body_leaves_it_as_it_is() {
        let alone = r#"{"texts":["a\n"],"limit":9,"format":{"kind":"schema","strict":true}}"#;
        assert_eq!(under(&[]), alone);
    }

    #[test]
    fn each_member_is_there_once_and_the_last_word_counts() {
        for (over, expected) in [
            (
                vec![json!({"limit": 8, "new": 1}), json!({"limit": 7})],
                r#"{"texts":["a\n"],"limit":7,"format":{"kind":"schema","strict":true},"new":1}"#,
            ),
            (
                vec![
                    json!({"format": {"strict": false}}),
                    json!({"format": {"more": [1]}}),
                ],
                r#"{"texts":["a\n"],"limit":9,"format":{"kind":"schema","strict":false,"more":[1]}}"#,
            ),
            (
                vec![json!({"format": null, "texts": {"a": 1}, "seed": 3, "stop": ["x"]})],
                r#"{"texts":{"a":1},"limit":9,"format":null,"seed":3,"stop":["x"]}"#,
            ),
        ] {
            assert_eq!(under(&over), expected, "{over:?}");
        }
    }

    #[test]
    fn what_is_put_alone_is_merged_as_well() {
        let mut body = Body(Over::default());
        body.0.put("format", json!({"kind": "any"}));
        body.0.put("limit", 1.into());
        let bytes = json::write(&body, 0).unwrap();
        assert_eq!(
            bytes,
            r#"{"texts":["a\n"],"limit":1,"format":{"kind":"any","strict":true}}"#
        );
    }
}
