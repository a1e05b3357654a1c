//! `tacho traces delete`: removes a trace and the log records that name it.

use crate::args::{Format, Output};
use crate::client::Answer;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::counted;
use clap::Args;
use tacho_api::admin::DeleteReport;

/// Delete a trace: its spans and the log records that name it
///
/// Answers no longer show them at once; they are gone from disk within 24 hours. There is no way back.
/// Needs the admin token.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho traces delete 5b8efff798038103d269b633813fc60c\n  tacho traces delete tr-abc123"
)]
pub(crate) struct DeleteArgs {
    /// Id of the trace: 32 hexadecimal digits, or an alias
    id: String,
    #[command(flatten)]
    show: Output,
}

pub(crate) async fn run(context: &Context, args: &DeleteArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let answer = client.delete(&["api", "v1", "traces", &args.id]).await?;
    report(context, &answer, args.show.output)
}

/// Says what was deleted.
pub(super) fn report(context: &Context, answer: &Answer, format: Format) -> anyhow::Result<Exit> {
    let screen = context.screen();
    if format == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let report: DeleteReport = answer.parse()?;
    screen.print(&format!(
        "deleted {}, {}\n",
        counted(report.spans.0, "span"),
        counted(report.logs.0, "log record")
    ))?;
    Ok(Exit::Done)
}
