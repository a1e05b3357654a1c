//! One operation between two values: floats, histograms, or one of each.

use crate::promql::annotation::{Annotation, Annotations, Combining};
use crate::promql::binary::result_of;
use crate::promql::column::ABSENT;
use std::ops::Range;
use std::sync::Arc;
use tacho_model::histogram::combine::{Combined, MixedSchemas};
use tacho_model::histogram::trim::TrimKeep;
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::tree::{Binary, BinaryOp};

/// An operator in the text.
pub(super) struct Operation<'a> {
    op: BinaryOp,
    return_bool: bool,
    range: &'a Range<usize>,
}

/// What an operation gives.
pub(super) enum Outcome {
    /// A value, and whether a filter keeps it.
    Value(SampleValue, bool),
    /// Nothing: the types do not fit.
    Nothing,
}

impl Outcome {
    fn float(value: f64) -> Self {
        Outcome::Value(SampleValue::Float(value), true)
    }

    fn histogram(mut histogram: Histogram) -> Self {
        histogram.compact();
        Outcome::Value(SampleValue::Histogram(Arc::new(histogram)), true)
    }
}

/// Applies an operator to two numbers; comparisons give 1 or 0. Other operators have no numbers.
pub(super) fn number(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    use BinaryOp as Op;
    match op {
        Op::Add => lhs + rhs,
        Op::Sub => lhs - rhs,
        Op::Mul => lhs * rhs,
        Op::Div => lhs / rhs,
        Op::Mod => lhs % rhs,
        Op::Pow => power(lhs, rhs),
        Op::Atan2 => lhs.atan2(rhs),
        Op::TrimUpper | Op::TrimLower | Op::And | Op::Or | Op::Unless => f64::NAN,
        _ => f64::from(u8::from(compare(op, lhs, rhs))),
    }
}

