//! Keys that the program sets, and those of its own source.

use std::sync::Mutex;

use async_trait::async_trait;
use reqllm_core::{KeyRing, KeySource, ProviderContext, ProviderKey};

use super::*;
use crate::auth::{Credential, CredentialSource};
use crate::options::Options;

fn with(keys: &KeyRing, variables: &[(&str, &str)]) -> Bedrock {
    Bedrock::builder()
        .environment(environment(variables))
        .keys(keys.clone())
        .build()
}

/// A source that gives this, and counts how often it is asked.
#[derive(Debug, Default)]
struct Vault {
    key: Mutex<Option<ProviderKey>>,
    asked: Mutex<Vec<String>>,
}

impl Vault {
    fn of(key: impl Into<ProviderKey>) -> Arc<Self> {
        Arc::new(Self {
            key: Mutex::new(Some(key.into())),
            asked: Mutex::default(),
        })
    }
}

#[async_trait]
impl KeySource for Vault {
    async fn key(&self, provider: &str) -> Result<Option<ProviderKey>> {
        self.asked.lock().unwrap().push(provider.to_owned());
        Ok(self.key.lock().unwrap().clone())
    }
}

fn asking(vault: &Arc<Vault>, variables: &[(&str, &str)]) -> Bedrock {
    Bedrock::builder()
        .environment(environment(variables))
        .key_source(Arc::clone(vault) as Arc<dyn KeySource>)
        .build()
}

const PAIR: [(&str, &str); 2] = [
    ("access_key_id", "SETKEY"),
    ("secret_access_key", "set-secret"),
];

/// What a call with these options says of who makes it, and where it goes.
fn asked(bedrock: &Bedrock, options: Options) -> Result<(String, String)> {
    let model = Model::new("bedrock", "amazon.nova-lite-v1:0");
    let options = Read::of(&options.into())?;
    let place = Place::of_model(bedrock, &options, &model)?;
    let mut request = place.post(format_args!("/model/x/converse"), Bytes::new())?;
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    runtime.block_on(place.auth.authorize(&mut request, &clock))?;
    let header = &request.headers()[http::header::AUTHORIZATION];
    let host = request.uri().host().unwrap_or_default();
    Ok((header.to_str().unwrap().to_owned(), host.to_owned()))
}

#[test]
fn a_key_that_is_set_between_two_calls_is_used_by_the_next() {
    let keys = KeyRing::new();
    let bedrock = with(&keys, &bearer("env"));
    assert_eq!(says(&bedrock), "Bearer env");
    keys.set("bedrock", "one");
    assert_eq!(says(&bedrock), "Bearer one");
    keys.set("bedrock", PAIR);
    let header = says(&bedrock);
    assert!(header.contains("Credential=SETKEY/"), "{header}");
    keys.set("bedrock", "two");
    assert_eq!(says(&bedrock), "Bearer two");
    keys.set("another", "x");
    assert_eq!(says(&bedrock), "Bearer two");
    keys.remove("bedrock");
    assert_eq!(says(&bedrock), "Bearer env");
    keys.set("amazon-bedrock", "by another name");
    assert_eq!(says(&bedrock), "Bearer by another name");
}

#[test]
fn the_options_of_a_call_win_over_what_is_set() {
    let keys = KeyRing::new();
    let bedrock = with(&keys, &bearer("env"));
    let [id, secret] = PAIR;
    keys.set("aws", [id, secret, ("region", "eu-west-1")]);
    let (header, host) = asked(&bedrock, Options::new()).unwrap();
    assert!(header.contains("Credential=SETKEY/"), "{header}");
    assert_eq!(host, "bedrock-runtime.eu-west-1.amazonaws.com");
    assert!(header.contains("/eu-west-1/bedrock/"), "{header}");
    let options = Options::new().api_key("call").region("eu-west-2");
    let (header, host) = asked(&bedrock, options).unwrap();
    assert_eq!(header, "Bearer call");
    assert_eq!(host, "bedrock-runtime.eu-west-2.amazonaws.com");
    let options = Options::new().access_key("OPTKEY", "s");
    let (header, host) = asked(&bedrock, options).unwrap();
    assert!(header.contains("Credential=OPTKEY/"), "{header}");
    // The region that is set belongs to the key that is set, and these are somebody else's.
    assert_eq!(host, "bedrock-runtime.us-east-1.amazonaws.com");
    // What says only where leaves the question who to the others.
    keys.set("aws", [("region", "eu-west-3")]);
    let (header, host) = asked(&bedrock, Options::new()).unwrap();
    assert_eq!(header, "Bearer env");
    assert_eq!(host, "bedrock-runtime.eu-west-3.amazonaws.com");
    let model = Model::new("bedrock", "x");
    let region = Place::region_of(&bedrock, &model, &ProviderOptions::new());
    assert_eq!(region.as_deref(), Some("eu-west-3"));
}

