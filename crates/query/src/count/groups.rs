//! Counting: by storage where it can judge the condition, else row by row.

use super::{Conditions, Count, CountGroup, CountRequest};
use crate::condition::{Condition, want_field};
use crate::error::{Error, Result};
use crate::item::{LogRow, SpanRow};
use crate::run::{Run, range_of};
use std::collections::BTreeMap;
use tacho_model::log::SeverityNumber;
use tacho_model::signal::Signal;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::filter::{Field, FieldSource};
use tacho_storage::read::{AggregateGroup, AggregateRequest, Order, ScanRequest};

/// Counts items.
pub(crate) fn count(run: &Run<'_>, request: &CountRequest) -> Result<Count> {
    if request.step_ns.is_some_and(|step| step <= 0) {
        return Err(Error::invalid("step", "the step must be above 0"));
    }
    let (signal, range) = (request.conditions.signal(), range_of(&request.conditions));
    let by = match &request.by {
        Some(name) => Some(run.field(signal, range, name)?),
        None => None,
    };
    let grouped = request.step_ns.is_some() || by.is_some();
    let counting = Counting {
        signal,
        range,
        condition: run.condition(&request.conditions)?,
        step_ns: request.step_ns,
        by,
    };
    let groups = counting.groups(run)?;
    Ok(Count {
        count: groups.iter().map(|group| group.count).sum(),
        groups: if grouped {
            let time = |group: &AggregateGroup| request.step_ns.map(|_| group.time);
            groups
                .into_iter()
                .map(|group| CountGroup {
                    time: time(&group),
                    value: group.value,
                    count: group.count,
                })
                .collect()
        } else {
            Vec::new()
        },
    })
}

/// What to count.
pub(crate) struct Counting {
    pub(crate) signal: Signal,
    pub(crate) range: TimeRange,
    pub(crate) condition: Condition,
    pub(crate) step_ns: Option<i64>,
    pub(crate) by: Option<Field>,
}

impl Counting {
    /// The conditions of a request, split by a field.
    pub(crate) fn by(conditions: &Conditions, condition: Condition, field: Option<Field>) -> Self {
        Self {
            signal: conditions.signal(),
            range: range_of(conditions),
            condition,
            step_ns: None,
            by: field,
        }
    }

    /// Counts by bucket and value, sorted so; at most as many as the limits allow.
    pub(crate) fn groups(&self, run: &Run<'_>) -> Result<Vec<AggregateGroup>> {
        if self.condition.asks_of_traces() {
            let message = "conditions on whole traces cannot be counted or followed";
            return Err(Error::invalid("q", message)
                .with_hint("leave out traceDuration, rootName and rootServiceName"));
        }
        if !self.condition.is_exact() {
            return self.row_by_row(run);
        }
        let request = AggregateRequest {
            range: self.range,
            filter: self.condition.wider(),
            step_ns: self.step_ns,
            by: self.by.clone(),
            group_limit: run.limits.groups_max,
        };
        Ok(run.snapshot.aggregate(self.signal, &request, run.context)?)
    }

    fn row_by_row(&self, run: &Run<'_>) -> Result<Vec<AggregateGroup>> {
        let mut projection = Projection::of(&[Column::Time]);
        self.condition.want_columns(&mut projection);
        if let Some(field) = &self.by {
            want_field(field, &mut projection);
        }
        let request = ScanRequest {
            range: self.range,
            filter: self.condition.wider(),
            order: Order::NewestFirst,
            after: None,
            limit: None,
            projection,
        };
        let mut groups = Groups {
            counting: self,
            max: run.limits.groups_max,
            counts: BTreeMap::new(),
        };
        let values = run.stored();
        match self.signal {
            Signal::Samples => {
                return Err(Error::invalid(
                    "signal",
                    "samples are asked for with PromQL",
                ));
            }
            Signal::Spans => {
                for batch in run.snapshot.spans(&request, run.context)? {
                    let batch = batch?;
                    for (row, start) in batch.starts.iter().enumerate() {
                        groups.add(
                            &SpanRow {
                                batch: &batch,
                                row,
                                values: &values,
                            },
                            *start,
                        )?;
                    }
                }
            }
            Signal::Logs => {
                for batch in run.snapshot.logs(&request, run.context)? {
                    let batch = batch?;
                    for (row, time) in batch.times.iter().enumerate() {
                        groups.add(
                            &LogRow {
                                batch: &batch,
                                row,
                                values: &values,
                            },
                            *time,
                        )?;
                    }
                }
            }
        }
        let counts = groups.counts.into_iter();
        Ok(counts
            .map(|((time, value), count)| AggregateGroup { time, value, count })
            .collect())
    }
}

struct Groups<'a> {
    counting: &'a Counting,
    max: usize,
    counts: BTreeMap<(Timestamp, Option<String>), u64>,
}

impl Groups<'_> {
    fn add(&mut self, item: &dyn FieldSource, time: i64) -> Result<()> {
        if !self.counting.condition.is_met_by(item) {
            return Ok(());
        }
        let bucket = match self.counting.step_ns {
            Some(step) => time.saturating_sub(time.rem_euclid(step)),
            None => self.counting.range.start.0,
        };
        let value = self
            .counting
            .by
            .as_ref()
            .and_then(|field| text_of(field, item));
        *self.counts.entry((Timestamp(bucket), value)).or_default() += 1;
        if self.counts.len() > self.max {
            return Err(
                Error::limit(format!("more than {} groups in one count", self.max))
                    .with_hint("use a longer step or narrow the filter"),
            );
        }
        Ok(())
    }
}

/// The text of a field as storage splits by it: kinds, statuses and severities by name.
fn text_of(field: &Field, item: &dyn FieldSource) -> Option<String> {
    let value = item.values(field).into_iter().next()?;
    let number = match &value {
        Value::Int(number) => i32::try_from(*number).unwrap_or(0),
        _ => 0,
    };
    match field {
        Field::Kind => Some(SpanKind::from_number(number).as_str().to_owned()),
        Field::Status => Some(SpanStatus::from_number(number).as_str().to_owned()),
        Field::Severity => Some(SeverityNumber::from_number(number).name().to_owned()),
        Field::Attribute(..) => Some(value.to_text()),
        _ => Some(value.to_text()).filter(|text| !text.is_empty()),
    }
}
