//! Reads back through the API what a client sent, and says how it differs.

use super::Sent;
use super::compare::{brief, differences};
use super::otlp::{flatten_spans, list, normal};
use crate::http::{Client, escape};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PAGES_MAX: usize = 50;

/// Turns a failure to read into a difference.
fn told(outcome: Result<Vec<String>>) -> Vec<String> {
    outcome.unwrap_or_else(|error| vec![format!("{error:#}")])
}

/// Every field of every span, through `GET /api/v1/traces/{id}?format=otlp`.
pub(crate) fn spans_as_otlp(client: &Client, sent: &Sent) -> Vec<String> {
    told(compare_spans(client, sent))
}

fn compare_spans(client: &Client, sent: &Sent) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for (trace_id, spans) in by_trace(sent) {
        let document = client.json(&format!("/api/v1/traces/{trace_id}?format=otlp"))?;
        let got = flatten_spans(&document);
        if got.len() != spans.len() {
            out.push(format!(
                "trace {trace_id}: sent {} spans, got {}",
                spans.len(),
                got.len()
            ));
        }
        for span in spans {
            let found = got.iter().find(|other| other["spanId"] == span["spanId"]);
            let other = found.map_or(Value::Null, normal);
            out.extend(differences(&label(span), &normal(span), &other));
        }
    }
    Ok(out)
}

fn by_trace(sent: &Sent) -> BTreeMap<&str, Vec<&Value>> {
    let mut traces: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for span in &sent.spans {
        traces
            .entry(span["traceId"].as_str().unwrap_or(""))
            .or_default()
            .push(span);
    }
    traces
}

fn label(span: &Value) -> String {
    format!("span `{}`", span["name"].as_str().unwrap_or(""))
}

/// The fields of `GET /api/v1/traces/{id}` that people and programs read first.
pub(crate) fn spans_in_our_shape(client: &Client, sent: &Sent) -> Vec<String> {
    told(compare_our_shape(client, sent))
}

fn compare_our_shape(client: &Client, sent: &Sent) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for (trace_id, spans) in by_trace(sent) {
        let trace = client.json(&format!("/api/v1/traces/{trace_id}"))?;
        out.extend(differences(
            "spanCount",
            &json!(spans.len()),
            &trace["spanCount"],
        ));
        out.extend(differences("traceId", &json!(trace_id), &trace["traceId"]));
        for span in spans {
            let found = list(&trace, "spans")
                .iter()
                .find(|got| got["spanId"] == span["spanId"]);
            let Some(got) = found else {
                out.push(format!("{} is missing", label(span)));
                continue;
            };
            out.extend(differences(
                &label(span),
                &our_shape(span),
                &reduced(got, &trace),
            ));
        }
    }
    Ok(out)
}

