//! What is kept, and which catalogue is used.

use std::fs;
use std::path::Path;
use std::time::Duration;

use reqllm::ErrorKind;
use reqllm::refresh::{Origin, Outcome, Refresh, load, registry};
use serde_json::json;

use crate::cache::{Cache, NOW, api, api_at, clock, price, updated};
use crate::server::{Server, answer, ok};

#[tokio::test]
async fn a_new_catalogue_is_kept_and_used() {
    let cache = Cache::new();
    assert!(load(&cache.env()).is_none());
    assert_eq!(cache.info().origin, Origin::Embedded);
    assert!(cache.files().is_empty(), "asking leaves nothing behind");

    let report = cache.take(&api()).await;
    assert_eq!(report.date, "2033-05-18");
    assert!(
        report.models >= 4 && report.models_before > 1000,
        "{report:?}"
    );
    assert!(report.added.contains(&"openai:openai-test".to_owned()));
    assert!(report.removed.contains(&"openai:gpt-5".to_owned()));
    assert_eq!(report.path, cache.0.join("catalogue.packed"));
    let names: Vec<String> = cache.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["catalogue.json", "catalogue.packed"]);

    let info = cache.info();
    assert_eq!(info.origin, Origin::Cache);
    assert_eq!((info.source.as_str(), info.models), ("file", report.models));
    assert_eq!(info.date.as_deref(), Some("2033-05-18"));
    assert_eq!(info.fetched_at.as_deref(), Some("2033-05-18T03:33:20Z"));
    assert_eq!(info.age_seconds, Some(60));
    assert_eq!(info.path, Some(report.path.clone()));
    assert_eq!(info.sha256, report.sha256);
    assert_eq!(cache.facts()["sha256"], json!(report.sha256));
    assert_eq!(cache.facts()["models"], json!(report.models));

    let spec = "openai:openai-test".parse().unwrap();
    let model = registry(&cache.env()).resolve(&spec).unwrap().model;
    assert_eq!(model.limits.context, Some(1000));
    assert_eq!(price(&cache).as_deref(), Some("1.5"));
}

#[tokio::test]
async fn changes_are_counted_and_jumps_are_told() {
    let cache = Cache::new();
    cache.take(&api()).await;
    let report = cache.take(&api()).await;
    let same = (&report.added, &report.removed, &report.warnings);
    assert_eq!(same, (&vec![], &vec![], &vec![]));
    assert_eq!(report.price_changes, []);

    let report = cache.take(&api_at(15.0)).await;
    assert_eq!(report.price_changes.len(), 1);
    assert!(
        report.warnings.is_empty(),
        "tenfold is not more than tenfold"
    );
    let change = serde_json::to_value(&report.price_changes[0]).unwrap();
    assert_eq!(
        change,
        json!({ "spec": "openai:openai-test", "price": "input", "before": "1.5", "after": "15" })
    );

    let mut cheap = api_at(1.0);
    cheap["openai"]["models"]["new"] = cheap["openai"]["models"]["openai-test"].clone();
    let report = cache.take(&cheap).await;
    assert_eq!(report.added, ["openai:new"]);
    assert_eq!(report.models, report.models_before + 1);
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    assert!(
        report.warnings[0].contains("from 15 to 1 USD"),
        "{:?}",
        report.warnings
    );
}

