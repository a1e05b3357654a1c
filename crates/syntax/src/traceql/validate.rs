//! TraceQL: which trees mean something and can be run today. Types are checked as Tempo documents
//! them: attributes may hold anything, intrinsics have one type, numbers and durations mix.

use super::print::field_text;
use super::tree::{
    AttributeScope, Comparison, Expr, Field, FieldName, Intrinsic, Literal, LiteralValue, Query,
    Spanset,
};
use crate::DIAGNOSTICS_MAX;
use crate::diagnostic::Diagnostic;
use crate::pattern::{Anchoring, Checker};

/// Type of an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    /// An attribute: known only when it is read.
    Any,
    String,
    Int,
    Float,
    Bool,
    Nil,
    Duration,
    Status,
    Kind,
    Parent,
}

pub(super) fn validate(query: &Query) -> Result<(), Vec<Diagnostic>> {
    let Spanset::Filter(filter) = &query.spanset;
    let mut validator = Validator {
        found: Vec::new(),
        patterns: Checker::default(),
    };
    if let Some(condition) = &filter.condition {
        validator.condition(condition);
    }
    let mut found = validator.found;
    found.sort_by_key(|diagnostic| diagnostic.range.start);
    found.truncate(DIAGNOSTICS_MAX);
    if found.is_empty() { Ok(()) } else { Err(found) }
}

struct Validator {
    found: Vec<Diagnostic>,
    patterns: Checker,
}

impl Validator {
    /// The expression has to be true or false.
    fn condition(&mut self, expr: &Expr) {
        if self.found.len() >= DIAGNOSTICS_MAX {
            return;
        }
        match expr {
            Expr::Unary(unary) => self.condition(&unary.operand),
            Expr::Logical(logical) => logical
                .operands
                .iter()
                .for_each(|operand| self.condition(operand)),
            Expr::Comparison(comparison) => self.comparison(comparison),
            Expr::Literal(literal) => {
                let kind = literal_type(&literal.value);
                if kind != Type::Bool {
                    let message = format!("{} is no condition", kind.phrase());
                    let error = Diagnostic::mismatch(literal.range.clone(), message);
                    self.found
                        .push(error.with_hint("compare it with a field: `span.x = …`"));
                }
            }
            Expr::Field(field) => {
                let kind = field_type(&field.name);
                if kind == Type::Any {
                    self.built(field);
                } else {
                    let name = field_text(&field.name);
                    let message = format!("`{name}` is {} and no condition", kind.phrase());
                    let error = Diagnostic::mismatch(field.range.clone(), message);
                    self.found
                        .push(error.with_hint(format!("compare it: `{name} = …`")));
                }
            }
        }
    }

    fn comparison(&mut self, node: &Comparison) {
        let mut plain = true;
        for side in [&*node.left, &*node.right] {
            match side {
                Expr::Literal(_) => {}
                Expr::Field(field) => plain &= self.built(field),
                Expr::Unary(_) | Expr::Comparison(_) | Expr::Logical(_) => {
                    let before = self.found.len();
                    self.condition(side);
                    if self.found.len() == before {
                        self.found.push(Diagnostic::unsupported(
                            side.range(),
                            "comparing the result of a condition is",
                        ));
                    }
                    plain = false;
                }
            }
        }
        if plain && let Err(error) = self.operands(node) {
            self.found.push(error);
        }
    }

