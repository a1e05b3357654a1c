//! Parameters of a request, checked against the table of operations: unknown ones, repeated ones
//! and wrong values are errors that name the parameter and the likely right one.

use crate::answer::{Answer, ApiError};
use crate::config::problem::closest;
use axum::extract::Query;
use axum::http::Uri;
use tacho_api::error::ErrorKind;
use tacho_api::operation::{Kind, Operation, Parameter};
use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};
use tacho_stdx::duration;

/// Longest value that is taken; queries may be long.
const VALUE_BYTES_MAX: usize = 64 << 10;
/// Most parameters that are taken.
const PAIRS_MAX: usize = 256;

/// Parameters of one request.
#[derive(Debug)]
pub struct Params {
    operation: &'static Operation,
    pairs: Vec<(String, String)>,
    now: Timestamp,
}

impl Params {
    /// Reads the query of an address.
    pub fn parse(operation: &'static Operation, uri: &Uri, now: Timestamp) -> Answer<Self> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| ApiError::new(ErrorKind::Invalid, error.to_string()))?;
        if pairs.len() > PAIRS_MAX {
            let message = format!("{} parameters, at most {PAIRS_MAX} are taken", pairs.len());
            return Err(ApiError::new(ErrorKind::Invalid, message));
        }
        for (index, (name, value)) in pairs.iter().enumerate() {
            let Some(parameter) = find(operation, name) else {
                return Err(unknown(operation, name));
            };
            if value.len() > VALUE_BYTES_MAX {
                let message = format!(
                    "{name} has {} bytes, at most {VALUE_BYTES_MAX} are taken",
                    value.len()
                );
                return Err(ApiError::parameter(name, message));
            }
            let repeated = pairs.iter().take(index).any(|(other, _)| other == name);
            if repeated && !matches!(parameter.kind, Kind::Texts) {
                return Err(ApiError::parameter(name, format!("{name} is given twice")));
            }
        }
        Ok(Self {
            operation,
            pairs,
            now,
        })
    }

