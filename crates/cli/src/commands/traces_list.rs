//! `tacho traces list`: traces, newest first.

use crate::args::{Bounds, Format, Range, Show, duration, key_value};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::next_page::NextPage;
use crate::output::screen::{Look, Style};
use crate::output::table::{self, Cell, Column};
use crate::time::{Precision, Zone, short_ms};
use clap::{Args, ValueEnum};
use tacho_api::trace::{TraceList, TraceSummary};

/// List traces, newest first
///
/// All conditions hold on one and the same span of the trace; the line is of the whole trace. Without any
/// condition: the newest traces of all that is stored.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho traces list --limit 50
  tacho traces list --since 2h --status error
  tacho traces list --service planner --min-duration 2s
  tacho traces list --attr run_id=r-17 --attr model=large
  tacho traces list --query '{ status = error && duration > 1s }'
  tacho traces list --output json | jq -r '.traces[].traceId'")]
pub(crate) struct ListArgs {
    /// At most so many traces
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    #[command(flatten)]
    range: Range,
    /// Spans of this service (`service.name` of the resource)
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Spans of this name
    #[arg(long)]
    name: Option<String>,
    /// Spans with this status
    #[arg(long, value_enum)]
    status: Option<StatusWord>,
    /// Spans that took at least this long, such as 250ms
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    min_duration: Option<String>,
    /// Spans that took at most this long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_duration: Option<String>,
    /// Spans with this attribute; repeat it for more
    ///
    /// Split at the first `=`. An attribute of the span, else of its resource, else of its scope has this
    /// value as text.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    attr: Vec<String>,
    /// Spans that a TraceQL filter takes, such as '{ status = error }'
    ///
    /// `tacho check traceql` tells what is wrong with a query.
    #[arg(long, value_name = "TRACEQL")]
    query: Option<String>,
    /// Where the page before ended
    ///
    /// The last line of a page is the whole command for the next one.
    #[arg(long)]
    cursor: Option<String>,
    #[command(flatten)]
    show: Show,
}

/// How a span ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusWord {
    /// It went well
    Ok,
    /// It failed
    Error,
    /// Nothing was said
    Unset,
}

impl StatusWord {
    fn as_str(self) -> &'static str {
        match self {
            StatusWord::Ok => "ok",
            StatusWord::Error => "error",
            StatusWord::Unset => "unset",
        }
    }
}

const COLUMNS: [Column; 7] = [
    Column::new("TRACE"),
    Column::new("START"),
    Column::new("DURATION").right(),
    Column::new("SPANS").right().leaves(2),
    Column::new("ERRORS").right().leaves(1),
    Column::new("SERVICE").shrinks().leaves(3),
    Column::new("NAME").shrinks(),
];

pub(crate) async fn run(context: &Context, args: &ListArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let bounds = args.range.bounds(context.now, &zone)?;
    let answer = client
        .get(&["api", "v1", "traces"], query(args, &bounds))
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let list: TraceList = answer.parse()?;
    let mut text = print(context, &list, &zone, screen.look);
    if let Some(cursor) = &list.next_cursor {
        let next = next_page(context, args, &bounds, cursor);
        text.push_str(&screen.look.paint(Style::Dim, &format!("next page: {next}")));
        text.push('\n');
    }
    screen.print(&text)?;
    Ok(Exit::Done)
}

fn query(args: &ListArgs, bounds: &Bounds) -> Query {
    Query::default()
        .with("q", args.query.as_ref())
        .with("service", args.service.as_ref())
        .with("name", args.name.as_ref())
        .with("status", args.status.map(StatusWord::as_str))
        .with_all("attr", &args.attr)
        .with("min_duration", args.min_duration.as_ref())
        .with("max_duration", args.max_duration.as_ref())
        .with("start", bounds.start.as_ref())
        .with("end", bounds.end.as_ref())
        .with("limit", Some(args.limit))
        .with("cursor", args.cursor.as_ref())
}

fn next_page(context: &Context, args: &ListArgs, bounds: &Bounds, cursor: &str) -> String {
    let mut next = NextPage::new(&["traces", "list"], &context.global, &context.env);
    next.option("--limit", Some(&args.limit.to_string()));
    next.option("--since", bounds.start.as_deref());
    next.option("--until", bounds.end.as_deref());
    next.option("--service", args.service.as_deref());
    next.option("--name", args.name.as_deref());
    next.option("--status", args.status.map(StatusWord::as_str));
    next.option("--min-duration", args.min_duration.as_deref());
    next.option("--max-duration", args.max_duration.as_deref());
    for attr in &args.attr {
        next.option("--attr", Some(attr));
    }
    next.option("--query", args.query.as_deref());
    next.switch("--utc", args.show.utc);
    next.option("--cursor", Some(cursor));
    next.text()
}

fn print(context: &Context, list: &TraceList, zone: &Zone, look: Look) -> String {
    if list.traces.is_empty() {
        return "no traces match\n".to_owned();
    }
    let times = list.traces.iter().map(|trace| trace.start_time.as_str());
    let precision = if zone.all_today(context.now, times) {
        Precision::Clock
    } else {
        Precision::Seconds
    };
    let rows: Vec<_> = list
        .traces
        .iter()
        .map(|trace| row(trace, zone, precision))
        .collect();
    let mut out = table::print(&COLUMNS, &rows, look);
    if list.stats.blocks_failed.0 > 0 {
        let warning = format!(
            "incomplete: {} blocks could not be read, see `tacho status`\n",
            list.stats.blocks_failed
        );
        out.push_str(&look.paint(Style::Red, &warning));
    }
    out
}

fn row(trace: &TraceSummary, zone: &Zone, precision: Precision) -> Vec<Cell> {
    let errors = trace.error_count.0;
    let error_style = if errors > 0 { Style::Red } else { Style::Dim };
    let service = trace
        .root_service
        .as_deref()
        .or(trace.first_service.as_deref())
        .or(trace.services.first().map(String::as_str));
    let name = match (&trace.root_name, &trace.first_name) {
        (Some(name), _) => Cell::new(name),
        (None, Some(first)) => Cell::styled(format!("(root not received yet) {first}"), Style::Dim),
        (None, None) => Cell::styled("(root not received yet)", Style::Dim),
    };
    vec![
        Cell::new(&trace.trace_id),
        Cell::new(zone.show(&trace.start_time, precision)),
        Cell::new(short_ms(trace.duration_ms)),
        Cell::new(trace.span_count.to_string()),
        Cell::styled(errors.to_string(), error_style),
        Cell::styled(service.unwrap_or("-"), Style::Cyan),
        name,
    ]
}
