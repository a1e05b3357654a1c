//! `tacho alerts ack` and `unack`: taking an alert on, and giving it back.

use super::{body, by};
use crate::args::{Format, Output};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::escape;
use clap::Args;
use tacho_api::alert::{AcknowledgeRequest, Alert};

/// Take an alert and its group on
///
/// Repeats and escalation stop until the group is over or becomes worse, and those who were told see who
/// has it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts ack alert-123
  tacho alerts ack alert-123 --comment 'restarting the worker'")]
pub(crate) struct AckArgs {
    /// Its name, such as alert-12, a fingerprint, or the key of a group
    #[arg(value_name = "ID")]
    id: String,
    /// Who takes it on; the user of this machine if absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for others to read
    #[arg(long, value_name = "TEXT", default_value = "")]
    comment: String,
    #[command(flatten)]
    show: Output,
}

/// Give an alert back: repeats and escalation begin anew
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho alerts unack alert-123")]
pub(crate) struct UnackArgs {
    /// Its name, such as alert-12, a fingerprint, or the key of a group
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    show: Output,
}

pub(super) async fn take(context: &Context, args: &AckArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let path = ["api", "v1", "alerts", &args.id, "acknowledge"];
    let request = AcknowledgeRequest {
        by: by(context, args.by.as_deref()),
        comment: args.comment.clone(),
    };
    let answer = client
        .post(&path, Query::default(), body(&request)?)
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let alert: Alert = answer.parse()?;
    let line = format!(
        "{} ({}) is taken on by {}",
        alert.id, alert.name, request.by
    );
    screen.print(&format!("{}\n", escape::line(&line)))?;
    Ok(Exit::Done)
}

pub(super) async fn give_back(context: &Context, args: &UnackArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let path = ["api", "v1", "alerts", &args.id, "acknowledge"];
    let answer = client.delete(&path).await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let alert: Alert = answer.parse()?;
    let line = format!("{} ({}) is nobody's any more", alert.id, alert.name);
    screen.print(&format!("{}\n", escape::line(&line)))?;
    Ok(Exit::Done)
}
