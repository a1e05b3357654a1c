//! `tacho rules show`: one rule, its text, its alerts and its versions.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::escape;
use crate::output::screen::{Look, Style};
use crate::time::Zone;
use clap::Args;
use std::fmt::Write as _;
use tacho_api::rule::RuleDetail;

/// Show a rule of a server: its text, how it fares, its alerts and versions
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho rules show workflows/WorkflowFailureRate")]
pub(crate) struct ShowArgs {
    /// Its id: group and name, such as default/HighErrorRate
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    show: Show,
}

pub(super) async fn run(context: &Context, args: &ShowArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let path = ["api", "v1", "rules", &args.id];
    let answer = client.get(&path, Query::default()).await?;
    let screen = context.screen();
    let zone = context.zone(&args.show);
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

fn text(detail: &RuleDetail, zone: &Zone, look: Look) -> String {
    let rule = &detail.rule;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}\n",
        look.paint(Style::Bold, &escape::line(&rule.id))
    );
    for line in detail.yaml.lines() {
        let _ = writeln!(out, "{}", escape::line(line));
    }
    out.push('\n');
    alert::field(&mut out, "state", super::list::state_word(rule.state));
    alert::field(&mut out, "error", rule.error.as_deref().unwrap_or_default());
    for warning in &rule.warnings {
        alert::field(&mut out, "odd", warning);
    }
    alert::field(&mut out, "file", rule.file.as_deref().unwrap_or("shipped"));
    let evaluated = alert::time(zone, rule.last_evaluation_at.as_deref());
    alert::field(&mut out, "evaluated", &evaluated);
    let fired = alert::time(zone, rule.last_fired_at.as_deref());
    alert::field(&mut out, "last fired", &fired);
    for one in &detail.alerts {
        let labels = alert::labels(&one.labels, &["alertname"]);
        let value = alert::value(one.value, one.unit.as_deref());
        alert::field(&mut out, &alert::state(one), &format!("{labels}  {value}"));
    }
    for version in &detail.versions {
        let at = alert::time(zone, Some(&version.at));
        let name = format!("version {}", version.version);
        alert::field(&mut out, &name, &format!("{at} by {}", version.by));
    }
    out
}
