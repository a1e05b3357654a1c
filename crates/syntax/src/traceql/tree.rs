//! The tree of a TraceQL query. It is wider than what is supported (operands are any expression),
//! so that the full language adds variants and changes none. Every node knows its bytes.

use std::ops::Range;
use tacho_model::span::{SpanKind, SpanStatus};

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What selects the spans.
    pub spanset: Spanset,
}

/// Something that gives a set of spans of each trace.
#[derive(Debug, Clone, PartialEq)]
pub enum Spanset {
    /// `{ … }`.
    Filter(SpansetFilter),
}

/// `{ … }`: the spans that meet a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct SpansetFilter {
    /// The condition; none takes every span.
    pub condition: Option<Expr>,
    /// Bytes of the text, braces included.
    pub range: Range<usize>,
}

/// An expression over one span.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A value written out.
    Literal(Literal),
    /// A value of the span.
    Field(Field),
    /// An operator before its operand.
    Unary(Unary),
    /// Two operands compared.
    Comparison(Comparison),
    /// Two or more operands joined by the same logical operator.
    Logical(Logical),
}

/// A value written out.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// The value.
    pub value: LiteralValue,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// The value of a literal.
#[derive(Debug, Clone, PartialEq)]
pub enum LiteralValue {
    /// `"text"`.
    String(String),
    /// `5`.
    Int(i64),
    /// `5.0`; finite.
    Float(f64),
    /// `true`, `false`.
    Bool(bool),
    /// `nil`: no value.
    Nil,
    /// `5s`, in nanoseconds; above `i64::MIN`.
    Duration(i64),
    /// `ok`, `error`, `unset`.
    Status(SpanStatus),
    /// `server`, `client` and so on.
    Kind(SpanKind),
}

/// A value of the span, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Which value.
    pub name: FieldName,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Names a value of a span.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldName {
    /// An attribute.
    Attribute {
        /// Where to look for it.
        scope: AttributeScope,
        /// Its key; never empty.
        name: String,
    },
    /// A value that every span or trace has.
    Intrinsic(Intrinsic),
}

/// Where to look for an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeScope {
    /// `.x`: span, then resource, then instrumentation scope.
    Any,
    /// `span.x`.
    Span,
    /// `resource.x`.
    Resource,
    /// `instrumentation.x`.
    Instrumentation,
    /// `event.x`.
    Event,
    /// `link.x`.
    Link,
}

/// A value that every span or trace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intrinsic {
    /// Name of the span: a string.
    Name,
    /// Status of the span.
    Status,
    /// Text sent with the status.
    StatusMessage,
    /// Kind of the span.
    Kind,
    /// From start to end of the span: a duration.
    Duration,
    /// From first start to last end of the trace: a duration.
    TraceDuration,
    /// Name of the trace's root span.
    RootName,
    /// `service.name` of the trace's root span.
    RootServiceName,
    /// The parent span; can only be compared with nil.
    Parent,
    /// Id of the span in hexadecimal.
    SpanId,
    /// Id of the parent span in hexadecimal.
    ParentId,
    /// Id of the trace in hexadecimal.
    TraceId,
    /// Name of the instrumentation scope.
    InstrumentationName,
    /// Version of the instrumentation scope.
    InstrumentationVersion,
    /// Number of direct children; not built yet.
    ChildCount,
    /// Left number of the nested set; not built yet.
    NestedSetLeft,
    /// Right number of the nested set; not built yet.
    NestedSetRight,
    /// Left number of the parent in the nested set; not built yet.
    NestedSetParent,
    /// Name of a span event; not built yet.
    EventName,
    /// From the start of the span to an event; not built yet.
    EventTimeSinceStart,
    /// Trace id of a link; not built yet.
    LinkTraceId,
    /// Span id of a link; not built yet.
    LinkSpanId,
}

/// An operator before its operand.
#[derive(Debug, Clone, PartialEq)]
pub struct Unary {
    /// The operator.
    pub operator: UnaryOperator,
    /// What it is applied to.
    pub operand: Box<Expr>,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `!`: binds tighter than comparisons.
    Not,
}

/// Two operands compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The operator.
    pub operator: ComparisonOperator,
    /// The operand on the left.
    pub left: Box<Expr>,
    /// The operand on the right.
    pub right: Box<Expr>,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Compares two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `=~`: the whole left value matches the pattern on the right.
    Match,
    /// `!~`: it does not.
    NotMatch,
}

/// Two or more operands joined by the same logical operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Logical {
    /// The operator.
    pub operator: LogicalOperator,
    /// Two or more.
    pub operands: Vec<Expr>,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Joins conditions. As in Tempo, both bind equally and group from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicalOperator {
    /// `&&`.
    And,
    /// `||`.
    Or,
}

