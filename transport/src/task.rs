//! Tasks: attempts until an answer begins, then the whole of it; one, or many side by side.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use http::response::Parts;
use http_body::Frame;
use http_body_util::BodyExt as _;
use reqllm_core::{Error, Result, Task};

use crate::calling::{Calling, Outgoing, broken};
use crate::client::Whole;
use crate::limits::{Limits, too_silent};
use crate::{Body, Observation, Policy, Transport};

/// The most that is read of an answer, in bytes. The longest one known, 96 vectors of 1,536 numbers in five types, has
/// some ten million.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

impl Transport {
    /// Sends a task and reads its answer. `observation` is told of the attempts; whoever has it says how the call ended.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports, with the number of attempts.
    pub async fn run<T>(
        &self,
        task: &Task<T>,
        policy: &Policy,
        observation: &Observation,
    ) -> Result<T> {
        let limits = Limits::of(policy);
        self.run_until(task, policy, &limits, observation).await
    }

    /// Sends tasks, at most `concurrency` of them (from 1) at the same time, and gives their answers in the order of
    /// the tasks. The timeout is for all of them together.
    ///
    /// # Errors
    ///
    /// The first failure in the order of the tasks; those that have not been answered by then are cancelled.
    pub async fn run_all<T: Send>(
        &self,
        tasks: &[Task<T>],
        concurrency: usize,
        policy: &Policy,
        observation: &Observation,
    ) -> Result<Vec<T>> {
        let limits = Limits::of(policy);
        // Boxed, and not mapped inside the stream: there the compiler cannot see that the futures move between threads.
        let answers: Vec<_> = tasks
            .iter()
            .map(|task| self.run_until(task, policy, &limits, observation).boxed())
            .collect();
        stream::iter(answers)
            .buffered(concurrency.max(1))
            .try_collect()
            .await
    }

    async fn run_until<T>(
        &self,
        task: &Task<T>,
        policy: &Policy,
        limits: &Limits,
        observation: &Observation,
    ) -> Result<T> {
        let outgoing = Outgoing {
            request: task.request.clone(),
            operation: task.route.operation,
            authorizer: task.authorizer.clone(),
            observation: observation.clone(),
        };
        let mut calling = Calling::new(self.clone(), outgoing, policy, limits.clone());
        let refuse = |head: &Parts, body: &[u8]| task.decoder.refuse(head, body);
        let opened = calling.open(None, &refuse).await?;
        let body = limits
            .hold(gather(opened.body, policy.idle, MAX_ANSWER))
            .await;
        if body.is_ok() {
            calling.succeeded();
        }
        body.and_then(|body| task.decoder.decode(&opened.head, &body))
            .map_err(|error| calling.failed(error))
    }
}

/// The whole body, if it has no more than `max_bytes`.
async fn gather(mut body: Body, idle: Option<Duration>, max_bytes: usize) -> Result<Bytes> {
    let mut whole = Whole::default();
    while let Some(frame) = next_frame(&mut body, idle).await? {
        // Trailers say nothing that matters here.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if !whole.take(data, max_bytes) {
            return Err(Error::decode(format!(
                "the answer is longer than {max_bytes} bytes"
            )));
        }
    }
    Ok(whole.into_bytes())
}

/// The next piece of the body, if it comes in time.
async fn next_frame(body: &mut Body, idle: Option<Duration>) -> Result<Option<Frame<Bytes>>> {
    let frame = match idle {
        None => body.frame().await,
        Some(limit) => tokio::time::timeout(limit, body.frame())
            .await
            .map_err(|_| too_silent(limit))?,
    };
    frame.transpose().map_err(|error| broken(&error))
}

const _: () = {
    const fn send<T: Send>(_: &T) {}
    /// Never called; the compiler checks that what the facade awaits can move between threads.
    #[allow(dead_code, reason = "it exists to be compiled")]
    fn futures_are_send(transport: &Transport, tasks: &[Task<()>], policy: &Policy) {
        let observation = Observation::default();
        send(&transport.run_all(tasks, 1, policy, &observation));
    }
};

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn one_piece_that_is_too_long_is_refused_as_many_are() {
        let body = || Body::new(Full::new(Bytes::from_static(b"abcd")));
        assert_eq!(gather(body(), None, 4).await.unwrap(), "abcd");
        let error = gather(body(), None, 3).await.unwrap_err();
        assert!(error.message().contains("longer than 3 bytes"), "{error}");
    }
}
