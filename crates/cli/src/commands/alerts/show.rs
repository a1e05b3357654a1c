//! `tacho alerts show`: all about one alert.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::escape;
use crate::output::screen::{Look, Style};
use crate::time::{Precision, Zone};
use clap::Args;
use std::fmt::Write as _;
use tacho_api::alert::{Alert, AlertDetail, AlertEscalation};

/// Show all about an alert
///
/// What it is, why it fires, who was told and who was not, and what happened to it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts show alert-12")]
pub(crate) struct ShowArgs {
    /// Its name, such as alert-12, or the fingerprint of its labels
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    show: Show,
}

pub(super) async fn run(context: &Context, args: &ShowArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let path = ["api", "v1", "alerts", &args.id];
    let answer = client.get(&path, Query::default()).await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let zone = context.zone(&args.show);
    screen.print(&text(&answer.parse()?, &zone, screen.look))?;
    Ok(Exit::Done)
}

fn text(detail: &AlertDetail, zone: &Zone, look: Look) -> String {
    let one = &detail.alert;
    let mut out = String::new();
    let title = format!("{}  {}", one.id, one.name);
    let _ = writeln!(out, "{}", look.paint(Style::Bold, &escape::line(&title)));
    if one.summary != one.name {
        let _ = writeln!(out, "{}", escape::line(&one.summary));
    }
    out.push('\n');
    facts(&mut out, one, zone);
    if let Some(expr) = &detail.expr {
        alert::field(&mut out, "rule", expr);
    }
    for reason in &one.hidden {
        let until = reason
            .until
            .as_deref()
            .map(|until| alert::time(zone, Some(until)));
        let until = until
            .map(|until| format!(", until {until}"))
            .unwrap_or_default();
        alert::field(&mut out, "hidden", &format!("{}{until}", reason.text));
    }
    if let Some(escalation) = &detail.escalation {
        alert::field(&mut out, "escalation", &escalation_text(escalation, zone));
    }
    if !detail.way.is_empty() {
        let _ = write!(out, "\n{}", alert::way(&detail.way, look));
    }
    if !detail.events.is_empty() {
        out.push('\n');
    }
    for event in &detail.events {
        let at = zone.show(&event.at, Precision::Seconds);
        let _ = writeln!(out, "{at}  {}", escape::line(&event.text));
    }
    out
}

fn facts(out: &mut String, one: &Alert, zone: &Zone) {
    alert::field(out, "state", &alert::state(one));
    let labels = alert::labels(&one.labels, &["alertname"]);
    alert::field(out, "labels", &labels);
    alert::field(out, "since", &alert::time(zone, Some(&one.starts_at)));
    if let Some(end) = &one.ends_at {
        alert::field(out, "until", &alert::time(zone, Some(end)));
    }
    let unit = one.unit.as_deref();
    if one.value.is_some() {
        let value = alert::value(one.value, unit);
        let text = match one.threshold {
            Some(_) => format!(
                "{value}, compared with {}",
                alert::value(one.threshold, unit)
            ),
            None => value,
        };
        alert::field(out, "value", &text);
    }
    alert::field(out, "receivers", &one.receivers.join(", "));
    alert::field(out, "told", &one.told.join(", "));
    if let Some(taken) = &one.acknowledged {
        let at = alert::time(zone, Some(&taken.at));
        let comment = match taken.comment.as_str() {
            "" => String::new(),
            comment => format!(": {comment}"),
        };
        alert::field(
            out,
            "taken on",
            &format!("by {} at {at}{comment}", taken.by),
        );
    }
    alert::field(
        out,
        "runbook",
        one.runbook_url.as_deref().unwrap_or_default(),
    );
}

fn escalation_text(escalation: &AlertEscalation, zone: &Zone) -> String {
    let AlertEscalation {
        policy,
        level,
        levels,
        ..
    } = escalation;
    let next = escalation.next_at.as_deref().map(|next| {
        let receivers = escalation.next_receivers.join(", ");
        format!(", next at {}: {receivers}", alert::time(zone, Some(next)))
    });
    format!(
        "{policy}, level {level} of {levels}{}",
        next.unwrap_or_default()
    )
}
