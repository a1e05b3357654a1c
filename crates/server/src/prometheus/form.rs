//! Parameters of the Prometheus API: from the address and, for POST, from a form body; times and
//! durations as it takes them. Unknown parameters are ignored, as Prometheus does.

use super::answer::{PromAnswer, PromError};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{Method, header};
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_syntax::promql::number;

/// Longest body of a form.
const BODY_BYTES_MAX: usize = 10 << 20;
/// Most parameters that are taken.
const PAIRS_MAX: usize = 10_000;
/// Seconds beyond which a time is no time; about the bounds of Prometheus.
const SECONDS_MAX: f64 = 9_223_309_901_257_974.0;

/// Parameters of one request.
#[derive(Debug, Default, Clone)]
pub struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    fn parse(text: &str, pairs: &mut Vec<(String, String)>) -> PromAnswer<()> {
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
            if pairs.len() > PAIRS_MAX {
                let message = format!("more than {PAIRS_MAX} parameters");
                return Err(PromError::bad_data(message));
            }
        }
        Ok(())
    }

    /// The first value of a parameter; empty if it is absent. Those of the body come first.
    pub fn text(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a parameter.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A time in milliseconds; `default` if it is absent.
    pub fn time_ms(&self, name: &str, default: i64) -> PromAnswer<i64> {
        match self.text(name) {
            "" => Ok(default),
            text => parse_time_ms(text).ok_or_else(|| {
                PromError::parameter(name, format!("cannot parse {text:?} to a valid timestamp"))
            }),
        }
    }

    /// A time that must be given.
    pub fn needed_time_ms(&self, name: &str) -> PromAnswer<i64> {
        let text = self.text(name);
        parse_time_ms(text).ok_or_else(|| {
            PromError::parameter(name, format!("cannot parse {text:?} to a valid timestamp"))
        })
    }

    /// `start` and `end` of the APIs about names; everything if they are absent.
    pub fn range_ms(&self) -> PromAnswer<(i64, i64)> {
        Ok((
            self.time_ms("start", i64::MIN / 2)?,
            self.time_ms("end", i64::MAX / 2)?,
        ))
    }

    /// A duration in milliseconds, if it is given.
    pub fn duration_ms(&self, name: &str) -> PromAnswer<Option<i64>> {
        match self.text(name) {
            "" => Ok(None),
            text => match parse_duration_ms(text) {
                Some(ms) => Ok(Some(ms)),
                None => Err(PromError::parameter(
                    name,
                    format!("cannot parse {text:?} to a valid duration"),
                )),
            },
        }
    }

    /// `limit`: 0 for none.
    pub fn limit(&self) -> PromAnswer<usize> {
        let text = self.text("limit");
        if text.is_empty() {
            return Ok(0);
        }
        match text.parse::<i64>() {
            Ok(number) if number < 0 => {
                Err(PromError::parameter("limit", "limit must be non-negative"))
            }
            Ok(number) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
            Err(_) => Err(PromError::parameter(
                "limit",
                format!("strconv.Atoi: parsing {text:?}: invalid syntax"),
            )),
        }
    }

    /// The selectors of `match[]`; each must have a matcher that does not match the empty value.
    pub fn selectors(&self) -> PromAnswer<Vec<Vec<LabelMatcher>>> {
        self.texts("match[]").map(super::selector::parse).collect()
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = PromError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let query = request.uri().query().unwrap_or("").to_owned();
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let mut pairs = Vec::new();
        if matches!(*request.method(), Method::POST | Method::PUT) && is_form {
            let body = to_bytes(Body::new(request.into_body()), BODY_BYTES_MAX)
                .await
                .map_err(|error| {
                    PromError::bad_data(format!("error parsing form values: {error}"))
                })?;
            let text = std::str::from_utf8(&body)
                .map_err(|_| PromError::bad_data("error parsing form values: not UTF-8"))?;
            Self::parse(text, &mut pairs)?;
        }
        Self::parse(&query, &mut pairs)?;
        Ok(Self { pairs })
    }
}

/// Text of a form: `+` is a blank, `%41` a byte.
fn decode(text: &str) -> PromAnswer<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = after
                    .get(..2)
                    .filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))
                    .and_then(|pair| std::str::from_utf8(pair).ok());
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let (Some(byte), Some(after)) = (byte, after.get(2..)) else {
                    let message = "error parsing form values: invalid URL escape";
                    return Err(PromError::bad_data(message));
                };
                bytes.push(byte);
                rest = after;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes)
        .map_err(|_| PromError::bad_data("error parsing form values: not UTF-8"))
}

/// Unix seconds with a fraction, or RFC 3339.
pub fn parse_time_ms(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        let fits = seconds.is_finite() && seconds.abs() <= SECONDS_MAX;
        // Rounded to milliseconds, as Prometheus does.
        return fits.then(|| (seconds * 1000.0).round() as i64);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    // The bounds that Prometheus itself gives out; years of six digits are nobody's else.
    match text {
        "-292273086-05-16T16:47:06Z" => Some(i64::MIN / 2),
        "292277025-08-18T07:12:54.999999999Z" => Some(i64::MAX / 2),
        _ => None,
    }
}

/// Seconds with a fraction, or a Prometheus duration such as `1h30m`.
pub fn parse_duration_ms(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        let ms = seconds * 1000.0;
        return (ms.is_finite() && ms.abs() < 9.2e12).then_some(ms as i64);
    }
    number::parse_duration(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{Form, decode, parse_duration_ms, parse_time_ms};

    #[test]
    fn forms_are_decoded_however_long_they_are() {
        let mut pairs = Vec::new();
        let long = "x".repeat(200_000);
        Form::parse(
            &format!("query=a%2Bb+c&&flag&long={long}&q=%C3%A9"),
            &mut pairs,
        )
        .unwrap();
        let form = Form { pairs };
        assert_eq!(form.text("query"), "a+b c");
        assert_eq!(form.text("flag"), "");
        assert_eq!(form.text("long").len(), 200_000);
        assert_eq!(form.text("q"), "é");
        for bad in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_and_durations_are_those_of_prometheus() {
        assert_eq!(parse_time_ms("1435781430.781"), Some(1_435_781_430_781));
        assert_eq!(parse_time_ms("-1.5"), Some(-1500));
        assert_eq!(
            parse_time_ms("2015-07-01T20:10:51.781Z"),
            Some(1_435_781_451_781)
        );
        assert_eq!(parse_time_ms("yesterday"), None);
        assert_eq!(parse_time_ms("NaN"), None);
        assert_eq!(parse_duration_ms("1h30m"), Some(5_400_000));
        assert_eq!(parse_duration_ms("15"), Some(15_000));
        assert_eq!(parse_duration_ms("0.5"), Some(500));
        assert_eq!(parse_duration_ms("30m1h"), None);
        assert_eq!(parse_duration_ms(""), None);
        assert_eq!(parse_duration_ms("9999999999999999y"), None);
    }
}
