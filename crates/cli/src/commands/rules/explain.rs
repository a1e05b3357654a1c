//! `tacho rules explain`: why a rule did or did not fire at a time.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::alert;
use crate::output::escape;
use crate::output::screen::{Look, Style};
use crate::time::{self, Precision, Zone};
use clap::Args;
use std::fmt::Write as _;
use tacho_api::rule::{ExplainAlert, RuleExplanation};

/// Tell why a rule did or did not fire at a time
///
/// The samples that it saw, the value it compared, its state, what hid it and who was told.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho rules explain workflows/WorkflowFailureRate --at 14:03
  tacho rules explain default/Hot --labels '{room=\"lab\"}'")]
pub(crate) struct ExplainArgs {
    /// Its id: group and name, such as default/HighErrorRate
    #[arg(value_name = "ID")]
    id: String,
    /// When: a time as for --since of other commands, or 14:03 of today; now if absent
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Only label sets that fit, as Alertmanager writes it: `{room="lab"}`
    #[arg(long, value_name = "MATCHERS")]
    labels: Option<String>,
    #[command(flatten)]
    show: Show,
}

pub(super) async fn run(context: &Context, args: &ExplainArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let at = args
        .at
        .as_deref()
        .map(|text| point(context, text, &zone))
        .transpose()?;
    let query = Query::default()
        .with("at", at)
        .with("labels", args.labels.as_ref());
    let path = ["api", "v1", "rules", &args.id, "explain"];
    let answer = client.get(&path, query).await?;
    let screen = context.screen();
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

/// A point in time in the words of the API; `14:03` is of today.
fn point(context: &Context, text: &str, zone: &Zone) -> Result<String, Failure> {
    let is_clock = text.contains(':') && !text.contains(['-', 'T', ' ']);
    let whole = match is_clock {
        true => format!("{}T{text}", zone.today(context.now)),
        false => text.to_owned(),
    };
    match time::parse(&whole, context.now, zone) {
        Ok(point) => Ok(format!("{point:.9}")),
        Err(forms) => Err(Failure::usage(format!("--at {text:?} is no time")).hint(forms)),
    }
}

fn text(found: &RuleExplanation, zone: &Zone, look: Look) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}\n",
        look.paint(Style::Bold, &escape::line(&found.verdict))
    );
    alert::field(&mut out, "rule", &found.expr);
    let evaluated = zone.show(&found.evaluated_at, Precision::Seconds);
    alert::field(&mut out, "evaluated", &evaluated);
    for step in &found.steps {
        let _ = writeln!(out, "- {}", escape::line(step));
    }
    for series in &found.series {
        let _ = writeln!(
            out,
            "\n{}: {} series",
            escape::line(&series.selector),
            series.series
        );
        for sample in &series.samples {
            let at = zone.show(&sample.at, Precision::Seconds);
            let labels = escape::line(&alert::labels(&sample.labels, &["__name__"])).into_owned();
            let _ = writeln!(out, "  {at}  {}  {labels}", alert::figures(sample.value));
        }
    }
    for one in &found.alerts {
        out.push('\n');
        alert_text(&mut out, one, zone);
    }
    out
}

fn alert_text(out: &mut String, one: &ExplainAlert, zone: &Zone) {
    alert::field(out, "labels", &alert::labels(&one.labels, &["alertname"]));
    let value = one.value.map_or_else(|| "none".to_owned(), alert::figures);
    let holds = if one.holds { "holds" } else { "does not hold" };
    alert::field(out, "value", &format!("{value}: the condition {holds}"));
    alert::field(out, "state", super::list::state_word(one.state));
    if let Some(since) = &one.active_since {
        alert::field(out, "since", &zone.show(since, Precision::Seconds));
    }
    if let Some(fires) = &one.fires_at {
        alert::field(out, "fires at", &zone.show(fires, Precision::Seconds));
    }
    for reason in &one.hidden {
        alert::field(out, "hidden", &reason.text);
    }
    alert::field(out, "receivers", &one.receivers.join(", "));
    for told in &one.told {
        alert::field(out, "then", told);
    }
}
