//! Counts and facets.

use crate::support::{at, attributes, engine, log_search, record, search, span};
use tacho_model::id::TenantId;
use tacho_model::span::SpanStatus;
use tacho_model::time::SECOND_NS;
use tacho_model::value::Value;
use tacho_query::count::{Conditions, Count, CountGroup, CountRequest};
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_query::facet::{Facet, FacetRequest};
use tacho_query::label::LabelValue;
use tacho_query::limits::Limits;
use tacho_storage::read::ReadContext;
use tacho_testkit::oracle::OracleStore;

fn filled() -> std::sync::Arc<OracleStore> {
    let (store, _) = engine();
    let tenant = TenantId::default();
    let records = (0..12).map(|number| {
        let mut one = record(number, [9, 9, 17][number as usize % 3], "line");
        let agent = ["coder", "tester"][number as usize % 2];
        one.item.attributes = attributes([("agent.type", agent.into()), ("n", Value::Int(number))]);
        if number == 0 {
            one.item.attributes.0.clear();
        }
        if number > 5 {
            one.item
                .attributes
                .push("size", Value::String(format!("{number}kB")));
        }
        one
    });
    store.append_logs(&tenant, 0, records.collect());
    let spans = (1..=6).map(|number| {
        let mut one = span(number, number, 0, i64::from(number), 1);
        one.item.name = ["plan", "act"][usize::from(number) % 2].to_owned();
        one.item.status = [SpanStatus::Ok, SpanStatus::Error][usize::from(number) / 6];
        one
    });
    store.append_spans(&tenant, spans.collect());
    store
}

fn asked() -> Engine {
    Engine::new(filled(), Limits::default())
}

fn of_logs(query: &str) -> Conditions {
    Conditions::Logs(log_search(query).conditions)
}

fn of_spans(query: &str) -> Conditions {
    Conditions::Spans(search(query).conditions)
}

fn count(engine: &Engine, conditions: Conditions, step: Option<i64>, by: Option<&str>) -> Count {
    let request = CountRequest {
        conditions,
        step_ns: step,
        by: by.map(str::to_owned),
    };
    engine
        .count(&TenantId::default(), &request, &ReadContext::default())
        .unwrap()
}

fn values(values: &[(&str, u64)]) -> Vec<LabelValue> {
    let values = values.iter();
    values
        .map(|(value, count)| LabelValue {
            value: (*value).to_owned(),
            count: *count,
        })
        .collect()
}

#[test]
fn without_step_and_split_there_is_one_number() {
    let engine = asked();
    assert_eq!(
        count(&engine, of_logs(""), None, None),
        Count {
            count: 12,
            groups: vec![]
        }
    );
    assert_eq!(
        count(&engine, of_spans("{ status = error }"), None, None).count,
        1
    );
    assert_eq!(count(&engine, of_logs("{} | n >= 5"), None, None).count, 7);
    assert_eq!(
        count(&engine, of_logs("{} | size > 8kB"), None, None).count,
        3
    );
}

#[test]
fn buckets_and_values_are_groups() {
    let engine = asked();
    // Storage judges the first; texts are read row by row in the second.
    for query in ["{} | n > 5", "{} | size >= 6kB"] {
        let found = count(
            &engine,
            of_logs(query),
            Some(4 * SECOND_NS),
            Some("severity"),
        );
        let group = |seconds, value: &str, count| CountGroup {
            time: Some(at(seconds)),
            value: Some(value.to_owned()),
            count,
        };
        let expected = [
            group(4, "INFO", 2),
            group(8, "ERROR", 2),
            group(8, "INFO", 2),
        ];
        assert_eq!(found.groups, expected, "{query}");
        assert_eq!(found.count, 6);
        let split = count(&engine, of_logs(query), None, Some("agent_type"));
        let values: Vec<_> = split
            .groups
            .iter()
            .map(|g| (g.value.as_deref(), g.count))
            .collect();
        assert_eq!(values, [(Some("coder"), 3), (Some("tester"), 3)], "{query}");
        assert!(split.groups.iter().all(|group| group.time.is_none()));
    }
}

#[test]
fn items_without_the_name_are_a_group() {
    let found = count(&asked(), of_logs(""), None, Some("agent.type"));
    assert_eq!(
        found.groups[0],
        CountGroup {
            time: None,
            value: None,
            count: 1
        }
    );
}

#[test]
fn facets_are_top_values_under_the_conditions() {
    let engine = asked();
    let facets = |conditions, fields: &[&str], limit| {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let request = FacetRequest {
            conditions,
            fields,
            limit,
        };
        engine
            .facets(&TenantId::default(), &request, &ReadContext::default())
            .unwrap()
    };
    let found = facets(of_logs("{} | n > 0"), &["severity", "agent.type"], 1);
    let expected = [
        Facet {
            name: "severity".to_owned(),
            values: values(&[("INFO", 7)]),
            other_count: 4,
            absent_count: 0,
            too_many_values: false,
        },
        Facet {
            name: "agent.type".to_owned(),
            values: values(&[("tester", 6)]),
            other_count: 5,
            absent_count: 0,
            too_many_values: false,
        },
    ];
    assert_eq!(found, expected);
    let names = |facets: Vec<Facet>| {
        facets
            .into_iter()
            .map(|facet| facet.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(facets(of_logs(""), &[], 3)),
        ["severity", "service.name", "agent.type", "size"]
    );
    let found = facets(of_spans("{ name = \"act\" }"), &[], 3);
    assert_eq!(found[0].values, values(&[("act", 3)]));
    assert_eq!(names(found), ["name", "status", "kind", "service.name"]);
}

#[test]
fn too_many_values_are_an_error_of_a_count_and_said_of_a_facet() {
    let limits = Limits {
        groups_max: 5,
        ..Limits::default()
    };
    let engine = Engine::new(filled(), limits);
    let (tenant, context) = (TenantId::default(), ReadContext::default());
    let by = Some("n".to_owned());
    let request = CountRequest {
        conditions: of_logs(""),
        step_ns: None,
        by,
    };
    let error = engine.count(&tenant, &request, &context).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    let request = FacetRequest {
        conditions: of_logs(""),
        fields: vec!["n".to_owned()],
        limit: 3,
    };
    assert!(engine.facets(&tenant, &request, &context).unwrap()[0].too_many_values);
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let engine = asked();
    let (tenant, context) = (TenantId::default(), ReadContext::default());
    for (conditions, step_ns) in [
        (of_spans("{ traceDuration > 1s }"), None),
        (of_logs(""), Some(0)),
        (of_logs("{"), None),
    ] {
        let request = CountRequest {
            conditions,
            step_ns,
            by: None,
        };
        let error = engine.count(&tenant, &request, &context).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
