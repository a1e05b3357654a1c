//! `tacho rules list`: rules of a server and how they fare.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::screen::{Look, Style};
use crate::output::table::{self, Cell, Column};
use crate::time::Zone;
use clap::Args;
use std::fmt::Write as _;
use tacho_api::rule::{Rule, RuleHealth, RuleKind, RuleList, RuleState};

/// List the rules of a server and how they fare
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho rules list
  tacho rules list --state firing,pending
  tacho rules list --origin editor --output json")]
pub(crate) struct ListArgs {
    /// Only in these states: firing, pending, inactive, noData, disabled, separated by commas
    #[arg(long, value_name = "STATES")]
    state: Option<String>,
    /// Only from here: builtin, file, configuration, editor, separated by commas
    #[arg(long, value_name = "ORIGINS")]
    origin: Option<String>,
    /// Only those whose name, group, expression or tags contain this
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    show: Show,
}

const COLUMNS: [Column; 7] = [
    Column::new("RULE").shrinks(),
    Column::new("SEVERITY"),
    Column::new("STATE"),
    Column::new("HEALTH").leaves(3),
    Column::new("THRESHOLD").right().leaves(2),
    Column::new("EVERY").right().leaves(4),
    Column::new("LAST FIRED").leaves(1),
];

pub(super) async fn run(context: &Context, args: &ListArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let query = Query::default()
        .with("state", args.state.as_ref())
        .with("origin", args.origin.as_ref())
        .with("text", args.text.as_ref());
    let answer = client.get(&["api", "v1", "rules"], query).await?;
    let screen = context.screen();
    let zone = context.zone(&args.show);
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

/// The state of a rule in a word.
pub(super) fn state_word(state: RuleState) -> &'static str {
    match state {
        RuleState::Inactive => "inactive",
        RuleState::Pending => "pending",
        RuleState::Firing => "firing",
        RuleState::NoData => "no data",
        RuleState::Disabled => "disabled",
    }
}

fn text(list: &RuleList, zone: &Zone, look: Look) -> String {
    let mut out = String::new();
    for problem in &list.problems {
        let _ = writeln!(out, "{}", crate::output::escape::line(problem));
    }
    if list.rules.is_empty() {
        return out + "no rules\n";
    }
    let rows: Vec<_> = list.rules.iter().map(|rule| row(rule, zone)).collect();
    out + &table::print(&COLUMNS, &rows, look)
}

fn row(rule: &Rule, zone: &Zone) -> Vec<Cell> {
    let style = match rule.state {
        RuleState::Firing => Style::Red,
        RuleState::Pending | RuleState::NoData => Style::Yellow,
        RuleState::Disabled => Style::Dim,
        RuleState::Inactive => Style::Plain,
    };
    let health = match rule.health {
        RuleHealth::Unknown => Cell::styled("-", Style::Dim),
        RuleHealth::Ok => Cell::new("ok"),
        RuleHealth::Error => Cell::styled("fails", Style::Red),
    };
    let threshold = match (&rule.operator, rule.threshold) {
        (Some(operator), Some(_)) => {
            format!(
                "{operator} {}",
                alert::value(rule.threshold, rule.unit.as_deref())
            )
        }
        _ => "-".to_owned(),
    };
    let severity = match rule.definition.kind {
        RuleKind::Alerting => alert::severity(rule.severity),
        RuleKind::Recording => Cell::styled("records", Style::Dim),
    };
    vec![
        Cell::new(&rule.id),
        severity,
        Cell::styled(state_word(rule.state), style),
        health,
        Cell::new(threshold),
        Cell::new(crate::time::short_ms(rule.interval_ms)),
        Cell::new(alert::time(zone, rule.last_fired_at.as_deref())),
    ]
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::output::screen::Look;
    use crate::time::Zone;
    use tacho_api::alert::AlertSeverity;
    use tacho_api::rule::{Rule, RuleHealth, RuleList, RuleState};

    #[test]
    fn a_rule_is_one_line() {
        let list = RuleList {
            rules: vec![Rule {
                id: "default/Hot".to_owned(),
                severity: AlertSeverity::High,
                state: RuleState::Firing,
                health: RuleHealth::Ok,
                threshold: Some(0.25),
                operator: Some(">".to_owned()),
                unit: Some("1".to_owned()),
                interval_ms: 30_000.0,
                ..Rule::default()
            }],
            ..RuleList::default()
        };
        let look = Look {
            color: false,
            width: None,
        };
        assert_eq!(
            text(&list, &Zone::utc(), look),
            "RULE         SEVERITY  STATE   HEALTH  THRESHOLD  EVERY  LAST FIRED\n\
             default/Hot  high      firing  ok         > 25 %    30s  -\n"
        );
    }
}
