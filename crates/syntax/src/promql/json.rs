//! PromQL: tree to JSON, as Prometheus' `/api/v1/parse_query` gives it. Keys come in order of their
//! names.
//! Source: Prometheus' documentation of its HTTP API.

use crate::promql::number::format_number;
use crate::promql::tree::{
    At, Binary, Call, Duration, DurationExpr, DurationKind, Expr, ExprKind, Matcher, NumberLiteral,
    Subquery, VectorMatching, VectorSelector,
};
use std::fmt::Write as _;

/// Appends the JSON of an expression.
pub(super) fn expression(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Number(literal) => object(out, "numberLiteral", |out| {
            out.string("val", &format_number(literal.value));
        }),
        ExprKind::String(text) => object(out, "stringLiteral", |out| out.string("val", text)),
        ExprKind::Vector(selector) => {
            object(out, "vectorSelector", |out| {
                self::selector(out, selector, None);
            });
        }
        ExprKind::Matrix(matrix) => object(out, "matrixSelector", |out| {
            self::selector(out, &matrix.selector, Some(&matrix.range));
        }),
        ExprKind::Subquery(subquery) => self::subquery(out, subquery),
        ExprKind::Call(call) => self::call(out, call),
        ExprKind::Aggregate(aggregate) => object(out, "aggregation", |out| {
            out.expression("expr", Some(&aggregate.expr));
            out.strings("grouping", &aggregate.grouping);
            out.string("op", aggregate.op.text());
            out.expression("param", aggregate.param.as_deref());
            out.raw("without", bool_text(aggregate.without));
        }),
        ExprKind::Binary(binary) => self::binary(out, binary),
        ExprKind::Unary(unary) => object(out, "unaryExpr", |out| {
            out.expression("expr", Some(&unary.expr));
            out.string("op", if unary.negative { "-" } else { "+" });
        }),
        ExprKind::Paren(inner) => object(out, "parenExpr", |out| {
            out.expression("expr", Some(inner));
        }),
    }
}

/// Appends a string in quotes.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The members of an object; the type of the node is among them.
struct Members<'a> {
    out: &'a mut String,
    node: &'static str,
    empty: bool,
}

/// An object for a node; its members have to come in order of their names.
fn object(out: &mut String, node: &'static str, write: impl FnOnce(&mut Members<'_>)) {
    out.push('{');
    let mut members = Members {
        out,
        node,
        empty: true,
    };
    write(&mut members);
    members.end();
}

impl Members<'_> {
    fn key(&mut self, name: &str) {
        if !self.node.is_empty() && name > "type" {
            self.node_type();
        }
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        string(self.out, name);
        self.out.push(':');
    }

    fn node_type(&mut self) {
        let node = std::mem::take(&mut self.node);
        if !node.is_empty() {
            self.key("type");
            string(self.out, node);
        }
    }

    fn end(mut self) {
        self.node_type();
        self.out.push('}');
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.key(name);
        self.out.push_str(json);
    }

    fn string(&mut self, name: &str, text: &str) {
        self.key(name);
        string(self.out, text);
    }

    fn strings(&mut self, name: &str, texts: &[String]) {
        self.list(name, texts, |out, text| string(out, text));
    }

    fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut String, &T)) {
        self.key(name);
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self.out, item);
        }
        self.out.push(']');
    }

    fn expression(&mut self, name: &str, expr: Option<&Expr>) {
        self.key(name);
        match expr {
            Some(expr) => expression(self.out, expr),
            None => self.out.push_str("null"),
        }
    }

    fn duration_expr(&mut self, name: &str, expr: Option<&DurationExpr>) {
        self.key(name);
        match expr {
            Some(expr) => duration_expr(self.out, expr),
            None => self.out.push_str("null"),
        }
    }

    /// `NAME` in milliseconds and `NAMEExpr`.
    fn duration(&mut self, name: &str, duration: Option<&Duration>) {
        // The value of an expression is not known before the query runs.
        let ms = duration.map_or(0, |duration| match duration.expr {
            Some(_) => 0,
            None => duration.ms,
        });
        self.raw(name, &ms.to_string());
        let expr = duration.and_then(|duration| duration.expr.as_deref());
        self.duration_expr(&format!("{name}Expr"), expr);
    }

    fn at_word(&mut self, at: Option<At>) {
        let word = match at {
            Some(At::Start) => "\"start\"",
            Some(At::End) => "\"end\"",
            Some(At::Timestamp(_)) | None => "null",
        };
        self.raw("startOrEnd", word);
    }

    fn at_timestamp(&mut self, at: Option<At>) {
        match at {
            Some(At::Timestamp(ms)) => self.raw("timestamp", &ms.to_string()),
            _ => self.raw("timestamp", "null"),
        }
    }
}

