//! PromQL: types of operands and arguments, and what may stand together. Problems are reported in
//! the order and in the words of Prometheus. Sets the cardinality of set operators and takes away
//! the matching of operators that have a scalar operand.

use crate::DIAGNOSTICS_MAX;
use crate::diagnostic::Diagnostic;
use crate::pattern::{Anchoring, compile};
use crate::promql::METRIC_NAME;
use crate::promql::function::{Function, FunctionId};
use crate::promql::quote::quote;
use crate::promql::tree::{
    Aggregate, AggregateOp, Binary, Call, Cardinality, Expr, ExprKind, MatchOp, Matcher, ValueType,
    VectorSelector,
};
use std::ops::Range;

/// What is wrong with the tree of a text, at most `DIAGNOSTICS_MAX` problems.
pub(super) fn validate(expr: &mut Expr, text: &str) -> Vec<Diagnostic> {
    let mut validator = Validator {
        text,
        found: Vec::new(),
    };
    validator.expression(expr, Selection::Some);
    validator.found
}

/// What a selector without name has to select.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Selection {
    /// Not everything.
    Some,
    /// Anything: the second argument of `info`.
    Any,
}

struct Validator<'a> {
    text: &'a str,
    found: Vec<Diagnostic>,
}

impl Validator<'_> {
    fn report(&mut self, range: &Range<usize>, message: impl Into<String>) {
        self.push(Diagnostic::mismatch(range.clone(), message));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < DIAGNOSTICS_MAX {
            self.found.push(diagnostic);
        }
    }

    /// An operand or argument of the wrong type.
    fn report_type(&mut self, expr: &Expr, message: String, types: (ValueType, ValueType)) {
        let diagnostic = Diagnostic::mismatch(expr.range.clone(), message);
        let hint = match types {
            (ValueType::Matrix, ValueType::Vector) if matches!(expr.kind, ExprKind::Vector(_)) => {
                "add a range, such as `[5m]`"
            }
            (ValueType::Matrix, ValueType::Vector) => {
                "add the range of a subquery, such as `[5m:]`"
            }
            (ValueType::Vector, ValueType::Matrix) => {
                "take the range away, or aggregate over it, as with `avg_over_time`"
            }
            (ValueType::Vector, ValueType::Scalar) => "make a vector of it with `vector(…)`",
            (ValueType::Scalar, ValueType::Vector) => "make a scalar of it with `scalar(…)`",
            _ => return self.push(diagnostic),
        };
        self.push(diagnostic.with_hint(hint));
    }

    /// Checks an expression and what lies below it, and gives its type.
    fn expression(&mut self, expr: &mut Expr, selection: Selection) -> ValueType {
        let range = expr.range.clone();
        match &mut expr.kind {
            ExprKind::Number(_) | ExprKind::String(_) => {}
            ExprKind::Vector(selector) => self.selector(selector, &range, selection),
            ExprKind::Matrix(matrix) => {
                let range = matrix.selector_range.clone();
                self.selector(&matrix.selector, &range, Selection::Some);
            }
            ExprKind::Subquery(subquery) => {
                let found = self.expression(&mut subquery.expr, Selection::Some);
                if found != ValueType::Vector {
                    let message = format!(
                        "subquery is only allowed on instant vector, got {} instead",
                        found.text()
                    );
                    self.report(&range, message);
                }
            }
            ExprKind::Call(call) => self.call(call, &range),
            ExprKind::Aggregate(aggregate) => self.aggregation(aggregate),
            ExprKind::Binary(binary) => return self.binary(binary, &range),
            ExprKind::Unary(unary) => {
                let found = self.expression(&mut unary.expr, Selection::Some);
                if !matches!(found, ValueType::Scalar | ValueType::Vector) {
                    let found = quote(found.documented());
                    let message = format!(
                        "unary expression only allowed on expressions of type scalar or instant vector, got {found}"
                    );
                    self.report(&range, message);
                }
                return found;
            }
            ExprKind::Paren(inner) => return self.expression(inner, Selection::Some),
        }
        expr.value_type()
    }

    fn expect(&mut self, expr: &mut Expr, wanted: ValueType, place: &str) {
        let found = self.expression(expr, Selection::Some);
        if found != wanted {
            let message = type_message(wanted, place, found);
            self.report_type(expr, message, (wanted, found));
        }
    }

    fn aggregation(&mut self, aggregate: &mut Aggregate) {
        let vector = ValueType::Vector;
        self.expect(&mut aggregate.expr, vector, "aggregation expression");
        if let Some(param) = &mut aggregate.param {
            let wanted = if aggregate.op == AggregateOp::CountValues {
                ValueType::String
            } else {
                ValueType::Scalar
            };
            self.expect(param, wanted, "aggregation parameter");
        }
    }

    fn call(&mut self, call: &mut Call, range: &Range<usize>) {
        let function = call.function;
        self.argument_count(function, call.args.len(), range);
        let mut info_selection = Selection::Some;
        if let (FunctionId::Info, Some(second)) = (function.id, call.args.get(1)) {
            info_selection = self.info_selector(second, range);
        }
        for (index, arg) in call.args.iter_mut().enumerate() {
            let types = function.arg_types;
            if index >= types.len() && function.variadic == 0 {
                break;
            }
            let Some(wanted) = types.get(index).or(types.last()).copied() else {
                break;
            };
            let selection = if index == 1 {
                info_selection
            } else {
                Selection::Some
            };
            let found = self.expression(arg, selection);
            if found != wanted {
                let place = format!("call to function {}", quote(function.name));
                let message = type_message(wanted, &place, found);
                self.report_type(arg, message, (wanted, found));
            }
        }
    }

    fn argument_count(&mut self, function: &Function, count: usize, range: &Range<usize>) {
        let name = quote(function.name);
        let types = function.arg_types.len();
        let wanted = if function.variadic == 0 {
            (types != count).then(|| format!("{types} argument(s)"))
        } else {
            let least = types.saturating_sub(1);
            let most = usize::try_from(function.variadic)
                .ok()
                .map(|variadic| least + variadic);
            match most {
                _ if count < least => Some(format!("at least {least} argument(s)")),
                Some(most) if count > most => Some(format!("at most {most} argument(s)")),
                _ => None,
            }
        };
        if let Some(wanted) = wanted {
            let message = format!("expected {wanted} in call to {name}, got {count}");
            self.report(range, message);
        }
    }

    /// The second argument of `info` has to be matchers in braces.
    fn info_selector(&mut self, expr: &Expr, call: &Range<usize>) -> Selection {
        let found = expr.value_type();
        if found != ValueType::Vector {
            let message = type_message(ValueType::Vector, "call to function \"info\"", found);
            self.report(call, message);
        }
        match &expr.kind {
            ExprKind::Vector(selector) if selector.name.is_none() => return Selection::Any,
            ExprKind::Vector(_) => {
                let message = "expected label selectors only, got vector selector instead";
                self.report(&expr.range, message);
            }
            _ => self.report(&expr.range, "expected label selectors only"),
        }
        Selection::Some
    }

    fn selector(&mut self, selector: &VectorSelector, range: &Range<usize>, selection: Selection) {
        if let Some(name) = &selector.name {
            let Some((_, written)) = selector.matchers.split_last() else {
                return;
            };
            for matcher in written.iter().filter(|m| m.name == METRIC_NAME) {
                let message = format!(
                    "metric name must not be set twice: {} or {}",
                    quote(name),
                    quote(&matcher.value)
                );
                self.report(range, message);
            }
        } else if selection == Selection::Some && selector.matchers.iter().all(matches_empty) {
            let message = "vector selector must contain at least one non-empty matcher";
            self.report(range, message);
        }
    }

    fn binary(&mut self, binary: &mut Binary, range: &Range<usize>) -> ValueType {
        let lhs = self.expression(&mut binary.lhs, Selection::Some);
        let rhs = self.expression(&mut binary.rhs, Selection::Some);
        let (scalar, vector) = (ValueType::Scalar, ValueType::Vector);
        let op = binary.op;
        let op_range = self.operator_range(binary);
        if binary.return_bool && !op.is_comparison() {
            let message = "bool modifier can only be used on comparison operators";
            self.report(&op_range, message);
        }
        let scalars = lhs == scalar && rhs == scalar;
        if op.is_comparison() && !binary.return_bool && scalars {
            let message = "comparisons between scalars must use BOOL modifier";
            self.report(&op_range, message);
        }
        self.shared_labels(binary, &op_range);
        for (side, found) in [(&binary.lhs, lhs), (&binary.rhs, rhs)] {
            if found != scalar && found != vector {
                let message = "binary expression must contain only scalar and instant vector types";
                self.report(&side.range, message);
            }
        }
        self.matching(binary, lhs == vector && rhs == vector, range);
        if op.is_set() && (lhs == scalar || rhs == scalar) {
            let op = quote(op.text());
            let message = format!("set operator {op} not allowed in binary scalar expression");
            self.report(range, message);
        }
        if scalars { scalar } else { vector }
    }

    /// Labels that stand in `on` and in `group_left` or `group_right`.
    fn shared_labels(&mut self, binary: &Binary, op_range: &Range<usize>) {
        let Some(matching) = binary.matching.as_ref().filter(|matching| matching.on) else {
            return;
        };
        for label in &matching.labels {
            for _ in matching.include.iter().filter(|other| *other == label) {
                let label = quote(label);
                let message =
                    format!("label {label} must not occur in ON and GROUP clause at once");
                self.report(op_range, message);
                if self.found.len() >= DIAGNOSTICS_MAX {
                    return;
                }
            }
        }
    }

    fn matching(&mut self, binary: &mut Binary, vectors: bool, range: &Range<usize>) {
        let Some(matching) = &mut binary.matching else {
            return;
        };
        let filled = matching.fill_lhs.is_some() || matching.fill_rhs.is_some();
        if !vectors {
            if !matching.labels.is_empty() {
                self.report(
                    range,
                    "vector matching only allowed between instant vectors",
                );
            }
            if filled {
                let message = "filling in missing series only allowed between instant vectors";
                self.report(range, message);
            }
            binary.matching = None;
            return;
        }
        if !binary.op.is_set() {
            return;
        }
        if matching.card == Cardinality::OneToOne {
            matching.card = Cardinality::ManyToMany;
        } else {
            let op = quote(binary.op.text());
            self.report(range, format!("no grouping allowed for {op} operation"));
            let message = "set operations must always be many-to-many";
            self.report(range, message);
        }
        if filled {
            let message = "filling in missing series not allowed for set operators";
            self.report(range, message);
        }
    }

    /// The operator with its modifiers: what lies between the operands.
    fn operator_range(&self, binary: &Binary) -> Range<usize> {
        let (start, end) = (binary.lhs.range.end, binary.rhs.range.start);
        let between = self.text.get(start..end).unwrap_or_default();
        let is_blank = |c| matches!(c, ' ' | '\t' | '\n' | '\r');
        let start = start + (between.len() - between.trim_start_matches(is_blank).len());
        let end = end - (between.len() - between.trim_end_matches(is_blank).len());
        start..end.max(start)
    }
}

fn type_message(wanted: ValueType, place: &str, found: ValueType) -> String {
    format!(
        "expected type {} in {place}, got {}",
        wanted.documented(),
        found.documented()
    )
}

fn matches_empty(matcher: &Matcher) -> bool {
    let matches_pattern = || {
        compile(&matcher.value, Anchoring::WholeWithLineEnds)
            .is_ok_and(|pattern| pattern.is_match(""))
    };
    match matcher.op {
        MatchOp::Equal => matcher.value.is_empty(),
        MatchOp::NotEqual => !matcher.value.is_empty(),
        MatchOp::Regex => matches_pattern(),
        MatchOp::NotRegex => !matches_pattern(),
    }
}
