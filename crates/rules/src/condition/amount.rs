//! What a short condition compares with: numbers in the unit of the metric, and budgets.

use super::compile::{Compiler, Shape, TEAM};
use crate::condition::tree::{Amount, Function, Value};
use crate::condition::unit::{self, Assumed, Dimension, UNITS, Unit};
use crate::condition::{expected, wrong};
use std::collections::BTreeMap;
use std::ops::Range;
use tacho_model::number_text::shortest;
use tacho_syntax::diagnostic::Diagnostic;
use tacho_syntax::promql;

impl Compiler<'_> {
    /// What is compared with, in the unit of what is compared.
    pub(super) fn amount(
        &mut self,
        amount: &Amount,
        value: Value,
        single: bool,
    ) -> Result<String, Diagnostic> {
        Ok(match amount {
            Amount::Number {
                value: number,
                unit: None,
                ..
            } => shortest(*number),
            Amount::Number {
                value: number,
                unit: Some(word),
                range,
            } => {
                let number = self.with_unit(*number, word, range, (value, single))?;
                shortest(number)
            }
            Amount::Budget(_) => budget_vector(&self.settings.budgets),
            Amount::Negative(inner) => format!("-{}", self.amount(inner, value, single)?),
            Amount::Binary(op, left, right) => {
                let left = self.amount(left, value, single)?;
                let right = self.amount(right, value, single)?;
                format!("({left} {op} {right})")
            }
        })
    }

    fn with_unit(
        &mut self,
        number: f64,
        word: &str,
        range: &Range<usize>,
        (value, single): (Value, bool),
    ) -> Result<f64, Diagnostic> {
        let Some(unit) = unit::of_word(word) else {
            let message = format!("unknown unit `{word}`");
            return Err(expected(wrong(range.clone(), message), &UNITS));
        };
        // a share of something else, such as `budget_limit * 90 %`
        if unit.dimension == Dimension::Share && !single {
            let text = format!("{number}e-2");
            return Ok(text.parse().unwrap_or(number / 100.0));
        }
        let metric = self.value_unit(value);
        let Some((converted, assumed)) = unit::convert(number, unit, metric) else {
            let name = self.name().unwrap_or("the metric");
            let message = format!("`{word}` does not fit `{name}`, which is in another unit");
            return Err(wrong(range.clone(), message));
        };
        if let Assumed::Unit(base) = assumed {
            let name = self.name().unwrap_or("the metric").to_owned();
            let number = shortest(number);
            self.notes.push(format!(
                "the unit of {name} is not known: {number} {word} is compared as {} ({base})",
                shortest(converted)
            ));
        }
        Ok(converted)
    }

    /// The unit of what is compared.
    fn value_unit(&self, value: Value) -> Option<Unit> {
        let unit = unit::of_metric(self.name()?, &self.settings.metrics);
        let Value::Over(function, _) = value else {
            return unit;
        };
        let histogram = self.shape(function) == Shape::Histogram;
        match function {
            Function::Changes | Function::Resets | Function::Count => None,
            Function::Rate | Function::Irate | Function::Increase if histogram => None,
            // seconds a second are a share
            Function::Rate | Function::Irate | Function::Deriv => unit.map(|unit| Unit {
                dimension: match unit.dimension {
                    Dimension::Time => Dimension::Share,
                    other => other,
                },
                ..unit
            }),
            _ => unit,
        }
    }
}

/// Whether an amount is one number.
pub(super) fn is_single(amount: &Amount) -> bool {
    match amount {
        Amount::Number { .. } => true,
        Amount::Negative(inner) => is_single(inner),
        Amount::Budget(_) | Amount::Binary(..) => false,
    }
}

/// A vector with one series a team: its budget. The tree stays flat, however many teams there are.
fn budget_vector(budgets: &BTreeMap<String, f64>) -> String {
    let mut parts: Vec<String> = budgets
        .iter()
        .map(|(team, limit)| {
            let team = promql::quote::quote(&team.replace('$', "$$"));
            let limit = shortest(*limit);
            format!("label_replace(vector({limit}), \"{TEAM}\", {team}, \"\", \"\")")
        })
        .collect();
    while parts.len() > 1 {
        parts = parts
            .chunks(2)
            .map(|pair| match pair {
                [one, two] => format!("({one} or {two})"),
                _ => pair.concat(),
            })
            .collect();
    }
    parts.pop().unwrap_or_default()
}
