//! How long the provider asks to wait.

use std::time::{Duration, SystemTime};

/// What `x-amz-retry-after` or `retry-after-ms` (milliseconds; AWS's and OpenAI's) or `retry-after` (seconds, or a date) asks
/// for. A date that has passed asks for nothing.
pub(crate) fn retry_after(headers: &http::HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.trim());
    let number = |name: &str| text(name)?.parse::<u64>().ok();
    number("x-amz-retry-after")
        .or_else(|| number("retry-after-ms"))
        .map(Duration::from_millis)
        .or_else(|| number("retry-after").map(Duration::from_secs))
        .or_else(|| {
            let date = httpdate::parse_http_date(text("retry-after")?).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_seconds_and_dates() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        for (headers, expected) in [
            (&[("retry-after", "7")][..], Some(7_000)),
            (&[("x-amz-retry-after", "250")], Some(250)),
            (
                &[("retry-after", "1"), ("retry-after-ms", "250")],
                Some(250),
            ),
            (
                &[("retry-after", "7"), ("x-amz-retry-after", "250")],
                Some(250),
            ),
            (
                &[("retry-after", "Sun, 22 Nov 2026 12:00:30 GMT")],
                Some(30_000),
            ),
            (&[("retry-after", "Sun, 22 Nov 2026 11:00:00 GMT")], Some(0)),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "-1")], None),
            (&[], None),
        ] {
            let map = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            let expected = expected.map(Duration::from_millis);
            assert_eq!(retry_after(&map, now), expected, "{headers:?}");
        }
    }
}