    /// Literals and fields that are built: do their types fit?
    fn operands(&mut self, node: &Comparison) -> Result<(), Diagnostic> {
        let (left, right) = (operand_type(&node.left), operand_type(&node.right));
        // The field is what is right; the other operand is to blame.
        let (blamed, kept) = match (&*node.left, &*node.right) {
            (Expr::Field(_), _) | (_, Expr::Literal(_)) => (&node.right, &node.left),
            _ => (&node.left, &node.right),
        };
        if left == Type::Nil || right == Type::Nil || left == Type::Parent || right == Type::Parent
        {
            return nil_comparison(node, left, right);
        }
        if node.operator.is_pattern() {
            return self.pattern(node, left);
        }
        if !fit(left, right) {
            let (kept_type, blamed_type) = (operand_type(kept), operand_type(blamed));
            let message = match &**kept {
                Expr::Field(field) => format!(
                    "`{}` is {} and cannot be compared with {}",
                    field_text(&field.name),
                    kept_type.phrase(),
                    blamed_type.phrase()
                ),
                _ => format!(
                    "{} cannot be compared with {}",
                    kept_type.phrase(),
                    blamed_type.phrase()
                ),
            };
            let error = Diagnostic::mismatch(blamed.range(), message);
            return Err(match kept_type.hint() {
                Some(hint) if matches!(**kept, Expr::Field(_)) => error.with_hint(hint),
                _ => error,
            });
        }
        let unordered = [left, right]
            .into_iter()
            .find(|kind| matches!(kind, Type::Bool | Type::Status | Type::Kind));
        if let (true, Some(kind)) = (node.operator.is_order(), unordered) {
            let message = format!(
                "{} has no order: only `=` and `!=` compare it",
                kind.phrase()
            );
            return Err(Diagnostic::mismatch(node.range.clone(), message));
        }
        two_fields(node)
    }

    fn pattern(&mut self, node: &Comparison, left: Type) -> Result<(), Diagnostic> {
        let operator = node.operator.as_str();
        if !matches!(left, Type::Any | Type::String) {
            let message = format!("`{operator}` matches strings, found {}", left.phrase());
            return Err(Diagnostic::mismatch(node.left.range(), message));
        }
        match &*node.right {
            Expr::Literal(Literal {
                value: LiteralValue::String(pattern),
                range,
            }) => self.patterns.check(pattern, range, Anchoring::Whole),
            Expr::Field(_) => Err(Diagnostic::unsupported(
                node.right.range(),
                "patterns that are no string literal are",
            )),
            other => {
                let message = format!(
                    "`{operator}` needs a pattern in quotes, found {}",
                    operand_type(other).phrase()
                );
                Err(Diagnostic::mismatch(other.range(), message))
            }
        }
    }

    /// False, with a diagnostic, for fields that are part of TraceQL and not built yet.
    fn built(&mut self, field: &Field) -> bool {
        let what = match &field.name {
            FieldName::Attribute {
                scope: AttributeScope::Event,
                ..
            } => "attributes of events are",
            FieldName::Attribute {
                scope: AttributeScope::Link,
                ..
            } => "attributes of links are",
            FieldName::Attribute { .. } => return true,
            FieldName::Intrinsic(intrinsic) => match intrinsic {
                Intrinsic::EventName | Intrinsic::EventTimeSinceStart => "intrinsics of events are",
                Intrinsic::LinkTraceId | Intrinsic::LinkSpanId => "intrinsics of links are",
                Intrinsic::ChildCount => "`span:childCount` is",
                Intrinsic::NestedSetLeft
                | Intrinsic::NestedSetRight
                | Intrinsic::NestedSetParent => "nested set numbers are",
                _ => return true,
            },
        };
        self.found
            .push(Diagnostic::unsupported(field.range.clone(), what));
        false
    }
}

/// One operand is nil or the parent span.
fn nil_comparison(node: &Comparison, left: Type, right: Type) -> Result<(), Diagnostic> {
    if !matches!(node.operator.as_str(), "=" | "!=") {
        let message = "nil and `parent` are compared with `=` and `!=` only";
        return Err(Diagnostic::mismatch(node.range.clone(), message));
    }
    let (other, other_expr) = if left == Type::Nil {
        (right, &node.right)
    } else {
        (left, &node.left)
    };
    let has_nil = left == Type::Nil || right == Type::Nil;
    let service_name = matches!(
        &**other_expr,
        Expr::Field(Field { name: FieldName::Attribute { scope: AttributeScope::Resource, name }, .. })
            if name == "service.name"
    );
    match other {
        Type::Any if has_nil && !service_name => Ok(()),
        Type::Nil | Type::Parent if has_nil => Ok(()),
        _ if !has_nil => {
            let message = "`parent` can only be compared with nil";
            Err(Diagnostic::mismatch(node.range.clone(), message))
        }
        _ => {
            let message = match &**other_expr {
                Expr::Field(field) => format!("`{}` is never nil", field_text(&field.name)),
                _ => format!("{} is never nil", other.phrase()),
            };
            Err(Diagnostic::mismatch(node.range.clone(), message))
        }
    }
}

