//! One round of streams, and one of calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqllm::{Error, Event, EventStream, Result};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::answers::Answers;
use super::process::Footprint;

/// How often memory is looked at while streams are read.
const LOOK: Duration = Duration::from_millis(200);

/// What became of a round of streams.
pub(crate) struct Streams<T> {
    /// Streams whose first words had come before any of them was read on.
    pub(crate) open: usize,
    /// What was to be looked at then.
    pub(crate) looked: T,
    /// Events of all streams.
    pub(crate) events: usize,
    pub(crate) errors: Vec<Error>,
    /// From the first request until all were open.
    pub(crate) opening: Duration,
    /// From then until all had ended.
    pub(crate) reading: Duration,
    /// This process when all were open.
    pub(crate) at_peak: Footprint,
    /// The most memory that was seen until the end, in KiB.
    pub(crate) most_memory: Option<u64>,
}

/// Opens so many streams, waits until the first words of all are there, has `look` look around, and reads all of them to the
/// end.
///
/// # Errors
///
/// Only those of `look`; the errors of the streams are in what it gives.
pub(crate) async fn streams<T>(
    answers: &Arc<Answers>,
    count: usize,
    look: impl Future<Output = Result<T>>,
) -> Result<Streams<T>> {
    let begun = Instant::now();
    // All streams, and this function.
    let all = Arc::new(Barrier::new(count + 1));
    let open = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (answers, all, open) = (Arc::clone(answers), Arc::clone(&all), Arc::clone(&open));
        tasks.spawn(async move {
            let opened = Reading::open(&answers, number).await;
            open.fetch_add(usize::from(opened.is_ok()), Ordering::Relaxed);
            all.wait().await;
            // Here memory is looked at.
            all.wait().await;
            opened?.finish(&answers).await
        });
    }
    all.wait().await;
    let opening = begun.elapsed();
    let mut round = Streams {
        open: open.load(Ordering::Relaxed),
        looked: look.await?,
        events: 0,
        errors: Vec::new(),
        opening,
        reading: Duration::ZERO,
        at_peak: Footprint::here(),
        most_memory: None,
    };
    round.most_memory = round.at_peak.memory;
    let begun = Instant::now();
    all.wait().await;
    let mut watch = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            ended = tasks.join_next() => match ended {
                Some(ended) => match flat(ended) {
                    Ok(events) => round.events += events,
                    Err(error) => round.errors.push(error),
                },
                None => break,
            },
            _ = watch.tick() => {
                round.most_memory = round.most_memory.max(Footprint::here().memory);
            }
        }
    }
    round.reading = begun.elapsed();
    Ok(round)
}

/// A stream under way.
struct Reading {
    number: usize,
    stream: EventStream,
    text: String,
    events: usize,
}

impl Reading {
    /// Asks, and reads the first words.
    async fn open(answers: &Answers, number: usize) -> Result<Self> {
        let mut reading = Self {
            number,
            stream: answers.ask(number).stream().await?,
            text: String::new(),
            events: 0,
        };
        while reading.text.is_empty() && reading.step().await? {}
        Ok(reading)
    }

    /// Reads the rest, and checks it; gives the number of events.
    async fn finish(mut self, answers: &Answers) -> Result<usize> {
        while self.step().await? {}
        let response = self.stream.finish().await?;
        if response.text() != self.text {
            let number = self.number;
            return Err(Error::stream(format!(
                "the events of stream {number} are not its text"
            )));
        }
        answers.check(self.number, &response)?;
        Ok(self.events)
    }

    /// One more event; false after the last one.
    async fn step(&mut self) -> Result<bool> {
        let Some(event) = self.stream.try_next().await? else {
            return Ok(false);
        };
        self.events += 1;
        if let Event::Text(delta) = event {
            self.text.push_str(&delta.text);
        }
        Ok(true)
    }
}

/// What became of a round of calls.
pub(crate) struct Calls {
    pub(crate) answered: usize,
    pub(crate) errors: Vec<Error>,
    pub(crate) took: Duration,
}

/// Makes so many calls, so many of them at once.
pub(crate) async fn calls(answers: &Arc<Answers>, count: usize, in_flight: usize) -> Calls {
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let (answers, next) = (Arc::clone(answers), Arc::clone(&next));
        tasks.spawn(async move {
            let (mut answered, mut errors) = (0, Vec::new());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok((answered, errors));
                }
                let response = answers.ask(number).send().await;
                match response.and_then(|response| answers.check(number, &response)) {
                    Ok(()) => answered += 1,
                    Err(error) => errors.push(error),
                }
            }
        });
    }
    let (mut answered, mut errors) = (0, Vec::new());
    while let Some(ended) = tasks.join_next().await {
        match flat(ended) {
            Ok((good, bad)) => {
                answered += good;
                errors.extend(bad);
            }
            Err(error) => errors.push(error),
        }
    }
    Calls {
        answered,
        errors,
        took: begun.elapsed(),
    }
}

/// A task that panicked is an error like another.
fn flat<T>(ended: Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    ended.unwrap_or_else(|error| Err(super::failed("a task ended badly", error)))
}
