//! LogQL's meaning. An absent label is the empty text: `!=` and `!~` find records without it, and
//! so does `=""`. A line is the body as text; a record without body has an empty line.
//!
//! Names stand for attributes as `names::Names` says, and for these of the record: `severity`,
//! `level` and `detected_level` (name of the severity in either case; `unknown` or empty if not
//! said), `trace_id`, `span_id`, `event_name`, `scope_name`, `scope_version`. Where an attribute
//! has that name, too, either may match.

use super::names::{Names, is_ambiguous};
use super::reading::Reading;
use crate::condition::{Condition, all, any, negated};
use crate::error::{Error, ErrorKind, Result};
use regex::Regex;
use std::sync::Arc;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::SeverityNumber;
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use tacho_syntax::logql::tree::{
    LabelCondition, LabelExpr, LabelTest, LineFilter, LineOperator, LogQuery, MatchOperator,
    NumberOperator, NumberValue, Query, Stage,
};
use tacho_syntax::pattern::{Anchoring, compile};

/// A LogQL query that was read; `condition` gives it its meaning for the names that occur.
#[derive(Debug, Clone)]
pub struct LogPlan {
    query: Option<LogQuery>,
}

/// What a label stands for.
enum Source {
    Field(Field),
    Severity,
}

/// How a label compares as text.
enum TextTest {
    Equal(String),
    Match(Arc<Regex>),
}

impl LogPlan {
    pub(super) fn new(query: Query) -> Self {
        let Query::Log(query) = query;
        Self { query: Some(query) }
    }

    pub(super) fn everything() -> Self {
        Self { query: None }
    }

    /// Whether its meaning depends on the names that occur.
    pub fn needs_names(&self) -> bool {
        let Some(query) = &self.query else {
            return false;
        };
        let of_stage = |stage: &Stage| match stage {
            Stage::LineFilter(_) => false,
            Stage::LabelFilter(filter) => label_needs_names(&filter.condition),
        };
        query
            .selector
            .matchers
            .iter()
            .any(|matcher| is_ambiguous(&matcher.name.value))
            || query.stages.iter().any(of_stage)
    }

    /// Whether one of its names stands for an attribute of this key.
    pub fn names(&self, key: &str) -> bool {
        let Some(query) = &self.query else {
            return false;
        };
        let stands = |name: &str| tacho_syntax::logql::names_attribute(name, key);
        let of_stage = |stage: &Stage| match stage {
            Stage::LineFilter(_) => false,
            Stage::LabelFilter(filter) => any_label(&filter.condition, &stands),
        };
        query
            .selector
            .matchers
            .iter()
            .any(|matcher| stands(&matcher.name.value))
            || query.stages.iter().any(of_stage)
    }

    /// What it asks of a record, given the names that occur.
    pub fn condition(&self, names: &Names) -> Result<Condition> {
        let Some(query) = &self.query else {
            return Ok(Condition::Item(Filter::All));
        };
        let mut condition = Condition::Item(Filter::All);
        for matcher in &query.selector.matchers {
            let name = &matcher.name.value;
            let filter = label_text(names, name, matcher.operator, &matcher.value.value)?;
            condition = condition.and(Condition::Item(filter));
        }
        for stage in &query.stages {
            condition = condition.and(match stage {
                Stage::LineFilter(filter) => Condition::Item(line(filter)?),
                Stage::LabelFilter(filter) => label(names, &filter.condition)?,
            });
        }
        Ok(condition)
    }
}

fn label_needs_names(expr: &LabelExpr) -> bool {
    match expr {
        LabelExpr::Condition(condition) => {
            is_ambiguous(&condition.name.value)
                || matches!(condition.test, LabelTest::Number { .. })
        }
        LabelExpr::And(parts) | LabelExpr::Or(parts) => parts.iter().any(label_needs_names),
    }
}

fn any_label(expr: &LabelExpr, test: &dyn Fn(&str) -> bool) -> bool {
    match expr {
        LabelExpr::Condition(condition) => test(&condition.name.value),
        LabelExpr::And(parts) | LabelExpr::Or(parts) => {
            parts.iter().any(|part| any_label(part, test))
        }
    }
}

fn line(filter: &LineFilter) -> Result<Filter> {
    let negative = matches!(
        filter.operator,
        LineOperator::NotContains | LineOperator::NotMatch
    );
    let mut positive = Vec::new();
    for text in &filter.alternatives {
        let text = &text.value;
        positive.push(if filter.operator.is_pattern() {
            let regex = regex(text, Anchoring::Part)?;
            let empty = regex.is_match("");
            let found = Filter::Compare(Field::Body, CompareOp::Match, Operand::Regex(regex));
            let absent = empty.then(|| negated(Filter::Exists(Field::Body)));
            any([found].into_iter().chain(absent))
        } else if text.is_empty() {
            Filter::All
        } else {
            let operand = Operand::Text(text.as_str().into());
            Filter::Compare(Field::Body, CompareOp::Contains, operand)
        });
    }
    let positive = any(positive.into_iter());
    Ok(if negative {
        negated(positive)
    } else {
        positive
    })
}

fn label(names: &Names, expr: &LabelExpr) -> Result<Condition> {
    let each = |parts: &[LabelExpr]| -> Result<Vec<Condition>> {
        parts.iter().map(|part| label(names, part)).collect()
    };
    match expr {
        LabelExpr::And(parts) => {
            let parts = each(parts)?.into_iter();
            Ok(parts.fold(Condition::Item(Filter::All), Condition::and))
        }
        LabelExpr::Or(parts) => Ok(Condition::Any(each(parts)?)),
        LabelExpr::Condition(LabelCondition { name, test, .. }) => match test {
            LabelTest::Text { operator, value } => {
                let filter = label_text(names, &name.value, *operator, &value.value)?;
                Ok(Condition::Item(filter))
            }
            LabelTest::Number { operator, value } => {
                Ok(label_number(names, &name.value, *operator, *value))
            }
        },
    }
}

