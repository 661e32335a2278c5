//! Which address wins, and which ones are refused.

use super::*;
use crate::options::Options;

fn resolve_with(options: &Options, client: Option<&str>, env: &[(&str, &str)]) -> Result<String> {
    let env = Environment::of(env.iter().copied());
    let options = Read::of(&options.clone().into()).unwrap();
    resolve(
        &options,
        None,
        client,
        &at(&env, &Settings::default()),
        "us-east-1",
        Endpoint::Runtime,
    )
}

fn at<'a>(env: &'a Environment, settings: &'a Settings) -> Configured<'a> {
    Configured { env, settings }
}

#[test]
fn sources_are_asked_in_order() {
    let env = [
        (OF_RUNTIME, "http://localhost:3"),
        (OF_ALL, "http://[::1]:4"),
    ];
    let option = Options::new().endpoint_url("https://vpce.example.com/path/");
    let none = Options::new();
    for (options, client, env, url) in [
        (
            &option,
            Some("http://127.0.0.1:2"),
            &env[..],
            "https://vpce.example.com/path",
        ),
        (
            &none,
            Some("http://127.0.0.1:2"),
            &env[..],
            "http://127.0.0.1:2",
        ),
        (&none, None, &env[..], "http://localhost:3"),
        (&none, None, &env[1..], "http://[::1]:4"),
        (
            &none,
            None,
            &[][..],
            "https://bedrock-runtime.us-east-1.amazonaws.com",
        ),
    ] {
        assert_eq!(resolve_with(options, client, env).unwrap(), url);
    }
    let ignored = [env[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    assert!(
        resolve_with(&none, None, &ignored)
            .unwrap()
            .ends_with("amazonaws.com")
    );
    let url = resolve(
        &Read::default(),
        Some("http://localhost:9"),
        Some("http://localhost:2"),
        &at(&Environment::empty(), &Settings::default()),
        "r",
        Endpoint::Runtime,
    );
    assert_eq!(url.unwrap(), "http://localhost:9");
}

#[test]
fn the_runtime_s_address_is_not_the_control_plane_s() {
    let env = [
        (OF_RUNTIME, "http://localhost:3"),
        (OF_CONTROL, "http://localhost:4"),
    ];
    let none = Options::new();
    let vpc = Options::new().endpoint_url("https://vpce.example.com");
    let local = Options::new().endpoint_url("http://127.0.0.1:5");
    let own = "https://control.example.com";
    let aws = "https://bedrock.us-east-1.amazonaws.com";
    for (given, options, client, env, url) in [
        (Some(own), &local, Some("http://[::1]:6"), &env[..], own),
        (None, &local, None, &env[..], "http://127.0.0.1:5"),
        (
            None,
            &none,
            Some("http://[::1]:6"),
            &env[..],
            "http://[::1]:6",
        ),
        (None, &vpc, None, &env[..], "http://localhost:4"),
        (
            None,
            &none,
            Some("https://vpce.example.com"),
            &env[..1],
            aws,
        ),
        (None, &none, None, &env[..], "http://localhost:4"),
        (None, &none, None, &env[..1], "http://localhost:3"),
        (None, &vpc, None, &env[..1], aws),
        (
            None,
            &none,
            None,
            &[(OF_RUNTIME, "https://vpce.example.com"), (OF_ALL, own)],
            own,
        ),
    ] {
        let env = Environment::of(env.iter().copied());
        let options = Read::of(&options.clone().into()).unwrap();
        assert_eq!(
            control(
                given,
                &options,
                client,
                &at(&env, &Settings::default()),
                "us-east-1"
            )
            .unwrap(),
            url
        );
    }
}

#[test]
fn the_profile_comes_last_and_can_be_switched_off() {
    let profile = Settings {
        runtime_url: Some("http://localhost:5".into()),
        control_url: Some("http://localhost:6".into()),
        ..Settings::default()
    };
    let ignoring = Settings {
        ignore_configured_endpoint_urls: Some("true".into()),
        ..profile.clone()
    };
    let fips = Settings {
        use_fips_endpoint: Some("true".into()),
        ..Settings::default()
    };
    let none = Environment::empty();
    let all = Environment::of([(OF_ALL, "http://localhost:4")]);
    for (env, settings, runtime, of_control) in [
        (&all, &profile, "http://localhost:4", "http://localhost:4"),
        (&none, &profile, "http://localhost:5", "http://localhost:6"),
        (
            &all,
            &ignoring,
            "https://bedrock-runtime.r-1.amazonaws.com",
            "https://bedrock.r-1.amazonaws.com",
        ),
        (
            &none,
            &fips,
            "https://bedrock-runtime-fips.r-1.amazonaws.com",
            "https://bedrock-fips.r-1.amazonaws.com",
        ),
    ] {
        let (options, at) = (Read::default(), at(env, settings));
        assert_eq!(
            resolve(&options, None, None, &at, "r-1", Endpoint::Runtime).unwrap(),
            runtime
        );
        assert_eq!(
            control(None, &options, None, &at, "r-1").unwrap(),
            of_control
        );
    }
}

#[test]
fn what_is_signed_is_what_goes_on_the_wire() {
    for (url, normal) in [
        ("http://LOCALHOST:08080/", "http://localhost:8080"),
        (
            "https://VPCE.Example.com:443/Path/",
            "https://vpce.example.com/Path",
        ),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ] {
        let options = Options::new().endpoint_url(url);
        assert_eq!(resolve_with(&options, None, &[]).unwrap(), normal);
    }
}

#[test]
fn bad_endpoints_are_refused_with_their_source() {
    for (url, part) in [
        ("nonsense", "a scheme and a host"),
        ("ftp://x", "https: would do"),
        ("http://example.com", "this machine only"),
        ("https://user:pw@example.com", "no place"),
        ("https://example.com?x=1", "query"),
        ("https://example.com/#", "fragment"),
        ("https://example.com/a/../b", "steps"),
        ("https://example.com:seven/", "port"),
    ] {
        let error = resolve_with(&Options::new().endpoint_url(url), None, &[]).unwrap_err();
        assert!(error.message().contains(part), "{url}: {error}");
        assert!(error.message().contains("option `endpoint_url`"));
    }
    for url in [
        "https://user:s3cret@example.com",
        "user:s3cret@example.com",
        "https://us er:s3cret@example.com",
        "https://user:s3c/s3cret@example.com",
        "https://example.com?x=s3cret",
        "https://example.com/#s3cret",
    ] {
        let error = resolve_with(&Options::new().endpoint_url(url), None, &[]).unwrap_err();
        assert!(error.message().contains("example.com"), "{error}");
        assert!(!error.message().contains("s3cret"), "{error}");
    }
    let fips = Options::new()
        .endpoint_url("https://x.example")
        .use_fips(true);
    assert!(
        resolve_with(&fips, None, &[])
            .unwrap_err()
            .message()
            .contains("exclude")
    );
    let env = [("AWS_USE_FIPS_ENDPOINT", "maybe")];
    assert!(
        resolve_with(&Options::new(), None, &env)
            .unwrap_err()
            .message()
            .contains("maybe")
    );
}