fn selector(out: &mut Members<'_>, selector: &VectorSelector, range: Option<&Duration>) {
    out.raw("anchored", bool_text(selector.anchored));
    out.list("matchers", &selector.matchers, matcher);
    out.string("name", selector.name.as_deref().unwrap_or_default());
    out.duration("offset", Some(&selector.offset));
    if range.is_some() {
        out.duration("range", range);
    }
    out.raw("smoothed", bool_text(selector.smoothed));
    out.at_word(selector.at);
    out.at_timestamp(selector.at);
}

fn matcher(out: &mut String, matcher: &Matcher) {
    object(out, matcher.op.text(), |out| {
        out.string("name", &matcher.name);
        out.node_type();
        out.string("value", &matcher.value);
    });
}

fn subquery(out: &mut String, subquery: &Subquery) {
    object(out, "subquery", |out| {
        out.expression("expr", Some(&subquery.expr));
        out.duration("offset", Some(&subquery.offset));
        out.duration("range", Some(&subquery.range));
        out.at_word(subquery.at);
        out.duration("step", subquery.step.as_ref());
        out.at_timestamp(subquery.at);
    });
}

fn call(out: &mut String, call: &Call) {
    let function = call.function;
    object(out, "call", |out| {
        out.list("args", &call.args, expression);
        out.key("func");
        object(out.out, "", |out| {
            out.list("argTypes", function.arg_types, |out, value_type| {
                string(out, value_type.text());
            });
            out.string("name", function.name);
            out.string("returnType", function.return_type.text());
            out.raw("variadic", &function.variadic.to_string());
        });
    });
}

fn binary(out: &mut String, binary: &Binary) {
    object(out, "binaryExpr", |out| {
        out.raw("bool", bool_text(binary.return_bool));
        out.expression("lhs", Some(&binary.lhs));
        out.key("matching");
        match &binary.matching {
            Some(matching) => self::matching(out.out, matching),
            None => out.out.push_str("null"),
        }
        out.string("op", binary.op.text());
        out.expression("rhs", Some(&binary.rhs));
    });
}

fn matching(out: &mut String, matching: &VectorMatching) {
    let fill = |value: Option<f64>| match value {
        Some(value) if value.is_finite() => format_number(value),
        _ => "null".to_owned(),
    };
    object(out, "", |out| {
        out.string("card", matching.card.text());
        out.key("fillValues");
        object(out.out, "", |out| {
            out.raw("lhs", &fill(matching.fill_lhs));
            out.raw("rhs", &fill(matching.fill_rhs));
        });
        out.strings("include", &matching.include);
        out.strings("labels", &matching.labels);
        out.raw("on", bool_text(matching.on));
    });
}

fn duration_expr(out: &mut String, expr: &DurationExpr) {
    let (op, lhs, rhs) = match &expr.kind {
        DurationKind::Number(NumberLiteral { value, duration }) => {
            return object(out, "numberLiteral", |out| {
                out.raw("duration", bool_text(*duration));
                out.string("val", &format_number(*value));
            });
        }
        DurationKind::Step => ("step", None, None),
        DurationKind::Range => ("range", None, None),
        DurationKind::Unary { negative, operand } => {
            (if *negative { "-" } else { "+" }, None, Some(&**operand))
        }
        DurationKind::Binary { op, lhs, rhs } => (op.text(), Some(&**lhs), Some(&**rhs)),
    };
    object(out, "durationExpr", |out| {
        out.duration_expr("lhs", lhs);
        out.string("op", op);
        out.duration_expr("rhs", rhs);
        out.raw("wrapped", bool_text(expr.wrapped));
    });
}

fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