#[test]
fn what_cannot_be_a_key_fails_the_call_and_says_why() {
    let keys = KeyRing::new();
    let bedrock = with(&keys, &bearer("env"));
    keys.set("bedrock", [("secret_access_kee", "s3cret")]);
    let error = asked(&bedrock, Options::new()).unwrap_err();
    assert!(
        error
            .message()
            .contains("did you mean \"secret_access_key\""),
        "{error}"
    );
    // What is not asked for is not looked at.
    let options = Options::new().api_key("call").region("eu-west-2");
    assert_eq!(asked(&bedrock, options).unwrap().0, "Bearer call");
    let options = Options::new().access_key("OPTKEY", "s");
    let (header, _) = asked(&bedrock, options).unwrap();
    assert!(header.contains("Credential=OPTKEY/"), "{header}");
    keys.set("bedrock", "k");
    assert_eq!(asked(&bedrock, Options::new()).unwrap().0, "Bearer k");
}

#[test]
fn a_provider_that_is_handed_over_takes_the_keys_of_its_client() {
    use reqllm_core::Provider as _;
    let own = KeyRing::new();
    own.set("bedrock", "own");
    let of_client = ProviderContext::default();
    of_client.keys.set("bedrock", "client's");
    let without = bedrock(&[]);
    without.attach(&of_client);
    assert_eq!(says(&without), "Bearer client's");
    let with = with(&own, &[]);
    with.attach(&of_client);
    assert_eq!(says(&with), "Bearer own");
    with.attach(&ProviderContext::default());
    assert_eq!(says(&with), "Bearer own");
}

#[test]
fn a_provider_that_is_handed_over_asks_the_source_of_its_client() {
    use reqllm_core::Provider as _;
    let vault = Vault::of("vault's");
    let mut of_client = ProviderContext::default();
    of_client.key_source = Some(Arc::clone(&vault) as Arc<dyn KeySource>);
    let without = bedrock(&bearer("env"));
    without.attach(&of_client);
    assert_eq!(says(&without), "Bearer vault's");
    without.attach(&of_client);
    assert_eq!(says(&without), "Bearer vault's");
    let with = asking(&Vault::of("own"), &[]);
    with.attach(&of_client);
    with.attach(&of_client);
    assert_eq!(says(&with), "Bearer own");
    let mut of_another = ProviderContext::default();
    of_another.key_source = Some(Vault::of("another's") as Arc<dyn KeySource>);
    without.attach(&of_another);
    let error = asked(&without, Options::new()).unwrap_err();
    assert!(error.message().contains("source of keys"), "{error}");
    let (header, _) = asked(&without, Options::new().api_key("call")).unwrap();
    assert_eq!(header, "Bearer call");
}

#[test]
fn the_keys_of_one_client_make_no_calls_of_another() {
    use reqllm_core::Provider as _;
    let (one, two) = (ProviderContext::default(), ProviderContext::default());
    let shared = bedrock(&bearer("env"));
    shared.attach(&one);
    shared.attach(&two);
    one.keys.set("bedrock", "one");
    assert_eq!(says(&shared), "Bearer one", "the other has none");
    two.keys.set("aws", "one");
    assert_eq!(says(&shared), "Bearer one", "they are one");
    two.keys.set("aws", "two");
    let error = asked(&shared, Options::new()).unwrap_err();
    assert!(error.message().contains("several clients"), "{error}");
    assert!(!error.message().contains("two"), "{error}");
    one.keys.remove("bedrock");
    assert!(asked(&shared, Options::new()).is_err());
    two.keys.remove("aws");
    assert_eq!(says(&shared), "Bearer env");
    two.keys.set("aws", "two");
    assert!(asked(&shared, Options::new()).is_err());
    // The other client is gone.
    drop(two);
    assert_eq!(says(&shared), "Bearer env");
}

