//! `tacho traces get`: one trace as a tree over a time line, or as OTLP JSON.

use crate::args::{Format, Show};
use crate::client::{Answer, Client, Query};
use crate::context::Context;
use crate::failure::Exit;
use crate::output::screen::{Screen, remark};
use crate::output::trace_tree::{self, TreeStyle};
use clap::{Args, ValueEnum};
use tacho_api::trace::Trace;

/// Most spans a page of the API.
const PAGE_MAX: u32 = 10_000;

/// Show one trace
///
/// Each span with its start, its duration and a bar on the time line of the whole trace; failed spans are
/// marked with ✗ and the reason. ID is what `tacho traces list` shows, or the text under which the sender
/// knows the trace.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho traces get 5b8efff798038103d269b633813fc60c
  tacho traces get tr-abc123 --full
  tacho traces get tr-abc123 --format otlp > trace.json
  tacho traces get tr-abc123 --output json | jq '.spans[].attributes'")]
pub(crate) struct GetArgs {
    /// Id of the trace: 32 hexadecimal digits, or an alias
    id: String,
    /// What is shown of it
    #[arg(long, value_enum, default_value_t = TraceFormat::Tree)]
    format: TraceFormat,
    /// Show attributes, events and links of each span, large values whole
    #[arg(long)]
    full: bool,
    /// At most so many spans, the earliest first
    #[arg(long, value_name = "N", default_value_t = PAGE_MAX, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Where the page before ended (`nextCursor` of the JSON)
    #[arg(long)]
    cursor: Option<String>,
    #[command(flatten)]
    show: Show,
}

/// What is shown of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TraceFormat {
    /// For people; with --output json the API's own shape
    Tree,
    /// OTLP JSON as the standard has it; one document a line if there are several pages
    Otlp,
}

pub(crate) async fn run(context: &Context, args: &GetArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let screen = context.screen();
    if args.format == TraceFormat::Otlp {
        return otlp(&client, args, screen).await;
    }
    if args.show.output == Format::Json {
        let answer = page(&client, args, args.limit, args.cursor.as_deref()).await?;
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let trace = collect(&client, args).await?;
    let style = TreeStyle {
        look: screen.look,
        zone: context.zone(&args.show),
        full: args.full,
    };
    screen.print(&trace_tree::print(&trace, &style))?;
    if args.full && trace.omitted_values.0 > 0 {
        remark(&format!(
            "{} large values are gone or did not fit, their beginning is shown",
            trace.omitted_values
        ));
    }
    Ok(Exit::Done)
}

async fn page(
    client: &Client,
    args: &GetArgs,
    limit: u32,
    cursor: Option<&str>,
) -> anyhow::Result<Answer> {
    let machine = args.format == TraceFormat::Otlp || args.show.output == Format::Json;
    let query = Query::default()
        .with(
            "format",
            (args.format == TraceFormat::Otlp).then_some("otlp"),
        )
        .with("values", (!args.full && !machine).then_some("preview"))
        .with("limit", Some(limit.min(PAGE_MAX)))
        .with("cursor", cursor);
    Ok(client
        .get(&["api", "v1", "traces", &args.id], query)
        .await?)
}

/// All pages up to the limit as one trace.
async fn collect(client: &Client, args: &GetArgs) -> anyhow::Result<Trace> {
    let mut whole: Trace = page(client, args, args.limit, args.cursor.as_deref())
        .await?
        .parse()?;
    while let Some(cursor) = whole.next_cursor.take() {
        let room = args
            .limit
            .saturating_sub(u32::try_from(whole.spans.len()).unwrap_or(u32::MAX));
        if room == 0 {
            break;
        }
        let mut next: Trace = page(client, args, room, Some(&cursor)).await?.parse()?;
        if next.spans.is_empty() {
            break;
        }
        // Each page has its own lists of resources and scopes.
        let resources = u32::try_from(whole.resources.len())?;
        let scopes = u32::try_from(whole.scopes.len())?;
        for span in &mut next.spans {
            span.resource = span.resource.saturating_add(resources);
            span.scope = span.scope.saturating_add(scopes);
        }
        whole.spans.append(&mut next.spans);
        whole.resources.append(&mut next.resources);
        whole.scopes.append(&mut next.scopes);
        whole.omitted_values.0 = whole.omitted_values.0.saturating_add(next.omitted_values.0);
        whole.next_cursor = next.next_cursor;
    }
    Ok(whole)
}

/// The pages as they come, one a line.
async fn otlp(client: &Client, args: &GetArgs, screen: Screen) -> anyhow::Result<Exit> {
    let mut cursor = args.cursor.clone();
    let mut room = args.limit;
    loop {
        let answer = page(client, args, room, cursor.as_deref()).await?;
        screen.print_json(&answer.body)?;
        room = room.saturating_sub(PAGE_MAX);
        match answer.next_cursor {
            Some(next) if room > 0 => cursor = Some(next),
            Some(next) => {
                remark(&format!(
                    "there are more spans: --cursor {next}, or a higher --limit"
                ));
                return Ok(Exit::Done);
            }
            None => return Ok(Exit::Done),
        }
    }
}
