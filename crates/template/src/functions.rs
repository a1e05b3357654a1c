//! The functions that templates may call: a table by name, with what each takes.
//!
//! `functions/go.rs` has those of the language, `functions/compare.rs` its comparisons,
//! `functions/prometheus.rs` and `functions/alertmanager.rs` those of the two programs.

mod alertmanager;
mod compare;
mod go;
mod host;
mod humanize;
mod pattern;
pub(crate) mod prometheus;
pub(crate) mod text;
mod url;

use crate::value::Value;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// Any value, no value too.
    Any,
    /// A text of any kind.
    Text,
    /// A time.
    Time,
}

impl Parameter {
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Text => "string",
            Self::Time => "time.Time",
        }
    }
}

/// What a function takes, and what a call costs.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The parameters that it always takes.
    pub fixed: &'static [Parameter],
    /// What further arguments are; `None` if there are none.
    pub rest: Option<Parameter>,
    /// Steps that a call counts as.
    pub cost: u32,
    /// True of `and` and `or`: arguments are evaluated one after the other.
    pub(crate) lazy: bool,
}

impl Signature {
    /// Just these parameters.
    pub const fn of(fixed: &'static [Parameter]) -> Self {
        Self {
            fixed,
            rest: None,
            cost: 1,
            lazy: false,
        }
    }

    /// These parameters and any number of further ones.
    pub const fn with_rest(fixed: &'static [Parameter], rest: Parameter) -> Self {
        Self {
            fixed,
            rest: Some(rest),
            cost: 1,
            lazy: false,
        }
    }

    /// The same, but a call counts as so many steps.
    #[must_use]
    pub const fn costing(self, cost: u32) -> Self {
        Self { cost, ..self }
    }

    const fn lazily(self) -> Self {
        Self { lazy: true, ..self }
    }

    pub(crate) fn parameter(&self, index: usize) -> Parameter {
        self.fixed
            .get(index)
            .copied()
            .or(self.rest)
            .unwrap_or(Parameter::Any)
    }
}

type Implementation = dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync;

/// A function of the table.
pub(crate) struct Function {
    pub(crate) signature: Signature,
    pub(crate) run: Arc<Implementation>,
}

/// A sample that a query gave.
#[derive(Debug, Clone)]
pub struct QuerySample {
    /// Its labels, the metric's name among them.
    pub labels: Labels,
    /// A `Value::Float`, or an object that stands for a histogram.
    pub value: Value,
}

/// Runs the queries of templates, at the time of the evaluation.
pub trait QueryFunction: Send + Sync {
    /// The vector that a PromQL query gives; a scalar is one sample without labels.
    ///
    /// # Errors
    /// The query is wrong or failed: why.
    fn query(&self, text: &str) -> Result<Vec<QuerySample>, String>;
}

/// What the functions of Prometheus know of the world.
#[derive(Clone, Default)]
pub struct PrometheusSurroundings {
    /// Runs queries; without it `query` fails.
    pub query: Option<Arc<dyn QueryFunction>>,
    /// The time of the evaluation.
    pub now: Timestamp,
    /// Under which users reach the server, without a slash at its end.
    pub external_url: String,
    /// The path of that URL.
    pub path_prefix: String,
}

impl fmt::Debug for PrometheusSurroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrometheusSurroundings")
            .field("query", &self.query.is_some())
            .field("now", &self.now)
            .field("external_url", &self.external_url)
            .field("path_prefix", &self.path_prefix)
            .finish()
    }
}

/// The functions that templates may call.
pub struct Functions {
    table: HashMap<String, Function>,
    local: TimeZone,
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions")
            .field("count", &self.table.len())
            .finish_non_exhaustive()
    }
}

impl Functions {
    /// Those of the language: <https://pkg.go.dev/text/template#hdr-Functions>.
    #[must_use]
    pub fn go() -> Self {
        let mut functions = Self {
            table: HashMap::with_capacity(64),
            local: TimeZone::UTC,
        };
        go::add(&mut functions);
        functions
    }

    /// Adds those of Prometheus' rules:
    /// <https://prometheus.io/docs/prometheus/latest/configuration/template_reference/>.
    #[must_use]
    pub fn with_prometheus(mut self, surroundings: PrometheusSurroundings) -> Self {
        prometheus::add(&mut self, surroundings);
        self
    }

    /// Adds those of Alertmanager's notifications, where `now` and `since` mean this time:
    /// <https://prometheus.io/docs/alerting/latest/notifications/#functions>.
    #[must_use]
    pub fn with_alertmanager(mut self, now: Timestamp) -> Self {
        alertmanager::add(&mut self, now);
        self
    }

    /// Sets the zone that `.Local` of times means; it is UTC otherwise.
    #[must_use]
    pub fn with_local_zone(mut self, zone: TimeZone) -> Self {
        self.local = zone;
        self
    }

    /// Adds a function that takes any arguments; one of the same name gives way.
    pub fn add(
        &mut self,
        name: &str,
        run: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    ) {
        self.add_checked(name, Signature::with_rest(&[], Parameter::Any), run);
    }

    /// Adds a function whose arguments are checked before it is called, so that it may rely on their
    /// number and kinds; one of the same name gives way.
    pub fn add_checked(
        &mut self,
        name: &str,
        signature: Signature,
        run: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    ) {
        let function = Function {
            signature,
            run: Arc::new(run),
        };
        self.table.insert(name.to_owned(), function);
    }

    /// The names of all functions, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.table.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Function> {
        self.table.get(name)
    }

    pub(crate) fn local_zone(&self) -> &TimeZone {
        &self.local
    }
}

/// The text of an argument that is checked to be one; empty otherwise.
fn text_at(values: &[Value], index: usize) -> &str {
    values
        .get(index)
        .and_then(Value::as_text)
        .unwrap_or_default()
}

/// An argument; no value if it is missing.
fn value_at(values: &[Value], index: usize) -> &Value {
    values.get(index).unwrap_or(&Value::Nil)
}
