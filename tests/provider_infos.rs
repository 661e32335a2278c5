//! What a client tells of the providers that it can reach.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

use std::sync::Arc;

use reqllm::{
    Call, Client, Delivery, Environment, Error, Exchange, Model, Provider, ProviderContext,
    ProviderDescriptor, ProviderInfo, ProviderOrigin, Result, inventory,
};

/// Sorted before those of this project, which speak first all the same.
const ID: &str = "aa-speaker";

static SPEAKER: ProviderDescriptor = ProviderDescriptor::new(ID, build)
    .aliases(&["speaker", "openai"])
    .dialects(&["openai-compatible"])
    .env(&["SPEAKER_KEY", "SPEAKER_SECRET"])
    .base_url("https://speaker.example");

inventory::submit! { &SPEAKER }

fn build(_: &ProviderContext) -> Result<Arc<dyn Provider>> {
    Ok(Arc::new(Silent(ID)))
}

#[derive(Debug)]
struct Silent(&'static str);

impl Provider for Silent {
    fn id(&self) -> &str {
        self.0
    }

    fn prepare(&self, _: &Model, _: &Call, _: Delivery) -> Result<Exchange> {
        Err(Error::config("it says nothing"))
    }
}

fn client(env: &[(&str, &str)]) -> Client {
    let builder = Client::builder().environment(Environment::of(env.iter().copied()));
    builder.provider(Silent("zz-given")).build().unwrap()
}

fn find<'a>(infos: &'a [ProviderInfo], id: &str) -> &'a ProviderInfo {
    infos.iter().find(|info| info.id == id).unwrap()
}

#[test]
fn each_says_how_it_came_and_what_it_needs() {
    let client = client(&[("SPEAKER_KEY", "s3cret"), ("SPEAKER_SECRET", "  ")]);
    let infos = client.provider_infos();
    let ids: Vec<&str> = infos.iter().map(|info| info.id.as_str()).collect();
    assert_eq!(ids, client.providers().collect::<Vec<_>>());

    let speaker = find(&infos, ID);
    assert_eq!(speaker.origin, ProviderOrigin::Registered);
    // The other name is somebody's own.
    assert_eq!(speaker.names, ["speaker"]);
    assert_eq!(speaker.models, 0);
    assert_eq!(speaker.base_url.as_deref(), Some("https://speaker.example"));
    let set: Vec<(&str, bool)> = speaker
        .env
        .iter()
        .map(|variable| (variable.name.as_str(), variable.set))
        .collect();
    // Blank is not set.
    assert_eq!(set, [("SPEAKER_KEY", true), ("SPEAKER_SECRET", false)]);

    let bedrock = find(&infos, "bedrock");
    let feature = ProviderOrigin::Feature { name: "bedrock" };
    assert_eq!(bedrock.origin, feature);
    assert!(bedrock.names.iter().any(|name| name == "aws"));
    assert!(bedrock.models > 100);
    assert!(bedrock.env.iter().all(|variable| !variable.set));
    assert_eq!(find(&infos, "zz-given").origin, ProviderOrigin::HandedOver);
    assert!(!format!("{infos:?}").contains("s3cret"));
}

#[test]
fn others_are_told_by_who_speaks_to_them() {
    let client = client(&[]);
    let spoken = client.spoken_provider_infos();
    let own = client.provider_infos();
    assert!(
        spoken
            .iter()
            .all(|it| own.iter().all(|mine| mine.id != it.id))
    );
    assert!(spoken.is_sorted_by_key(|info| info.id.clone()));
    assert!(spoken.len() > 5, "{spoken:?}");
    for info in &spoken {
        // Whoever is listed can be named in a spec.
        let model = client.model(format!("{}:any", info.id));
        let kind = model.err().map(|error| error.kind());
        assert_ne!(kind, Some(reqllm::ErrorKind::UnknownProvider), "{info:?}");
    }
    let by = ProviderOrigin::Spoken {
        by: "openai".to_owned(),
        dialect: "openai-compatible".to_owned(),
    };
    let has_all = |info: &&ProviderInfo| {
        info.origin == by && info.base_url.is_some() && info.models > 0 && !info.env.is_empty()
    };
    let one = spoken.iter().find(has_all).unwrap();
    assert!(one.env.iter().all(|variable| !variable.set));

    // Elsewhere, and with a key. What an address may hold beside that is shown to nobody.
    let builder =
        Client::builder().endpoint_url(&one.id, "https://u:s3cret@elsewhere.example/v1?k=s3cret");
    let infos = builder.build().unwrap().spoken_provider_infos();
    let shown = find(&infos, &one.id).base_url.clone().unwrap();
    assert!(shown.contains("elsewhere.example/v1"), "{shown}");
    assert!(!format!("{infos:?}").contains("s3cret"), "{shown}");

    let builder = Client::builder().endpoint_url(&one.id, "https://elsewhere.example/v1");
    let env = Environment::of([(one.env[0].name.as_str(), "s3cret")]);
    let client = builder.environment(env).build().unwrap();
    let again = client.spoken_provider_infos();
    let again = find(&again, &one.id);
    assert_eq!(
        again.base_url.as_deref(),
        Some("https://elsewhere.example/v1")
    );
    assert!(again.env[0].set);
}