fn label_text(names: &Names, name: &str, operator: MatchOperator, text: &str) -> Result<Filter> {
    let test = if operator.is_pattern() {
        TextTest::Match(regex(text, Anchoring::WholeWithLineEnds)?)
    } else {
        TextTest::Equal(text.to_owned())
    };
    let sources = sources(names, name);
    let positive = any(sources.iter().map(|source| source.has(&test)));
    let positive = if test.takes("") {
        let absent = all(sources.iter().map(|source| negated(source.has_text())));
        any([positive, absent].into_iter())
    } else {
        positive
    };
    Ok(match operator {
        MatchOperator::Equal | MatchOperator::Match => positive,
        MatchOperator::NotEqual | MatchOperator::NotMatch => negated(positive),
    })
}

/// Where storage knows that the attribute holds numbers only, it compares; else the texts are read.
fn label_number(
    names: &Names,
    name: &str,
    operator: NumberOperator,
    value: NumberValue,
) -> Condition {
    let op = match operator {
        NumberOperator::Equal => CompareOp::Equal,
        NumberOperator::NotEqual => CompareOp::NotEqual,
        NumberOperator::Less => CompareOp::Less,
        NumberOperator::LessOrEqual => CompareOp::LessEqual,
        NumberOperator::Greater => CompareOp::Greater,
        NumberOperator::GreaterOrEqual => CompareOp::GreaterEqual,
    };
    let keys = names.keys_of(name);
    let present: Vec<&Arc<str>> = keys.iter().filter(|key| names.knows(key)).collect();
    if let ([key], NumberValue::Float(wanted)) = (present.as_slice(), value)
        && names.is_number(key)
    {
        let field = Field::Attribute(AttributeScope::Any, Arc::clone(key));
        return Condition::Item(Filter::Compare(field, op, Operand::Double(wanted)));
    }
    let fields = keys
        .into_iter()
        .map(|key| Field::Attribute(AttributeScope::Any, key))
        .collect();
    Condition::Reading(Reading { fields, op, value })
}

fn sources(names: &Names, name: &str) -> Vec<Source> {
    let keys = names.keys_of(name).into_iter();
    let mut sources: Vec<Source> = keys
        .map(|key| Source::Field(Field::Attribute(AttributeScope::Any, key)))
        .collect();
    match name {
        "severity" | "level" | "detected_level" => sources.push(Source::Severity),
        "trace_id" => sources.push(Source::Field(Field::TraceId)),
        "span_id" => sources.push(Source::Field(Field::SpanId)),
        "event_name" => sources.push(Source::Field(Field::Name)),
        "scope_name" => sources.push(Source::Field(Field::ScopeName)),
        "scope_version" => sources.push(Source::Field(Field::ScopeVersion)),
        _ => {}
    }
    sources
}

impl TextTest {
    fn takes(&self, text: &str) -> bool {
        match self {
            TextTest::Equal(wanted) => wanted == text,
            TextTest::Match(regex) => regex.is_match(text),
        }
    }
}

impl Source {
    /// The label is there, not empty, and passes.
    fn has(&self, test: &TextTest) -> Filter {
        match self {
            Source::Severity => severities(|text| test.takes(text)),
            Source::Field(field) => {
                let (op, operand) = match test {
                    TextTest::Equal(text) if text.is_empty() => return Filter::Nothing,
                    TextTest::Equal(text) => (CompareOp::Equal, equal_operand(field, text)),
                    TextTest::Match(regex) => (CompareOp::Match, Operand::Regex(Arc::clone(regex))),
                };
                let passes = Filter::Compare(field.clone(), op, operand);
                if test.takes("") {
                    all([passes, self.has_text()].into_iter())
                } else {
                    passes
                }
            }
        }
    }

    /// The label is there and not empty.
    fn has_text(&self) -> Filter {
        match self {
            Source::Severity => {
                Filter::Compare(Field::Severity, CompareOp::NotEqual, Operand::Int(0))
            }
            Source::Field(field) => {
                Filter::Compare(field.clone(), CompareOp::NotEqual, Operand::Text("".into()))
            }
        }
    }
}

fn equal_operand(field: &Field, text: &str) -> Operand {
    let id = match field {
        Field::TraceId => TraceId::parse(text).ok().map(Operand::TraceId),
        Field::SpanId => SpanId::parse(text).ok().map(Operand::SpanId),
        _ => None,
    };
    id.unwrap_or_else(|| Operand::Text(text.into()))
}

/// Records whose severity, written in one of its ways, passes.
fn severities(test: impl Fn(&str) -> bool) -> Filter {
    let at = |op, number: u8| Filter::Compare(Field::Severity, op, Operand::Int(i64::from(number)));
    let unset =
        (test("unknown") || test("unset") || test("UNSET")).then(|| at(CompareOp::Equal, 0));
    let ranges = (1u8..=24).step_by(4).filter_map(|first| {
        let name = SeverityNumber(first).name();
        (test(name) || test(&name.to_ascii_lowercase())).then(|| {
            let parts = [
                at(CompareOp::GreaterEqual, first),
                at(CompareOp::LessEqual, first + 3),
            ];
            all(parts.into_iter())
        })
    });
    any(unset.into_iter().chain(ranges))
}

fn regex(pattern: &str, anchoring: Anchoring) -> Result<Arc<Regex>> {
    compile(pattern, anchoring).map(Arc::new).map_err(|reason| {
        let message =
            format!("pattern {pattern:?} passed the check but does not compile: {reason}");
        Error::new(ErrorKind::Internal, message)
    })
}
