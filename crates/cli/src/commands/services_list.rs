//! `tacho services list`: services, or the operations of one, with rate, errors and duration.

use crate::args::{Format, Range, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::grouped;
use crate::output::screen::{Look, Style};
use crate::output::table::{self, Cell, Column};
use crate::time::{Precision, Zone, short_ms};
use clap::Args;
use tacho_api::service::{OperationList, Red, Service, ServiceList};

/// List services with rate, errors and duration
///
/// From the spans of the range: entry spans (roots, servers, consumers) of each service, or with --operations
/// the spans of one service by name and kind. Without --since and --until: the last three hours.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho services list
  tacho services list --since 24h
  tacho services list --operations planner
  tacho services list --output json | jq -r '.services[] | select(.red.errorRate > 0.05) | .name'")]
pub(crate) struct ListArgs {
    /// The operations of this service instead
    #[arg(long, value_name = "SERVICE")]
    operations: Option<String>,
    /// At most so many, the busiest first
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    #[command(flatten)]
    range: Range,
    #[command(flatten)]
    show: Show,
}

const SERVICES: [Column; 9] = [
    Column::new("SERVICE").shrinks(),
    Column::new("PER MIN").right(),
    Column::new("FAILED").right(),
    Column::new("P50").right().leaves(2),
    Column::new("P95").right(),
    Column::new("P99").right().leaves(3),
    Column::new("SPANS").right().leaves(4),
    Column::new("ERROR LOGS").right().leaves(5),
    Column::new("LAST SEEN").leaves(6),
];

const OPERATIONS: [Column; 8] = [
    Column::new("OPERATION").shrinks(),
    Column::new("KIND").leaves(4),
    Column::new("PER MIN").right(),
    Column::new("FAILED").right(),
    Column::new("P50").right().leaves(2),
    Column::new("P95").right(),
    Column::new("P99").right().leaves(3),
    Column::new("SPANS").right().leaves(5),
];

pub(crate) async fn run(context: &Context, args: &ListArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let bounds = args.range.bounds(context.now, &zone)?;
    let query = Query::default()
        .with("start", bounds.start)
        .with("end", bounds.end)
        .with("limit", Some(args.limit));
    let path: &[&str] = match &args.operations {
        Some(service) => &["api", "v1", "services", service, "operations"],
        None => &["api", "v1", "services"],
    };
    let answer = client.get(path, query).await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let text = if args.operations.is_some() {
        operations(&answer.parse()?, screen.look)
    } else {
        services(&answer.parse()?, &zone, screen.look)
    };
    screen.print(&text)?;
    Ok(Exit::Done)
}

fn services(list: &ServiceList, zone: &Zone, look: Look) -> String {
    if list.services.is_empty() {
        return "no service sent spans in this range\n".to_owned();
    }
    let row = |service: &Service| {
        let [per_minute, failed, p50, p95, p99] = red(&service.red);
        vec![
            Cell::new(&service.name),
            per_minute,
            failed,
            p50,
            p95,
            p99,
            Cell::new(grouped(service.span_count.0)),
            Cell::new(grouped(service.error_logs.0)),
            Cell::new(zone.show(&service.last_seen, Precision::Seconds)),
        ]
    };
    let rows: Vec<_> = list.services.iter().map(row).collect();
    table::print(&SERVICES, &rows, look) + more(list.more)
}

fn operations(list: &OperationList, look: Look) -> String {
    if list.operations.is_empty() {
        return "this service sent no spans in this range\n".to_owned();
    }
    let rows: Vec<_> = list
        .operations
        .iter()
        .map(|operation| {
            let [per_minute, failed, p50, p95, p99] = red(&operation.red);
            vec![
                Cell::new(&operation.name),
                Cell::new(operation.kind.to_lowercase()),
                per_minute,
                failed,
                p50,
                p95,
                p99,
                Cell::new(grouped(operation.red.count.0)),
            ]
        })
        .collect();
    table::print(&OPERATIONS, &rows, look) + more(list.more)
}

fn more(more: bool) -> &'static str {
    if more {
        "there are more; raise --limit\n"
    } else {
        ""
    }
}

/// Rate, share of failures, percentiles.
fn red(red: &Red) -> [Cell; 5] {
    let style = if red.error_rate >= 0.05 {
        Style::Red
    } else if red.error_rate >= 0.01 {
        Style::Yellow
    } else {
        Style::Plain
    };
    let failed = if red.error_count.0 == 0 {
        "-".to_owned()
    } else {
        format!("{:.1} %", red.error_rate * 100.0)
    };
    [
        Cell::new(format!("{:.1}", red.per_minute)),
        Cell::styled(failed, style),
        Cell::new(short_ms(red.latency.p50)),
        Cell::new(short_ms(red.latency.p95)),
        Cell::new(short_ms(red.latency.p99)),
    ]
}

#[cfg(test)]
mod tests {
    use super::{operations, services};
    use crate::output::screen::Look;
    use crate::time::Zone;
    use tacho_api::count::Count;
    use tacho_api::service::{
        LatencyMs, OperationList, Red, Service, ServiceList, ServiceOperation,
    };

    const PLAIN: Look = Look {
        color: false,
        width: None,
    };

    fn red(errors: u64) -> Red {
        Red {
            count: Count(120),
            per_minute: 2.0,
            error_count: Count(errors),
            error_rate: errors as f64 / 120.0,
            latency: LatencyMs {
                p50: 12.0,
                p95: 250.0,
                p99: 1_500.0,
                max: 2_000.0,
            },
            ..Red::default()
        }
    }

    #[test]
    fn a_service_is_one_line() {
        let list = ServiceList {
            services: vec![Service {
                name: "planner".to_owned(),
                span_count: Count(1_200),
                red: red(12),
                last_seen: "2026-11-20T12:00:00Z".to_owned(),
                ..Service::default()
            }],
            more: true,
            ..ServiceList::default()
        };
        assert_eq!(
            services(&list, &Zone::utc(), PLAIN),
            "SERVICE  PER MIN  FAILED   P50    P95   P99  SPANS  ERROR LOGS  LAST SEEN\n\
             planner      2.0  10.0 %  12ms  250ms  1.5s  1,200           0  2026-11-20 12:00:00Z\n\
             there are more; raise --limit\n"
        );
    }

    #[test]
    fn nothing_failed_is_a_dash() {
        let list = OperationList {
            operations: vec![ServiceOperation {
                name: "chat".to_owned(),
                kind: "CLIENT".to_owned(),
                red: red(0),
            }],
            ..OperationList::default()
        };
        assert_eq!(
            operations(&list, PLAIN),
            "OPERATION  KIND    PER MIN  FAILED   P50    P95   P99  SPANS\n\
             chat       client      2.0       -  12ms  250ms  1.5s    120\n"
        );
        assert!(operations(&OperationList::default(), PLAIN).starts_with("this service"));
    }
}
