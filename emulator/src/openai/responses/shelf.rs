//! The responses that were stored, for those who go on from them.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// Responses that are kept; the oldest go first.
const MOST: usize = 1024;

/// What `store` keeps.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    kept: HashMap<String, Kept>,
    order: VecDeque<String>,
}

#[derive(Debug)]
pub(super) struct Kept {
    /// The conversation so far: what was asked and what was answered.
    pub(super) items: Vec<Value>,
    /// The response as it was sent.
    pub(super) response: Value,
}

impl Shelf {
    pub(super) fn get(&self, id: &str) -> Option<&Kept> {
        self.kept.get(id)
    }

    pub(super) fn put(&mut self, id: &str, kept: Kept) {
        if self.kept.insert(id.to_owned(), kept).is_none() {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }

    /// Whether there was such a response.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        self.order.retain(|kept| kept != id);
        self.kept.remove(id).is_some()
    }

    /// The item with this id, of whichever response.
    pub(super) fn item(&self, id: &str) -> Option<&Value> {
        let items = self.kept.values().flat_map(|kept| &kept.items);
        items.into_iter().find(|item| item["id"] == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_oldest_go_first() {
        let mut shelf = Shelf::default();
        for number in 0..=MOST {
            let items = vec![json!({"id": format!("msg_{number}")})];
            let response = Value::Null;
            shelf.put(&format!("resp_{number}"), Kept { items, response });
        }
        assert!(shelf.get("resp_0").is_none() && shelf.item("msg_0").is_none());
        assert!(shelf.item("msg_7").is_some());
        assert!(shelf.remove("resp_7") && !shelf.remove("resp_7"));
        assert!(shelf.item("msg_7").is_none());
    }
}
