//! How far this machine's clock is from the service's.
//!
//! A signature counts from its time, and AWS refuses one that is more than five minutes off when it arrives. Every answer
//! says in its `Date` what the service's clock shows; the difference is kept per provider and added when the next request is
//! signed. Source: the behaviour of AWS's SDK for Rust (`service_clock_skew`), except that it trusts answers that took up to
//! fifteen minutes: a model that thinks for ten would shift the clock by five.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use http::header::{AGE, DATE};
use reqllm_core::{Answered, Clock, Error};

/// Off by more than this, a signature is about to be refused. AWS allows five minutes.
const TOO_FAR: u64 = 4 * 60 * 1000;

/// The longest round trip of a success that tells the time: it may be wrong by half of it.
const SHORT: Duration = Duration::from_secs(30);

/// The longest round trip of a refusal that is about the time. Nobody thinks about it, but it may wait in line.
const SHORT_REFUSAL: Duration = Duration::from_secs(15 * 60);

/// The year 2200, from 1970 on.
const LAST: Duration = Duration::from_secs(7_258_118_400);

/// Codes of a refusal that a clock may have caused.
const CODES: &[&str] = &[
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "RequestTimeTooSkewed",
    "RequestExpired",
];

/// The service's clock less ours, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Skew(AtomicI64);

impl Skew {
    /// What the service's clock shows, as far as it is known, and what was added to ours.
    pub(super) fn now(&self, clock: &Clock) -> (SystemTime, i64) {
        let millis = self.millis();
        (shifted(clock.now(), millis), millis)
    }

