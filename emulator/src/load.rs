//! How much is going on: connections and streams, counted while they live.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

/// How many connections and streams an emulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Load {
    /// Connections that are open. One that a client has closed counts until the emulator has seen that.
    pub connections: usize,
    /// The most connections that there have been at once.
    pub most_connections: usize,
    /// Streams whose end has not been sent. One that was broken off counts no more when its connection is closed.
    pub streams: usize,
    /// The most streams that there have been at once.
    pub most_streams: usize,
}

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    connections: Arc<Gauge>,
    streams: Arc<Gauge>,
}

impl Gauges {
    pub(crate) fn connection(&self) -> Counted {
        Gauge::count(&self.connections)
    }

    pub(crate) fn stream(&self) -> Counted {
        Gauge::count(&self.streams)
    }

    pub(crate) fn read(&self) -> Load {
        Load {
            connections: self.connections.now.load(Ordering::Relaxed),
            most_connections: self.connections.most.load(Ordering::Relaxed),
            streams: self.streams.now.load(Ordering::Relaxed),
            most_streams: self.streams.most.load(Ordering::Relaxed),
        }
    }
}

#[derive(Debug, Default)]
struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    fn count(gauge: &Arc<Self>) -> Counted {
        let now = gauge.now.fetch_add(1, Ordering::Relaxed) + 1;
        gauge.most.fetch_max(now, Ordering::Relaxed);
        Counted(Arc::clone(gauge))
    }
}

/// One that counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Arc<Gauge>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lives_is_counted_and_the_most_is_kept() {
        let gauges = Gauges::default();
        let (one, other) = (gauges.stream(), gauges.stream());
        drop(one);
        let _connection = gauges.connection();
        let load = gauges.read();
        assert_eq!((load.streams, load.most_streams), (1, 2));
        assert_eq!((load.connections, load.most_connections), (1, 1));
        drop(other);
        assert_eq!(gauges.read().streams, 0);
    }
}
