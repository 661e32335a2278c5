//! Ctrl-C.
//!
//! Whatever awaits is dropped at once, which closes its connection. What blocks, on a pipe that nobody reads or writes,
//! gets a moment to see it and is then left behind.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use crate::error::{Failure, INTERRUPTED};

/// How long after the signal the process may live on.
const GRACE: Duration = Duration::from_millis(300);

/// Knows whether the user has had enough.
#[derive(Debug)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        #[cfg(unix)]
        let mut signals =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let mut signals = tokio::signal::windows::ctrl_c()?;
        tokio::spawn(async move {
            signals.recv().await;
            // Nobody listening is as good as an end.
            sender.send(true).ok();
            tokio::time::sleep(GRACE).await;
            // Standard output is most likely what everybody waits for; standard error might be as well.
            std::thread::spawn(|| Failure::cancelled().tell(false));
            tokio::time::sleep(GRACE).await;
            std::process::exit(i32::from(INTERRUPTED));
        });
        Ok(Self(receiver))
    }

    /// Ends when the user has had enough.
    pub(crate) async fn happened(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|happened| *happened).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The outcome of `work`, unless the user has had enough before.
    pub(crate) async fn or<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            outcome = work => outcome,
            () = self.happened() => Err(Failure::cancelled()),
        }
    }
}