/// What our shape should say of a span.
fn our_shape(span: &Value) -> Value {
    let events: Vec<Value> = list(span, "events")
        .iter()
        .map(|event| {
            json!({
                "name": event["name"],
                "time": event["timeUnixNano"],
                "attributes": plain_attributes(&event["attributes"]),
            })
        })
        .collect();
    let status = match span["status"]["code"].as_u64() {
        Some(1) => "OK",
        Some(2) => "ERROR",
        _ => "UNSET",
    };
    let kind = span["kind"]
        .as_u64()
        .map_or(0, |kind| usize::try_from(kind).unwrap_or(0));
    let nanos = |key: &str| -> i64 {
        span[key]
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    json!({
        "operationName": span["name"],
        "serviceName": service_name(span),
        "kind": super::otlp::KINDS[kind % super::otlp::KINDS.len()],
        "start": span["startTimeUnixNano"],
        "end": span["endTimeUnixNano"],
        "durationMs": (nanos("endTimeUnixNano") - nanos("startTimeUnixNano")) as f64 / 1e6,
        "status": status,
        "statusMessage": span["status"]["message"],
        "parentSpanId": span["parentSpanId"].as_str().unwrap_or(""),
        "attributes": plain_attributes(&span["attributes"]),
        "events": events,
        "links": list(span, "links").len(),
        "resource": plain_attributes(&span["resource"]["attributes"]),
        "scope": span["scope"]["name"],
    })
}

/// The same fields of the answer.
fn reduced(got: &Value, trace: &Value) -> Value {
    let resource = pointed_at(got, "resource", trace, "resources");
    let scope = pointed_at(got, "scope", trace, "scopes");
    let events: Vec<Value> = list(got, "events")
        .iter()
        .map(|event| {
            json!({
                "name": event["name"],
                "time": time(event, "timestamp"),
                "attributes": or_empty(&event["attributes"]),
            })
        })
        .collect();
    let absent_as_empty = |key: &str| got[key].as_str().unwrap_or("").to_owned();
    json!({
        "operationName": got["operationName"],
        "serviceName": got["serviceName"],
        "kind": got["kind"],
        "start": time(got, "startTime"),
        "end": time(got, "endTime"),
        "durationMs": got["durationMs"],
        "status": got["status"],
        "statusMessage": absent_as_empty("statusMessage"),
        "parentSpanId": absent_as_empty("parentSpanId"),
        "attributes": or_empty(&got["attributes"]),
        "events": events,
        "links": list(got, "links").len(),
        "resource": or_empty(&resource["attributes"]),
        "scope": scope["name"],
    })
}

/// The member of a list that an item names by its position.
fn pointed_at(item: &Value, key: &str, page: &Value, list_key: &str) -> Value {
    let index = item[key]
        .as_u64()
        .and_then(|index| usize::try_from(index).ok());
    index
        .and_then(|index| list(page, list_key).get(index))
        .cloned()
        .unwrap_or_default()
}

fn or_empty(value: &Value) -> Value {
    if value.is_null() {
        json!({})
    } else {
        value.clone()
    }
}

fn service_name(item: &Value) -> Value {
    let attributes = list(&item["resource"], "attributes");
    let found = attributes.iter().find(|pair| pair["key"] == "service.name");
    found.map_or(Value::Null, |pair| pair["value"]["stringValue"].clone())
}

/// OTLP attributes as the plain JSON of our API.
fn plain_attributes(attributes: &Value) -> Value {
    let pairs = attributes.as_array().map_or(&[][..], Vec::as_slice);
    let pairs = pairs.iter().map(|pair| {
        (
            pair["key"].as_str().unwrap_or("").to_owned(),
            plain(&pair["value"]),
        )
    });
    Value::Object(pairs.collect())
}

/// Integers beyond 2^53 as text, bytes as base64 under a reserved key, the rest as JSON has it.
pub(super) fn plain(value: &Value) -> Value {
    let Some((kind, content)) = value.as_object().and_then(|fields| fields.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "intValue" => {
            let text = content
                .as_str()
                .map_or_else(|| content.to_string(), str::to_owned);
            match text.parse::<i64>() {
                Ok(number) if number.unsigned_abs() <= 1 << 53 => json!(number),
                _ => json!(text),
            }
        }
        "bytesValue" => json!({ "$bytes": content }),
        "arrayValue" => list(content, "values").iter().map(plain).collect(),
        "kvlistValue" => plain_attributes(content.get("values").unwrap_or(&Value::Null)),
        _ => content.clone(),
    }
}

/// Every trace is found by service, once, with the right number of spans.
pub(crate) fn traces_listed(client: &Client, sent: &Sent) -> Vec<String> {
    told(compare_list(client, sent))
}

fn compare_list(client: &Client, sent: &Sent) -> Result<Vec<String>> {
    let path = format!("/api/v1/traces?service={}&limit=100", escape(&sent.service));
    let mut got = BTreeMap::new();
    for trace in pages(client, &path, "traces")? {
        let id = trace["traceId"].as_str().unwrap_or("").to_owned();
        *got.entry(id).or_insert(0) += trace["spanCount"].as_u64().unwrap_or(0);
    }
    let expected: BTreeMap<String, u64> = by_trace(sent)
        .into_iter()
        .map(|(id, spans)| (id.to_owned(), spans.len() as u64))
        .collect();
    Ok(differences("traces", &json!(expected), &json!(got)))
}

/// All items of a listing, following its cursor.
///
/// # Errors
/// A page cannot be read, or there is no end to them.
pub(crate) fn pages(client: &Client, path: &str, key: &str) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    let mut seen = BTreeSet::new();
    for _ in 0..PAGES_MAX {
        let page = match &cursor {
            Some(cursor) => client.json(&format!("{path}&cursor={}", escape(cursor)))?,
            None => client.json(path)?,
        };
        items.extend_from_slice(list(&page, key));
        match page["nextCursor"].as_str() {
            Some(next) if seen.insert(next.to_owned()) => cursor = Some(next.to_owned()),
            Some(next) => anyhow::bail!("GET {path}: the cursor `{next}` came twice"),
            None => return Ok(items),
        }
    }
    anyhow::bail!("GET {path}: more than {PAGES_MAX} pages")
}

/// Every field of every log record.
pub(crate) fn logs(client: &Client, sent: &Sent) -> Vec<String> {
    told(compare_logs(client, sent))
}

