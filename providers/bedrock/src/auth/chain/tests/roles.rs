//! Roles: of profiles, of options, on top of each other.

use super::*;

#[tokio::test]
async fn roles_of_a_profile_are_assumed_one_with_the_other() {
    let home = Home::new(&[(
        ".aws/config",
        "[profile top]\nrole_arn = arn:aws:iam::1:role/top\nsource_profile = base\nexternal_id = x-1\n\
         [profile base]\nrole_arn = arn:aws:iam::1:role/base\ncredential_source = Environment\n",
    )]);
    let env = home.env(&[("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")]);
    let net = canned(&[
        ("role%2Fbase", 200, sts("AssumeRole", "BASE")),
        ("role%2Ftop", 200, sts("AssumeRole", "TOP")),
    ]);
    let world = World::new(env, &net);
    let options = Options::new().profile("top");
    assert_eq!(
        world.keys(&options).await.unwrap(),
        pair("TOP", "token-of-TOP")
    );
    let asked = net.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].line, "POST https://sts.eu-west-1.amazonaws.com/");
    assert!(
        asked[0]
            .authorization
            .contains("Credential=ENV/20261122/eu-west-1/sts")
    );
    assert!(asked[1].authorization.contains("Credential=BASE/"));
    assert!(
        asked[1].body.contains("ExternalId=x-1"),
        "{}",
        asked[1].body
    );
}

#[tokio::test]
async fn a_role_of_the_options_is_assumed_with_whatever_there_is_and_kept() {
    let role = || {
        Options::new()
            .role_arn("arn:aws:iam::1:role/x")
            .external_id("x-2")
    };
    let net = canned(&[("AssumeRole", 200, sts("AssumeRole", "ROLE"))]);
    let env = [
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_REGION", "eu-west-3"),
    ];
    let world = World::new(Environment::of(env), &net);
    for _ in 0..3 {
        assert_eq!(
            world.keys(&role()).await.unwrap(),
            pair("ROLE", "token-of-ROLE")
        );
    }
    let asked = net.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "it is kept");
    assert_eq!(asked[0].line, "POST https://sts.eu-west-3.amazonaws.com/");
    assert!(asked[0].authorization.contains("Credential=ENV/"));
    assert!(
        asked[0].body.contains("RoleSessionName=reqllm"),
        "{}",
        asked[0].body
    );
    assert!(asked[0].body.contains("ExternalId=x-2"));
    // Ten seconds before the hour is over it is assumed anew.
    let soon = noon() + Duration::from_secs(3590);
    world.keys_at(&role(), soon).await.unwrap();
    assert_eq!(net.asked.lock().unwrap().len(), 2);
    // Other keys are somebody else.
    world.keys(&role().access_key("OPT", "s")).await.unwrap();
    world
        .keys(&role().access_key("OPT", "other"))
        .await
        .unwrap();
    let asked = net.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 4);
    assert!(asked[3].authorization.contains("Credential=OPT/"));
}

#[tokio::test]
async fn a_role_over_a_user_s_source_needs_keys() {
    #[derive(Debug)]
    struct Key;
    #[async_trait]
    impl CredentialSource for Key {
        async fn credential(&self, _now: SystemTime) -> Result<Credential> {
            Ok(Credential::ApiKey("k".into()))
        }
    }
    let world = World::new(Environment::empty(), &canned(&[]));
    let source: Arc<dyn CredentialSource> = Arc::new(Key);
    let auth = world.auth(
        &Options::new().role_arn("arn:aws:iam::1:role/x"),
        Some(&source),
    );
    let mut request = ::http::Request::post("https://x.example/")
        .body(Bytes::new())
        .unwrap();
    let (auth, clock) = (auth.unwrap(), Clock::fixed(noon()));
    let error = auth.authorize(&mut request, &clock).await.unwrap_err();
    assert!(error.message().contains("gave an API key"), "{error}");
}

#[tokio::test]
async fn a_role_that_is_refused_says_what_to_check_and_shows_no_secret() {
    let message = "User: arn:aws:iam::1:user/me is not authorized to perform: sts:AssumeRole";
    let net = canned(&[("AssumeRole", 403, sts_error("AccessDenied", message))]);
    let env = Environment::of([
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "s3cret"),
    ]);
    let options = Options::new().role_arn("arn:aws:iam::1:role/x");
    let world = World::new(env, &net);
    let error = world.keys(&options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    for part in [
        "arn:aws:iam::1:role/x",
        "AccessDenied",
        "is not authorized",
        "trust policy",
    ] {
        assert!(error.message().contains(part), "{part}: {error}");
    }
    assert!(!format!("{error:?} {:?}", world.auth(&options, None)).contains("s3cret"));
}

#[tokio::test]
async fn many_calls_at_once_ask_once() {
    let net = canned(&[("AssumeRole", 200, sts("AssumeRole", "ROLE"))]);
    let env = Environment::of([("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")]);
    let world = World::new(env, &net);
    let options = Options::new().role_arn("arn:aws:iam::1:role/x");
    let calls = (0..64).map(|_| world.keys(&options));
    for outcome in futures_util::future::join_all(calls).await {
        assert_eq!(outcome.unwrap().0, "ROLE");
    }
    assert_eq!(net.asked.lock().unwrap().len(), 1);
}

