//! Second names of metrics.

use super::{MINUTE, append, labels, two_jobs};
use crate::promql::engine::{Options, PromEngine, Query, QueryContext};
use crate::promql::result::Value;
use crate::promql::script::memory::MemorySeries;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_stdx::clock::ManualClock;
use tacho_storage::error::Result;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::{
    Cardinality, CardinalityRequest, NamesRequest, SelectRequest, SelectedSeries, SeriesView,
};

/// Series whose families have names in OTLP.
struct Aliased(MemorySeries);

impl SeriesView for Aliased {
    fn select(
        &self,
        request: &SelectRequest,
        context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        self.0.select(request, context)
    }

    fn label_sets(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<Labels>> {
        self.0.label_sets(request, context)
    }

    fn label_names(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<String>> {
        self.0.label_names(request, context)
    }

    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<String>> {
        self.0.label_values(name, request, context)
    }

    fn exemplars(
        &self,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        self.0.exemplars(request, context)
    }

    fn metadata(&self, context: &ReadContext) -> Result<Vec<(String, Metadata)>> {
        self.0.metadata(context)
    }

    fn family_of_alias(&self, alias: &str) -> Option<String> {
        let family = match alias {
            "workflow_duration" => "workflow_duration_milliseconds",
            "tokens" => "tokens_by",
            "x" => "x",
            _ => return None,
        };
        Some(family.to_owned())
    }

    fn cardinality(
        &self,
        request: &CardinalityRequest,
        context: &ReadContext,
    ) -> Result<Cardinality> {
        self.0.cardinality(request, context)
    }
}

fn aliased() -> Aliased {
    let mut store = two_jobs();
    for (suffix, value) in [("bucket", 1.0), ("sum", 2.0), ("count", 3.0)] {
        let name = format!("workflow_duration_milliseconds_{suffix}");
        append(
            &mut store,
            &[("__name__", name.as_str())],
            &[(MINUTE, value)],
        );
    }
    append(
        &mut store,
        &[("__name__", "tokens_by_total")],
        &[(MINUTE, 4.0)],
    );
    Aliased(store)
}

/// Names and values of what a query gives.
fn ask(text: &str, aliases: bool) -> Vec<(String, f64)> {
    let options = Options {
        aliases,
        ..Options::default()
    };
    let engine = PromEngine::new(options, Arc::new(ManualClock::at(0)));
    let read = ReadContext::default();
    let query = Query::parse(text).unwrap();
    let result = engine
        .instant(&aliased(), &query, 2 * MINUTE, QueryContext::new(&read))
        .unwrap();
    let Value::Vector(samples) = result.value else {
        panic!("no vector");
    };
    samples
        .into_iter()
        .map(|sample| match sample.value {
            tacho_model::sample::SampleValue::Float(value) => {
                (sample.labels.metric_name().to_owned(), value)
            }
            other => panic!("no float: {other:?}"),
        })
        .collect()
}

#[test]
fn names_without_unit_answer_under_the_name_asked_for() {
    for (name, value) in [
        ("workflow_duration_bucket", 1.0),
        ("workflow_duration_sum", 2.0),
        ("workflow_duration_count", 3.0),
        ("tokens", 4.0),
        ("tokens_total", 4.0),
    ] {
        assert_eq!(ask(name, true), [(name.to_owned(), value)]);
        assert_eq!(ask(name, false), []);
    }
}

#[test]
fn a_histograms_base_name_is_its_sum() {
    for name in ["workflow_duration", "workflow_duration_milliseconds"] {
        assert_eq!(ask(name, true), [(name.to_owned(), 2.0)]);
    }
}

#[test]
fn only_exact_names_without_series_have_second_names() {
    assert_eq!(ask("{__name__=~\"workflow_duration_sum\"}", true), []);
    assert_eq!(ask("workflow_duration_sum{job=\"none\"}", true), []);
    assert_eq!(ask("x_total{job=\"a\"}", true).len(), 2);
    assert_eq!(ask("x_total{job=\"none\"}", true), []);
    let set = labels(&[("__name__", "nothing")]);
    assert_eq!(ask(set.metric_name(), true), []);
}
