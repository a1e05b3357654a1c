//! `tacho overview`: what needs a look, and how everything fares.

use crate::args::{Format, Range, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::escape;
use crate::output::screen::{Look, Style};
use crate::output::table::{self, Cell, Column};
use crate::time::{Precision, Zone, short_ms};
use clap::Args;
use std::fmt::Write as _;
use tacho_api::overview::{Attention, AttentionKind, AttentionLevel, FigureId, Overview};

/// Tell what needs a look, and how everything fares
///
/// The first page of the web UI as text: what fails, is slow against its own past, is stuck, silent or refused;
/// then the figures, each with its value over the time of equal length before. Without --since and --until:
/// the last three hours. The exit code is 1 when something critical needs a look.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho overview\n  tacho overview --since 24h\n  tacho overview --output json | jq -r '.attention[].message'"
)]
pub(crate) struct OverviewArgs {
    #[command(flatten)]
    range: Range,
    #[command(flatten)]
    show: Show,
}

const ATTENTION: [Column; 5] = [
    Column::new("LEVEL"),
    Column::new("WHAT").leaves(1),
    Column::new("SUBJECT").shrinks(),
    Column::new("MESSAGE"),
    Column::new("SINCE").leaves(2),
];

const FIGURES: [Column; 3] = [
    Column::new("FIGURE"),
    Column::new("NOW").right(),
    Column::new("BEFORE").right(),
];

pub(crate) async fn run(context: &Context, args: &OverviewArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let bounds = args.range.bounds(context.now, &zone)?;
    let query = Query::default()
        .with("start", bounds.start)
        .with("end", bounds.end);
    let answer = client.get(&["api", "v1", "overview"], query).await?;
    let overview: Overview = answer.parse()?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
    } else {
        screen.print(&print(&overview, &zone, screen.look))?;
    }
    let critical = |item: &Attention| item.level == AttentionLevel::Critical;
    Ok(if overview.attention.iter().any(critical) {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn print(overview: &Overview, zone: &Zone, look: Look) -> String {
    if overview.empty {
        return "no data yet; send some, or try `tacho demo`\n".to_owned();
    }
    let mut out = String::new();
    if overview.attention.is_empty() {
        out.push_str("everything is steady\n");
    } else {
        let rows: Vec<_> = overview
            .attention
            .iter()
            .map(|item| attention(item, zone))
            .collect();
        out.push_str(&table::print(&ATTENTION, &rows, look));
    }
    let rows: Vec<_> = overview
        .figures
        .iter()
        .map(|figure| {
            let (name, write) = of(figure.id);
            let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), write);
            vec![
                Cell::new(name),
                Cell::new(shown(figure.value)),
                Cell::new(shown(figure.before)),
            ]
        })
        .collect();
    out.push('\n');
    out.push_str(&table::print(&FIGURES, &rows, look));
    let _ = writeln!(
        out,
        "\n{} to {}",
        escape::line(&zone.show(&overview.start, Precision::Seconds)),
        escape::line(&zone.show(&overview.end, Precision::Seconds))
    );
    out
}

fn attention(item: &Attention, zone: &Zone) -> Vec<Cell> {
    let (level, style) = match item.level {
        AttentionLevel::Critical => ("critical", Style::Red),
        AttentionLevel::Warning => ("warning", Style::Yellow),
    };
    let kind = match item.kind {
        AttentionKind::Failing => "failing",
        AttentionKind::Slow => "slow",
        AttentionKind::Stuck => "stuck",
        AttentionKind::Silent => "silent",
        AttentionKind::TargetDown => "target down",
        AttentionKind::Refused => "refused",
        AttentionKind::Server => "server",
    };
    let subject = match &item.operation {
        Some(operation) => format!("{} {operation}", item.subject),
        None => item.subject.clone(),
    };
    let since = item.since.as_ref();
    vec![
        Cell::styled(level, style),
        Cell::new(kind),
        Cell::new(subject),
        Cell::new(&item.message),
        Cell::new(since.map_or_else(String::new, |time| zone.show(time, Precision::Seconds))),
    ]
}

/// What a figure is called, and how it is written.
fn of(id: FigureId) -> (&'static str, fn(f64) -> String) {
    let plain = |value: f64| format!("{value:.1}");
    match id {
        FigureId::RequestsPerMinute => ("requests a minute", plain),
        FigureId::ErrorRate => ("failed requests", |share| format!("{:.1} %", share * 100.0)),
        FigureId::P95Ms => ("95 % answered within", short_ms),
        FigureId::Running => ("running now", |count| format!("{count:.0}")),
        FigureId::TokensPerMinute => ("tokens a minute", plain),
        FigureId::ErrorLogsPerMinute => ("error logs a minute", plain),
    }
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::output::screen::Look;
    use crate::time::Zone;
    use tacho_api::overview::{
        Attention, AttentionKind, AttentionLevel, Figure, FigureId, Overview,
    };

    const PLAIN: Look = Look {
        color: false,
        width: None,
    };

    #[test]
    fn what_needs_a_look_stands_first_and_the_figures_below() {
        let overview = Overview {
            start: "2026-11-20T09:00:00Z".to_owned(),
            end: "2026-11-20T12:00:00Z".to_owned(),
            attention: vec![Attention {
                kind: AttentionKind::Failing,
                level: AttentionLevel::Critical,
                message: "12 of 40 requests failed (30 %), 2 % before".to_owned(),
                subject: "payments".to_owned(),
                operation: Some("POST /charge".to_owned()),
                since: Some("2026-11-20T11:45:00Z".to_owned()),
                ..Attention::default()
            }],
            figures: vec![
                Figure {
                    id: FigureId::ErrorRate,
                    value: Some(0.301),
                    before: Some(0.02),
                    trend: Vec::new(),
                },
                Figure {
                    id: FigureId::P95Ms,
                    value: Some(1_500.0),
                    ..Figure::default()
                },
            ],
            ..Overview::default()
        };
        assert_eq!(
            print(&overview, &Zone::utc(), PLAIN),
            "LEVEL     WHAT     SUBJECT                MESSAGE                                      SINCE\n\
             critical  failing  payments POST /charge  12 of 40 requests failed (30 %), 2 % before  2026-11-20 11:45:00Z\n\n\
             FIGURE                   NOW  BEFORE\n\
             failed requests       30.1 %   2.0 %\n\
             95 % answered within    1.5s       -\n\n\
             2026-11-20 09:00:00Z to 2026-11-20 12:00:00Z\n"
        );
    }

    #[test]
    fn nothing_received_and_nothing_wrong_are_two_things() {
        let overview = Overview {
            empty: true,
            ..Overview::default()
        };
        assert!(print(&overview, &Zone::utc(), PLAIN).starts_with("no data yet"));
        let overview = Overview::default();
        assert!(print(&overview, &Zone::utc(), PLAIN).starts_with("everything is steady"));
    }
}
