//! Filters out of seeds.

use super::random::Random;
use super::{KEYS, WORDS, trace_id};
use proptest::strategy::Strategy;
use regex::Regex;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId};
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};

/// Filters on spans.
pub fn span_filter() -> impl Strategy<Value = Filter> {
    (0u64..u64::MAX).prop_map(|seed| filter(&mut Random::new(seed), 3, span_field))
}

/// Filters on log records.
pub fn log_filter() -> impl Strategy<Value = Filter> {
    (0u64..u64::MAX).prop_map(|seed| filter(&mut Random::new(seed), 3, log_field))
}

fn filter(random: &mut Random, depth: u64, field: fn(&mut Random) -> Field) -> Filter {
    let parts = |random: &mut Random| {
        let count = random.below(3) + 1;
        (0..count)
            .map(|_| filter(random, depth - 1, field))
            .collect()
    };
    match random.below(if depth > 0 { 16 } else { 12 }) {
        0 => Filter::All,
        1 if random.one_in(4) => Filter::Nothing,
        2 | 3 => Filter::Exists(field(random)),
        12 | 13 => Filter::And(parts(random)),
        14 => Filter::Or(parts(random)),
        15 => Filter::Not(Box::new(filter(random, depth - 1, field))),
        _ => {
            let field = field(random);
            comparison(random, field)
        }
    }
}

fn comparison(random: &mut Random, field: Field) -> Filter {
    const OPS: [CompareOp; 8] = [
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessEqual,
        CompareOp::Greater,
        CompareOp::GreaterEqual,
        CompareOp::Contains,
        CompareOp::NotContains,
    ];
    let op = OPS[random.below(8) as usize];
    let plain = OPS[random.below(6) as usize];
    match &field {
        Field::TraceId if !random.one_in(4) => {
            Filter::Compare(field, CompareOp::Equal, Operand::TraceId(trace_id(random)))
        }
        Field::SpanId | Field::ParentSpanId if !random.one_in(4) => {
            let id = [SpanId([7; 8]), SpanId(2u64.to_be_bytes())][random.below(2) as usize];
            Filter::Compare(field, plain, Operand::SpanId(id))
        }
        Field::RecordId => {
            Filter::Compare(field, plain, Operand::RecordId(RecordId(random.below(60))))
        }
        _ => match random.below(8) {
            0 => {
                let pattern = ["^plan", "t.m", "^$", "needle [01]", "(?i)GRÜN", "[0-9]+"];
                let pattern = random.pick(&pattern);
                let regex = Regex::new(pattern).map_or(Operand::Text(pattern.into()), |regex| {
                    Operand::Regex(Arc::new(regex))
                });
                let negated = random.one_in(3);
                let op = if negated {
                    CompareOp::NotMatch
                } else {
                    CompareOp::Match
                };
                Filter::Compare(field, op, regex)
            }
            1 => Filter::Compare(field, plain, Operand::Int(random.below(4) as i64 - 1)),
            2 => Filter::Compare(
                field,
                plain,
                Operand::Double([0.5, 1.0][random.below(2) as usize]),
            ),
            3 => Filter::Compare(field, plain, Operand::Bool(random.one_in(2))),
            4 => Filter::Compare(field, op, Operand::Text("needle 1".into())),
            5 => Filter::Compare(field, op, Operand::Text(random.pick(&WORDS).into())),
            _ => Filter::Compare(field, op, Operand::String(random.pick(&WORDS).into())),
        },
    }
}

fn attribute(random: &mut Random) -> Field {
    const SCOPES: [AttributeScope; 4] = [
        AttributeScope::Any,
        AttributeScope::Item,
        AttributeScope::Resource,
        AttributeScope::Scope,
    ];
    Field::Attribute(SCOPES[random.below(4) as usize], random.pick(&KEYS).into())
}

fn span_field(random: &mut Random) -> Field {
    match random.below(18) {
        0 => Field::Name,
        1 => Field::Kind,
        2 => Field::Status,
        3 => Field::StatusMessage,
        4 => Field::Duration,
        5 => Field::TraceId,
        6 => Field::SpanId,
        7 => Field::ParentSpanId,
        8 => Field::ScopeName,
        9 => Field::ScopeVersion,
        _ => attribute(random),
    }
}

fn log_field(random: &mut Random) -> Field {
    match random.below(18) {
        0 => Field::Name,
        1 => Field::Severity,
        2 => Field::SeverityText,
        3 | 4 => Field::Body,
        5 => Field::TraceId,
        6 => Field::SpanId,
        7 => Field::RecordId,
        8 => Field::ScopeName,
        9 => Field::ScopeVersion,
        _ => attribute(random),
    }
}
