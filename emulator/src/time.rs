//! The spellings of an instant that the wire needs, from seconds since the epoch.
//!
//! Civil dates are computed by hand (days-from-civil and back, proleptic Gregorian): two small
//! functions are less to carry than a calendar crate.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;

/// Whole seconds since the epoch; negative before it.
pub(crate) fn seconds(instant: SystemTime) -> i64 {
    match instant.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    }
}

/// `20261122T120000Z`, the form of `X-Amz-Date`.
pub(crate) fn amz(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let (hour, minute, second) = clock(seconds);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// `2026-11-22T12:00:00Z`, the form in which credentials say when they end.
pub(crate) fn iso(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let (hour, minute, second) = clock(seconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Reads [`amz`]'s form back; `None` for anything else.
pub(crate) fn parse_amz(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('Z')?;
    let (date, time) = digits.split_once('T')?;
    if date.len() != 8 || time.len() != 6 {
        return None;
    }
    let number = |part: Option<&str>| -> Option<i64> {
        let part = part?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        part.parse().ok()
    };
    let year = number(date.get(..4))?;
    let month = number(date.get(4..6))?;
    let day = number(date.get(6..))?;
    let hour = number(time.get(..2))?;
    let minute = number(time.get(2..4))?;
    let second = number(time.get(4..))?;
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    valid.then(|| days(year, month, day) * DAY + hour * 3600 + minute * 60 + second)
}

/// `Sun, 22 Nov 2026 12:00:00 GMT`, the form of the `Date` header.
pub(crate) fn http_date(seconds: i64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let since = seconds.div_euclid(DAY);
    let (year, month, day) = civil(since);
    let (hour, minute, second) = clock(seconds);
    let weekday = usize::try_from(since.rem_euclid(7)).unwrap_or_default();
    let month = usize::try_from(month - 1).unwrap_or_default();
    let weekday = WEEKDAYS.get(weekday).unwrap_or(&"Thu");
    let month = MONTHS.get(month).unwrap_or(&"Jan");
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

fn clock(seconds: i64) -> (i64, i64, i64) {
    let second = seconds.rem_euclid(DAY);
    (second / 3600, second / 60 % 60, second % 60)
}

/// Days since the epoch of a civil date. Years are counted from March, so that a leap day is last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The civil date of days since the epoch: the inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        assert_eq!(amz(0), "19700101T000000Z");
        assert_eq!(amz(1_795_348_800), "20261122T120000Z");
        assert_eq!(iso(1_795_348_800), "2026-11-22T12:00:00Z");
        assert_eq!(http_date(1_795_348_800), "Sun, 22 Nov 2026 12:00:00 GMT");
        assert_eq!(http_date(1_709_164_800), "Thu, 29 Feb 2024 00:00:00 GMT");
        assert_eq!(amz(-1), "19691231T235959Z");
    }

    #[test]
    fn parsing_is_the_inverse() {
        for seconds in [0, 951_782_399, 951_782_400, 1_795_348_800, 4_102_444_799] {
            assert_eq!(parse_amz(&amz(seconds)), Some(seconds));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "Z",
            "20261122",
            "20261122T120000",
            "20261322T120000Z",
            "2026112+T120000Z",
            "20261122T1200é",
        ] {
            assert_eq!(parse_amz(text), None, "{text}");
        }
    }
}
