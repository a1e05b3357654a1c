//! Times and durations as people write and read them: `2h`, `now-2h`, RFC 3339, local dates in;
//! local times and short durations out.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use tacho_stdx::duration;

/// What may be written for a time, for messages.
pub(crate) const TIME_FORMS: &str =
    "write 2h (ago), now-2h, 2026-11-20, 2026-11-20T10:15, RFC 3339, or Unix time";

/// Reads a point in time: a duration counts back from `now`; dates and times without an offset are
/// of `zone`; whole numbers are Unix seconds, milliseconds, microseconds or nanoseconds, told apart
/// by magnitude. The error says what may be written.
pub(crate) fn parse(text: &str, now: Timestamp, zone: &Zone) -> Result<Timestamp, &'static str> {
    let text = text.trim();
    let point = if let Some(rest) = text.strip_prefix("now") {
        shifted(rest, now)
    } else if let Some(unix) = unix(text) {
        Some(unix)
    } else if let Some(ns) = duration::parse_ns(text) {
        now.checked_sub(SignedDuration::from_nanos(ns)).ok()
    } else {
        text.parse::<Timestamp>().ok().or_else(|| zone.point(text))
    };
    point.ok_or(TIME_FORMS)
}

/// `now`, then nothing, `-2h` or `+5m`.
fn shifted(rest: &str, now: Timestamp) -> Option<Timestamp> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(now);
    }
    let (minus, amount) = match rest.split_at_checked(1)? {
        ("-", amount) => (true, amount),
        ("+", amount) => (false, amount),
        _ => return None,
    };
    let ns = SignedDuration::from_nanos(duration::parse_ns(amount.trim())?);
    if minus {
        now.checked_sub(ns).ok()
    } else {
        now.checked_add(ns).ok()
    }
}

/// Below each bound a number counts in this many nanoseconds.
const MAGNITUDES: [(i128, i128); 3] = [
    (100_000_000_000, 1_000_000_000),
    (100_000_000_000_000, 1_000_000),
    (100_000_000_000_000_000, 1_000),
];

fn unix(text: &str) -> Option<Timestamp> {
    // Shorter numbers are years or slips of the keyboard.
    if text.len() < 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i128 = text.parse().ok()?;
    let scale = MAGNITUDES
        .iter()
        .find(|(below, _)| number < *below)
        .map_or(1, |(_, scale)| *scale);
    Timestamp::from_nanosecond(number.checked_mul(scale)?).ok()
}

/// The time zone that times are shown in.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    zone: TimeZone,
    utc: bool,
}

impl Zone {
    /// The zone of the machine, or of the variable `TZ`.
    pub(crate) fn local() -> Self {
        Self {
            zone: TimeZone::system(),
            utc: false,
        }
    }

    /// UTC; times are then shown with a `Z`.
    pub(crate) fn utc() -> Self {
        Self {
            zone: TimeZone::UTC,
            utc: true,
        }
    }

    /// A date or a date and time of this zone.
    fn point(&self, text: &str) -> Option<Timestamp> {
        let at = match text.parse::<civil::DateTime>() {
            Ok(at) => at,
            Err(_) => text
                .parse::<civil::Date>()
                .ok()?
                .to_datetime(civil::Time::midnight()),
        };
        Some(at.to_zoned(self.zone.clone()).ok()?.timestamp())
    }

    /// A point of the API for people; the text itself if it is none.
    pub(crate) fn show(&self, api_time: &str, precision: Precision) -> String {
        match api_time.parse::<Timestamp>() {
            Ok(point) => self.print(point, precision),
            Err(_) => api_time.to_owned(),
        }
    }

    fn print(&self, point: Timestamp, precision: Precision) -> String {
        let format = match precision {
            Precision::Seconds => "%Y-%m-%d %H:%M:%S",
            Precision::Millis => "%Y-%m-%d %H:%M:%S.%3f",
            Precision::ClockMillis => "%H:%M:%S.%3f",
            Precision::Clock => "%H:%M:%S",
        };
        let text = point
            .to_zoned(self.zone.clone())
            .strftime(format)
            .to_string();
        if self.utc { text + "Z" } else { text }
    }

    /// The day of a point, as `2026-11-20`.
    pub(crate) fn today(&self, now: Timestamp) -> String {
        now.to_zoned(self.zone.clone()).date().to_string()
    }

    /// Whether all these points are of the same day as `now`, so that the day need not be shown.
    pub(crate) fn all_today<'a>(
        &self,
        now: Timestamp,
        mut points: impl Iterator<Item = &'a str>,
    ) -> bool {
        let today = now.to_zoned(self.zone.clone()).date();
        points.all(|point| {
            point
                .parse::<Timestamp>()
                .is_ok_and(|point| point.to_zoned(self.zone.clone()).date() == today)
        })
    }
}

