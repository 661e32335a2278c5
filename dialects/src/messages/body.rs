//! The body of a request: what is long of it borrowed from the call, and small members that may be merged over.

use bytes::Bytes;
use reqllm_core::Result;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::wire::{Block, Message, Tool};
use crate::{json, merge};

/// A body in the form of Messages. Which model it is for and whether it streams is not in it: where that is needed, whoever
/// sends the body sets it.
#[derive(Debug)]
pub struct Body<'a> {
    pub(super) members: Map<String, Value>,
    pub(super) tools: Vec<Tool<'a>>,
    pub(super) system: Vec<Block<'a>>,
    pub(super) messages: Vec<Message<'a>>,
}

impl Body<'_> {
    /// Sets a member, in the place of what it was.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    /// Puts members over those of the body: objects are merged member by member, everything else is replaced.
    pub fn merge(&mut self, over: &Map<String, Value>) {
        merge::deep(&mut self.members, over);
    }

    /// Leaves out the small members that do not fit; system prompt, messages and tools stay.
    pub fn retain(&mut self, fits: impl Fn(&str) -> bool) {
        self.members.retain(|name, _| fits(name));
    }

    /// A small member: any but system prompt, messages and tools.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Whether there are tools.
    pub fn has_tools(&self) -> bool {
        !self.tools.is_empty() || self.members.contains_key("tools")
    }

    /// Writes it; `room` is about how many bytes it has, see [`json::room_for`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) if it cannot be written as JSON.
    pub fn write(&self, room: usize) -> Result<Bytes> {
        json::write(&Written(self), room)
    }
}

/// For [`json::write`] alone, which knows long texts.
struct Written<'b>(&'b Body<'b>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &body.members {
            map.serialize_entry(name, value)?;
        }
        // What the caller has put over the body wins.
        let free = |name: &str| !body.members.contains_key(name);
        if free("tools") && !body.tools.is_empty() {
            map.serialize_entry("tools", &body.tools)?;
        }
        if free("system") && !body.system.is_empty() {
            map.serialize_entry("system", &body.system)?;
        }
        if free("messages") {
            map.serialize_entry("messages", &body.messages)?;
        }
        map.end()
    }
}