    /// A text; `None` if absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let given = self
            .pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        given.filter(|value| !value.is_empty())
    }

    /// All values of a parameter that may come several times; empty ones are left out.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let values = self.pairs.iter().filter(|(key, _)| key == name);
        values
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// A whole number within the bounds of the table.
    pub fn integer(&self, name: &str) -> Answer<usize> {
        let parameter = find(self.operation, name);
        let (min, max) = match parameter.map(|parameter| parameter.kind) {
            Some(Kind::Integer(min, max)) => (min, max),
            _ => (0, u64::MAX),
        };
        let text = self
            .text(name)
            .or(parameter.map(|p| p.default))
            .unwrap_or_default();
        let number = text
            .parse::<u64>()
            .ok()
            .filter(|number| (min..=max).contains(number));
        number
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| {
                ApiError::parameter(name, format!("{name} {text:?} does not fit"))
                    .hint(format!("takes a whole number of {min} to {max}"))
            })
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Answer<bool> {
        match self.text(name) {
            None => Ok(find(self.operation, name).is_some_and(|p| p.default == "true")),
            Some("true" | "1") => Ok(true),
            Some("false" | "0") => Ok(false),
            Some(other) => Err(
                ApiError::parameter(name, format!("{name} {other:?} does not fit"))
                    .hint("takes true or false"),
            ),
        }
    }

    /// One of the words of the table, of either case; `None` if absent and without default.
    pub fn word(&self, name: &str) -> Answer<Option<&'static str>> {
        let Some(Parameter {
            kind: Kind::Word(words),
            default,
            ..
        }) = find(self.operation, name)
        else {
            return Ok(None);
        };
        let Some(text) = self.text(name) else {
            return Ok((!default.is_empty()).then_some(*default));
        };
        match words
            .iter()
            .copied()
            .find(|word| word.eq_ignore_ascii_case(text))
        {
            Some(word) => Ok(Some(word)),
            None => Err(
                ApiError::parameter(name, format!("{name} {text:?} does not fit"))
                    .hint(format!("takes {}", words.join(", "))),
            ),
        }
    }

    /// A duration in nanoseconds, not below 0.
    pub fn duration(&self, name: &str) -> Answer<Option<i64>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match duration::parse_ns(text).filter(|ns| *ns >= 0) {
            Some(ns) => Ok(Some(ns)),
            None => Err(
                ApiError::parameter(name, format!("{name} {text:?} is no duration"))
                    .hint("takes a number with a unit, such as 250ms, 5s, 2h"),
            ),
        }
    }

    /// The range of `start` and `end`; everything where they are absent.
    pub fn range(&self) -> Answer<TimeRange> {
        let start = self.time("start")?.unwrap_or(TimeRange::ALL.start);
        let end = self.time("end")?.unwrap_or(TimeRange::ALL.end);
        if start > end {
            return Err(ApiError::parameter(
                "start",
                format!("start {start} lies after end {end}"),
            ));
        }
        Ok(TimeRange { start, end })
    }

    /// The range of `start` and `end` for what is looked at over time: until now if `end` is
    /// absent, as long as usual if `start` is.
    pub fn recent_range(&self, usual_ns: i64) -> Answer<TimeRange> {
        let end = self.time("end")?.unwrap_or(self.now);
        let start = match self.time("start")? {
            Some(start) => start,
            None => Timestamp(end.0.saturating_sub(usual_ns)),
        };
        if start >= end {
            return Err(ApiError::parameter(
                "start",
                format!("start {start} does not lie before end {end}"),
            )
            .hint("end is now if it is absent"));
        }
        Ok(TimeRange { start, end })
    }

    fn time(&self, name: &str) -> Answer<Option<Timestamp>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match parse_time(text, self.now) {
            Some(time) => Ok(Some(time)),
            None => Err(
                ApiError::parameter(name, format!("{name} {text:?} is no time"))
                    .hint("takes RFC 3339, Unix seconds, milliseconds or nanoseconds, or now-2h"),
            ),
        }
    }

    /// `KEY=VALUE` pairs of a parameter, split at the first `=`.
    pub fn pairs(&self, name: &str) -> Answer<Vec<(String, String)>> {
        let pair = |text: &str| match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(
                ApiError::parameter(name, format!("{name} {text:?} has no key before a ="))
                    .hint("takes KEY=VALUE"),
            ),
        };
        // `attr=key=` asks for an empty value; only wholly empty parameters are left out.
        self.texts(name).into_iter().map(pair).collect()
    }
}

fn find(operation: &'static Operation, name: &str) -> Option<&'static Parameter> {
    operation
        .parameters
        .iter()
        .find(|parameter| !parameter.in_path && parameter.name == name)
}

fn unknown(operation: &'static Operation, name: &str) -> ApiError {
    let short: String = name.chars().take(60).collect();
    let error = ApiError::parameter(&short, format!("unknown parameter {short:?}"));
    match closest(name, operation.query_names()) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => {
            let names: Vec<&str> = operation.query_names().collect();
            if names.is_empty() {
                error.hint("there are no parameters here")
            } else {
                error.hint(format!("known here: {}", names.join(", ")))
            }
        }
    }
}

/// A point in time: RFC 3339, a day, Unix time by magnitude, `now` with an offset.
pub fn parse_time(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(offset) = text.strip_prefix("now") {
        let offset = match offset.trim() {
            "" => 0,
            // A plus sign in an address is a blank.
            offset => {
                let negative = offset.starts_with('-');
                let ns = duration::parse_ns(offset.trim_start_matches(['-', '+', ' ']))?;
                if negative { -ns } else { ns }
            }
        };
        return now.0.checked_add(offset).map(Timestamp);
    }
    if let Ok(number) = text.parse::<i64>() {
        return unix(number);
    }
    if let Ok(seconds) = text.parse::<f64>() {
        let ns = seconds * SECOND_NS as f64;
        return (seconds.abs() < 1e10).then_some(Timestamp(ns.round() as i64));
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(time.as_nanosecond()).ok().map(Timestamp);
    }
    let day = text
        .parse::<jiff::civil::Date>()
        .ok()
        .filter(|_| text.len() == 10)?;
    let time = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    i64::try_from(time.as_nanosecond()).ok().map(Timestamp)
}

