//! A subscriber that keeps everything it is told, of every crate, at every level.

use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What one span or event had to say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) level: String,
    /// Fields in the order in which they came, as text.
    pub(crate) fields: Vec<(String, String)>,
    /// Whether it is a span that is over.
    pub(crate) closed: bool,
    /// The span that an event was told in.
    pub(crate) within: Option<u64>,
}

impl Told {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Collects. Clones share what they have.
#[derive(Clone, Default)]
pub(crate) struct Collector(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Told>,
    events: Vec<Told>,
    /// How many handles of each span there are.
    handles: Vec<usize>,
    entered: Vec<u64>,
}

impl Collector {
    pub(crate) fn spans(&self) -> Vec<Told> {
        self.0.lock().unwrap().spans.clone()
    }

    pub(crate) fn events(&self) -> Vec<Told> {
        self.0.lock().unwrap().events.clone()
    }

    /// The spans of calls.
    pub(crate) fn calls(&self) -> Vec<Told> {
        let mut spans = self.spans();
        spans.retain(|span| span.target == "reqllm" && span.name == "call");
        spans
    }

    /// Everything as one text.
    pub(crate) fn text(&self) -> String {
        format!("{:?}\n{:?}", self.spans(), self.events())
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut state = self.0.lock().unwrap();
        let id = state.spans.len() as u64 + 1;
        let mut told = told(attributes.metadata());
        told.id = id;
        attributes.record(&mut told);
        state.spans.push(told);
        state.handles.push(1);
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut state = self.0.lock().unwrap();
        values.record(&mut state.spans[id.into_u64() as usize - 1]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut told = told(event.metadata());
        event.record(&mut told);
        let mut state = self.0.lock().unwrap();
        told.within = state.entered.last().copied();
        state.events.push(told);
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        let mut state = self.0.lock().unwrap();
        let at = state.entered.iter().rposition(|it| *it == id.into_u64());
        if let Some(at) = at {
            state.entered.remove(at);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.0.lock().unwrap().handles[id.into_u64() as usize - 1] += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut state = self.0.lock().unwrap();
        let at = id.into_u64() as usize - 1;
        state.handles[at] -= 1;
        let over = state.handles[at] == 0;
        state.spans[at].closed = over;
        over
    }
}

fn told(metadata: &Metadata<'_>) -> Told {
    Told {
        name: metadata.name().to_owned(),
        target: metadata.target().to_owned(),
        level: metadata.level().to_string(),
        ..Told::default()
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields
            .push((field.name().to_owned(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields
            .push((field.name().to_owned(), format!("{value:?}")));
    }
}
