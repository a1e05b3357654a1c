//! LogQL: tokens to tree. Recursion happens at parentheses only and is bounded by `DEPTH_MAX`, so
//! that whoever walks the tree may recurse.

use super::token::{Punctuation, Token, TokenKind, tokenize};
use super::tree::{
    LabelCondition, LabelExpr, LabelFilter, LabelTest, LineFilter, LineOperator, LogQuery,
    LogSelector, MatchOperator, Matcher, NumberOperator, NumberValue, Query, Stage, Text,
};
use crate::DEPTH_MAX;
use crate::diagnostic::Diagnostic;
use crate::scan::{Number, check_length};
use std::ops::Range;

/// Words that start a stage other than a label filter, with what they are.
pub(super) const STAGE_WORDS: &[(&str, &str)] = &[
    ("json", "parser stages"),
    ("logfmt", "parser stages"),
    ("pattern", "parser stages"),
    ("regexp", "parser stages"),
    ("unpack", "parser stages"),
    ("line_format", "formatting stages"),
    ("label_format", "formatting stages"),
    ("decolorize", "formatting stages"),
    ("drop", "label stages"),
    ("keep", "label stages"),
    ("distinct", "label stages"),
    ("unwrap", "metric queries"),
];

pub(super) fn parse(text: &str) -> Result<Query, Diagnostic> {
    check_length(text)?;
    let (tokens, token_error) = tokenize(text);
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
    };
    let result = parser.query();
    match (result, token_error) {
        // The list of tokens ends early: what the grammar misses there is explained by the token.
        (Err(error), Some(token_error)) if error.range.start >= text.len() => Err(token_error),
        (Ok(_), Some(token_error)) => Err(token_error),
        (result, _) => result,
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn query(&mut self) -> Result<Query, Diagnostic> {
        let selector = self.selector()?;
        let mut stages = Vec::new();
        while *self.peek() != TokenKind::End {
            stages.push(self.stage()?);
        }
        let range = selector.range.start..self.last_range().end;
        Ok(Query::Log(LogQuery {
            selector,
            stages,
            range,
        }))
    }

    fn selector(&mut self) -> Result<LogSelector, Diagnostic> {
        if !self.take(Punctuation::OpenBrace) {
            return Err(self.no_selector());
        }
        let start = self.last_range().start;
        let mut matchers = Vec::new();
        while !self.take(Punctuation::CloseBrace) {
            if !matchers.is_empty() && !self.take(Punctuation::Comma) {
                let error = self.unexpected(&["`,`", "`}`"]);
                return Err(match self.peek() {
                    TokenKind::Word(_) => error.with_hint("matchers are joined by commas"),
                    _ => error,
                });
            }
            matchers.push(self.matcher()?);
        }
        Ok(LogSelector {
            matchers,
            range: start..self.last_range().end,
        })
    }

    fn matcher(&mut self) -> Result<Matcher, Diagnostic> {
        let Some(name) = self.take_name() else {
            return Err(self.unexpected(&["a label name"]));
        };
        let operator = match self.peek() {
            TokenKind::Punctuation(Punctuation::Equal) => MatchOperator::Equal,
            TokenKind::Punctuation(Punctuation::NotEqual) => MatchOperator::NotEqual,
            TokenKind::Punctuation(Punctuation::Match) => MatchOperator::Match,
            TokenKind::Punctuation(Punctuation::NotMatch) => MatchOperator::NotMatch,
            _ => return Err(self.unexpected(&["`=`", "`!=`", "`=~`", "`!~`"])),
        };
        self.at += 1;
        let Some(value) = self.take_string() else {
            return Err(self
                .unexpected(&["a string"])
                .with_hint("text stands in double quotes"));
        };
        let range = name.range.start..value.range.end;
        Ok(Matcher {
            name,
            operator,
            value,
            range,
        })
    }

    fn stage(&mut self) -> Result<Stage, Diagnostic> {
        let TokenKind::Punctuation(punctuation) = self.peek() else {
            return Err(self.no_stage());
        };
        let operator = match punctuation {
            Punctuation::Pipe => return self.label_filter().map(Stage::LabelFilter),
            Punctuation::PipeEqual => LineOperator::Contains,
            Punctuation::NotEqual => LineOperator::NotContains,
            Punctuation::PipeMatch => LineOperator::Match,
            Punctuation::NotMatch => LineOperator::NotMatch,
            Punctuation::LinePattern => {
                return Err(Diagnostic::unsupported(
                    self.range(),
                    "pattern line filters are",
                ));
            }
            Punctuation::OpenBracket => {
                return Err(Diagnostic::unsupported(
                    self.range(),
                    "ranges of metric queries are",
                ));
            }
            _ => return Err(self.no_stage()),
        };
        let start = self.range().start;
        self.at += 1;
        let mut alternatives = vec![self.line_text()?];
        while self.take_word("or") {
            alternatives.push(self.line_text()?);
        }
        let range = start..self.last_range().end;
        Ok(Stage::LineFilter(LineFilter {
            operator,
            alternatives,
            range,
        }))
    }

    fn line_text(&mut self) -> Result<Text, Diagnostic> {
        match self.peek() {
            TokenKind::Word(word) if word == "ip" => {
                Err(Diagnostic::unsupported(self.range(), "`ip` filters are"))
            }
            _ => self.take_string().ok_or_else(|| {
                self.unexpected(&["a string"])
                    .with_hint("text stands in double quotes or backticks")
            }),
        }
    }

    fn label_filter(&mut self) -> Result<LabelFilter, Diagnostic> {
        let start = self.range().start;
        self.at += 1;
        if let TokenKind::Word(word) = self.peek()
            && let Some((_, family)) = STAGE_WORDS.iter().find(|(name, _)| name == word)
        {
            return Err(Diagnostic::unsupported(
                self.range(),
                format!("{family} (`{word}`) are"),
            ));
        }
        let condition = self.or_expr()?;
        Ok(LabelFilter {
            condition,
            range: start..self.last_range().end,
        })
    }

    fn or_expr(&mut self) -> Result<LabelExpr, Diagnostic> {
        let mut operands = vec![self.and_expr()?];
        while self.take_word("or") {
            operands.push(self.and_expr()?);
        }
        Ok(joined(operands, LabelExpr::Or))
    }

    fn and_expr(&mut self) -> Result<LabelExpr, Diagnostic> {
        let mut operands = vec![self.label_operand()?];
        loop {
            let joint = self.take_word("and") || self.take(Punctuation::Comma);
            let operand_follows = match self.peek() {
                TokenKind::Word(word) => word != "or",
                TokenKind::String(_) | TokenKind::Punctuation(Punctuation::OpenParen) => true,
                _ => false,
            };
            if !joint && !operand_follows {
                return Ok(joined(operands, LabelExpr::And));
            }
            operands.push(self.label_operand()?);
        }
    }

    fn label_operand(&mut self) -> Result<LabelExpr, Diagnostic> {
        if !self.take(Punctuation::OpenParen) {
            return self.condition().map(LabelExpr::Condition);
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("nested deeper than {DEPTH_MAX}");
            return Err(Diagnostic::limit(self.last_range(), message));
        }
        let inner = self.or_expr()?;
        if !self.take(Punctuation::CloseParen) {
            return Err(self.unexpected(&["`)`", "`and`", "`or`"]));
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn condition(&mut self) -> Result<LabelCondition, Diagnostic> {
        let named = matches!(self.peek(), TokenKind::String(_));
        let Some(name) = self.take_name() else {
            return Err(self.unexpected(&["a label name", "`(`"]));
        };
        let operator_range = self.range();
        let operator = match self.peek() {
            TokenKind::Punctuation(punctuation) if is_comparison(*punctuation) => *punctuation,
            _ => {
                let error = self.unexpected(&["a comparison operator"]);
                let hint = "lines are searched with `|= \"…\"`";
                return Err(if named { error.with_hint(hint) } else { error });
            }
        };
        self.at += 1;
        let test = match self.peek() {
            TokenKind::String(_) => self.text_test(operator, operator_range)?,
            TokenKind::Number(_) | TokenKind::Punctuation(Punctuation::Minus) => {
                self.number_test(operator, operator_range)?
            }
            TokenKind::Word(word) if word == "ip" => {
                return Err(Diagnostic::unsupported(self.range(), "`ip` filters are"));
            }
            TokenKind::Word(_) => {
                return Err(self
                    .unexpected(&["a value"])
                    .with_hint("text stands in double quotes"));
            }
            _ => return Err(self.unexpected(&["a value"])),
        };
        let range = name.range.start..self.last_range().end;
        Ok(LabelCondition { name, test, range })
    }

    /// The next token is a string.
    fn text_test(
        &mut self,
        operator: Punctuation,
        range: Range<usize>,
    ) -> Result<LabelTest, Diagnostic> {
        let operator = match operator {
            Punctuation::Equal => MatchOperator::Equal,
            Punctuation::NotEqual => MatchOperator::NotEqual,
            Punctuation::Match => MatchOperator::Match,
            Punctuation::NotMatch => MatchOperator::NotMatch,
            _ => {
                let message = format!(
                    "`{}` compares numbers, found a string",
                    &self.text[range.clone()]
                );
                let hint = match operator {
                    Punctuation::DoubleEqual => "text is compared with `=`",
                    _ => "numbers, durations and sizes have no quotes",
                };
                return Err(Diagnostic::syntax(range, message).with_hint(hint));
            }
        };
        match self.take_string() {
            Some(value) => Ok(LabelTest::Text { operator, value }),
            None => Err(self.unexpected(&["a string"])),
        }
    }

    /// The next token is a number, or a minus before one.
    fn number_test(
        &mut self,
        operator: Punctuation,
        range: Range<usize>,
    ) -> Result<LabelTest, Diagnostic> {
        let operator = match operator {
            Punctuation::Equal | Punctuation::DoubleEqual => NumberOperator::Equal,
            Punctuation::NotEqual => NumberOperator::NotEqual,
            Punctuation::Less => NumberOperator::Less,
            Punctuation::LessOrEqual => NumberOperator::LessOrEqual,
            Punctuation::Greater => NumberOperator::Greater,
            Punctuation::GreaterOrEqual => NumberOperator::GreaterOrEqual,
            _ => {
                let message = format!(
                    "`{}` needs a pattern in quotes, found a number",
                    &self.text[range.clone()]
                );
                return Err(Diagnostic::syntax(range, message));
            }
        };
        let minus = self.take(Punctuation::Minus);
        let TokenKind::Number(number) = *self.peek() else {
            return Err(self.unexpected(&["a number"]));
        };
        let sign = if minus { -1.0 } else { 1.0 };
        let value = match number {
            Number::Int(value) => NumberValue::Float(sign * value as f64),
            Number::Float(value) => NumberValue::Float(sign * value),
            Number::Duration(ns) => {
                let ns = i64::try_from(ns).unwrap_or(i64::MAX);
                NumberValue::Duration(if minus { -ns } else { ns })
            }
            Number::Bytes(_) if minus => {
                return Err(Diagnostic::syntax(self.range(), "sizes are not negative"));
            }
            Number::Bytes(bytes) => NumberValue::Bytes(bytes),
        };
        self.at += 1;
        Ok(LabelTest::Number { operator, value })
    }

    /// The text does not start with `{`.
    fn no_selector(&self) -> Diagnostic {
        let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
        match self.peek() {
            TokenKind::Word(word) => {
                let called = matches!(next, Some(TokenKind::Punctuation(Punctuation::OpenParen)));
                let grouped = matches!(next, Some(TokenKind::Word(next)) if next == "by" || next == "without");
                if called || grouped {
                    return Diagnostic::unsupported(
                        self.range(),
                        format!("metric queries (`{word}`) are"),
                    );
                }
                self.unexpected(&["`{`"]).with_hint(
                    "a query starts with a stream selector: `{}` takes all, `{service_name=\"api\"}` one service",
                )
            }
            TokenKind::Number(_) | TokenKind::Punctuation(Punctuation::Minus) => {
                Diagnostic::unsupported(self.range(), "metric queries are")
            }
            TokenKind::Punctuation(Punctuation::OpenParen) => {
                Diagnostic::unsupported(self.range(), "parentheses around queries are")
            }
            TokenKind::String(_) => self
                .unexpected(&["`{`"])
                .with_hint("lines are searched with `{} |= \"…\"`"),
            _ => self.unexpected(&["`{`"]),
        }
    }

    /// Something stands where a stage or the end should be.
    fn no_stage(&self) -> Diagnostic {
        let error = self.unexpected(&[
            "`|`",
            "`|=`",
            "`!=`",
            "`|~`",
            "`!~`",
            "the end of the query",
        ]);
        match self.peek() {
            TokenKind::String(_) => error.with_hint("lines are searched with `|= \"…\"`"),
            TokenKind::Punctuation(Punctuation::Equal | Punctuation::Match) => {
                error.with_hint("line filters start with a pipe: `|=` and `|~`")
            }
            _ => error,
        }
    }

    fn unexpected(&self, expected: &[&str]) -> Diagnostic {
        let range = self.range();
        let found = match self.peek() {
            TokenKind::End => "the end of the query".to_owned(),
            TokenKind::String(_) => "a string".to_owned(),
            _ => format!("`{}`", &self.text[range.clone()]),
        };
        Diagnostic::expected(range, expected, &found)
    }

    /// Takes a label name: a word, or a string that is not empty.
    fn take_name(&mut self) -> Option<Text> {
        let value = match self.peek() {
            TokenKind::Word(word) if word != "and" && word != "or" => word.clone(),
            TokenKind::String(text) if !text.is_empty() => text.clone(),
            _ => return None,
        };
        self.at += 1;
        Some(Text {
            value,
            range: self.last_range(),
        })
    }

    fn take_string(&mut self) -> Option<Text> {
        let TokenKind::String(text) = self.peek() else {
            return None;
        };
        let value = text.clone();
        self.at += 1;
        Some(Text {
            value,
            range: self.last_range(),
        })
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Word(found) if found == word);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, punctuation: Punctuation) -> bool {
        let found = *self.peek() == TokenKind::Punctuation(punctuation);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> &TokenKind {
        self.tokens
            .get(self.at)
            .map_or(&TokenKind::End, |token| &token.kind)
    }

    fn range(&self) -> Range<usize> {
        let end = self.text.len();
        self.tokens
            .get(self.at)
            .map_or(end..end, |token| token.range.clone())
    }

    /// Bytes of the token taken last.
    fn last_range(&self) -> Range<usize> {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(0..0, |token| token.range.clone())
    }
}

/// One operand stands for itself.
fn joined(mut operands: Vec<LabelExpr>, join: impl Fn(Vec<LabelExpr>) -> LabelExpr) -> LabelExpr {
    if operands.len() == 1 {
        operands.remove(0)
    } else {
        join(operands)
    }
}

fn is_comparison(punctuation: Punctuation) -> bool {
    matches!(
        punctuation,
        Punctuation::Equal
            | Punctuation::DoubleEqual
            | Punctuation::NotEqual
            | Punctuation::Match
            | Punctuation::NotMatch
            | Punctuation::Less
            | Punctuation::LessOrEqual
            | Punctuation::Greater
            | Punctuation::GreaterOrEqual
    )
}
