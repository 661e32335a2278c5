//! A fleet that shares one quota, in simulation: how much of the quota is used, how often calls are refused, how long they wait.
//!
//! `cargo bench -p reqllm-transport --bench fleet`. No network and no clock: an hour of a fleet takes a second. The retries are
//! the library's own, schedule and budget, compiled from its source. The quota is a model of Bedrock's: a bucket of tokens that
//! refills steadily; a call is admitted if its input and its `max_tokens` are there, and when it ends it has taken its input and
//! five times its output. How AWS refills the bucket is not documented, so steadily is an assumption.

#[allow(
    dead_code,
    unused_imports,
    reason = "what a retry takes is enough; hints of the server are not simulated"
)]
#[path = "../src/retry/mod.rs"]
mod retry;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqllm_core::{Error, ErrorKind, Random};
use reqllm_transport::Retries;
use retry::{Budget, Tries};

/// Tokens a minute for all.
const QUOTA: f64 = 2_000_000.0;
const INPUT: f64 = 3_000.0;
const OUTPUT: f64 = 400.0;
/// Tokens of the quota that a token of output takes: five for Claude from 3.7 on.
const BURNDOWN: f64 = 5.0;
/// What a call takes in the end.
const TAKEN: f64 = INPUT + OUTPUT * BURNDOWN;
/// How long an answer takes.
const ANSWER: Duration = Duration::from_secs(8);
const HOUR: Duration = Duration::from_secs(3600);

fn main() {
    println!(
        "{:>7} {:>6} {:>10} {:>8} | {:>8} {:>9} {:>7} {:>8} {:>8}",
        "clients",
        "load",
        "max_tokens",
        "in front",
        "of quota",
        "refusals",
        "failed",
        "p50 s",
        "p99 s"
    );
    for load in [0.8, 1.2, 2.0] {
        for (max_tokens, in_front) in [(64_000.0, false), (500.0, false), (500.0, true)] {
            for clients in [1, 10, 100] {
                Fleet::new(clients, load, max_tokens, in_front).run().show();
            }
        }
    }
}

/// What may happen next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// A client has another call to make.
    Call { client: usize },
    /// A call is sent.
    Send { call: usize },
    /// An answer has ended.
    End,
}

struct Call {
    client: usize,
    begun: Duration,
    tries: Tries,
}

struct Fleet {
    load: f64,
    max_tokens: f64,
    in_front: bool,
    random: Random,
    now: Duration,
    queue: BinaryHeap<Reverse<(Duration, Next)>>,
    /// Each client has a budget of retries of its own.
    budgets: Vec<Budget>,
    /// When each client's limiter lets the next call through.
    free: Vec<Duration>,
    calls: Vec<Call>,
    /// What is left of the quota, and as of when.
    left: f64,
    filled: Duration,
    waits: Vec<Duration>,
    refusals: usize,
    failed: usize,
}

impl Fleet {
    fn new(clients: usize, load: f64, max_tokens: f64, in_front: bool) -> Self {
        let mut fleet = Self {
            load,
            max_tokens,
            in_front,
            random: repeatable(),
            now: Duration::ZERO,
            queue: BinaryHeap::new(),
            budgets: (0..clients).map(|_| Budget::default()).collect(),
            free: vec![Duration::ZERO; clients],
            calls: Vec::new(),
            left: QUOTA,
            filled: Duration::ZERO,
            waits: Vec::new(),
            refusals: 0,
            failed: 0,
        };
        for client in 0..clients {
            let pause = fleet.pause();
            fleet.at(pause, Next::Call { client });
        }
        fleet
    }

    fn run(mut self) -> Self {
        while let Some(Reverse((now, next))) = self.queue.pop() {
            if now > HOUR {
                break;
            }
            self.now = now;
            self.refill();
            match next {
                Next::Call { client } => self.begin(client),
                Next::Send { call } => self.send(call),
                // What was reserved for output and not said comes back.
                Next::End => self.left = (self.left + self.reserved() - TAKEN).min(QUOTA),
            }
        }
        self
    }

    fn begin(&mut self, client: usize) {
        let pause = self.pause();
        self.at(pause, Next::Call { client });
        let call = self.calls.len();
        self.calls.push(Call {
            client,
            begun: self.now,
            tries: Tries::new(Retries::default()),
        });
        let mut wait = Duration::ZERO;
        if self.in_front {
            // Its share of the quota, spent evenly.
            let share = QUOTA / 60.0 / self.budgets.len() as f64;
            let free = self.free[client].max(self.now);
            wait = free - self.now;
            self.free[client] = free + Duration::from_secs_f64(TAKEN / share);
        }
        self.at(wait, Next::Send { call });
    }

    fn send(&mut self, number: usize) {
        let reserved = self.reserved();
        let call = &mut self.calls[number];
        let budget = &self.budgets[call.client];
        if self.left >= reserved {
            self.left -= reserved;
            call.tries.succeeded(budget);
            self.waits.push(self.now - call.begun);
            self.at(ANSWER, Next::End);
            return;
        }
        self.refusals += 1;
        let refusal = Error::new(ErrorKind::RateLimited, "Too many tokens").set_retryable(true);
        match call.tries.next(&refusal, &self.random, budget) {
            Some(wait) => self.at(wait, Next::Send { call: number }),
            None => self.failed += 1,
        }
    }

    /// What has to be there for a call to be admitted.
    fn reserved(&self) -> f64 {
        INPUT + self.max_tokens
    }

    fn refill(&mut self) {
        let passed = (self.now - self.filled).as_secs_f64();
        self.left = (self.left + passed * QUOTA / 60.0).min(QUOTA);
        self.filled = self.now;
    }

    /// How long until a client's next call: calls come by chance, and all clients together ask for `load` times the quota.
    fn pause(&self) -> Duration {
        let mean = TAKEN * self.budgets.len() as f64 / (QUOTA / 60.0 * self.load);
        Duration::from_secs_f64(-mean * (1.0 - self.random.unit()).max(1e-12).ln())
    }

    fn at(&mut self, wait: Duration, next: Next) {
        self.queue.push(Reverse((self.now + wait, next)));
    }

    fn show(mut self) {
        self.waits.sort_unstable();
        let admitted = self.waits.len();
        let used = admitted as f64 * TAKEN / (QUOTA * 60.0);
        let wait = |share: f64| {
            let at = (admitted.saturating_sub(1) as f64 * share) as usize;
            self.waits.get(at).map_or(0.0, Duration::as_secs_f64)
        };
        println!(
            "{:>7} {:>6} {:>10} {:>8} | {:>7.0}% {:>9.2} {:>6.1}% {:>8.1} {:>8.1}",
            self.budgets.len(),
            format!("{:.0}%", self.load * 100.0),
            self.max_tokens,
            if self.in_front { "yes" } else { "no" },
            used * 100.0,
            self.refusals as f64 / self.calls.len().max(1) as f64,
            self.failed as f64 / self.calls.len().max(1) as f64 * 100.0,
            wait(0.5),
            wait(0.99),
        );
    }
}

/// Chance that is the same on every run: the generator SplitMix64.
fn repeatable() -> Random {
    let state = Arc::new(AtomicU64::new(1));
    Random::new(move || {
        let state = state.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    })
}
