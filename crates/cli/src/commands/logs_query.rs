//! `tacho logs query`: log records, newest first.

use crate::args::{Bounds, Format, Range, Show, key_value};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::log_line::{self, Emitted, LogStyle};
use crate::output::next_page::NextPage;
use crate::output::screen::{Screen, Style, remark};
use crate::time::{Precision, Zone};
use clap::{Args, ValueEnum};
use tacho_api::log::LogList;

/// Search log records, newest first
///
/// LOGQL is a stream selector with filters; without it all records are taken. On a terminal lines are cut to
/// its width; --full shows everything, and so does a pipe.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho logs query --since 1h --severity WARN
  tacho logs query '{service_name=\"planner\"} |= \"timeout\"' --since 2h
  tacho logs query '{} | task_id=\"t-1\"' --order oldest
  tacho logs query --trace-id 5b8efff798038103d269b633813fc60c --full
  tacho logs query --output json | jq -r '.logs[].body'")]
pub(crate) struct QueryArgs {
    /// The query, such as '{service_name="planner"} |= "timeout"'
    #[arg(value_name = "LOGQL")]
    query: Option<String>,
    #[command(flatten)]
    range: Range,
    /// At least this severe: TRACE, DEBUG, INFO, WARN, ERROR, FATAL, or 1 to 24
    #[arg(long)]
    severity: Option<String>,
    /// Records of this service (`service.name` of the resource)
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Records with this event name
    #[arg(long)]
    name: Option<String>,
    /// Records with this attribute; repeat it for more
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    attr: Vec<String>,
    /// Records of this trace
    #[arg(long, value_name = "ID")]
    trace_id: Option<String>,
    /// Records of this span
    #[arg(long, value_name = "ID")]
    span_id: Option<String>,
    /// Which records come first
    #[arg(long, value_enum, default_value_t = Order::Newest)]
    order: Order,
    /// At most so many records
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Where the page before ended
    ///
    /// The last line of a page is the whole command for the next one.
    #[arg(long)]
    cursor: Option<String>,
    /// Show all that a record holds, on several lines
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    show: Show,
}

/// Which records come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    /// The newest
    Newest,
    /// The oldest
    Oldest,
}

pub(crate) async fn run(context: &Context, args: &QueryArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let bounds = args.range.bounds(context.now, &zone)?;
    let answer = client
        .get(&["api", "v1", "logs"], query(args, &bounds))
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let list: LogList = answer.parse()?;
    if list.logs.is_empty() {
        screen.print("no log records match\n")?;
        return Ok(Exit::Done);
    }
    let mut text = print(context, args, &list, zone, screen);
    if let Some(cursor) = &list.next_cursor {
        let next = next_page(context, args, &bounds, cursor);
        text.push_str(&screen.look.paint(Style::Dim, &format!("next page: {next}")));
        text.push('\n');
    }
    screen.print(&text)?;
    if list.stats.blocks_failed.0 > 0 {
        remark(&format!(
            "incomplete: {} blocks could not be read, see `tacho status`",
            list.stats.blocks_failed
        ));
    }
    if args.full && list.omitted_values.0 > 0 {
        remark(&format!(
            "{} large values are gone or did not fit, their beginning is shown",
            list.omitted_values
        ));
    }
    Ok(Exit::Done)
}

fn print(
    context: &Context,
    args: &QueryArgs,
    list: &LogList,
    zone: Zone,
    screen: Screen,
) -> String {
    let times = list.logs.iter().map(|row| row.record.timestamp.as_str());
    let today = zone.all_today(context.now, times);
    let precision = if today {
        Precision::ClockMillis
    } else {
        Precision::Millis
    };
    let style = LogStyle {
        look: screen.look,
        zone,
        precision,
        full: args.full,
    };
    let mut out = String::new();
    for row in &list.logs {
        let emitted = Emitted {
            record: &row.record,
            resource: list.resources.get(row.resource as usize),
            scope: list.scopes.get(row.scope as usize),
        };
        out.push_str(&log_line::print(emitted, &style));
    }
    out
}

fn query(args: &QueryArgs, bounds: &Bounds) -> Query {
    let preview = !args.full && args.show.output == Format::Table;
    Query::default()
        .with("q", args.query.as_ref())
        .with("service", args.service.as_ref())
        .with("severity", args.severity.as_ref())
        .with("name", args.name.as_ref())
        .with_all("attr", &args.attr)
        .with("trace_id", args.trace_id.as_ref())
        .with("span_id", args.span_id.as_ref())
        .with("start", bounds.start.as_ref())
        .with("end", bounds.end.as_ref())
        .with("order", (args.order == Order::Oldest).then_some("oldest"))
        .with("values", preview.then_some("preview"))
        .with("limit", Some(args.limit))
        .with("cursor", args.cursor.as_ref())
}

fn next_page(context: &Context, args: &QueryArgs, bounds: &Bounds, cursor: &str) -> String {
    let mut next = NextPage::new(&["logs", "query"], &context.global, &context.env);
    next.word(args.query.as_deref());
    next.option("--since", bounds.start.as_deref());
    next.option("--until", bounds.end.as_deref());
    next.option("--severity", args.severity.as_deref());
    next.option("--service", args.service.as_deref());
    next.option("--name", args.name.as_deref());
    for attr in &args.attr {
        next.option("--attr", Some(attr));
    }
    next.option("--trace-id", args.trace_id.as_deref());
    next.option("--span-id", args.span_id.as_deref());
    next.option("--order", (args.order == Order::Oldest).then_some("oldest"));
    next.option("--limit", Some(&args.limit.to_string()));
    next.switch("--full", args.full);
    next.switch("--utc", args.show.utc);
    next.option("--cursor", Some(cursor));
    next.text()
}
