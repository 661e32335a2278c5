//! The kinds of work, and what is measured of each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::machine::{cpu, memory, now};
use crate::{Peer, Prompt, Result, Setting, Work};

/// What the server sends before streams with pauses are measured.
const WARM_MODEL: &str = "anthropic.claude-events-2000";
/// An answer with less text than this was not read.
const LEAST_TEXT: usize = 100;
/// How long all streams may take to open.
const PATIENCE: Duration = Duration::from_secs(90);

/// Does the work once and gives its figures.
pub(crate) async fn measure<P: Peer>(setting: Setting) -> Result<Value> {
    let client = P::new(&setting.endpoint).await?;
    let client = Client {
        model: client.model(&setting.model)?,
        warm_model: client.model(WARM_MODEL)?,
        prompt: Prompt::new(setting.prompt_kib),
        peer: client,
        setting,
    };
    let client = Arc::new(client);
    match client.setting.work {
        Work::Calls => calls(&client).await,
        Work::Stream => stream(&client).await,
        Work::Latency => latency(&client).await,
        Work::Paced => paced(&client).await,
        Work::Memory => memory_of_streams(&client).await,
        Work::Start => Ok(json!({ "text": client.call().await? })),
    }
}

/// A client, and all that it is asked.
struct Client<P: Peer> {
    peer: P,
    model: P::Model,
    warm_model: P::Model,
    prompt: Prompt,
    setting: Setting,
}

impl<P: Peer> Client<P> {
    async fn call(&self) -> Result<usize> {
        let wire = self.setting.wire;
        let text = self.peer.call(&self.model, &self.prompt, wire).await?;
        match text < LEAST_TEXT {
            true => Err(format!("the answer has {text} bytes of text").into()),
            false => Ok(text),
        }
    }

    async fn stream(&self, text: &mut (dyn FnMut(&str) + Send)) -> Result<()> {
        let wire = self.setting.wire;
        self.peer
            .stream(&self.model, &self.prompt, wire, text)
            .await
    }

    /// So many streams without pauses, so that code, connections and buffers are there.
    async fn warm(&self, streams: u64) -> Result<()> {
        for _ in 0..streams {
            let wire = self.setting.wire;
            self.peer
                .stream(&self.warm_model, &self.prompt, wire, &mut |_| ())
                .await?;
        }
        Ok(())
    }
}

async fn calls<P: Peer>(client: &Arc<Client<P>>) -> Result<Value> {
    many_calls(client, client.setting.warm).await?;
    let before = cpu()?;
    let mut latencies = many_calls(client, client.setting.count).await?;
    let cpu = cpu()? - before;
    latencies.sort_unstable();
    Ok(json!({
        "cpu_us": micros(cpu, client.setting.count),
        "p50_us": percentile(&latencies, 0.5),
        "p99_us": percentile(&latencies, 0.99),
    }))
}

/// So many calls, some at once; how long each took.
async fn many_calls<P: Peer>(client: &Arc<Client<P>>, count: u64) -> Result<Vec<u64>> {
    let left = Arc::new(AtomicU64::new(count));
    let mut tasks = JoinSet::new();
    for _ in 0..client.setting.at_once {
        let (client, left) = (Arc::clone(client), Arc::clone(&left));
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            let order = Ordering::Relaxed;
            while left
                .fetch_update(order, order, |left| left.checked_sub(1))
                .is_ok()
            {
                let begun = now()?;
                client.call().await?;
                latencies.push(now()? - begun);
            }
            Result::Ok(latencies)
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended??);
    }
    Ok(all)
}

async fn stream<P: Peer>(client: &Arc<Client<P>>) -> Result<Value> {
    for _ in 0..client.setting.warm {
        client.stream(&mut |_| ()).await?;
    }
    let (mut events, mut bytes) = (0, 0);
    let before = cpu()?;
    for _ in 0..client.setting.count {
        let mut text = |text: &str| {
            events += 1;
            bytes += text.len();
        };
        client.stream(&mut text).await?;
    }
    let cpu = cpu()? - before;
    Ok(json!({ "events": events, "bytes": bytes, "cpu_us": micros(cpu, events) }))
}

async fn latency<P: Peer>(client: &Arc<Client<P>>) -> Result<Value> {
    client.warm(client.setting.warm).await?;
    let mut latencies = Vec::new();
    let mut text = |text: &str| {
        if let (Ok(now), Some(sent)) = (now(), stamp(text)) {
            latencies.push(now.saturating_sub(sent));
        }
    };
    client.stream(&mut text).await?;
    seen(latencies.len() as u64)?;
    // The first ones find cold caches.
    let mut latencies = latencies.split_off(latencies.len() / 10);
    latencies.sort_unstable();
    Ok(json!({
        "events": latencies.len(),
        "p50_us": percentile(&latencies, 0.5),
        "p99_us": percentile(&latencies, 0.99),
    }))
}

/// The time that the server wrote into an event.
fn stamp(text: &str) -> Option<u64> {
    (text.len() == 20).then(|| text.parse().ok())?
}

async fn paced<P: Peer>(client: &Arc<Client<P>>) -> Result<Value> {
    client.warm(client.setting.warm).await?;
    let before = cpu()?;
    let mut tasks = JoinSet::new();
    for _ in 0..client.setting.at_once {
        let client = Arc::clone(client);
        tasks.spawn(async move {
            let mut events = 0;
            let mut text = |text: &str| events += u64::from(stamp(text).is_some());
            client.stream(&mut text).await?;
            Result::Ok(events)
        });
    }
    let mut events = 0;
    while let Some(ended) = tasks.join_next().await {
        events += ended??;
    }
    let cpu = cpu()? - before;
    seen(events)?;
    Ok(json!({ "events": events, "cpu_us": micros(cpu, events) }))
}

/// Whether the client has handed over text at all.
fn seen(events: u64) -> Result<()> {
    match events {
        0 => Err("no event had the server's clock in it".into()),
        _ => Ok(()),
    }
}

/// Memory when every stream has had so many events, over that after one stream.
async fn memory_of_streams<P: Peer>(client: &Arc<Client<P>>) -> Result<Value> {
    client.warm(client.setting.warm).await?;
    let before = memory()?;
    let (streams, enough) = (client.setting.at_once, client.setting.count);
    let open = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..streams {
        let (client, open) = (Arc::clone(client), Arc::clone(&open));
        tasks.spawn(async move {
            let mut events = 0;
            let mut text = |_: &str| {
                events += 1;
                open.fetch_add(u64::from(events == enough), Ordering::Relaxed);
            };
            client.stream(&mut text).await
        });
    }
    let begun = Instant::now();
    while open.load(Ordering::Relaxed) < streams {
        if let Some(ended) = tasks.try_join_next() {
            ended??;
            return Err("a stream was over before all were open".into());
        }
        if begun.elapsed() > PATIENCE {
            let open = open.load(Ordering::Relaxed);
            return Err(format!("{open} of {streams} streams are open after {PATIENCE:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let after = memory()?;
    let each = (after as f64 - before as f64) / streams as f64;
    tasks.detach_all();
    Ok(json!({ "kib": each, "warm_kib": before, "all_kib": after }))
}

/// Microseconds of each of so many.
fn micros(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// The value below which this share of the sorted nanoseconds lies, in microseconds.
fn percentile(sorted: &[u64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    sorted.get(at).map_or(0.0, |nanos| *nanos as f64 / 1000.0)
}