fn compare_logs(client: &Client, sent: &Sent) -> Result<Vec<String>> {
    let query = escape(&format!("{{service_name=\"{}\"}}", sent.service));
    let page = client.json(&format!("/api/v1/logs?q={query}&limit=1000"))?;
    let mut got: Vec<Value> = list(&page, "logs")
        .iter()
        .map(|record| reduced_record(record, &page))
        .collect();
    let mut out = Vec::new();
    if got.len() != sent.logs.len() {
        out.push(format!(
            "sent {} records, got {}",
            sent.logs.len(),
            got.len()
        ));
    }
    for record in &sent.logs {
        let expected = our_record(record);
        let path = format!("record with body {}", brief(&expected["body"]));
        match got.iter().position(|other| same_record(&expected, other)) {
            Some(index) => {
                let mut other = got.swap_remove(index);
                if expected["timestamp"] == "0" {
                    // Without a time of its own a record gets one from us.
                    other["timestamp"] = json!("0");
                }
                out.extend(differences(&path, &expected, &other));
            }
            None => out.push(format!("{path} is missing")),
        }
    }
    Ok(out)
}

/// Times can be equal, so the body decides too.
fn same_record(left: &Value, right: &Value) -> bool {
    ["observedTimestamp", "body", "eventName"]
        .iter()
        .all(|key| left[key] == right[key])
}

/// What our shape should say of a record.
fn our_record(record: &Value) -> Value {
    let text = |key: &str| record[key].as_str().unwrap_or("").to_owned();
    let scope = &record["scope"];
    json!({
        "timestamp": record["timeUnixNano"],
        "observedTimestamp": record["observedTimeUnixNano"],
        "severityNumber": record["severityNumber"],
        "severityText": record["severityText"],
        "eventName": record["eventName"],
        "body": plain(&record["body"]),
        "serviceName": service_name(record),
        "traceId": text("traceId"),
        "spanId": text("spanId"),
        "flags": record["flags"].as_u64().unwrap_or(0) & 0xff,
        "attributes": plain_attributes(&record["attributes"]),
        "resource": plain_attributes(&record["resource"]["attributes"]),
        "resourceSchema": record["resource"]["schemaUrl"],
        "scope": [scope["name"], scope["version"], scope["schemaUrl"]],
        "scopeAttributes": plain_attributes(&scope["attributes"]),
    })
}

/// The same fields of the answer.
fn reduced_record(record: &Value, page: &Value) -> Value {
    let text = |value: &Value| json!(value.as_str().unwrap_or(""));
    let resource = pointed_at(record, "resource", page, "resources");
    let scope = pointed_at(record, "scope", page, "scopes");
    json!({
        "timestamp": time(record, "timestamp"),
        "observedTimestamp": time(record, "observedTimestamp"),
        "severityNumber": record["severityNumber"],
        "severityText": text(&record["severityText"]),
        "eventName": text(&record["eventName"]),
        "body": record["body"],
        "serviceName": record["serviceName"],
        "traceId": text(&record["traceId"]),
        "spanId": text(&record["spanId"]),
        "flags": record["flags"].as_u64().unwrap_or(0) & 0xff,
        "attributes": or_empty(&record["attributes"]),
        "resource": or_empty(&resource["attributes"]),
        "resourceSchema": text(&resource["schemaUrl"]),
        "scope": [text(&scope["name"]), text(&scope["version"]), text(&scope["schemaUrl"])],
        "scopeAttributes": or_empty(&scope["attributes"]),
    })
}

/// A time of our API in nanoseconds as text; 0 if it is absent.
fn time(item: &Value, key: &str) -> Value {
    let nanos = item[key].as_str().and_then(rfc3339_nanos);
    json!(nanos.unwrap_or_else(|| "0".to_owned()))
}

/// RFC 3339 in UTC as nanoseconds since 1970, as text.
fn rfc3339_nanos(text: &str) -> Option<String> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    let fraction = text.get(19..)?.strip_suffix('Z')?.trim_start_matches('.');
    let fraction: i64 = format!("{fraction:0<9}").parse().ok()?;
    // Days from the civil date (Howard Hinnant): years begin in March.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let era_days = year * 365 + year / 4 - year / 100 + year / 400;
    let days = era_days + day_of_year - 719_468;
    Some(((days * 86_400 + seconds) * 1_000_000_000 + fraction).to_string())
}

#[cfg(test)]
mod tests {
    use super::{plain, rfc3339_nanos};
    use serde_json::json;

    #[test]
    fn times_are_read_to_the_nanosecond() {
        let nanos = |text: &str| rfc3339_nanos(text);
        assert_eq!(nanos("1970-01-01T00:00:00Z").as_deref(), Some("0"));
        let leap = nanos("2024-02-29T12:30:01.000000007Z");
        assert_eq!(leap.as_deref(), Some("1709209801000000007"));
        assert_eq!(
            nanos("2026-11-20T10:00:00.5Z").as_deref(),
            Some("1795168800500000000")
        );
        assert_eq!(nanos("yesterday"), None);
    }

    #[test]
    fn large_integers_become_text() {
        assert_eq!(
            plain(&json!({"intValue": "9007199254740993"})),
            json!("9007199254740993")
        );
        assert_eq!(plain(&json!({"intValue": "-5"})), json!(-5));
        assert_eq!(plain(&json!({"arrayValue": {}})), json!([]));
    }
}
