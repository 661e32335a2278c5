//! Moments as text, in UTC and to the second.

use std::time::{Duration, SystemTime};

const DAY: u64 = 86_400;

/// `2026-08-23`.
pub(super) fn day(at: SystemTime) -> String {
    let (year, month, day) = civil(seconds(at) / DAY);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-08-23T12:34:56Z`.
pub(super) fn rfc3339(at: SystemTime) -> String {
    let of_day = seconds(at) % DAY;
    let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hours:02}:{minutes:02}:{seconds:02}Z", day(at))
}

/// The moment that [`rfc3339`] or [`day`] wrote.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hours, minutes, seconds] = numbers(time, ':')?;
    let sane = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hours < 24
        && minutes < 60
        && seconds < 60;
    sane.then(|| {
        let seconds = days(year, month, day) * DAY + hours * 3600 + minutes * 60 + seconds;
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    })
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// What was before 1970 was in 1970.
fn seconds(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// Year, month and day of a number of days since 1970, by Howard Hinnant's `civil_from_days`: years begin in March, so that
/// the leap day is their last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

/// The other way round.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let (era, of_era) = (year / 400, year % 400);
    let march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_795_262_400, "2026-11-21T12:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(rfc3339(at), text);
            assert_eq!(parse(text), Some(at));
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for day in 0..146_097 {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(day * DAY);
            assert_eq!(parse(&super::day(at)), Some(at));
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "2026",
            "2026-08",
            "2026-13-01",
            "2026-08-23T",
            "2026-08-23T12:00:00",
            "-1-1-1",
            "1969-12-31",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
