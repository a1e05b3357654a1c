//! `tacho rules backtest`: when a rule would have fired.

use crate::args::{Format, Range, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::escape;
use crate::output::screen::Look;
use crate::output::table::{self, Cell, Column};
use crate::time::Zone;
use clap::Args;
use std::fmt::Write as _;
use tacho_api::rule::RulePreview;

/// Tell when a rule would have fired, from stored data
///
/// Without --since and --until: the last seven days. Nothing is stored and nobody is told.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho rules backtest workflows/WorkflowFailureRate --since 7d")]
pub(crate) struct BacktestArgs {
    /// Its id: group and name, such as default/HighErrorRate
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    range: Range,
    #[command(flatten)]
    show: Show,
}

const COLUMNS: [Column; 5] = [
    Column::new("LABELS").shrinks(),
    Column::new("PENDING"),
    Column::new("FIRED"),
    Column::new("RESOLVED").leaves(1),
    Column::new("PEAK").right().leaves(2),
];

pub(super) async fn run(context: &Context, args: &BacktestArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let bounds = args.range.bounds(context.now, &zone)?;
    let query = Query::default()
        .with("start", bounds.start)
        .with("end", bounds.end);
    let path = ["api", "v1", "rules", &args.id, "backtest"];
    let answer = client.post(&path, query, None).await?;
    let screen = context.screen();
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

fn text(preview: &RulePreview, zone: &Zone, look: Look) -> String {
    let mut out = String::new();
    for warning in &preview.warnings {
        let _ = writeln!(out, "odd: {}", escape::line(warning));
    }
    if !preview.alerts.is_empty() {
        let unit = preview.unit.as_deref();
        let rows: Vec<_> = preview
            .alerts
            .iter()
            .map(|one| {
                vec![
                    Cell::new(alert::labels(&one.labels, &["alertname", "severity"])),
                    Cell::new(alert::time(zone, Some(&one.pending_at))),
                    Cell::new(alert::time(zone, one.fired_at.as_deref())),
                    Cell::new(alert::time(zone, one.resolved_at.as_deref())),
                    Cell::new(alert::value(one.peak, unit)),
                ]
            })
            .collect();
        out.push_str(&table::print(&COLUMNS, &rows, look));
    }
    let share = alert::figures(preview.firing_share * 100.0);
    let _ = writeln!(
        out,
        "{} evaluations from {} to {}: {} would have fired, {share} % of the time",
        preview.evaluations,
        alert::time(zone, Some(&preview.start)),
        alert::time(zone, Some(&preview.end)),
        crate::output::counted(preview.fired as u64, "alert"),
    );
    if !preview.cost.text.is_empty() {
        let _ = writeln!(out, "an evaluation {}", escape::line(&preview.cost.text));
    }
    out
}
