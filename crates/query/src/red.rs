//! Rate, errors and duration of services and of their operations.

use crate::buckets::Buckets;
use crate::condition::{Condition, service};
use crate::error::{Error, Result};
use crate::run::Run;
use crate::tally::{GROUP_BYTES, Groups, Tally};
use crate::visit::{
    Services, SpanVisit, check_memory, duration, failed, is_entry, of_row, start, visit,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use tacho_model::signal::Signal;
use tacho_model::span::SpanKind;
use tacho_model::time::Timestamp;
use tacho_storage::columns::projection::Column;
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use tacho_storage::read::AggregateRequest;

/// Lowest number of the severity `ERROR`.
const ERROR: i64 = 17;

/// Services of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceList {
    /// The buckets of trends.
    pub buckets: Buckets,
    /// The services, the busiest first.
    pub services: Vec<ServiceRed>,
    /// There are more than the limit.
    pub more: bool,
}

/// A service. Spans count if they start in the range.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceRed {
    /// `service.name`.
    pub name: String,
    /// All its spans.
    pub span_count: u64,
    /// Its entry spans (roots, servers, consumers), or all its spans if it has none of these.
    pub red: Tally,
    /// Whether `red` is of entry spans only.
    pub entries_only: bool,
    /// Log records of severity `ERROR` and above.
    pub error_logs: u64,
    /// When its newest span began.
    pub last_seen: Timestamp,
}

/// Operations of a service in a range.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationList {
    /// The buckets of trends.
    pub buckets: Buckets,
    /// The operations, the busiest first.
    pub operations: Vec<OperationRed>,
    /// There are more than the limit.
    pub more: bool,
}

/// Spans of one service with one name and kind.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationRed {
    /// Name of the spans.
    pub name: String,
    /// Their kind.
    pub kind: SpanKind,
    /// The sums.
    pub red: Tally,
}

#[derive(Default)]
struct OfService {
    entries: Tally,
    others: Tally,
    last: i64,
}