#[test]
fn sts_is_asked_in_the_region_of_the_configuration_unless_it_is_of_another_partition() {
    let settings = Settings {
        region: Some("eu-west-3".into()),
        ..Settings::default()
    };
    let none = Settings::default();
    let options = Read::default();
    for (env, settings, call, sts) in [
        (&[][..], &none, "ap-south-1", "ap-south-1"),
        (&[], &settings, "ap-south-1", "eu-west-3"),
        (
            &[("AWS_REGION", "us-west-2")],
            &settings,
            "ap-south-1",
            "us-west-2",
        ),
        (
            &[("AWS_REGION", "us-west-2")],
            &settings,
            "cn-north-1",
            "cn-north-1",
        ),
    ] {
        let search = Search {
            options: &options,
            set: None,
            own: None,
            source: None,
            env: &Environment::of(env.iter().copied()),
            settings,
            keeper: &Arc::default(),
            region: call,
            endpoint: crate::options::Endpoint::Runtime,
        };
        assert_eq!(region(&search), sts);
    }
}

/// A source of keys by tenant.
#[derive(Debug, Default)]
struct Vault(Mutex<Option<reqllm_core::ProviderKey>>);

impl Vault {
    fn set(&self, key: impl Into<reqllm_core::ProviderKey>) {
        *self.0.lock().unwrap() = Some(key.into());
    }
}

#[async_trait::async_trait]
impl reqllm_core::KeySource for Vault {
    async fn key(&self, _provider: &str) -> Result<Option<reqllm_core::ProviderKey>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// Who signs a call of the role, where this source is asked first.
async fn role_of(world: &World, own: &Arc<OwnKeys>) -> Result<String> {
    let options = Options::new().role_arn("arn:aws:iam::1:role/x");
    let auth = Auth::resolve(&Search {
        options: &Read::of(&options.into()).unwrap(),
        set: None,
        own: Some(own),
        source: None,
        env: &world.env,
        settings: &Settings::default(),
        keeper: &world.keeper,
        region: world.region,
        endpoint: crate::options::Endpoint::Runtime,
    })?;
    let mut request = ::http::Request::post("https://h.example/x")
        .body(Bytes::new())
        .unwrap();
    auth.authorize(&mut request, &Clock::fixed(noon())).await?;
    assert_eq!(auth.scheme(), Some("AWS4-HMAC-SHA256"));
    let header = request.headers()["authorization"].to_str().unwrap();
    Ok(header.to_owned())
}

/// The program's own source of keys serves a role too, and where it has none the search goes on.
#[tokio::test]
async fn a_role_is_assumed_with_the_keys_that_the_program_gives() {
    let env = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    for (has, expected) in [(true, "Credential=VAULT/"), (false, "Credential=ENV/")] {
        let net = canned(&[("AssumeRole", 200, sts("AssumeRole", "ROLE"))]);
        let world = World::new(Environment::of(env), &net);
        let vault = Arc::<Vault>::default();
        if has {
            vault.set([("access_key_id", "VAULT"), ("secret_access_key", "s")]);
        }
        let own = Arc::new(OwnKeys::new(vault));
        let header = role_of(&world, &own).await.unwrap();
        assert!(header.contains("Credential=ROLE/"), "{header}");
        let asked = net.asked.lock().unwrap().clone();
        assert!(asked[0].authorization.contains(expected), "{:?}", asked[0]);
    }
}

#[tokio::test]
async fn the_role_that_one_tenant_s_keys_gave_serves_no_other() {
    let net = canned(&[("AssumeRole", 200, sts("AssumeRole", "ROLE"))]);
    let world = World::new(Environment::of([("X", "x")]), &net);
    let vault = Arc::<Vault>::default();
    let own = Arc::new(OwnKeys::new(Arc::clone(&vault) as _));
    for (tenant, secret, times) in [
        ("ONE", "s", 1),
        ("ONE", "s", 1),
        ("TWO", "s", 2),
        ("TWO", "wrong", 3),
        ("ONE", "s", 3),
    ] {
        vault.set([("access_key_id", tenant), ("secret_access_key", secret)]);
        role_of(&world, &own).await.unwrap();
        let asked = net.asked.lock().unwrap().clone();
        assert_eq!(asked.len(), times, "{tenant} {secret}");
        if (tenant, times) == ("TWO", 2) {
            let by = &asked[1].authorization;
            assert!(by.contains("Credential=TWO/"), "{by}");
        }
    }
    vault.set([
        ("access_key_id", "ONE"),
        ("secret_access_key", "s"),
        ("region", "us-west-2"),
    ]);
    let error = role_of(&world, &own).await.unwrap_err();
    assert!(error.message().contains("\"us-west-2\""), "{error}");
}
