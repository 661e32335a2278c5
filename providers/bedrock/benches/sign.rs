//! What a signature takes, beside AWS's own signer on the same request.
//!
//! `cargo bench -p reqllm-bedrock --bench sign`. "hashed" is a later attempt of a call, whose body has been hashed; "new key" is
//! the first signature of a day, for which the signing key is made.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http::Request;
use reqllm_bedrock::Keys;
use reqllm_bedrock::sigv4::{BodyHash, Signer};

const ADDRESS: &str = "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";
const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn keys() -> Keys {
    Keys::new(ID, SECRET, None)
}

/// 2026-11-22T12:00:00Z.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_348_800)
}

fn request(size: usize) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(vec![b'a'; size]));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = http::Uri::from_static(ADDRESS);
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", json);
    request
}

fn ours(c: &mut Criterion) {
    for (name, size) in [("1 KB", 1024), ("100 KB", 100 * 1024)] {
        let (keys, request) = (keys(), request(size));
        let signer = Signer::new(&keys, "us-east-1", "bedrock");
        c.bench_function(&format!("ours, {name}"), |b| {
            b.iter(|| {
                let mut request = black_box(&request).clone();
                signer.sign(&mut request, noon()).map(|()| request)
            });
        });
        let hash = BodyHash::of(request.body());
        c.bench_function(&format!("ours, {name}, hashed"), |b| {
            b.iter(|| {
                let mut request = black_box(&request).clone();
                let signed = signer.sign_hashed(&mut request, &hash, noon());
                signed.map(|()| request)
            });
        });
    }
    let request = request(1024);
    c.bench_function("ours, 1 KB, new key", |b| {
        b.iter(|| {
            let (keys, mut request) = (keys(), black_box(&request).clone());
            let signer = Signer::new(&keys, "us-east-1", "bedrock");
            signer.sign(&mut request, noon()).map(|()| request)
        });
    });
}

fn aws(c: &mut Criterion) {
    let identity: Identity = Credentials::new(ID, SECRET, None, None, "bench").into();
    for (name, size) in [("1 KB", 1024), ("100 KB", 100 * 1024)] {
        let request = request(size);
        c.bench_function(&format!("aws-sigv4, {name}"), |b| {
            b.iter(|| {
                let mut request = black_box(&request).clone();
                by_aws(&mut request, &identity).map(|()| request)
            });
        });
    }
}

/// Signs as a client of AWS's does. None if AWS's signer refuses, which it does not here.
fn by_aws(request: &mut Request<Bytes>, identity: &Identity) -> Option<()> {
    let params = v4::SigningParams::builder()
        .identity(identity)
        .region("us-east-1")
        .name("bedrock")
        .time(noon())
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let uri = request.uri().to_string();
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = SignableBody::Bytes(request.body());
    let signable = SignableRequest::new(request.method().as_str(), &uri, headers, body).ok()?;
    let (instructions, _) = sign(signable, &params).ok()?.into_parts();
    instructions.apply_to_request_http1x(request);
    Some(())
}

criterion_group!(benches, ours, aws);
criterion_main!(benches);