/// Seconds below 10^11 (until the year 5138), milliseconds below 10^14, microseconds below 10^17,
/// nanoseconds above.
fn unix(number: i64) -> Option<Timestamp> {
    let scale = match number.unsigned_abs() {
        0..100_000_000_000 => SECOND_NS,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    number.checked_mul(scale).map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::{Params, parse_time};
    use axum::http::Uri;
    use tacho_api::operation::{Method, find};
    use tacho_model::time::Timestamp;

    const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

    #[test]
    fn times_come_in_every_usual_form() {
        let at = |text| parse_time(text, NOW).map(|time| time.0);
        for same in [
            "2026-11-20T10:15:20Z",
            "2026-11-20T11:15:20+01:00",
            "1795169720",
            "1795169720.0",
            "1795169720000",
            "1795169720000000",
            "1795169720000000000",
            "now",
        ] {
            assert_eq!(at(same), Some(NOW.0), "{same}");
        }
        assert_eq!(at("now-2h"), Some(NOW.0 - 7_200_000_000_000));
        assert_eq!(at("now 5m"), Some(NOW.0 + 300_000_000_000));
        assert_eq!(
            at("2026-11-20"),
            Some(NOW.0 / 86_400_000_000_000 * 86_400_000_000_000)
        );
        for bad in [
            "",
            "yesterday",
            "now-2",
            "2026-13-01",
            "1e300",
            "NaN",
            "2026-11-20T10:15:20",
            "3000-01-01T00:00:00Z",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    fn parse(query: &str) -> Result<Params, (String, Option<String>)> {
        let uri: Uri = format!("/api/v1/traces?{query}").parse().unwrap();
        let operation = find(Method::Get, "/api/v1/traces").unwrap();
        Params::parse(operation, &uri, NOW)
            .map_err(|error| (error.detail.message, error.detail.hint))
    }

    #[test]
    fn unknown_and_repeated_parameters_are_named() {
        let (message, hint) = parse("servce=a").unwrap_err();
        assert_eq!(message, "unknown parameter \"servce\"");
        assert_eq!(hint.as_deref(), Some("did you mean service?"));
        assert_eq!(
            parse("limit=1&limit=2").unwrap_err().0,
            "limit is given twice"
        );
        let params =
            parse("attr=a%3Db%3Dc&attr=d%3D&limit=7&status=ERROR&min_duration=1.5s").unwrap();
        let pairs = params.pairs("attr").unwrap();
        assert_eq!(
            pairs,
            [
                ("a".to_owned(), "b=c".to_owned()),
                ("d".to_owned(), String::new())
            ]
        );
        assert_eq!(params.integer("limit").unwrap(), 7);
        assert_eq!(params.word("status").unwrap(), Some("error"));
        assert_eq!(
            params.duration("min_duration").unwrap(),
            Some(1_500_000_000)
        );
        assert_eq!(parse("").unwrap().integer("limit").unwrap(), 100);
    }

    #[test]
    fn wrong_values_are_errors_of_their_parameter() {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=10001", "limit"),
            ("limit=x", "limit"),
            ("start=x", "start"),
            ("start=now&end=now-1h", "start"),
            ("status=bad", "status"),
            ("min_duration=5", "min_duration"),
            ("attr=novalue", "attr"),
        ] {
            let params = parse(query).unwrap();
            let errors = [
                params.integer("limit").err(),
                params.range().err(),
                params.word("status").err(),
                params.duration("min_duration").err(),
                params.pairs("attr").err(),
            ];
            let fields: Vec<_> = errors
                .into_iter()
                .flatten()
                .map(|e| e.detail.field)
                .collect();
            assert_eq!(fields, [Some(field.to_owned())], "{query}");
        }
    }
}
