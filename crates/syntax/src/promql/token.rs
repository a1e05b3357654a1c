//! The tokens of PromQL, and how messages name them.

use crate::promql::quote::quote;
use crate::promql::tree::{AggregateOp, BinaryOp};
use std::ops::Range;

/// A piece of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// Bytes of the text.
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// The end of the text.
    End,
    /// A word without colon.
    Identifier,
    /// A word with a colon.
    MetricIdentifier,
    Number,
    Duration,
    String,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    At,
    /// `=` between a label and its value.
    Assign,
    /// `=~`.
    MatchRegex,
    /// `!~`.
    NotMatchRegex,
    /// An operator between expressions; `!=` stands between labels and values, too.
    Operator(BinaryOp),
    Aggregate(AggregateOp),
    Keyword(Keyword),
    /// A word that is a function of its own sort.
    Builtin(Builtin),
}

/// A word that changes what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Anchored,
    Bool,
    By,
    Fill,
    FillLeft,
    FillRight,
    GroupLeft,
    GroupRight,
    Ignoring,
    Offset,
    On,
    Smoothed,
    Without,
}

/// Words that are functions also in durations or after `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    Start,
    End,
    Step,
    Range,
    MaxOf,
    MinOf,
}

impl Token {
    /// What messages call it: `identifier "x"`, `<op:+>`, `end of input`.
    pub(super) fn describe(&self, text: &str) -> String {
        let word = text.get(self.range.clone()).unwrap_or_default();
        match self.kind {
            TokenKind::End => "end of input".to_owned(),
            TokenKind::Identifier => format!("identifier {}", quote(word)),
            TokenKind::MetricIdentifier => format!("metric identifier {}", quote(word)),
            TokenKind::Number => format!("number {}", quote_short(word)),
            TokenKind::Duration => format!("duration {}", quote_short(word)),
            TokenKind::String => format!("string {}", quote_short(word)),
            TokenKind::Keyword(_) => format!("<{word}>"),
            TokenKind::At
            | TokenKind::MatchRegex
            | TokenKind::NotMatchRegex
            | TokenKind::Operator(_) => format!("<op:{word}>"),
            TokenKind::Aggregate(_) => format!("<aggr:{word}>"),
            _ => quote_short(word),
        }
    }

    /// Can be the name of a metric.
    pub(super) fn is_metric_name(&self) -> bool {
        match self.kind {
            TokenKind::Identifier
            | TokenKind::MetricIdentifier
            | TokenKind::Aggregate(_)
            | TokenKind::Builtin(_) => true,
            TokenKind::Operator(op) => op.is_set(),
            TokenKind::Keyword(word) => !matches!(
                word,
                Keyword::Bool
                    | Keyword::GroupLeft
                    | Keyword::GroupRight
                    | Keyword::Ignoring
                    | Keyword::On
            ),
            _ => false,
        }
    }

    /// Can be the name of a label in a list of names.
    pub(super) fn is_label_name(&self) -> bool {
        match self.kind {
            TokenKind::Identifier
            | TokenKind::MetricIdentifier
            | TokenKind::Aggregate(_)
            | TokenKind::Builtin(_) => true,
            TokenKind::Operator(op) => op.is_set() || op == BinaryOp::Atan2,
            TokenKind::Keyword(word) => word != Keyword::Without,
            _ => false,
        }
    }

    /// Can be the first of an expression.
    pub(super) fn starts_expression(&self) -> bool {
        self.is_metric_name()
            || matches!(
                self.kind,
                TokenKind::Number
                    | TokenKind::Duration
                    | TokenKind::String
                    | TokenKind::LeftParen
                    | TokenKind::LeftBrace
                    | TokenKind::Operator(BinaryOp::Add | BinaryOp::Sub)
            )
    }
}

/// The kind of a word, letter case aside; `None` is an identifier.
pub(super) fn word_kind(word: &str) -> Option<TokenKind> {
    use TokenKind::{Aggregate, Builtin as B, Keyword as K, Operator};
    Some(match word.to_ascii_lowercase().as_str() {
        "and" => Operator(BinaryOp::And),
        "or" => Operator(BinaryOp::Or),
        "unless" => Operator(BinaryOp::Unless),
        "atan2" => Operator(BinaryOp::Atan2),
        "sum" => Aggregate(AggregateOp::Sum),
        "avg" => Aggregate(AggregateOp::Avg),
        "count" => Aggregate(AggregateOp::Count),
        "min" => Aggregate(AggregateOp::Min),
        "max" => Aggregate(AggregateOp::Max),
        "group" => Aggregate(AggregateOp::Group),
        "stddev" => Aggregate(AggregateOp::Stddev),
        "stdvar" => Aggregate(AggregateOp::Stdvar),
        "topk" => Aggregate(AggregateOp::Topk),
        "bottomk" => Aggregate(AggregateOp::Bottomk),
        "count_values" => Aggregate(AggregateOp::CountValues),
        "quantile" => Aggregate(AggregateOp::Quantile),
        "limitk" => Aggregate(AggregateOp::Limitk),
        "limit_ratio" => Aggregate(AggregateOp::LimitRatio),
        "offset" => K(Keyword::Offset),
        "smoothed" => K(Keyword::Smoothed),
        "anchored" => K(Keyword::Anchored),
        "by" => K(Keyword::By),
        "without" => K(Keyword::Without),
        "on" => K(Keyword::On),
        "ignoring" => K(Keyword::Ignoring),
        "group_left" => K(Keyword::GroupLeft),
        "group_right" => K(Keyword::GroupRight),
        "fill" => K(Keyword::Fill),
        "fill_left" => K(Keyword::FillLeft),
        "fill_right" => K(Keyword::FillRight),
        "bool" => K(Keyword::Bool),
        "start" => B(Builtin::Start),
        "end" => B(Builtin::End),
        "step" => B(Builtin::Step),
        "range" => B(Builtin::Range),
        "max_of" => B(Builtin::MaxOf),
        "min_of" => B(Builtin::MinOf),
        "inf" | "nan" => TokenKind::Number,
        _ => return None,
    })
}

/// In quotes; more than ten bytes are cut to ten characters.
fn quote_short(word: &str) -> String {
    if word.len() <= 10 {
        return quote(word);
    }
    let start: String = word.chars().take(10).collect();
    format!("{}...", quote(&start))
}
