//! Enough connections for what is asked at once.
//!
//! A connection of HTTP/2 carries as many answers at once as its server allows (RFC 9113, section 5.1.2), and what is beyond
//! that waits for one of them to end, which with models takes minutes. hyper-util's pool knows one such connection for a host,
//! however much waits on it (hyper's issues 2197 and 3623). So there are several pools here, the *lanes*: a request goes by the
//! first one that has room for it. The RFC would have a client open no second connection to a host, but only "should not"
//! (section 9.1); behind a load balancer it is the one way to more than one machine's share.
//!
//! Over HTTP/1.1 each request has a connection of its own, and nothing is counted: those hosts have the first lane, and its
//! limit of idle connections. What a host speaks is known by its first answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{Request, Version};
use http_body_util::Full;
use hyper_util::client::legacy::{Builder, Client};

use super::HttpFuture;
use super::connector::Connector;

/// Sends each request by the first lane with room for it. Clones share their lanes.
#[derive(Clone)]
pub(super) struct Lanes(Arc<Shared>);

struct Shared {
    first: Pool,
    /// Those after it, made when they are needed, and what they are made of.
    further: Mutex<Vec<Pool>>,
    make: Builder,
    connector: Connector,
    /// `None` where HTTP/2 is never spoken.
    hosts: Option<Hosts>,
}

type Pool = Client<Connector, Full<Bytes>>;

impl Lanes {
    /// `streams` is how many answers may be under way on one connection of HTTP/2; `None` if there is none of those.
    pub(super) fn new(make: Builder, connector: Connector, streams: Option<usize>) -> Self {
        Self(Arc::new(Shared {
            first: make.build(connector.clone()),
            further: Mutex::default(),
            make,
            connector,
            hosts: streams.map(Hosts::new),
        }))
    }

    pub(super) fn send(&self, request: Request<Full<Bytes>>) -> HttpFuture {
        let Self(shared) = self;
        let uri = request.uri();
        // Without TLS nobody negotiates, and HTTP/1.1 it is.
        let counted = uri.authority().zip(shared.hosts.as_ref());
        let counted = counted.filter(|_| uri.scheme() == Some(&Scheme::HTTPS));
        let under_way = counted.map(|(authority, hosts)| hosts.enter(authority));
        let lane = under_way.as_ref().map_or(0, |it| it.lane);
        HttpFuture::sent(shared.request(lane, request), under_way)
    }
}

impl Shared {
    fn request(
        &self,
        lane: usize,
        request: Request<Full<Bytes>>,
    ) -> hyper_util::client::legacy::ResponseFuture {
        if lane == 0 {
            return self.first.request(request);
        }
        let mut further = lock(&self.further);
        while further.len() < lane {
            further.push(self.make.build(self.connector.clone()));
        }
        further[lane - 1].request(request)
    }
}

/// What is under way to each host, name and port.
struct Hosts {
    streams: usize,
    by_authority: Mutex<HashMap<Authority, Arc<Host>>>,
}

/// More hosts than this are asked by few programs. Beyond it those are forgotten to which nothing is under way.
const KNOWN_HOSTS: usize = 64;

#[derive(Default)]
struct Host {
    /// By lane.
    under_way: Mutex<Vec<usize>>,
    /// Whether it has answered in HTTP/1.1, the last time it did.
    in_turn: AtomicBool,
}

impl Hosts {
    fn new(streams: usize) -> Self {
        Self {
            streams,
            by_authority: Mutex::default(),
        }
    }

    fn enter(&self, authority: &Authority) -> UnderWay {
        let host = self.host(authority);
        let lane = host.enter(self.streams);
        UnderWay { host, lane }
    }

    fn host(&self, authority: &Authority) -> Arc<Host> {
        let mut hosts = lock(&self.by_authority);
        if let Some(host) = hosts.get(authority) {
            return Arc::clone(host);
        }
        if hosts.len() >= KNOWN_HOSTS {
            hosts.retain(|_, host| Arc::strong_count(host) > 1);
        }
        Arc::clone(hosts.entry(authority.clone()).or_default())
    }
}

impl Host {
    /// Counts a request in, and says by which lane it goes.
    fn enter(&self, streams: usize) -> usize {
        let mut lanes = lock(&self.under_way);
        let in_turn = self.in_turn.load(Ordering::Relaxed);
        let room = |under_way: &usize| in_turn || *under_way < streams;
        let lane = lanes.iter().position(room).unwrap_or(lanes.len());
        match lanes.get_mut(lane) {
            Some(under_way) => *under_way += 1,
            None => lanes.push(1),
        }
        lane
    }
}

/// A request that is under way, until its answer has been read or given up.
pub(super) struct UnderWay {
    host: Arc<Host>,
    lane: usize,
}

impl UnderWay {
    /// The head of the answer has come. What is left is to be counted on only if others share the connection.
    pub(super) fn answered(self, version: Version) -> Option<Self> {
        let shared = version == Version::HTTP_2;
        self.host.in_turn.store(!shared, Ordering::Relaxed);
        shared.then_some(self)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(under_way) = lock(&self.host.under_way).get_mut(self.lane) {
            *under_way -= 1;
        }
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(host: &str) -> Authority {
        host.parse().unwrap()
    }

    #[test]
    fn the_first_lane_with_room_is_taken_for_each_host_by_itself() {
        let hosts = Hosts::new(2);
        let mut under_way: Vec<UnderWay> = Vec::new();
        for lane in [0, 0, 1, 1, 2] {
            under_way.push(hosts.enter(&authority("a.example")));
            assert_eq!(under_way.last().unwrap().lane, lane);
        }
        assert_eq!(hosts.enter(&authority("A.example")).lane, 2);
        assert_eq!(hosts.enter(&authority("a.example:8443")).lane, 0);
        // An answer in the first lane has ended: it is the next one's again.
        under_way.remove(0);
        let next = hosts.enter(&authority("a.example"));
        assert_eq!(next.lane, 0);
        drop((next, under_way));
        let host = hosts.host(&authority("a.example"));
        assert_eq!(*lock(&host.under_way), [0, 0, 0]);
    }

    #[test]
    fn who_answers_in_turn_has_the_first_lane_alone_until_it_answers_otherwise() {
        let hosts = Hosts::new(1);
        let enter = || hosts.enter(&authority("a.example"));
        let first = enter();
        assert!(first.answered(Version::HTTP_11).is_none());
        let both = (enter(), enter());
        assert_eq!((both.0.lane, both.1.lane), (0, 0));
        let kept = both.0.answered(Version::HTTP_2);
        assert!(kept.is_some());
        assert_eq!(enter().lane, 1);
    }

    #[test]
    fn hosts_to_which_nothing_is_under_way_are_forgotten_when_there_are_many() {
        let hosts = Hosts::new(1);
        let busy = hosts.enter(&authority("busy.example"));
        for n in 0..3 * KNOWN_HOSTS {
            drop(hosts.enter(&authority(&format!("{n}.example"))));
        }
        assert!(lock(&hosts.by_authority).len() <= KNOWN_HOSTS);
        assert_eq!(hosts.enter(&authority("busy.example")).lane, 1);
        drop(busy);
    }
}