/// As `pow` of IEEE 754.
fn power(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

/// True if a comparison holds.
fn compare(op: BinaryOp, lhs: f64, rhs: f64) -> bool {
    use BinaryOp as Op;
    match op {
        Op::Equal => lhs == rhs,
        Op::NotEqual => lhs != rhs,
        Op::Less => lhs < rhs,
        Op::LessEqual => lhs <= rhs,
        Op::Greater => lhs > rhs,
        Op::GreaterEqual => lhs >= rhs,
        _ => true,
    }
}

impl<'a> Operation<'a> {
    pub(crate) fn new(binary: &Binary, range: &'a Range<usize>) -> Self {
        Self {
            op: binary.op,
            return_bool: binary.return_bool,
            range,
        }
    }

    /// True for operators that cut histograms.
    pub(crate) fn is_trim(&self) -> bool {
        matches!(self.op, BinaryOp::TrimUpper | BinaryOp::TrimLower)
    }

    /// The result of two floats as a column holds it; `kept` is what a filter keeps.
    #[inline]
    pub(crate) fn number_or_absent(&self, lhs: f64, rhs: f64, kept: f64) -> f64 {
        if !self.op.is_comparison() || self.return_bool {
            result_of(number(self.op, lhs, rhs))
        } else if compare(self.op, lhs, rhs) {
            kept
        } else {
            ABSENT
        }
    }

    /// The result for an element and a scalar; `swap` if the scalar is on the left.
    pub(crate) fn with_scalar(
        &self,
        value: &SampleValue,
        scalar: f64,
        swap: bool,
        notes: &mut Annotations,
    ) -> Option<SampleValue> {
        let scalar = SampleValue::Float(scalar);
        // Unlike between vectors, what comes with a result is not told here.
        let mut silent = Annotations::default();
        let outcome = if swap {
            self.apply(&scalar, value, &mut silent)
        } else {
            self.apply(value, &scalar, &mut silent)
        };
        match outcome {
            Outcome::Nothing => {
                notes.merge(silent);
                None
            }
            Outcome::Value(_, kept) if self.return_bool => {
                Some(SampleValue::Float(f64::from(u8::from(kept))))
            }
            Outcome::Value(_, false) => None,
            Outcome::Value(_, true) if self.op.is_comparison() && swap => Some(value.clone()),
            Outcome::Value(result, true) => Some(result),
        }
    }

    /// True if results are 0 and 1.
    pub(crate) fn returns_bool(&self) -> bool {
        self.return_bool
    }

    /// Applies the operator. Remarks go to `notes`.
    pub(crate) fn apply(
        &self,
        lhs: &SampleValue,
        rhs: &SampleValue,
        notes: &mut Annotations,
    ) -> Outcome {
        match (lhs, rhs) {
            (SampleValue::Float(l), SampleValue::Float(r)) => {
                if self.is_trim() {
                    return self.unfit("float", "float", notes);
                }
                if self.op.is_comparison() {
                    let kept = compare(self.op, *l, *r);
                    return Outcome::Value(SampleValue::Float(*l), kept);
                }
                Outcome::float(result_of(number(self.op, *l, *r)))
            }
            (SampleValue::Float(l), SampleValue::Histogram(r)) => match self.op {
                BinaryOp::Mul => {
                    let mut product = r.as_ref().clone();
                    product.multiply(*l);
                    Outcome::histogram(product)
                }
                _ => self.unfit("float", "histogram", notes),
            },
            (SampleValue::Histogram(l), SampleValue::Float(r)) => {
                self.histogram_and_float(l, *r, notes)
            }
            (SampleValue::Histogram(l), SampleValue::Histogram(r)) => self.histograms(l, r, notes),
        }
    }

    fn histogram_and_float(&self, lhs: &Histogram, rhs: f64, notes: &mut Annotations) -> Outcome {
        let mut result = lhs.clone();
        match self.op {
            BinaryOp::Mul => result.multiply(rhs),
            BinaryOp::Div => result.divide(rhs),
            BinaryOp::TrimUpper | BinaryOp::TrimLower => {
                let keep = match self.op {
                    BinaryOp::TrimUpper => TrimKeep::Below,
                    _ => TrimKeep::Above,
                };
                result.trim(rhs, keep);
                return Outcome::Value(SampleValue::Histogram(Arc::new(result)), true);
            }
            _ => return self.unfit("histogram", "float", notes),
        }
        Outcome::histogram(result)
    }

    fn histograms(
        &self,
        lhs: &Arc<Histogram>,
        rhs: &Arc<Histogram>,
        notes: &mut Annotations,
    ) -> Outcome {
        let same = |wanted: bool| {
            let kept = lhs.is_identical(rhs) == wanted;
            Outcome::Value(SampleValue::Histogram(Arc::clone(lhs)), kept)
        };
        let mut result = lhs.as_ref().clone();
        let (combined, combining) = match self.op {
            BinaryOp::Equal => return same(true),
            BinaryOp::NotEqual => return same(false),
            BinaryOp::Add => (result.add(rhs), Combining::Addition),
            BinaryOp::Sub => {
                let combined = result.subtract(rhs);
                result.counter_reset_hint = CounterResetHint::Gauge;
                (combined, Combining::Subtraction)
            }
            _ => return self.unfit("histogram", "histogram", notes),
        };
        match combined {
            Ok(Combined {
                reset_collision: true,
                ..
            }) => {
                notes.add(&Annotation::CounterResetCollision(combining), self.range);
                Outcome::Nothing
            }
            Ok(Combined {
                bounds_reconciled, ..
            }) => {
                if bounds_reconciled {
                    notes.add(&Annotation::MismatchedCustomBuckets(combining), self.range);
                }
                Outcome::histogram(result)
            }
            Err(MixedSchemas) => {
                let operator = self.op.text();
                notes.add(
                    &Annotation::IncompatibleBucketLayout { operator },
                    self.range,
                );
                Outcome::Nothing
            }
        }
    }

    fn unfit(&self, left: &str, right: &str, notes: &mut Annotations) -> Outcome {
        let operator = self.op.text();
        notes.add(
            &Annotation::IncompatibleTypes {
                left,
                operator,
                right,
            },
            self.range,
        );
        Outcome::Nothing
    }
}