/// Intrinsics with the names they can be written by; the first is printed.
pub(crate) const INTRINSICS: &[(Intrinsic, &[&str])] = &[
    (Intrinsic::Name, &["name", "span:name"]),
    (Intrinsic::Status, &["status", "span:status"]),
    (
        Intrinsic::StatusMessage,
        &["statusMessage", "span:statusMessage"],
    ),
    (Intrinsic::Kind, &["kind", "span:kind"]),
    (Intrinsic::Duration, &["duration", "span:duration"]),
    (
        Intrinsic::TraceDuration,
        &["traceDuration", "trace:duration"],
    ),
    (Intrinsic::RootName, &["rootName", "trace:rootName"]),
    (
        Intrinsic::RootServiceName,
        &["rootServiceName", "trace:rootService"],
    ),
    (Intrinsic::Parent, &["parent"]),
    (Intrinsic::SpanId, &["span:id"]),
    (Intrinsic::ParentId, &["span:parentID"]),
    (Intrinsic::TraceId, &["trace:id"]),
    (Intrinsic::InstrumentationName, &["instrumentation:name"]),
    (
        Intrinsic::InstrumentationVersion,
        &["instrumentation:version"],
    ),
    (Intrinsic::ChildCount, &["span:childCount"]),
    (Intrinsic::NestedSetLeft, &["nestedSetLeft"]),
    (Intrinsic::NestedSetRight, &["nestedSetRight"]),
    (Intrinsic::NestedSetParent, &["nestedSetParent"]),
    (Intrinsic::EventName, &["event:name"]),
    (Intrinsic::EventTimeSinceStart, &["event:timeSinceStart"]),
    (Intrinsic::LinkTraceId, &["link:traceID"]),
    (Intrinsic::LinkSpanId, &["link:spanID"]),
];

/// Attribute scopes with the word before the dot.
pub(crate) const SCOPES: &[(AttributeScope, &str)] = &[
    (AttributeScope::Any, ""),
    (AttributeScope::Span, "span"),
    (AttributeScope::Resource, "resource"),
    (AttributeScope::Instrumentation, "instrumentation"),
    (AttributeScope::Event, "event"),
    (AttributeScope::Link, "link"),
];

impl Query {
    /// The same tree with all ranges empty, to compare trees by what they say.
    pub fn without_ranges(mut self) -> Self {
        let Spanset::Filter(filter) = &mut self.spanset;
        filter.range = 0..0;
        if let Some(condition) = &mut filter.condition {
            condition.clear_ranges();
        }
        self
    }
}

impl Expr {
    /// Bytes of the text.
    pub fn range(&self) -> Range<usize> {
        match self {
            Expr::Literal(node) => node.range.clone(),
            Expr::Field(node) => node.range.clone(),
            Expr::Unary(node) => node.range.clone(),
            Expr::Comparison(node) => node.range.clone(),
            Expr::Logical(node) => node.range.clone(),
        }
    }

    fn clear_ranges(&mut self) {
        match self {
            Expr::Literal(node) => node.range = 0..0,
            Expr::Field(node) => node.range = 0..0,
            Expr::Unary(node) => {
                node.range = 0..0;
                node.operand.clear_ranges();
            }
            Expr::Comparison(node) => {
                node.range = 0..0;
                node.left.clear_ranges();
                node.right.clear_ranges();
            }
            Expr::Logical(node) => {
                node.range = 0..0;
                node.operands.iter_mut().for_each(Expr::clear_ranges);
            }
        }
    }
}

impl Intrinsic {
    /// The name it is printed by.
    pub fn as_str(self) -> &'static str {
        let found = INTRINSICS.iter().find(|(intrinsic, _)| *intrinsic == self);
        found
            .and_then(|(_, names)| names.first())
            .copied()
            .unwrap_or_default()
    }
}

impl AttributeScope {
    /// The word before the dot; empty for `Any`.
    pub fn as_str(self) -> &'static str {
        let found = SCOPES.iter().find(|(scope, _)| *scope == self);
        found.map_or("", |(_, word)| *word)
    }
}

impl ComparisonOperator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            ComparisonOperator::Equal => "=",
            ComparisonOperator::NotEqual => "!=",
            ComparisonOperator::Less => "<",
            ComparisonOperator::LessOrEqual => "<=",
            ComparisonOperator::Greater => ">",
            ComparisonOperator::GreaterOrEqual => ">=",
            ComparisonOperator::Match => "=~",
            ComparisonOperator::NotMatch => "!~",
        }
    }

    /// True for `=~` and `!~`.
    pub fn is_pattern(self) -> bool {
        matches!(
            self,
            ComparisonOperator::Match | ComparisonOperator::NotMatch
        )
    }

    /// True for `<`, `<=`, `>` and `>=`.
    pub fn is_order(self) -> bool {
        !self.is_pattern()
            && !matches!(
                self,
                ComparisonOperator::Equal | ComparisonOperator::NotEqual
            )
    }

    /// The operator that says the same with the operands exchanged.
    pub fn exchanged(self) -> Self {
        match self {
            ComparisonOperator::Less => ComparisonOperator::Greater,
            ComparisonOperator::LessOrEqual => ComparisonOperator::GreaterOrEqual,
            ComparisonOperator::Greater => ComparisonOperator::Less,
            ComparisonOperator::GreaterOrEqual => ComparisonOperator::LessOrEqual,
            other => other,
        }
    }
}

impl LogicalOperator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            LogicalOperator::And => "&&",
            LogicalOperator::Or => "||",
        }
    }
}