/// How exactly a time is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// Day and time to the second.
    Seconds,
    /// Day and time to the millisecond.
    Millis,
    /// Time of the day to the second.
    Clock,
    /// Time of the day to the millisecond.
    ClockMillis,
}

/// A duration in milliseconds with about three digits: `870µs`, `12.3ms`, `4.56s`, `2m 05s`, `3h 20m`,
/// `5d 02h`.
pub(crate) fn short_ms(ms: f64) -> String {
    if !ms.is_finite() {
        return "?".to_owned();
    }
    if ms < 0.0 {
        return format!("-{}", short_ms(-ms));
    }
    if ms == 0.0 {
        return "0".to_owned();
    }
    if ms < 0.000_999_5 {
        return format!("{:.0}ns", ms * 1e6);
    }
    if ms < 0.999_5 {
        return format!("{}µs", digits(ms * 1e3));
    }
    if ms < 999.5 {
        return format!("{}ms", digits(ms));
    }
    let seconds = ms / 1e3;
    if seconds < 59.95 {
        return format!("{}s", digits(seconds));
    }
    let seconds = seconds.round() as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours) {
        (0, 0) => format!("{minutes}m {:02}s", seconds % 60),
        (0, _) => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d {:02}h", hours % 24),
    }
}

fn digits(value: f64) -> String {
    match value {
        value if value < 9.995 => trimmed(format!("{value:.2}")),
        value if value < 99.95 => trimmed(format!("{value:.1}")),
        _ => format!("{value:.0}"),
    }
}

fn trimmed(text: String) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Precision, Zone, parse, short_ms};
    use jiff::Timestamp;
    use jiff::tz::{Offset, TimeZone};

    const NOW: &str = "2026-11-20T12:00:00Z";

    fn east() -> Zone {
        Zone {
            zone: TimeZone::fixed(Offset::constant(2)),
            utc: false,
        }
    }

    fn check(text: &str, expected: &str) {
        let now: Timestamp = NOW.parse().unwrap();
        let point = parse(text, now, &east()).map(|point| point.to_string());
        assert_eq!(point.as_deref(), Ok(expected), "{text}");
    }

    #[test]
    fn times_are_read_in_all_their_forms() {
        check("2h", "2026-11-20T10:00:00Z");
        check("1d12h", "2026-11-19T00:00:00Z");
        check("now", NOW);
        check("now-90s", "2026-11-20T11:58:30Z");
        check(" now + 5m", "2026-11-20T12:05:00Z");
        check("2026-11-20T10:15:00.5+01:00", "2026-11-20T09:15:00.5Z");
        check("2026-11-20T10:15", "2026-11-20T08:15:00Z");
        check("2026-11-20 10:15:30", "2026-11-20T08:15:30Z");
        check("2026-11-20", "2026-11-19T22:00:00Z");
        check("1700000000", "2023-11-14T22:13:20Z");
        check("1700000000123", "2023-11-14T22:13:20.123Z");
        check("1700000000123456", "2023-11-14T22:13:20.123456Z");
        check("1700000000123456789", "2023-11-14T22:13:20.123456789Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let now: Timestamp = NOW.parse().unwrap();
        for bad in [
            "",
            "yesterday",
            "2",
            "2x",
            "now-",
            "now*2h",
            "2026-13-01",
            "99999999999999999999999",
            "300000w",
        ] {
            assert!(parse(bad, now, &east()).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_shown_in_the_zone() {
        let text = "2026-11-20T22:15:00.123456789Z";
        assert_eq!(east().show(text, Precision::Seconds), "2026-11-21 00:15:00");
        assert_eq!(
            Zone::utc().show(text, Precision::Millis),
            "2026-11-20 22:15:00.123Z"
        );
        assert_eq!(east().show("soon", Precision::Seconds), "soon");
        let now: Timestamp = NOW.parse().unwrap();
        assert!(Zone::utc().all_today(now, [text, NOW].into_iter()));
        assert!(!east().all_today(now, [text, NOW].into_iter()));
    }

    #[test]
    fn durations_are_short() {
        for (ms, text) in [
            (0.0, "0"),
            (0.000_5, "500ns"),
            (0.000_999_9, "1µs"),
            (0.87, "870µs"),
            (0.999_9, "1ms"),
            (12.34, "12.3ms"),
            (250.0, "250ms"),
            (999.9, "1s"),
            (4_560.0, "4.56s"),
            (59_990.0, "1m 00s"),
            (125_000.0, "2m 05s"),
            (12_000_000.0, "3h 20m"),
            (439_200_000.0, "5d 02h"),
            (-250.0, "-250ms"),
            (f64::NAN, "?"),
        ] {
            assert_eq!(short_ms(ms), text, "{ms}");
        }
    }
}