fn two_fields(node: &Comparison) -> Result<(), Diagnostic> {
    match (&*node.left, &*node.right) {
        (Expr::Field(_), Expr::Field(_)) => Err(Diagnostic::unsupported(
            node.right.range(),
            "comparing two fields is",
        )),
        _ => Ok(()),
    }
}

fn fit(left: Type, right: Type) -> bool {
    let number = |kind| matches!(kind, Type::Int | Type::Float | Type::Duration);
    left == right || left == Type::Any || right == Type::Any || number(left) && number(right)
}

fn operand_type(expr: &Expr) -> Type {
    match expr {
        Expr::Literal(literal) => literal_type(&literal.value),
        Expr::Field(field) => field_type(&field.name),
        Expr::Unary(_) | Expr::Comparison(_) | Expr::Logical(_) => Type::Bool,
    }
}

fn literal_type(value: &LiteralValue) -> Type {
    match value {
        LiteralValue::String(_) => Type::String,
        LiteralValue::Int(_) => Type::Int,
        LiteralValue::Float(_) => Type::Float,
        LiteralValue::Bool(_) => Type::Bool,
        LiteralValue::Nil => Type::Nil,
        LiteralValue::Duration(_) => Type::Duration,
        LiteralValue::Status(_) => Type::Status,
        LiteralValue::Kind(_) => Type::Kind,
    }
}

fn field_type(name: &FieldName) -> Type {
    let FieldName::Intrinsic(intrinsic) = name else {
        return Type::Any;
    };
    match intrinsic {
        Intrinsic::Status => Type::Status,
        Intrinsic::Kind => Type::Kind,
        Intrinsic::Parent => Type::Parent,
        Intrinsic::Duration | Intrinsic::TraceDuration | Intrinsic::EventTimeSinceStart => {
            Type::Duration
        }
        Intrinsic::ChildCount
        | Intrinsic::NestedSetLeft
        | Intrinsic::NestedSetRight
        | Intrinsic::NestedSetParent => Type::Int,
        Intrinsic::Name
        | Intrinsic::StatusMessage
        | Intrinsic::RootName
        | Intrinsic::RootServiceName
        | Intrinsic::SpanId
        | Intrinsic::ParentId
        | Intrinsic::TraceId
        | Intrinsic::InstrumentationName
        | Intrinsic::InstrumentationVersion
        | Intrinsic::EventName
        | Intrinsic::LinkTraceId
        | Intrinsic::LinkSpanId => Type::String,
    }
}

impl Type {
    fn phrase(self) -> &'static str {
        match self {
            Type::Any => "an attribute",
            Type::String => "a string",
            Type::Int => "an integer",
            Type::Float => "a float",
            Type::Bool => "a boolean",
            Type::Nil => "nil",
            Type::Duration => "a duration",
            Type::Status => "a status",
            Type::Kind => "a span kind",
            Type::Parent => "a span",
        }
    }

    /// How a literal of this type is written.
    fn hint(self) -> Option<&'static str> {
        match self {
            Type::String => Some("text stands in double quotes"),
            Type::Duration => Some("durations have a unit and no quotes: `1.5s`"),
            Type::Status => Some("write ok, error or unset without quotes"),
            Type::Kind => Some(
                "write unspecified, internal, server, client, producer or consumer without quotes",
            ),
            _ => None,
        }
    }
}
