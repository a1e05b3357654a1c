//! Short conditions: tokens to a tree.
//!
//! ```text
//! condition = [value] [by] compare amount [by]  |  absent
//! value     = function "(" duration ")"
//! absent    = "absent" ["(" [duration] ")"]
//! by        = ("by" | "per") label {"," label}, also in parentheses
//! amount    = sums and products of numbers with units, `budget_limit`, parentheses
//! ```

use crate::condition::lex::{Token, TokenKind, tokens};
use crate::condition::tree::{Amount, Comparison, Condition, Function, Value};
use crate::condition::{expected, wrong};
use std::ops::Range;
use std::time::Duration;
use tacho_syntax::diagnostic::Diagnostic;
use tacho_yaml::problem::closest;
use tacho_yaml::scalar::parse_duration;

/// Deepest parentheses and signs of an amount.
const DEPTH_MAX: usize = 32;
/// Most labels behind `by`.
const LABELS_MAX: usize = 64;

const FUNCTIONS: [(&str, Function); 17] = [
    ("rate", Function::Rate),
    ("irate", Function::Irate),
    ("increase", Function::Increase),
    ("delta", Function::Delta),
    ("deriv", Function::Deriv),
    ("avg", Function::Avg),
    ("mean", Function::Avg),
    ("min", Function::Min),
    ("max", Function::Max),
    ("sum", Function::Sum),
    ("count", Function::Count),
    ("last", Function::Last),
    ("stddev", Function::Stddev),
    ("changes", Function::Changes),
    ("resets", Function::Resets),
    ("median", Function::Quantile(0.5)),
    ("average", Function::Avg),
];
/// What may begin a condition, for messages.
const BEGINNINGS: [&str; 13] = [
    "rate(5m)",
    "increase(5m)",
    "avg(5m)",
    "min(5m)",
    "max(5m)",
    "sum(5m)",
    "count(5m)",
    "last(5m)",
    "p95(5m)",
    "absent(5m)",
    ">",
    "<",
    "==",
];
const COMPARISONS: [&str; 6] = [">", ">=", "<", "<=", "==", "!="];

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Condition, Diagnostic> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
        by: Vec::new(),
        by_range: 0..0,
    };
    let start = parser.here().start;
    let value = parser.value()?;
    let value_range = start..parser.behind().max(start);
    parser.grouping()?;
    let comparison = match (value, parser.peek()) {
        (Value::Absent(_), None) => None,
        (Value::Absent(_), Some(_)) => {
            let message = "`absent` is a condition by itself and is compared with nothing";
            return Err(wrong(parser.here(), message));
        }
        _ => Some(parser.comparison()?),
    };
    parser.grouping()?;
    parser.finish()?;
    Ok(Condition {
        value,
        value_range,
        comparison,
        by: parser.by,
        by_range: parser.by_range,
    })
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
    by: Vec<String>,
    by_range: Range<usize>,
}

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// Bytes of the next token; the end of the text if there is none.
    fn here(&self) -> Range<usize> {
        let token = self.tokens.get(self.at);
        token.map_or(self.end..self.end, |token| token.range.clone())
    }

    /// The end of the token before.
    fn behind(&self) -> usize {
        let before = self.at.checked_sub(1);
        before
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.range.end)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(TokenKind::Symbol(next)) if *next == symbol);
        self.at += usize::from(found);
        found
    }

    fn word(&self) -> Option<String> {
        match self.peek() {
            Some(TokenKind::Word(word)) => Some(word.clone()),
            _ => None,
        }
    }

    /// What was found instead of something else.
    fn found(&self) -> String {
        match self.peek() {
            None => "the end".to_owned(),
            Some(TokenKind::Word(text) | TokenKind::Quantity(text)) => format!("`{text}`"),
            Some(TokenKind::Symbol(symbol)) => format!("`{symbol}`"),
        }
    }

    fn value(&mut self) -> Result<Value, Diagnostic> {
        let Some(word) = self.word() else {
            return Ok(Value::Newest);
        };
        let range = self.here();
        if matches!(word.as_str(), "value" | "by" | "per") {
            self.at += usize::from(word == "value");
            return Ok(Value::Newest);
        }
        if matches!(word.as_str(), "absent" | "missing" | "no_data") {
            self.at += 1;
            let window = self.take("(") && !self.take(")");
            return match window {
                false => Ok(Value::Absent(None)),
                true => Ok(Value::Absent(Some(self.window(&word)?))),
            };
        }
        let function = function_of(&word).ok_or_else(|| unknown(&word, range))?;
        self.at += 1;
        if !self.take("(") {
            let message = format!("`{word}` needs the time that it looks at");
            return Err(expected(wrong(self.here(), message), &["(5m)"]));
        }
        Ok(Value::Over(function, self.window(&word)?))
    }

    /// `5m)`, behind the opening parenthesis.
    fn window(&mut self, function: &str) -> Result<Duration, Diagnostic> {
        let range = self.here();
        let Some(TokenKind::Quantity(text)) = self.peek() else {
            let message = format!(
                "expected the window of `{function}`, found {}",
                self.found()
            );
            return Err(expected(wrong(range, message), &["5m", "30s", "1h"]));
        };
        let window = parse_duration(text).map_err(|message| {
            expected(wrong(range.clone(), message), &["30s", "5m", "1h", "1h30m"])
        })?;
        if window.is_zero() {
            return Err(wrong(range, "a window of no length sees nothing"));
        }
        self.at += 1;
        if self.take(")") {
            return Ok(window);
        }
        let message = format!("expected `)`, found {}", self.found());
        Err(wrong(self.here(), message))
    }

    fn comparison(&mut self) -> Result<Comparison, Diagnostic> {
        let op = COMPARISONS.into_iter().find(|op| self.take(op));
        let Some(op) = op else {
            let message = format!("expected a comparison, found {}", self.found());
            return Err(expected(wrong(self.here(), message), &COMPARISONS));
        };
        let amount = self.sum(0)?;
        Ok(Comparison { op, amount })
    }

    fn sum(&mut self, depth: usize) -> Result<Amount, Diagnostic> {
        let mut left = self.product(depth)?;
        while let Some(op) = ["+", "-"].into_iter().find(|op| self.take(op)) {
            let right = self.product(depth)?;
            left = Amount::Binary(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Amount, Diagnostic> {
        let mut left = self.operand(depth)?;
        while let Some(op) = ["*", "/"].into_iter().find(|op| self.take(op)) {
            let right = self.operand(depth)?;
            left = Amount::Binary(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operand(&mut self, depth: usize) -> Result<Amount, Diagnostic> {
        let range = self.here();
        if depth > DEPTH_MAX {
            return Err(wrong(range, "the condition is nested too deeply"));
        }
        if self.take("-") {
            return Ok(Amount::Negative(Box::new(self.operand(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.sum(depth + 1)?;
            if self.take(")") {
                return Ok(inner);
            }
            let message = format!("expected `)`, found {}", self.found());
            return Err(wrong(self.here(), message));
        }
        let found = self.found();
        match self.peek().cloned() {
            Some(TokenKind::Word(word)) if word == "budget_limit" => {
                self.at += 1;
                Ok(Amount::Budget(range))
            }
            Some(TokenKind::Quantity(text)) => {
                self.at += 1;
                self.number(&text, range)
            }
            _ => {
                let message = format!("expected a number, found {found}");
                let words = ["0.1", "60s", "80%", "500MB", "budget_limit * 0.9"];
                Err(expected(wrong(range, message), &words))
            }
        }
    }

    /// A number with the unit that is part of it or stands behind it.
    fn number(&mut self, text: &str, mut range: Range<usize>) -> Result<Amount, Diagnostic> {
        if let Ok(value) = text.parse::<f64>() {
            let unit = match self.peek() {
                Some(TokenKind::Symbol("%")) => Some("%".to_owned()),
                Some(TokenKind::Word(word)) if !ends_amount(word) => Some(word.clone()),
                _ => None,
            };
            if unit.is_some() {
                range.end = self.here().end;
                self.at += 1;
            }
            return Ok(Amount::Number { value, unit, range });
        }
        if let Ok(duration) = parse_duration(text) {
            let (value, unit) = (duration.as_secs_f64(), Some("s".to_owned()));
            return Ok(Amount::Number { value, unit, range });
        }
        let digits = text.find(|c: char| !c.is_ascii_digit() && !".eE_".contains(c));
        let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
        match number.replace('_', "").parse() {
            Ok(value) => Ok(Amount::Number {
                value,
                unit: (!unit.is_empty()).then(|| unit.to_owned()),
                range,
            }),
            Err(_) => Err(wrong(range, format!("`{text}` is not a number"))),
        }
    }

    /// `by a, b`, if it stands here.
    fn grouping(&mut self) -> Result<(), Diagnostic> {
        let start = self.here().start;
        if !self
            .word()
            .is_some_and(|word| word == "by" || word == "per")
        {
            return Ok(());
        }
        if !self.by.is_empty() {
            return Err(wrong(self.here(), "`by` stands here twice"));
        }
        self.at += 1;
        let wrapped = self.take("(");
        loop {
            let Some(label) = self.word() else {
                let message = format!("expected a label, found {}", self.found());
                return Err(wrong(self.here(), message));
            };
            self.at += 1;
            self.by.push(label);
            if self.by.len() > LABELS_MAX {
                let message = format!("`by` names more than {LABELS_MAX} labels");
                return Err(wrong(self.here(), message));
            }
            if !self.take(",") {
                break;
            }
        }
        if wrapped && !self.take(")") {
            let message = format!("expected `)`, found {}", self.found());
            return Err(wrong(self.here(), message));
        }
        self.by_range = start..self.behind();
        Ok(())
    }

    fn finish(&self) -> Result<(), Diagnostic> {
        if self.peek().is_none() {
            return Ok(());
        }
        let found = self.found();
        let mut diagnostic = wrong(
            self.here(),
            format!("unexpected {found} behind the condition"),
        );
        diagnostic.hint = Some(match self.word().as_deref() {
            Some("for") => "how long it must hold is a field of its own: `for: 5m`".to_owned(),
            Some("and" | "or" | "unless") => {
                "one comparison is possible here; write PromQL in `expr` for more".to_owned()
            }
            _ => "possible: by LABEL".to_owned(),
        });
        Err(diagnostic)
    }
}

/// Words that follow an amount and are no unit.
fn ends_amount(word: &str) -> bool {
    matches!(word, "by" | "per" | "for" | "and" | "or" | "unless")
}

/// The function of a word: `rate`, `p95`, `p99.9`.
fn function_of(word: &str) -> Option<Function> {
    let known = FUNCTIONS.iter().find(|(name, _)| *name == word);
    if let Some((_, function)) = known {
        return Some(*function);
    }
    let percent: f64 = word.strip_prefix('p')?.parse().ok()?;
    (percent > 0.0 && percent < 100.0).then(|| Function::Quantile(divide_by_hundred(percent)))
}

/// `99.9` as `0.999`, not `0.9990000000000001`.
fn divide_by_hundred(percent: f64) -> f64 {
    let text = format!("{percent}e-2");
    text.parse().unwrap_or(percent / 100.0)
}

fn unknown(word: &str, range: Range<usize>) -> Diagnostic {
    let names = FUNCTIONS.iter().map(|(name, _)| *name).chain(["absent"]);
    let near = closest(word, names);
    let mut diagnostic = expected(
        wrong(range, format!("unknown function `{word}`")),
        &BEGINNINGS,
    );
    if let Some(near) = near {
        diagnostic.hint = Some(format!("did you mean `{near}(5m)`?"));
    }
    diagnostic
}