/// The services of a range.
pub(crate) fn services(run: &Run<'_>, buckets: Buckets, limit: usize) -> Result<ServiceList> {
    check_limit(limit)?;
    let columns = [
        Column::Time,
        Column::EndTime,
        Column::ParentSpanId,
        Column::Kind,
        Column::Status,
        Column::Resource,
    ];
    let what = SpanVisit {
        range: buckets.range(),
        condition: &Condition::Item(Filter::All),
        columns: &columns,
        keys: &[],
    };
    let mut names = Services::default();
    let mut sums: Vec<OfService> = Vec::new();
    visit(run, &what, &mut |batch, rows| {
        let numbers = names.of_batch(run, batch)?;
        sums.resize_with(names.len(), OfService::default);
        check_memory(run, sums.len() * GROUP_BYTES * 2)?;
        for row in rows.iter().map(|row| *row as usize) {
            let begun = start(batch, row);
            let Some(bucket) = buckets.index(begun) else {
                continue;
            };
            let Some(sum) = sums.get_mut(of_row(&numbers, batch, row) as usize) else {
                continue;
            };
            sum.last = sum.last.max(begun);
            let part = if is_entry(batch, row) {
                &mut sum.entries
            } else {
                &mut sum.others
            };
            part.add(bucket, duration(batch, row), failed(batch, row));
        }
        Ok(())
    })?;
    let error_logs = error_logs(run, buckets)?;
    let mut services: Vec<ServiceRed> = sums
        .into_iter()
        .enumerate()
        .filter(|(_, sum)| sum.entries.count + sum.others.count > 0)
        .map(|(number, sum)| of_service(names.name(number as u32), sum, &error_logs))
        .collect();
    services.sort_by(|a, b| {
        let key = |one: &ServiceRed| Reverse((one.red.count, one.span_count));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    let more = services.len() > limit;
    services.truncate(limit);
    Ok(ServiceList {
        buckets,
        services,
        more,
    })
}

fn of_service(name: &str, sum: OfService, error_logs: &BTreeMap<String, u64>) -> ServiceRed {
    let entries_only = sum.entries.count > 0;
    ServiceRed {
        name: name.to_owned(),
        span_count: sum.entries.count + sum.others.count,
        red: if entries_only {
            sum.entries
        } else {
            sum.others
        },
        entries_only,
        error_logs: error_logs.get(name).copied().unwrap_or_default(),
        last_seen: Timestamp(sum.last),
    }
}

/// Log records of severity `ERROR` and above.
pub(crate) fn severe() -> Filter {
    Filter::Compare(
        Field::Severity,
        CompareOp::GreaterEqual,
        Operand::Int(ERROR),
    )
}

fn error_logs(run: &Run<'_>, buckets: Buckets) -> Result<BTreeMap<String, u64>> {
    let request = AggregateRequest {
        range: buckets.range(),
        filter: severe(),
        step_ns: None,
        by: Some(Field::Attribute(
            AttributeScope::Resource,
            "service.name".into(),
        )),
        group_limit: run.limits.groups_max,
    };
    let groups = run
        .snapshot
        .aggregate(Signal::Logs, &request, run.context)?;
    let mut counts = BTreeMap::new();
    for group in groups {
        let name = group.value.unwrap_or_else(|| "unknown_service".to_owned());
        *counts.entry(name).or_default() += group.count;
    }
    Ok(counts)
}

/// The operations of a service.
pub(crate) fn operations(
    run: &Run<'_>,
    name: &str,
    buckets: Buckets,
    limit: usize,
) -> Result<OperationList> {
    check_limit(limit)?;
    let columns = [
        Column::Time,
        Column::EndTime,
        Column::Name,
        Column::Kind,
        Column::Status,
    ];
    let what = SpanVisit {
        range: buckets.range(),
        condition: &Condition::Item(service(name)),
        columns: &columns,
        keys: &[],
    };
    let mut groups: Groups<Tally> = Groups::new(run.limits.groups_max);
    visit(run, &what, &mut |batch, rows| {
        for row in rows.iter().map(|row| *row as usize) {
            if let Some(bucket) = buckets.index(start(batch, row)) {
                let kind = batch.kinds.get(row).copied().unwrap_or_default();
                let sum = groups.of(u32::from(kind), batch.names.cell(row));
                sum.add(bucket, duration(batch, row), failed(batch, row));
            }
        }
        check_memory(run, groups.len() * GROUP_BYTES)
    })?;
    let more = groups.dropped || groups.len() > limit;
    let busiest = groups.busiest().into_iter().take(limit);
    Ok(OperationList {
        buckets,
        operations: busiest
            .map(|group| OperationRed {
                name: group.name.as_ref().to_owned(),
                kind: SpanKind::from_number(i32::try_from(group.number).unwrap_or_default()),
                red: group.value,
            })
            .collect(),
        more,
    })
}

/// How many entry spans began in a range, and how many of them failed.
pub(crate) fn entry_totals(
    run: &Run<'_>,
    range: tacho_model::time::TimeRange,
) -> Result<(u64, u64)> {
    let columns = [
        Column::Time,
        Column::ParentSpanId,
        Column::Kind,
        Column::Status,
    ];
    let what = SpanVisit {
        range,
        condition: &Condition::Item(Filter::All),
        columns: &columns,
        keys: &[],
    };
    let (mut count, mut errors) = (0, 0);
    visit(run, &what, &mut |batch, rows| {
        for row in rows.iter().map(|row| *row as usize) {
            if range.contains(Timestamp(start(batch, row))) && is_entry(batch, row) {
                count += 1;
                errors += u64::from(failed(batch, row));
            }
        }
        Ok(())
    })?;
    Ok((count, errors))
}

fn check_limit(limit: usize) -> Result<()> {
    if limit == 0 {
        return Err(Error::invalid("limit", "limit 0 asks for nothing"));
    }
    Ok(())
}
