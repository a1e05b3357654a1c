//! Names, values, series.

use crate::support::{attributes, engine, record, service, span};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_query::label::{SeriesRequest, ValuesRequest};
use tacho_storage::read::{CatalogPlace, ReadContext};

fn asked() -> Engine {
    let (store, engine) = engine();
    let tenant = TenantId::default();
    let models = ["large", "large", "small", "medium"];
    let records = models.iter().enumerate().map(|(number, model)| {
        let mut one = record(number as i64, 9, "line");
        one.item.attributes = attributes([("gen_ai.request.model", *model)]);
        if number == 3 {
            one.resource = service("toolbox");
        }
        one
    });
    store.append_logs(&tenant, 0, records.collect());
    let mut other = span(2, 2, 1, 1, 1);
    other.item.name = "act".to_owned();
    store.append_spans(&tenant, vec![span(1, 1, 0, 0, 1), other]);
    engine
}

#[test]
fn labels_come_with_place_types_and_count() {
    let labels = asked()
        .labels(
            &TenantId::default(),
            Signal::Logs,
            TimeRange::ALL,
            &ReadContext::default(),
        )
        .unwrap();
    let short: Vec<_> = labels
        .iter()
        .map(|label| (label.name.as_str(), label.place, label.count))
        .collect();
    let expected = [
        ("gen_ai.request.model", CatalogPlace::Item, 4),
        ("service.name", CatalogPlace::Resource, 4),
    ];
    assert_eq!(short, expected);
    assert_eq!(labels[0].types, ["string"]);
}

#[test]
fn values_come_by_count_and_prefix() {
    let engine = asked();
    let values = |signal, name: &str, prefix: &str, limit| -> Vec<(String, u64)> {
        let request = ValuesRequest {
            signal,
            name: name.to_owned(),
            range: TimeRange::ALL,
            prefix: prefix.to_owned(),
            limit,
        };
        let found = engine.label_values(&TenantId::default(), &request, &ReadContext::default());
        found
            .unwrap()
            .into_iter()
            .map(|value| (value.value, value.count))
            .collect()
    };
    let pairs = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        pairs
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect()
    };
    let model = "gen_ai.request.model";
    assert_eq!(
        values(Signal::Logs, model, "", 10),
        pairs(&[("large", 2), ("medium", 1), ("small", 1)])
    );
    assert_eq!(
        values(Signal::Logs, "gen_ai_request_model", "", 1),
        pairs(&[("large", 2)])
    );
    assert_eq!(
        values(Signal::Logs, model, "m", 10),
        pairs(&[("medium", 1)])
    );
    assert_eq!(
        values(Signal::Logs, "severity", "", 10),
        pairs(&[("INFO", 4)])
    );
    assert_eq!(
        values(Signal::Logs, "severity", "I", 10),
        pairs(&[("INFO", 4)])
    );
    assert_eq!(
        values(Signal::Logs, "service", "", 1),
        pairs(&[("planner", 3)])
    );
    assert_eq!(values(Signal::Spans, "name", "a", 10), pairs(&[("act", 1)]));
    assert_eq!(
        values(Signal::Spans, "kind", "", 10),
        pairs(&[("unspecified", 2)])
    );
    assert_eq!(values(Signal::Spans, "unheard of", "", 10), []);
}

#[test]
fn series_are_resources_of_records_and_operations_of_services() {
    let engine = asked();
    let series = |signal, matches: &[&str], limit| {
        let request = SeriesRequest {
            signal,
            matches: matches.iter().map(|text| (*text).to_owned()).collect(),
            range: TimeRange::ALL,
            limit,
        };
        engine.series(&TenantId::default(), &request, &ReadContext::default())
    };
    let all = series(Signal::Logs, &[], 10).unwrap();
    assert_eq!((all.series.len(), all.more), (2, false));
    assert_eq!(all.series[0]["service.name"], "planner");
    let one = series(Signal::Logs, &[], 1).unwrap();
    assert_eq!((one.series.len(), one.more), (1, true));
    let some = series(
        Signal::Logs,
        &[
            "{service_name=\"x\"}",
            "{} | gen_ai_request_model=\"medium\"",
        ],
        9,
    );
    assert_eq!(some.unwrap().series[0]["service.name"], "toolbox");
    let spans = series(Signal::Spans, &["{ name = \"act\" }"], 10).unwrap();
    assert_eq!(spans.series.len(), 1);
    assert_eq!(spans.series[0]["name"], "act");
    let wrong = series(Signal::Spans, &["{ traceDuration > 1s }"], 10).unwrap_err();
    assert_eq!(
        (wrong.kind(), wrong.field()),
        (ErrorKind::Invalid, Some("match"))
    );
}
