//! Tasks: attempts until an answer begins, then the whole of it; one, or many side by side.

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use http_body_util::BodyExt as _;
use reqllm_core::{Error, Result, Task};

use crate::send::{Deadline, Outgoing};
use crate::stream::broken;
use crate::{Policy, Transport};

/// The most that is read of an answer, in bytes. The longest one known, 96 vectors of 1,536 numbers in five types, has
/// some ten million.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

impl Transport {
    /// Sends a task and reads its answer.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports, with the number of attempts.
    pub async fn run<T>(&self, task: &Task<T>, policy: Policy) -> Result<T> {
        self.run_until(task, policy, Deadline::of(policy)).await
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
        policy: Policy,
    ) -> Result<Vec<T>> {
        let deadline = Deadline::of(policy);
        // Boxed, and not mapped inside the stream: there the compiler cannot see that the futures move between threads.
        let answers: Vec<_> = tasks
            .iter()
            .map(|task| self.run_until(task, policy, deadline).boxed())
            .collect();
        stream::iter(answers)
            .buffered(concurrency.max(1))
            .try_collect()
            .await
    }

    async fn run_until<T>(
        &self,
        task: &Task<T>,
        policy: Policy,
        deadline: Option<Deadline>,
    ) -> Result<T> {
        let outgoing = Outgoing {
            request: &task.request,
            operation: task.route.operation,
            authorizer: &*task.authorizer,
            refuse: &|head, body| task.decoder.refuse(head, body),
        };
        let opened = self.begin(&outgoing, policy, deadline).await?;
        let (head, attempts) = (opened.head, opened.attempts);
        let body = Deadline::hold(deadline, gather(opened.body)).await;
        body.and_then(|body| task.decoder.decode(&head, &body))
            .map_err(|error| error.with_attempts(attempts))
    }
}

/// The whole body. Nothing is copied if it comes in one piece.
async fn gather(mut body: reqwest::Body) -> Result<Bytes> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        // Trailers say nothing that matters here.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&first);
        }
        all.extend_from_slice(&data);
        if all.len() > MAX_ANSWER {
            return Err(Error::decode(format!(
                "the answer is longer than {MAX_ANSWER} bytes"
            )));
        }
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

const _: () = {
    const fn send<T: Send>(_: &T) {}
    /// Never called; the compiler checks that what the facade awaits can move between threads.
    #[allow(dead_code, reason = "it exists to be compiled")]
    fn futures_are_send(transport: &Transport, tasks: &[Task<()>]) {
        send(&transport.run_all(tasks, 1, Policy::default()));
    }
};
