//! The functions of Alertmanager's notifications. Source: its reference,
//! <https://prometheus.io/docs/alerting/latest/notifications/#functions>.

use super::prometheus::{TEXT, TWO_TEXTS, add_shared_texts};
use super::{Functions, Parameter, Signature, humanize, text, text_at, url, value_at};
use crate::json;
use crate::time::{between, format, read};
use crate::value::{Shape, Value};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use jiff::civil::date;
use jiff::tz::TimeZone;
use tacho_model::time::Timestamp;

const TEXT_AND_TIME: Signature = Signature::of(&[Parameter::Text, Parameter::Time]);
const TEXT_AND_ANY: Signature = Signature::of(&[Parameter::Text, Parameter::Any]);

pub(super) fn add(functions: &mut Functions, now: Timestamp) {
    add_shared_texts(functions);
    add_texts(functions);
    add_times(functions, now);
    add_lists(functions);
    functions.add_checked(
        "humanizeDuration",
        Signature::of(&[Parameter::Any]),
        |values| humanize::duration(value_at(values, 0)),
    );
    functions.add_checked("toJson", Signature::of(&[Parameter::Any]), |values| {
        json::write(value_at(values, 0)).map(Value::from)
    });
    // Whoever knows the labels of a route puts a better one in its place.
    functions.add_checked("routeLabels", TEXT, |_| Ok("".into()));
}

fn add_texts(functions: &mut Functions) {
    functions.add_checked("title", TEXT, |values| {
        Ok(text::title(text_at(values, 0), true).into())
    });
    functions.add_checked("trimSpace", TEXT, |values| {
        Ok(text_at(values, 0).trim().into())
    });
    functions.add_checked("join", TEXT_AND_ANY, |values| {
        let separator = value_at(values, 0);
        match value_at(values, 1) {
            Value::List(items) => text::join(separator, items),
            Value::Nil => Ok("".into()),
            Value::Object(object) => match object.shape() {
                Shape::List(items) => text::join(separator, &items),
                _ => Err(not_a_list(value_at(values, 1))),
            },
            other => Err(not_a_list(other)),
        }
    });
    functions.add_checked("safeUrl", TEXT, |values| {
        Ok(Value::SafeUrl(text_at(values, 0).into()))
    });
    functions.add_checked("urlUnescape", TEXT, |values| {
        url::query_unescape(text_at(values, 0)).map(Value::from)
    });
    functions.add_checked("base64encode", TEXT, |values| {
        Ok(URL_SAFE.encode(text_at(values, 0)).into())
    });
    functions.add_checked("base64decode", TEXT, |values| {
        let bytes = URL_SAFE
            .decode(text_at(values, 0))
            .map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned().into())
    });
}

fn not_a_list(value: &Value) -> String {
    format!(
        "wrong type for value; expected []string; got {}",
        value.type_name()
    )
}

fn add_times(functions: &mut Functions, now: Timestamp) {
    let now = jiff::Timestamp::from_nanosecond(now.0.into()).unwrap_or_default();
    let now = now.to_zoned(TimeZone::UTC);
    let zone = functions.local.clone();
    let local = now.with_time_zone(zone);
    functions.add_checked("now", Signature::of(&[]), move |_| Ok(local.clone().into()));
    functions.add_checked(
        "since",
        Signature::of(&[Parameter::Time]),
        move |values| match value_at(values, 0) {
            Value::Time(at) => Ok(Value::Duration(between(at, &now))),
            other => Err(format!(
                "wrong type for value; expected time.Time; got {}",
                other.type_name()
            )),
        },
    );
    functions.add_checked("date", TEXT_AND_TIME, |values| match value_at(values, 1) {
        Value::Time(at) => Ok(format::format(at, text_at(values, 0)).into()),
        _ => Ok(Value::Nil),
    });
    functions.add_checked("tz", TEXT_AND_TIME, |values| match value_at(values, 1) {
        Value::Time(at) => Ok(at.with_time_zone(zone_named(text_at(values, 0))?).into()),
        _ => Ok(Value::Nil),
    });
    functions.add_checked("mustToDate", TWO_TEXTS, |values| {
        read::read(text_at(values, 0), text_at(values, 1)).map(Value::Time)
    });
    functions.add_checked("toDate", TWO_TEXTS, |values| {
        let year_one = || {
            date(1, 1, 1)
                .to_zoned(TimeZone::UTC)
                .map_err(|error| error.to_string())
        };
        let read = read::read(text_at(values, 0), text_at(values, 1));
        read.or_else(|_| year_one()).map(Value::Time)
    });
}

/// A time zone by its name, such as `Europe/Paris`; none is UTC.
fn zone_named(name: &str) -> Result<TimeZone, String> {
    match name {
        "" | "UTC" => Ok(TimeZone::UTC),
        name => TimeZone::get(name).map_err(|_| format!("unknown time zone {name}")),
    }
}

fn add_lists(functions: &mut Functions) {
    let texts = Signature::with_rest(&[], Parameter::Text);
    functions.add_checked("stringSlice", texts, |values| {
        Ok(Value::list(values.iter().cloned()))
    });
    functions.add("list", |values| Ok(Value::list(values.iter().cloned())));
    let append = Signature::with_rest(&[Parameter::Any], Parameter::Any);
    functions.add_checked("append", append, |values| {
        let first = match value_at(values, 0) {
            Value::List(items) => items.iter(),
            Value::Nil => [].iter(),
            other => {
                let kind = other.type_name();
                return Err(format!(
                    "wrong type for value; expected []interface {{}}; got {kind}"
                ));
            }
        };
        Ok(Value::list(first.chain(&values[1..]).cloned()))
    });
    functions.add("dict", |values| {
        if !values.len().is_multiple_of(2) {
            return Err("dict requires an even number of arguments".to_owned());
        }
        let mut entries = Vec::with_capacity(values.len() / 2);
        for pair in values.chunks_exact(2) {
            let Value::Text(key) = value_at(pair, 0) else {
                return Err("dict keys must be strings".to_owned());
            };
            entries.push((key.to_string(), value_at(pair, 1).clone()));
        }
        Ok(Value::map(entries))
    });
}
