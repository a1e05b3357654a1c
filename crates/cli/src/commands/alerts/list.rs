//! `tacho alerts list`: what is wrong now.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::screen::Look;
use crate::output::table::{self, Cell, Column};
use crate::time::Zone;
use clap::{Args, ValueEnum};
use std::fmt::Write as _;
use tacho_api::alert::{Alert, AlertList};

/// List alerts, the worst first
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts list
  tacho alerts list --severity critical,high
  tacho alerts list --query '{service=\"api\"}' --state all
  tacho alerts list --output json | jq -r '.alerts[].id'")]
pub(crate) struct ListArgs {
    /// Which ones: firing and pending, or others
    #[arg(long, value_name = "STATE", value_enum, default_value_t = State::Active)]
    state: State,
    /// Only of these severities: critical, high, medium, low, info, separated by commas
    #[arg(long, value_name = "SEVERITIES")]
    severity: Option<String>,
    /// Only those whose labels fit, as Alertmanager writes it: `{service="api"}`
    #[arg(long, value_name = "MATCHERS")]
    query: Option<String>,
    /// Only those whose name, summary or labels contain this
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    #[command(flatten)]
    show: Show,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// Firing and pending
    Active,
    /// Firing
    Firing,
    /// Pending: not yet long enough
    Pending,
    /// Over within the last hour
    Resolved,
    /// All of them
    All,
}

const COLUMNS: [Column; 8] = [
    Column::new("ID"),
    Column::new("SEVERITY"),
    Column::new("ALERT").shrinks(),
    Column::new("SUMMARY").shrinks().leaves(1),
    Column::new("SINCE").leaves(4),
    Column::new("VALUE").right().leaves(3),
    Column::new("TOLD").shrinks().leaves(2),
    Column::new("STATE"),
];

pub(super) async fn run(context: &Context, args: &ListArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let state = args.state.to_possible_value();
    let query = Query::default()
        .with("state", state.map(|state| state.get_name().to_owned()))
        .with("severity", args.severity.as_ref())
        .with("q", args.query.as_ref())
        .with("text", args.text.as_ref())
        .with("limit", Some(args.limit));
    let answer = client.get(&["api", "v1", "alerts"], query).await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let zone = context.zone(&args.show);
    screen.print(&text(&answer.parse()?, &zone, screen.look))?;
    Ok(Exit::Done)
}

fn text(list: &AlertList, zone: &Zone, look: Look) -> String {
    if list.alerts.is_empty() {
        return "no alerts\n".to_owned();
    }
    let rows: Vec<_> = list.alerts.iter().map(|alert| row(alert, zone)).collect();
    let mut out = table::print(&COLUMNS, &rows, look);
    if list.total > list.alerts.len() {
        let more = list.total - list.alerts.len();
        let _ = writeln!(out, "{more} more; raise --limit");
    }
    out
}

fn row(one: &Alert, zone: &Zone) -> Vec<Cell> {
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
        Cell::new(alert::time(zone, Some(&one.starts_at))),
        Cell::new(alert::value(one.value, one.unit.as_deref())),
        Cell::new(one.told.join(", ")),
        Cell::new(alert::state(one)),
    ]
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::output::screen::Look;
    use crate::time::Zone;
    use tacho_api::alert::{Alert, AlertAcknowledgement, AlertList, AlertSeverity};

    #[test]
    fn an_alert_is_one_line() {
        let alert = Alert {
            id: "alert-12".to_owned(),
            name: "AgentFailureSpike".to_owned(),
            severity: AlertSeverity::Medium,
            summary: "coder fails".to_owned(),
            starts_at: "2026-11-20T12:00:00Z".to_owned(),
            value: Some(7.0),
            told: vec!["slack".to_owned()],
            acknowledged: Some(AlertAcknowledgement {
                by: "ann".to_owned(),
                ..AlertAcknowledgement::default()
            }),
            ..Alert::default()
        };
        let list = AlertList {
            alerts: vec![alert],
            total: 3,
            ..AlertList::default()
        };
        let look = Look {
            color: false,
            width: None,
        };
        assert_eq!(
            text(&list, &Zone::utc(), look),
            "ID        SEVERITY  ALERT              SUMMARY      SINCE                 VALUE  TOLD   STATE\n\
             alert-12  medium    AgentFailureSpike  coder fails  2026-11-20 12:00:00Z      7  slack  taken by ann\n\
             2 more; raise --limit\n"
        );
        assert_eq!(
            text(&AlertList::default(), &Zone::utc(), look),
            "no alerts\n"
        );
    }
}
