//! Where credentials come from, one folder a case, by this binary and by boto3.
//!
//! A folder has `case.json` ([`case::Case`]) and `home/`, the files of a user. Each case gets an emulator of its own, which serves Bedrock and
//! everything that credentials come from, a copy of the home, and an environment of which nothing else is part. Which
//! credentials a call was made with, the emulator tells.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod case;
#[path = "../common/mod.rs"]
mod common;
mod stage;

use std::io::Write as _;
use std::process::Command;

use case::{Boto3, Case};
use common::python;
use serde_json::Value;
use stage::{Ended, Stage};

/// A model that needs nothing special.
const MODEL: &str = "bedrock:amazon.nova-lite-v1:0";

#[test]
fn every_case_ends_as_its_folder_says() {
    let cases = Case::all();
    assert!(cases.len() >= 25, "{} cases", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let stage = Stage::of(case).logged();
        let mut args = vec!["generate", MODEL, "hi", "--json", "--max-retries", "0"];
        let profile = case.profile.as_ref().map(|name| format!("profile={name}"));
        if let Some(profile) = &profile {
            args.extend(["-o", profile]);
        }
        let out = stage.run(Command::new(env!("CARGO_BIN_EXE_reqllm")).args(args));
        if let Err(why) = check(case, &stage, &out) {
            failures.push(format!("{}: {why}", case.name));
        }
    }
    let passed = cases.len() - failures.len();
    say(&format!(
        "credentials: {passed} of {} cases ended as their folders say",
        cases.len()
    ));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn check(case: &Case, stage: &Stage, out: &std::process::Output) -> Result<(), String> {
    let shown = || format!("{out:?}");
    let answer: Value =
        serde_json::from_slice(&out.stdout).map_err(|error| format!("{error}: {}", shown()))?;
    for secret in stage::secrets() {
        let told = [&out.stdout, &out.stderr];
        if told
            .iter()
            .any(|text| String::from_utf8_lossy(text).contains(&secret))
        {
            return Err(format!("it tells a secret: {}", shown()));
        }
    }
    let log = String::from_utf8_lossy(&out.stderr).to_ascii_lowercase();
    for mark in [
        "\"secretaccesskey",
        "<secretaccesskey",
        "sso_bearer_token",
        "\\\"secretaccesskey",
    ] {
        if log.contains(mark) {
            return Err(format!(
                "its log has an answer that is a secret: {}",
                shown()
            ));
        }
    }
    if !log.contains("trace") {
        return Err(format!("it has no log: {}", shown()));
    }
    let Some(expected) = &case.expected.error else {
        if !out.status.success() {
            return Err(shown());
        }
        return stage.ended().is(&case.expected);
    };
    let (kind, message) = (&answer["error"]["kind"], &answer["error"]["message"]);
    let fits = *kind == *expected.kind
        && message
            .as_str()
            .is_some_and(|text| text.contains(&expected.message));
    if !fits {
        return Err(format!("expected {expected:?}, got {answer}"));
    }
    match stage.ended() {
        Ended { made_with, .. } if made_with.is_empty() => Ok(()),
        ended => Err(format!(
            "nothing should have been called, and was: {ended:?}"
        )),
    }
}

/// Without Python, and not in CI, this says loudly that it skipped.
#[test]
fn boto3_agrees_unless_the_folder_says_why_not() {
    let Some(python) = python::interpreter("boto3", "credentials were NOT compared with boto3")
    else {
        return;
    };
    let script = python::folder("boto3").join("one_call.py");
    let (mut agreed, mut differ, mut left_out) = (0, Vec::new(), Vec::new());
    let mut failures = Vec::new();
    for case in &Case::all() {
        let mut expected = case.expected.clone();
        let mut wanted = None;
        match &case.boto3 {
            Boto3::Agrees => {}
            Boto3::Fails { error, message } => wanted = Some((error, message)),
            Boto3::Differs { why, made_with } => {
                expected.error = None;
                expected.made_with.clone_from(made_with);
                differ.push(format!("{} ({why})", case.name));
            }
            Boto3::LeftOut { why } => {
                left_out.push(format!("{} ({why})", case.name));
                continue;
            }
        }
        let stage = Stage::of(case);
        let mut command = Command::new(&python);
        command.arg("-B").arg(&script).args(&case.profile);
        let out = stage.run(&mut command);
        let told: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
        let result = match wanted {
            None if told["ok"] == true => stage.ended().is(&expected),
            None => Err(format!("it should have called: {out:?}")),
            Some((error, message)) => {
                let has = |name: &str, part: &str| {
                    told[name].as_str().is_some_and(|it| it.contains(part))
                };
                if told["error"] == **error && has("message", message) {
                    Ok(())
                } else {
                    Err(format!("expected {error} with {message:?}, got {out:?}"))
                }
            }
        };
        match result {
            Ok(()) => agreed += 1,
            Err(why) => failures.push(format!("{}: {why}", case.name)),
        }
    }
    agreed -= differ.len().min(agreed);
    say(&format!(
        "credentials: boto3 agrees on {agreed} cases; differs by design on {}: {}; left out {}: {}",
        differ.len(),
        differ.join(", "),
        left_out.len(),
        left_out.join(", "),
    ));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Past the test harness, which would keep it to itself.
fn say(text: &str) {
    let mut stderr = std::io::stderr();
    stderr.write_all(format!("{text}\n").as_bytes()).unwrap();
}
