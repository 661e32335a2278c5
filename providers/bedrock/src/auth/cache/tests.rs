//! Single flight, renewal, last good credentials, and what is thrown away.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use reqllm_core::ErrorKind;
use tokio::sync::Notify;

use super::*;
use crate::auth::credential::Keys;

/// Gives what it was told to, in order, each after it was let go.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Result<Credential>>>,
    asked: AtomicUsize,
    forgotten: AtomicUsize,
    gate: Option<Arc<Notify>>,
}

#[derive(Clone, Debug)]
struct Shown(Arc<Script>);

#[async_trait]
impl CredentialSource for Shown {
    async fn credential(&self, _now: SystemTime) -> Result<Credential> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(gate) = &self.0.gate {
            gate.notified().await;
        }
        let next = self.0.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Err(Error::new(ErrorKind::Authentication, "nothing left")))
    }

    fn forget(&self, _refused: &Credential) -> bool {
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        true
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
}

fn keys(id: &str, expires: Option<u64>) -> Result<Credential> {
    let keys = Keys::new(id, "s3cret", Some("t0ken".into()));
    Ok(Credential::Keys(match expires {
        Some(seconds) => keys.expires_at(at(seconds)),
        None => keys,
    }))
}

fn no(message: &str) -> Result<Credential> {
    Err(Error::new(ErrorKind::Authentication, message))
}

fn script(answers: Vec<Result<Credential>>, gate: Option<Arc<Notify>>) -> Shown {
    Shown(Arc::new(Script {
        answers: Mutex::new(answers.into()),
        gate,
        ..Script::default()
    }))
}

fn cached(script: &Shown, chance: f64) -> Cached {
    Cached::over(Arc::new(script.clone()), Random::fixed(chance))
}

async fn id(cached: &Cached, seconds: u64) -> Result<String> {
    match cached.credential(at(seconds)).await? {
        Credential::Keys(keys) => Ok(keys.access_key_id().to_owned()),
        Credential::ApiKey(_) => panic!("keys were given"),
    }
}

#[tokio::test]
async fn it_asks_once_and_again_shortly_before_the_expiry() {
    for (chance, renewal) in [(0.0, 90), (1.0, 85)] {
        let source = script(vec![keys("A", Some(100)), keys("B", Some(200))], None);
        let cached = cached(&source, chance);
        for second in [0, 50, renewal - 1] {
            assert_eq!(id(&cached, second).await.unwrap(), "A");
        }
        assert_eq!(source.0.asked.load(Ordering::SeqCst), 1);
        assert_eq!(id(&cached, renewal).await.unwrap(), "B");
        assert_eq!(id(&cached, 100).await.unwrap(), "B");
        assert_eq!(source.0.asked.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn without_an_expiry_it_asks_every_fifteen_minutes() {
    let source = script(vec![keys("A", None), no("down"), keys("B", None)], None);
    let cached = cached(&source, 0.0);
    assert_eq!(id(&cached, 0).await.unwrap(), "A");
    assert_eq!(id(&cached, 899).await.unwrap(), "A");
    assert_eq!(source.0.asked.load(Ordering::SeqCst), 1);
    assert_eq!(id(&cached, 900).await.unwrap(), "A", "it has not expired");
    assert_eq!(
        id(&cached, 904).await.unwrap(),
        "A",
        "not asked at once again"
    );
    assert_eq!(source.0.asked.load(Ordering::SeqCst), 2);
    assert_eq!(id(&cached, 905).await.unwrap(), "B");
}

#[tokio::test]
async fn the_last_good_credential_serves_until_it_expires() {
    let source = script(
        vec![
            keys("A", Some(100)),
            no("down"),
            no("down"),
            no("still down"),
        ],
        None,
    );
    let cached = cached(&source, 0.0);
    for second in [0, 92, 97, 99] {
        assert_eq!(id(&cached, second).await.unwrap(), "A");
    }
    let error = id(&cached, 100).await.unwrap_err();
    assert_eq!(
        (error.message(), error.kind()),
        ("still down", ErrorKind::Authentication)
    );
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let source = script(vec![no("down"), keys("A", None)], None);
    let cached = cached(&source, 0.0);
    assert!(id(&cached, 0).await.is_err());
    assert_eq!(id(&cached, 0).await.unwrap(), "A");
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_request_and_its_outcome() {
    for (answer, good) in [(keys("A", None), true), (no("down"), false)] {
        let gate = Arc::new(Notify::new());
        let source = script(vec![answer], Some(Arc::clone(&gate)));
        let cached = cached(&source, 0.0);
        let calls = join_all((0..64).map(|_| id(&cached, 0)));
        let (outcomes, ()) = tokio::join!(calls, async {
            tokio::task::yield_now().await;
            gate.notify_one();
        });
        assert_eq!(outcomes.len(), 64);
        for outcome in outcomes {
            match outcome {
                Ok(id) => assert!(good && id == "A"),
                Err(error) => assert!(!good && error.message() == "down", "{error}"),
            }
        }
        assert_eq!(source.0.asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn whoever_began_a_renewal_may_go_and_the_others_get_it() {
    let gate = Arc::new(Notify::new());
    let source = script(vec![keys("A", None)], Some(Arc::clone(&gate)));
    let cached = cached(&source, 0.0);
    let first = tokio::spawn({
        let cached = cached.clone();
        async move { id(&cached, 0).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(source.0.asked.load(Ordering::SeqCst), 1);
    let second = tokio::spawn({
        let cached = cached.clone();
        async move { id(&cached, 0).await }
    });
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    gate.notify_one();
    assert_eq!(second.await.unwrap().unwrap(), "A");
    assert_eq!(
        source.0.asked.load(Ordering::SeqCst),
        1,
        "the same request went on"
    );
}

#[tokio::test]
async fn what_all_have_left_is_begun_anew() {
    let gate = Arc::new(Notify::new());
    let source = script(vec![keys("A", None)], Some(Arc::clone(&gate)));
    let cached = cached(&source, 0.0);
    let only = tokio::spawn({
        let cached = cached.clone();
        async move { id(&cached, 0).await }
    });
    tokio::task::yield_now().await;
    only.abort();
    assert!(only.await.unwrap_err().is_cancelled());
    gate.notify_one();
    assert_eq!(id(&cached, 0).await.unwrap(), "A");
    assert_eq!(source.0.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_was_refused_is_thrown_away_once_and_its_successor_is_kept() {
    let source = script(vec![keys("A", None), keys("B", None)], None);
    let cached = cached(&source, 0.0);
    let refused = cached.credential(at(0)).await.unwrap();
    assert!(cached.forget(&refused));
    assert_eq!(id(&cached, 0).await.unwrap(), "B");
    assert!(cached.forget(&refused), "another call with the old one");
    assert_eq!(id(&cached, 0).await.unwrap(), "B");
    assert_eq!(source.0.asked.load(Ordering::SeqCst), 2);
    assert_eq!(source.0.forgotten.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nothing_of_a_secret_is_shown() {
    let cached = cached(&script(vec![], None), 0.0);
    cached.0.state().held = Some(Held {
        credential: keys("A", Some(1)).unwrap(),
        renew_at: at(0),
    });
    let shown = format!("{cached:?}");
    assert!(
        !shown.contains("s3cret") && !shown.contains("t0ken"),
        "{shown}"
    );
}
