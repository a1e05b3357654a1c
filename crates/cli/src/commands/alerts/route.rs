//! `tacho alerts route`: the way of a label set through the tree of routes.

use super::{body, labels_of};
use crate::args::{Format, Output, key_value};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use clap::Args;
use tacho_api::route::{RouteTestReport, RouteTestRequest};

/// Show the way of an alert through the tree of routes
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts route --labels severity=critical,service=api")]
pub(crate) struct RouteArgs {
    /// Its labels, separated by commas
    #[arg(long, value_name = "NAME=VALUE,…", required = true, value_delimiter = ',', value_parser = key_value)]
    labels: Vec<String>,
    /// At this time instead of now, as RFC 3339
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    show: Output,
}

pub(super) async fn run(context: &Context, args: &RouteArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let request = RouteTestRequest {
        labels: labels_of(&args.labels),
        at: args.at.clone(),
    };
    let path = ["api", "v1", "routes", "test"];
    let answer = client
        .post(&path, Query::default(), body(&request)?)
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let report: RouteTestReport = answer.parse()?;
    let mut out = alert::way(&report.steps, screen.look);
    out.push('\n');
    alert::field(&mut out, "receivers", &report.receivers.join(", "));
    for reason in &report.hidden {
        alert::field(&mut out, "hidden", &reason.text);
    }
    alert::field(
        &mut out,
        "escalation",
        report.escalation.as_deref().unwrap_or_default(),
    );
    alert::field(&mut out, "on call", &report.on_call.join(", "));
    screen.print(&out)?;
    Ok(Exit::Done)
}