    pub(super) fn millis(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes the time from an answer, if that can be trusted, and gives the skew that it shows.
    pub(super) fn observe(&self, answered: &Answered<'_>) -> Option<i64> {
        // An answer out of a cache carries the time at which it was put there.
        if answered.headers.contains_key(AGE) {
            return None;
        }
        let date = answered.headers.get(DATE)?.to_str().ok()?;
        let date = parse(date)?;
        // What comes after that is no time, and signers count in years of four digits.
        if date > SystemTime::UNIX_EPOCH + LAST {
            return None;
        }
        let took = answered
            .received
            .duration_since(answered.sent)
            .unwrap_or_default();
        let short = match answered.refusal {
            Some(refusal) if may_be_of_time(refusal) => SHORT_REFUSAL,
            _ => SHORT,
        };
        if took > short {
            return None;
        }
        let skew = difference(date, answered.sent.checked_add(took / 2)?);
        let before = self.0.swap(skew, Ordering::Relaxed);
        if skew.abs_diff(before) > TOO_FAR {
            tracing::warn!(
                skew_ms = skew,
                "this machine's clock and the service's differ; signatures are corrected"
            );
        }
        Some(skew)
    }
}

/// The time of a `Date`. AWS's SDKs take one whose weekday is wrong and whose seconds have a fraction; so does this, and leaves
/// both out.
fn parse(date: &str) -> Option<SystemTime> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    if let Ok(time) = httpdate::parse_http_date(date) {
        return Some(time);
    }
    let (_, rest) = date.split_once(", ")?;
    let (rest, zone) = rest.trim_end().rsplit_once(' ')?;
    let rest = match rest.split_once('.') {
        Some((rest, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        Some(_) => return None,
        None => rest,
    };
    // Of the seven one is right.
    DAYS.iter()
        .find_map(|day| httpdate::parse_http_date(&format!("{day}, {rest} {zone}")).ok())
}

/// Whether a refusal is of a kind that a clock may have caused.
fn may_be_of_time(refusal: &Error) -> bool {
    refusal
        .code()
        .is_some_and(|code| CODES.contains(&code) || code == "AccessDeniedException")
}

/// Whether a request that was signed with a correction of `used` was refused because of its time, seeing that one of
/// `measured` would have been right.
pub(super) fn is_why(refusal: &Error, used: i64, measured: i64) -> bool {
    let by_code = match refusal.code() {
        // It is the code of missing permissions, too.
        Some("AccessDeniedException") => {
            let message = refusal.message();
            ["Signature expired", "Signature not yet current"]
                .iter()
                .any(|words| message.contains(words))
        }
        Some(code) => CODES.contains(&code),
        None => false,
    };
    by_code && measured.abs_diff(used) > TOO_FAR
}

fn difference(one: SystemTime, two: SystemTime) -> i64 {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match one.duration_since(two) {
        Ok(ahead) => millis(ahead),
        Err(behind) => -millis(behind.duration()),
    }
}

fn shifted(time: SystemTime, millis: i64) -> SystemTime {
    let by = Duration::from_millis(millis.unsigned_abs());
    let shifted = match millis < 0 {
        true => time.checked_sub(by),
        false => time.checked_add(by),
    };
    shifted.unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use reqllm_core::ErrorKind;

    use super::*;

    /// Noon of 22 November 2026, and so many seconds.
    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_348_800 + seconds)
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn an_answer_tells_the_time_if_it_can_be_trusted() {
        let refusal = Error::new(ErrorKind::Authentication, "no").with_code("RequestExpired");
        let noon = "Sun, 22 Nov 2026 12:00:01 GMT";
        let later = "Sun, 22 Nov 2026 13:00:01 GMT";
        let earlier = "Sun, 22 Nov 2026 11:00:01 GMT";
        for (what, pairs, took, refused, skew) in [
            ("clocks agree", &[("date", noon)][..], 2, false, Some(0)),
            (
                "the service is ahead",
                &[("date", later)],
                2,
                false,
                Some(3_600_000),
            ),
            (
                "the service is behind",
                &[("date", earlier)],
                2,
                false,
                Some(-3_600_000),
            ),
            (
                "half of the way is taken off",
                &[("date", noon)],
                30,
                false,
                Some(-14_000),
            ),
            (
                "a slow success is not trusted",
                &[("date", later)],
                31,
                false,
                None,
            ),
            (
                "a slow refusal is",
                &[("date", later)],
                60,
                true,
                Some(3_571_000),
            ),
            (
                "a very slow refusal is not",
                &[("date", later)],
                901,
                true,
                None,
            ),
            (
                "a time that no signer can write",
                &[("date", "Fri, 31 Dec 9999 23:59:59 GMT")],
                2,
                true,
                None,
            ),
            (
                "out of a cache",
                &[("date", later), ("age", "0")],
                2,
                false,
                None,
            ),
            ("no date", &[], 2, false, None),
            ("nonsense", &[("date", "yesterday")], 2, false, None),
        ] {
            let headers = headers(pairs);
            let mut answered = Answered::new(&headers, at(0), at(took));
            if refused {
                answered = answered.refused(&refusal);
            }
            let kept = Skew::default();
            assert_eq!(kept.observe(&answered), skew, "{what}");
            assert_eq!(kept.millis(), skew.unwrap_or(0), "{what}");
        }
    }

    #[test]
    fn a_date_need_not_have_the_right_weekday_nor_whole_seconds() {
        for date in [
            "Sun, 22 Nov 2026 12:00:01 GMT",
            "Mon, 22 Nov 2026 12:00:01 GMT",
            "Sun, 22 Nov 2026 12:00:01.999 GMT",
            "Fri, 22 Nov 2026 12:00:01.0 GMT",
        ] {
            assert_eq!(parse(date), Some(at(1)), "{date}");
        }
        for date in [
            "Sun, 32 Nov 2026 12:00:01 GMT",
            "Sun, 22 Nov 2026 12:00:01.x GMT",
            "Sun, 22 Nov 2026 12:00:01 CET",
            "Sun, 22 Nov 2026 25:00:01 GMT",
            "Sun, ",
            ", .",
            "",
        ] {
            assert_eq!(parse(date), None, "{date}");
        }
    }

    #[test]
    fn the_latest_answer_counts_and_time_is_shifted_by_it() {
        let skew = Skew::default();
        let clock = Clock::fixed(at(100));
        let later = headers(&[("date", "Sun, 22 Nov 2026 13:00:00 GMT")]);
        skew.observe(&Answered::new(&later, at(0), at(0)));
        assert_eq!(skew.now(&clock), (at(3700), 3_600_000));
        let noon = headers(&[("date", "Sun, 22 Nov 2026 12:01:00 GMT")]);
        skew.observe(&Answered::new(&noon, at(120), at(120)));
        assert_eq!(skew.now(&clock), (at(40), -60_000));
    }

    #[test]
    fn a_clock_that_runs_backwards_does_no_harm() {
        let headers = headers(&[("date", "Sun, 22 Nov 2026 12:00:10 GMT")]);
        let skew = Skew::default();
        assert_eq!(
            skew.observe(&Answered::new(&headers, at(10), at(0))),
            Some(0)
        );
        let far = Duration::from_secs(u64::from(u32::MAX));
        assert!(shifted(SystemTime::UNIX_EPOCH + far, i64::MIN) < SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn only_a_wrong_time_is_worth_another_attempt() {
        let hour = 3_600_000;
        for (code, message, used, measured, why) in [
            (
                "InvalidSignatureException",
                "Signature expired: …",
                0,
                hour,
                true,
            ),
            (
                "InvalidSignatureException",
                "Signature expired: …",
                0,
                -hour,
                true,
            ),
            ("SignatureDoesNotMatch", "", 0, hour, true),
            ("RequestTimeTooSkewed", "", 0, 240_001, true),
            ("RequestTimeTooSkewed", "", 0, 240_000, false),
            ("RequestExpired", "", 0, hour, true),
            ("AuthFailure", "", 0, hour, true),
            // The correction was made and did not help: the secret is wrong.
            (
                "InvalidSignatureException",
                "does not match",
                hour,
                hour,
                false,
            ),
            // The correction itself was wrong: the clock has been set since.
            ("InvalidSignatureException", "", hour, 0, true),
            (
                "AccessDeniedException",
                "not authorized to perform",
                0,
                hour,
                false,
            ),
            (
                "AccessDeniedException",
                "Signature not yet current: …",
                0,
                hour,
                true,
            ),
            ("ThrottlingException", "", 0, hour, false),
        ] {
            let refusal = Error::new(ErrorKind::Authentication, message).with_code(code);
            assert_eq!(is_why(&refusal, used, measured), why, "{code} {message}");
        }
        let refusal = Error::new(ErrorKind::Authentication, "no code");
        assert!(!is_why(&refusal, 0, hour));
    }
}
