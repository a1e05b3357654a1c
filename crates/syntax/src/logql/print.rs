//! LogQL: tree to canonical text.

use super::parse::STAGE_WORDS;
use super::token::is_plain_name;
use super::tree::{LabelCondition, LabelExpr, LabelTest, NumberValue, Query, Stage};
use crate::literal::{write_bytes, write_duration, write_number, write_string};

pub(super) fn print(query: &Query) -> String {
    let Query::Log(query) = query;
    let mut out = "{".to_owned();
    for (index, matcher) in query.selector.matchers.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_name(&mut out, &matcher.name.value);
        out.push_str(matcher.operator.as_str());
        write_string(&mut out, &matcher.value.value);
    }
    out.push('}');
    for stage in &query.stages {
        out.push(' ');
        match stage {
            Stage::LabelFilter(filter) => {
                out.push_str("| ");
                write_expr(&mut out, &filter.condition);
            }
            Stage::LineFilter(filter) => {
                out.push_str(filter.operator.as_str());
                for (index, text) in filter.alternatives.iter().enumerate() {
                    out.push_str(if index > 0 { " or " } else { " " });
                    write_string(&mut out, &text.value);
                }
            }
        }
    }
    out
}

fn write_expr(out: &mut String, expr: &LabelExpr) {
    let (operands, joint, in_and) = match expr {
        LabelExpr::Condition(condition) => return write_condition(out, condition),
        LabelExpr::And(operands) => (operands, " and ", true),
        LabelExpr::Or(operands) => (operands, " or ", false),
    };
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            out.push_str(joint);
        }
        let bare = match operand {
            LabelExpr::Condition(_) => true,
            LabelExpr::And(_) => !in_and,
            LabelExpr::Or(_) => false,
        };
        if bare {
            write_expr(out, operand);
        } else {
            out.push('(');
            write_expr(out, operand);
            out.push(')');
        }
    }
}

fn write_condition(out: &mut String, condition: &LabelCondition) {
    write_name(out, &condition.name.value);
    out.push(' ');
    match &condition.test {
        LabelTest::Text { operator, value } => {
            out.push_str(operator.as_str());
            out.push(' ');
            write_string(out, &value.value);
        }
        LabelTest::Number { operator, value } => {
            out.push_str(operator.as_str());
            out.push(' ');
            match value {
                NumberValue::Float(value) => write_number(out, *value),
                NumberValue::Duration(ns) => write_duration(out, *ns),
                NumberValue::Bytes(bytes) => write_bytes(out, *bytes),
            }
        }
    }
}

/// Names that are keywords, or not of the plain form, stand in quotes.
fn write_name(out: &mut String, name: &str) {
    let keyword = matches!(name, "and" | "or") || STAGE_WORDS.iter().any(|(word, _)| *word == name);
    if is_plain_name(name) && !keyword {
        out.push_str(name);
    } else {
        write_string(out, name);
    }
}