#[tokio::test]
async fn what_is_still_good_is_not_fetched_again() {
    let cache = Cache::new();
    let body = api().to_string();
    let server = Server::start(vec![
        answer("200 OK", &[("ETag", "W/\"one\"")], body.as_bytes()),
        answer("304 Not Modified", &[], b""),
        answer("304 Not Modified", &[], b""),
    ])
    .await;
    updated(cache.run(&server.url()).await.unwrap());
    assert_eq!(cache.facts()["etag"], "W/\"one\"");
    let packed = cache.read("catalogue.packed");

    let later = cache.at(&server.url()).clock(clock(NOW + 86_400));
    let outcome = later.build().unwrap().run().await.unwrap();
    assert!(
        matches!(outcome, Outcome::NotModified { .. }),
        "{outcome:?}"
    );
    assert_eq!(cache.read("catalogue.packed"), packed);
    assert_eq!(cache.facts()["fetched_at"], "2033-05-18T03:33:20Z");
    assert_eq!(cache.facts()["checked_at"], "2033-05-19T03:33:20Z");

    // The ETag is of one address, and nobody asked whether this one changed.
    let error = cache
        .run(&format!("{}/other", server.url()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let asked: Vec<Option<String>> = server.headers("if-none-match");
    assert_eq!(asked, [None, Some("W/\"one\"".to_owned()), None]);
}

#[tokio::test]
async fn an_etag_of_another_catalogue_is_not_used() {
    let cache = Cache::new();
    let body = api().to_string();
    let fresh = || answer("200 OK", &[("ETag", "\"one\"")], body.as_bytes());
    let server = Server::start((0..4).map(|_| fresh()).collect()).await;
    cache.run(&server.url()).await.unwrap();
    // Two refreshes at once may leave one file each.
    let mut facts = cache.facts();
    facts["sha256"] = json!("0");
    fs::write(cache.0.join("catalogue.json"), facts.to_string()).unwrap();
    cache.run(&server.url()).await.unwrap();
    // Another version of this crate packs other facts.
    let mut facts = cache.facts();
    facts["made_by"] = json!("0.0.1");
    fs::write(cache.0.join("catalogue.json"), facts.to_string()).unwrap();
    cache.run(&server.url()).await.unwrap();
    // Nothing sound is there to be still good.
    fs::write(cache.0.join("catalogue.packed"), b"REQLLMCT").unwrap();
    cache.run(&server.url()).await.unwrap();
    assert_eq!(server.headers("if-none-match"), [None, None, None, None]);
    assert_eq!(price(&cache).as_deref(), Some("1.5"));
}

#[tokio::test]
async fn a_broken_cache_is_ignored() {
    let cache = Cache::new();
    cache.take(&api()).await;
    let whole = cache.read("catalogue.packed");
    let path = cache.0.join("catalogue.packed");
    let mut newer = whole[..whole.len() - 4].to_vec();
    newer[8] += 1;
    newer.extend(crc32fast::hash(&newer).to_le_bytes());
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let truncated = whole[..whole.len() / 2].to_vec();
    for (name, bytes) in [
        ("newer", newer),
        ("flipped", flipped),
        ("truncated", truncated),
        ("empty", Vec::new()),
        ("short", vec![1, 2]),
        ("garbage", b"{}".repeat(1000)),
    ] {
        fs::write(&path, bytes).unwrap();
        assert!(load(&cache.env()).is_none(), "{name}");
        assert_eq!(cache.info().origin, Origin::Embedded, "{name}");
        assert!(cache.info().ignored.is_some(), "{name}");
        let spec = "openai:gpt-5".parse().unwrap();
        assert!(registry(&cache.env()).resolve(&spec).is_ok(), "{name}");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(load(&cache.env()).is_none(), "a folder");
    fs::remove_dir(&path).unwrap();
    // What is said about it does not matter for what it says.
    fs::write(&path, whole).unwrap();
    fs::write(cache.0.join("catalogue.json"), b"\xff{").unwrap();
    assert_eq!(price(&cache).as_deref(), Some("1.5"));
    cache.take(&api_at(2.0)).await;
    assert_eq!(price(&cache).as_deref(), Some("2"));
}

#[tokio::test]
async fn an_older_cache_gives_way_to_the_built_in_catalogue() {
    let cache = Cache::new();
    let old = cache.at(&cache.file(&api())).clock(clock(1_600_000_000));
    let report = updated(old.build().unwrap().run().await.unwrap());
    assert!(
        report.warnings.iter().any(|it| it.contains("2020-09-13")),
        "{report:?}"
    );
    assert!(load(&cache.env()).is_none());
    let info = cache.info();
    assert_eq!(info.origin, Origin::Embedded);
    assert!(info.ignored.unwrap().contains("older"));
    // It is no measure for the next one either.
    assert!(cache.take(&api()).await.models_before > 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_at_once_leave_a_whole_catalogue() {
    let cache = Cache::new();
    let bodies: Vec<String> = (1..=8).map(|n| api_at(f64::from(n)).to_string()).collect();
    let server = Server::start(bodies.iter().map(|body| ok(body.as_bytes())).collect()).await;
    let runs: Vec<_> = (0..8)
        .map(|_| {
            let refresh = cache.at(&server.url()).build().unwrap();
            tokio::spawn(async move { refresh.run().await })
        })
        .collect();
    for run in runs {
        updated(run.await.unwrap().unwrap());
        assert!(price(&cache).is_some(), "whole at every moment");
    }
    assert_eq!(cache.files().len(), 2);
}

#[tokio::test]
async fn in_the_background_only_when_asked() {
    let cache = Cache::new();
    let refresh = cache.at(&cache.file(&api())).build().unwrap();
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    let background = refresh
        .spawn_every(Duration::ZERO, move |outcome| sender.send(outcome).unwrap())
        .unwrap();
    updated(told.recv().await.unwrap().unwrap());
    assert_eq!(price(&cache).as_deref(), Some("1.5"));
    drop(background);
    assert!(told.recv().await.is_none(), "it ends when it is dropped");
}

#[test]
fn the_background_needs_a_runtime() {
    let cache = Cache::new();
    let refresh = cache.at("file:///api.json").build().unwrap();
    let error = refresh.spawn_every(Duration::ZERO, drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

/// The gates at their defaults let through what they must. Read only where it lies beside the checkout.
#[tokio::test]
async fn a_real_file_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/registry");
    for name in ["models-dev.json", "models-dev-2026-08-23.json"] {
        let Ok(path) = folder.join(name).canonicalize() else {
            eprintln!("SKIPPED: there is no ../shared/registry/{name} beside this checkout");
            continue;
        };
        let cache = Cache::new();
        let refresh = Refresh::builder()
            .environment(cache.env())
            .clock(clock(NOW))
            .url(url::Url::from_file_path(path).unwrap());
        let report = updated(refresh.build().unwrap().run().await.unwrap());
        assert!(load(&cache.env()).is_some());
        eprintln!(
            "{name}: {} models, {} added, {} removed, {} prices, {} warnings",
            report.models,
            report.added.len(),
            report.removed.len(),
            report.price_changes.len(),
            report.warnings.len()
        );
        if name == "models-dev-2026-08-23.json" {
            // What the built-in catalogue is made of.
            let changes = (
                report.added.len(),
                report.removed.len(),
                report.price_changes.len(),
            );
            assert_eq!(changes, (0, 0, 0));
        }
    }
}
