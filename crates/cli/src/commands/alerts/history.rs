//! `tacho alerts history`: what fired and was over.

use crate::args::{Format, Range, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::screen::Look;
use crate::output::table::{self, Cell, Column};
use crate::time::Zone;
use clap::Args;
use std::fmt::Write as _;
use tacho_api::alert::AlertHistory;

/// List alerts that fired, the newest first
///
/// Without --since and --until: the last 24 hours.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts history --since 7d
  tacho alerts history --rule workflows/WorkflowFailureRate --output json")]
pub(crate) struct HistoryArgs {
    /// Only of this rule
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Only those whose name or labels contain this
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    #[command(flatten)]
    range: Range,
    #[command(flatten)]
    show: Show,
}

const COLUMNS: [Column; 7] = [
    Column::new("ID"),
    Column::new("SEVERITY"),
    Column::new("ALERT").shrinks(),
    Column::new("SUMMARY").shrinks().leaves(1),
    Column::new("FIRED"),
    Column::new("RESOLVED").leaves(3),
    Column::new("TAKEN BY").leaves(2),
];

pub(super) async fn run(context: &Context, args: &HistoryArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let bounds = args.range.bounds(context.now, &zone)?;
    let query = Query::default()
        .with("start", bounds.start)
        .with("end", bounds.end)
        .with("rule", args.rule.as_ref())
        .with("text", args.text.as_ref())
        .with("limit", Some(args.limit));
    let answer = client
        .get(&["api", "v1", "alerts", "history"], query)
        .await?;
    let screen = context.screen();
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

fn text(history: &AlertHistory, zone: &Zone, look: Look) -> String {
    if history.details.is_empty() {
        return "nothing fired in this range\n".to_owned();
    }
    let rows: Vec<_> = history
        .details
        .iter()
        .map(|one| {
            let summary = if one.summary == one.name {
                ""
            } else {
                &one.summary
            };
            vec![
                Cell::new(&one.id),
                alert::severity(one.severity),
                Cell::new(&one.name),
                Cell::new(summary),
                Cell::new(alert::time(zone, Some(&one.fired_at))),
                Cell::new(alert::time(zone, one.resolved_at.as_deref())),
                Cell::new(one.acknowledged_by.as_deref().unwrap_or("-")),
            ]
        })
        .collect();
    let mut out = table::print(&COLUMNS, &rows, look);
    let _ = writeln!(
        out,
        "{} fired, {} resolved",
        history.fired, history.resolved
    );
    out
}
