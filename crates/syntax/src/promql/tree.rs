//! The tree of a PromQL query. Every node knows its bytes of the text. Durations are milliseconds;
//! those that are calculated stay expressions until `durations::resolve` gives them a value. The
//! tree says what was written, not how it is evaluated.

use crate::promql::function::Function;
use std::ops::Range;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Bytes of the text, modifiers included.
    pub range: Range<usize>,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `5`, `0x1f`, `Inf`, `5m` (seconds); a sign before it is part of the value.
    Number(NumberLiteral),
    /// `"text"`, without its quotes and escapes.
    String(String),
    /// `name{label="value"} offset 5m @ 100`.
    Vector(VectorSelector),
    /// `name[5m]`.
    Matrix(MatrixSelector),
    /// `expr[1h:5m]`.
    Subquery(Subquery),
    /// `rate(…)`.
    Call(Call),
    /// `sum by (job) (…)`.
    Aggregate(Aggregate),
    /// `a + on (job) b`.
    Binary(Binary),
    /// `-a`.
    Unary(Unary),
    /// `(a)`.
    Paren(Box<Expr>),
}

/// A number written out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberLiteral {
    /// The number; seconds if written as a duration.
    pub value: f64,
    /// Written as a duration, `5m`.
    pub duration: bool,
}

/// Selects series, one sample each.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorSelector {
    /// The metric name written before the braces.
    pub name: Option<String>,
    /// The matchers as written, then one on `__name__` if there is a name before the braces.
    pub matchers: Vec<Matcher>,
    /// `offset`; zero if there is none, negative looks ahead.
    pub offset: Duration,
    /// `@`.
    pub at: Option<At>,
    /// `anchored`.
    pub anchored: bool,
    /// `smoothed`.
    pub smoothed: bool,
}

/// Selects series, the samples of a range each.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixSelector {
    /// The series, and the offset, `@`, `anchored` and `smoothed` of the range.
    pub selector: VectorSelector,
    /// Bytes of the selector without the brackets and the modifiers behind them.
    pub selector_range: Range<usize>,
    /// How far back it reaches.
    pub range: Duration,
}

/// An expression evaluated at many times.
#[derive(Debug, Clone, PartialEq)]
pub struct Subquery {
    /// What is evaluated; an instant vector.
    pub expr: Box<Expr>,
    /// How far back it reaches.
    pub range: Duration,
    /// Time between evaluations; none takes the server's default.
    pub step: Option<Duration>,
    /// `offset`; zero if there is none, negative looks ahead.
    pub offset: Duration,
    /// `@`.
    pub at: Option<At>,
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// Its arguments; their number and types fit the function.
    pub args: Vec<Expr>,
}

/// An aggregation over the series of a vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// How the values are joined.
    pub op: AggregateOp,
    /// The vector.
    pub expr: Box<Expr>,
    /// The first argument of operators that have two: a scalar, or a string for `count_values`.
    pub param: Option<Box<Expr>>,
    /// Labels after `by` or `without`.
    pub grouping: Vec<String>,
    /// `without`: all labels but those.
    pub without: bool,
}

/// Two operands.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Left operand; scalar or instant vector.
    pub lhs: Box<Expr>,
    /// Right operand; scalar or instant vector.
    pub rhs: Box<Expr>,
    /// How series find each other; present if both operands are vectors.
    pub matching: Option<VectorMatching>,
    /// `bool`: 0 or 1 instead of a filter.
    pub return_bool: bool,
}

/// A sign before an operand that is no number literal.
#[derive(Debug, Clone, PartialEq)]
pub struct Unary {
    /// `-` if true, `+` if not.
    pub negative: bool,
    /// The operand; scalar or instant vector.
    pub expr: Box<Expr>,
}

/// A label and what its value has to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Matcher {
    /// Name of the label.
    pub name: String,
    /// How the value is compared.
    pub op: MatchOp,
    /// The text or the pattern (RE2, matches the whole value).
    pub value: String,
}

/// How a label's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `=~`.
    Regex,
    /// `!~`.
    NotRegex,
}

/// The time of `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Milliseconds since 1970.
    Timestamp(i64),
    /// `start()`: the first time of the query.
    Start,
    /// `end()`: the last time of the query.
    End,
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Duration {
    /// Milliseconds. Zero until `durations::resolve` if there is an expression.
    pub ms: i64,
    /// The expression it is calculated from, if it is not just a number.
    pub expr: Option<Box<DurationExpr>>,
}

/// An expression of durations; numbers are seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationExpr {
    /// What it is.
    pub kind: DurationKind,
    /// Stands in parentheses.
    pub wrapped: bool,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// What an expression of durations is.
#[derive(Debug, Clone, PartialEq)]
pub enum DurationKind {
    /// A number or a duration.
    Number(NumberLiteral),
    /// `step()`: the step of the query; zero for an instant query.
    Step,
    /// `range()`: from start to end of the query; zero for an instant query.
    Range,
    /// `-a`, or `+a` around a number in parentheses.
    Unary {
        /// `-` if true, `+` if not.
        negative: bool,
        /// The operand.
        operand: Box<DurationExpr>,
    },
    /// Two operands.
    Binary {
        /// The operator.
        op: DurationOp,
        /// Left operand.
        lhs: Box<DurationExpr>,
        /// Right operand.
        rhs: Box<DurationExpr>,
    },
}

/// An operator between durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DurationOp {
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Mod,
    /// `^`.
    Pow,
    /// `max_of(a, b)`.
    MaxOf,
    /// `min_of(a, b)`.
    MinOf,
}

/// An operator between scalars and vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Mod,
    /// `^`.
    Pow,
    /// `atan2`.
    Atan2,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `</`: keeps the observations of a histogram below a bound.
    TrimUpper,
    /// `>/`: keeps the observations of a histogram above a bound.
    TrimLower,
    /// `and`.
    And,
    /// `or`.
    Or,
    /// `unless`.
    Unless,
}

/// How an aggregation joins values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum AggregateOp {
    Avg,
    Bottomk,
    Count,
    CountValues,
    Group,
    Limitk,
    LimitRatio,
    Max,
    Min,
    Quantile,
    Stddev,
    Stdvar,
    Sum,
    Topk,
}

/// How the series of two vectors find each other.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorMatching {
    /// How many may stand on each side.
    pub card: Cardinality,
    /// `on` if true, `ignoring` (or nothing) if not.
    pub on: bool,
    /// The labels of `on` or `ignoring`.
    pub labels: Vec<String>,
    /// The labels of `group_left` or `group_right`.
    pub include: Vec<String>,
    /// `fill`, `fill_left`: the value of a series that is missing on the left.
    pub fill_lhs: Option<f64>,
    /// `fill`, `fill_right`: the value of a series that is missing on the right.
    pub fill_rhs: Option<f64>,
}

/// How many series may stand on each side of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// One on each side.
    OneToOne,
    /// `group_left`.
    ManyToOne,
    /// `group_right`.
    OneToMany,
    /// Set operators.
    ManyToMany,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A number.
    Scalar,
    /// An instant vector.
    Vector,
    /// A range vector.
    Matrix,
    /// A string.
    String,
}
