//! The tree of a LogQL query. Every node knows its bytes. Metric queries and parser stages will
//! be further variants of `Query` and `Stage`.

use std::ops::Range;

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// A query that gives log records.
    Log(LogQuery),
}

/// A stream selector and what its records go through.
#[derive(Debug, Clone, PartialEq)]
pub struct LogQuery {
    /// Which streams.
    pub selector: LogSelector,
    /// What each record has to pass, in this order.
    pub stages: Vec<Stage>,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// `{app="x"}`: streams by their labels; all matchers hold.
#[derive(Debug, Clone, PartialEq)]
pub struct LogSelector {
    /// The matchers; none takes every stream.
    pub matchers: Vec<Matcher>,
    /// Bytes of the text, braces included.
    pub range: Range<usize>,
}

/// A label compared with a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Matcher {
    /// The label.
    pub name: Text,
    /// How it is compared; an absent label is the empty text.
    pub operator: MatchOperator,
    /// The text or pattern.
    pub value: Text,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// A text written out, with or without quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The text, escapes resolved.
    pub value: String,
    /// Bytes of the query's text, quotes included.
    pub range: Range<usize>,
}

/// Compares a label with a text. Patterns match the whole value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchOperator {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `=~`.
    Match,
    /// `!~`.
    NotMatch,
}

/// One step that a record goes through.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// `|= "x"`.
    LineFilter(LineFilter),
    /// `| key = "x"`.
    LabelFilter(LabelFilter),
}

/// Keeps records by their line, that is the body as text.
#[derive(Debug, Clone, PartialEq)]
pub struct LineFilter {
    /// How the line is compared.
    pub operator: LineOperator,
    /// One or more texts, joined by `or`: the positive operators want any of them in the line,
    /// the negative ones none.
    pub alternatives: Vec<Text>,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Compares a line with a text. Patterns match any part of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineOperator {
    /// `|=`.
    Contains,
    /// `!=`.
    NotContains,
    /// `|~`.
    Match,
    /// `!~`.
    NotMatch,
}

/// Keeps records by their labels and structured metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelFilter {
    /// What has to hold.
    pub condition: LabelExpr,
    /// Bytes of the text, the pipe included.
    pub range: Range<usize>,
}

/// Conditions on labels. `and` binds tighter than `or`; a comma or nothing between is `and`.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelExpr {
    /// One comparison.
    Condition(LabelCondition),
    /// All of two or more.
    And(Vec<LabelExpr>),
    /// One or more of two or more.
    Or(Vec<LabelExpr>),
}

/// A label compared with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelCondition {
    /// The label.
    pub name: Text,
    /// The operator and the value.
    pub test: LabelTest,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// An operator with its value.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelTest {
    /// Compares texts; an absent label is the empty text.
    Text {
        /// How.
        operator: MatchOperator,
        /// The text or pattern.
        value: Text,
    },
    /// Reads the label as the value is, then compares; a label that cannot be read fails.
    Number {
        /// How.
        operator: NumberOperator,
        /// The value.
        value: NumberValue,
    },
}

/// Compares numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberOperator {
    /// `==`, also written `=`.
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
}

/// A number, with its unit resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberValue {
    /// `5`, `-1.5`, `1e3`; finite.
    Float(f64),
    /// `5s` in nanoseconds; above `i64::MIN`.
    Duration(i64),
    /// `5MB` in bytes.
    Bytes(u64),
}

impl Query {
    /// The same tree with all ranges empty, to compare trees by what they say.
    pub fn without_ranges(mut self) -> Self {
        let Query::Log(query) = &mut self;
        query.range = 0..0;
        query.selector.range = 0..0;
        for matcher in &mut query.selector.matchers {
            matcher.range = 0..0;
            matcher.name.range = 0..0;
            matcher.value.range = 0..0;
        }
        for stage in &mut query.stages {
            match stage {
                Stage::LineFilter(filter) => {
                    filter.range = 0..0;
                    filter
                        .alternatives
                        .iter_mut()
                        .for_each(|text| text.range = 0..0);
                }
                Stage::LabelFilter(filter) => {
                    filter.range = 0..0;
                    filter.condition.clear_ranges();
                }
            }
        }
        self
    }
}

impl LabelExpr {
    fn clear_ranges(&mut self) {
        match self {
            LabelExpr::And(operands) | LabelExpr::Or(operands) => {
                operands.iter_mut().for_each(LabelExpr::clear_ranges);
            }
            LabelExpr::Condition(condition) => {
                condition.range = 0..0;
                condition.name.range = 0..0;
                if let LabelTest::Text { value, .. } = &mut condition.test {
                    value.range = 0..0;
                }
            }
        }
    }
}

impl MatchOperator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchOperator::Equal => "=",
            MatchOperator::NotEqual => "!=",
            MatchOperator::Match => "=~",
            MatchOperator::NotMatch => "!~",
        }
    }

    /// True for `=~` and `!~`.
    pub fn is_pattern(self) -> bool {
        matches!(self, MatchOperator::Match | MatchOperator::NotMatch)
    }
}

impl LineOperator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            LineOperator::Contains => "|=",
            LineOperator::NotContains => "!=",
            LineOperator::Match => "|~",
            LineOperator::NotMatch => "!~",
        }
    }

    /// True for `|~` and `!~`.
    pub fn is_pattern(self) -> bool {
        matches!(self, LineOperator::Match | LineOperator::NotMatch)
    }
}

impl NumberOperator {
    /// The operator as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            NumberOperator::Equal => "==",
            NumberOperator::NotEqual => "!=",
            NumberOperator::Less => "<",
            NumberOperator::LessOrEqual => "<=",
            NumberOperator::Greater => ">",
            NumberOperator::GreaterOrEqual => ">=",
        }
    }
}
