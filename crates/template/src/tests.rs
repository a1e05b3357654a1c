//! Tests of the crate: tables of templates and what they print. `tests/…` has one file per subject.

mod builtins;
mod corpus;
mod data;
mod errors;
mod fuzz;
mod go;
mod html;
mod prometheus;
mod verbs;

use crate::functions::{Functions, PrometheusSurroundings, QueryFunction, QuerySample};
use crate::set::TemplateSet;
use crate::value::Value;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;

/// 2026-11-20 19:45:00.5 UTC.
const NOW: Timestamp = Timestamp(1_795_203_900_500_000_000);

/// Gives the same two samples whatever is asked, unless the query is `fail`.
#[derive(Debug)]
struct TwoSamples;

impl QueryFunction for TwoSamples {
    fn query(&self, text: &str) -> Result<Vec<QuerySample>, String> {
        if text == "fail" {
            return Err("it failed".to_owned());
        }
        let sample = |instance: &str, value: f64| QuerySample {
            labels: Labels::from_pairs([("instance", instance), ("__value__", "v")]),
            value: Value::Float(value),
        };
        Ok(if text == "empty" {
            Vec::new()
        } else {
            vec![sample("b:1", 11.0), sample("a:2", 21.0)]
        })
    }
}

fn functions() -> Functions {
    let surroundings = PrometheusSurroundings {
        query: Some(Arc::new(TwoSamples)),
        now: NOW,
        external_url: "http://tacho.example/base".to_owned(),
        path_prefix: "/base".to_owned(),
    };
    Functions::go()
        .with_alertmanager(NOW)
        .with_prometheus(surroundings)
}

fn set() -> TemplateSet {
    TemplateSet::new(functions())
}

#[track_caller]
fn check(cases: &[(&str, &str)], data: &Value) {
    let set = set();
    for (text, expected) in cases {
        match set.execute_text(text, data, false) {
            Ok(output) => assert_eq!(output, *expected, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

/// Messages of texts that fail, without the place.
#[track_caller]
fn check_fails(cases: &[(&str, &str)], data: &Value) {
    let set = set();
    for (text, expected) in cases {
        match set.execute_text(text, data, false) {
            Ok(output) => panic!("{text} printed {output:?}"),
            Err(error) => {
                assert!(
                    error.message.ends_with(expected),
                    "{text}: {}",
                    error.message
                );
            }
        }
    }
}