#[test]
fn a_descriptor_hands_keys_and_source_on() {
    let vault = Vault::of("vault's");
    let mut context = ProviderContext::new(environment(&bearer("env")));
    context.key_source = Some(Arc::clone(&vault) as Arc<dyn KeySource>);
    let provider = crate::DESCRIPTOR.build(&context).unwrap();
    let model = Model::new("bedrock", "amazon.nova-lite-v1:0");
    let sent = || {
        let call = reqllm_core::Call::new("hi");
        let exchange = provider.prepare(&model, &call, reqllm_core::Delivery::Whole);
        let exchange = exchange.unwrap();
        let mut request = exchange.request;
        let clock = Clock::fixed(SystemTime::UNIX_EPOCH);
        let proved = exchange.authorizer.authorize(&mut request, &clock);
        futures_executor::block_on(proved).unwrap();
        let header = &request.headers()[http::header::AUTHORIZATION];
        header.to_str().unwrap().to_owned()
    };
    assert_eq!(sent(), "Bearer vault's");
    context.keys.set("bedrock", "ring's");
    assert_eq!(sent(), "Bearer ring's");
    assert_eq!(*vault.asked.lock().unwrap(), ["bedrock"]);
}

#[test]
fn a_source_is_asked_in_each_attempt_and_may_have_nothing() {
    let vault = Vault::of("one");
    let bedrock = asking(&vault, &bearer("env"));
    assert_eq!(says(&bedrock), "Bearer one");
    *vault.key.lock().unwrap() = Some("two".into());
    assert_eq!(says(&bedrock), "Bearer two");
    *vault.key.lock().unwrap() = None;
    assert_eq!(says(&bedrock), "Bearer env");
    *vault.key.lock().unwrap() = Some(PAIR.into());
    assert!(says(&bedrock).contains("Credential=SETKEY/"));
    assert_eq!(*vault.asked.lock().unwrap(), ["bedrock"; 4]);
    let (header, _) = asked(&bedrock, Options::new().api_key("call")).unwrap();
    assert_eq!(header, "Bearer call");
    assert_eq!(vault.asked.lock().unwrap().len(), 4, "nobody was asked");
}

#[test]
fn a_source_of_keys_is_asked_before_one_of_credentials() {
    #[derive(Debug)]
    struct Own;
    #[async_trait]
    impl CredentialSource for Own {
        async fn credential(&self, _now: SystemTime) -> Result<Credential> {
            Ok(Credential::ApiKey("own".into()))
        }
    }
    let vault = Vault::of("vault's");
    let bedrock = Bedrock::builder()
        .environment(environment(&bearer("env")))
        .credentials(Own)
        .key_source(Arc::clone(&vault) as Arc<dyn KeySource>)
        .build();
    assert_eq!(says(&bedrock), "Bearer vault's");
    *vault.key.lock().unwrap() = None;
    assert_eq!(says(&bedrock), "Bearer own");
}

#[test]
fn a_source_cannot_move_a_call() {
    let [id, secret] = PAIR;
    let vault = Vault::of([id, secret, ("region", "us-east-1")]);
    let bedrock = asking(&vault, &[]);
    assert!(says(&bedrock).contains("/us-east-1/bedrock/"));
    *vault.key.lock().unwrap() = Some([id, secret, ("region", "eu-west-1")].into());
    let error = call(&bedrock).1.unwrap_err();
    assert!(
        error.message().contains("\"eu-west-1\"") && error.message().contains("\"us-east-1\""),
        "{error}"
    );
}

#[test]
fn a_short_term_key_is_made_of_the_keys_that_are_set() {
    use reqllm_core::ExposeSecret as _;
    let keys = KeyRing::new();
    let bedrock = with(&keys, &bearer("env"));
    let [id, secret] = PAIR;
    keys.set("bedrock", [("api_key", "k"), id, secret]);
    assert_eq!(says(&bedrock), "Bearer k");
    let none = ProviderOptions::new();
    let made = bedrock.short_term_api_key(&none, 1, SystemTime::UNIX_EPOCH);
    let made = futures_executor::block_on(made).unwrap();
    let text = made
        .key
        .expose_secret()
        .trim_start_matches("bedrock-api-key-");
    use base64::Engine as _;
    let url = base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap();
    let url = String::from_utf8(url).unwrap();
    assert!(url.contains("Credential=SETKEY%2F"), "{url}");
}
