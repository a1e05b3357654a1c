//! `tacho alerts test`: an alert for trial along the real route.

use super::{body, labels_of};
use crate::args::{Format, Output, key_value};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::escape;
use crate::output::screen::{Look, Style};
use clap::Args;
use std::fmt::Write as _;
use tacho_api::alert::{AlertTestMessage, AlertTestReport, AlertTestRequest};

/// Show, or send, an alert along the real route
///
/// Tells which routes take it, who gets it and with what words. With --send it really goes out, marked as a
/// test; the exit code is then 1 if somebody could not be told.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts test --severity HIGH
  tacho alerts test --severity critical --label service=api --send
  tacho alerts test --receiver slack_alerts --send")]
pub(crate) struct TestArgs {
    /// The label `severity`, in either vocabulary
    #[arg(long, value_name = "SEVERITY", default_value = "HIGH")]
    severity: String,
    /// Another label; may be repeated
    #[arg(long = "label", short = 'l', value_name = "NAME=VALUE", value_parser = key_value)]
    labels: Vec<String>,
    /// An annotation; may be repeated
    #[arg(long = "annotation", value_name = "NAME=TEXT", value_parser = key_value)]
    annotations: Vec<String>,
    /// Only this receiver, whatever the routes say
    #[arg(long, value_name = "NAME")]
    receiver: Option<String>,
    /// Really send it
    #[arg(long)]
    send: bool,
    #[command(flatten)]
    show: Output,
}

pub(super) async fn run(context: &Context, args: &TestArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let request = AlertTestRequest {
        severity: args.severity.clone(),
        labels: labels_of(&args.labels),
        annotations: labels_of(&args.annotations),
        receiver: args.receiver.clone(),
        send: args.send,
    };
    let path = ["api", "v1", "alerts", "test"];
    let answer = client
        .post(&path, Query::default(), body(&request)?)
        .await?;
    let report: AlertTestReport = answer.parse()?;
    let screen = context.screen();
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&report, screen.look))?,
    }
    let failed = report.messages.iter().any(|one| one.sent == Some(false));
    Ok(match failed || (args.send && report.messages.is_empty()) {
        true => Exit::Failed,
        false => Exit::Done,
    })
}

fn text(report: &AlertTestReport, look: Look) -> String {
    let mut out = String::new();
    alert::field(&mut out, "labels", &alert::labels(&report.labels, &[]));
    alert::field(&mut out, "receivers", &report.receivers.join(", "));
    for reason in &report.hidden {
        let text = format!("{} (a test is sent all the same)", reason.text);
        alert::field(&mut out, "would hide it", &text);
    }
    let _ = write!(out, "\n{}", alert::way(&report.way, look));
    if report.messages.is_empty() {
        out.push_str("\nnobody gets it: its receivers have no channels\n");
    }
    for message in &report.messages {
        out.push('\n');
        message_text(&mut out, message, look);
    }
    out
}

fn message_text(out: &mut String, message: &AlertTestMessage, look: Look) {
    let to = format!("{} by {}", message.receiver, message.channel);
    let took = message.duration_ms.map(crate::time::short_ms);
    let took = took
        .map(|took| format!(" after {took}"))
        .unwrap_or_default();
    let (word, style) = match message.sent {
        None => ("would get".to_owned(), Style::Bold),
        Some(true) => (format!("was told{took}"), Style::Green),
        Some(false) => (format!("was NOT told{took}"), Style::Red),
    };
    let line = format!("{to} {word}");
    let _ = writeln!(out, "{}", look.paint(style, &escape::line(&line)));
    if let Some(error) = &message.error {
        let _ = writeln!(out, "  {}", escape::line(error));
    }
    for line in std::iter::once(message.title.as_str()).chain(message.text.lines()) {
        let _ = writeln!(out, "  {}", escape::line(line));
    }
}
