//! `tacho query`: PromQL at one time, or over a range with small charts.

use crate::args::{Format, Range, Show, duration};
use crate::client::Query;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::prometheus::{Answer, Data, MatrixSeries, Point, VectorSample};
use crate::output::screen::{Look, Screen, Style, remark};
use crate::output::sparkline::sparkline;
use crate::output::table::{self, Cell, Column};
use crate::time::{Precision, Zone};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

/// Points of a range query if nobody says how long a step is.
const POINTS: f64 = 60.0;
/// Length of a range if nobody says how long.
const RANGE_SECONDS: f64 = 3600.0;
/// Columns of a chart.
const CHART_WIDTH: usize = 60;
const CHART_WIDTH_MIN: usize = 16;
/// Columns beside the chart.
const CHART_BESIDE: usize = 44;

/// Ask with PromQL
///
/// At one point in time, or with --range (or --since) over a range: then each series is drawn as a small
/// chart with its least, mean, greatest and last value. Metrics that came over OpenTelemetry answer to both
/// names, `workflow_duration_milliseconds_bucket` and `workflow_duration_bucket`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho query 'sum by (agent) (rate(orchestrator_tasks_total[5m]))'
  tacho query up --time 2026-11-20T10:15
  tacho query 'orchestrator_task_queue_size' --range
  tacho query 'sum(rate(orchestrator_tasks_total[5m]))' --since 6h --step 5m
  tacho query up --output json | jq '.data.result[].metric'")]
pub(crate) struct QueryArgs {
    /// The query
    #[arg(value_name = "PROMQL")]
    query: String,
    /// Point in time
    ///
    /// Written as for --since; now if absent.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["range", "since", "until", "step"])]
    time: Option<String>,
    /// Ask over a range: the last hour, unless --since and --until say otherwise
    #[arg(long)]
    range: bool,
    #[command(flatten)]
    bounds: Range,
    /// Time between points of a range
    ///
    /// A sixtieth of the range if absent.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    step: Option<String>,
    /// At most so many series
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Show what the query cost
    #[arg(long)]
    stats: bool,
    #[command(flatten)]
    show: Show,
}

impl QueryArgs {
    fn is_range(&self) -> bool {
        self.range
            || self.step.is_some()
            || self.bounds.since.is_some()
            || self.bounds.until.is_some()
    }
}

pub(crate) async fn run(context: &Context, args: &QueryArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let zone = context.zone(&args.show);
    let (endpoint, query) = if args.is_range() {
        ("query_range", range_query(context, args, &zone)?)
    } else {
        ("query", instant_query(context, args, &zone)?)
    };
    let query = query
        .with("query", Some(&args.query))
        .with("limit", Some(args.limit))
        .with("stats", args.stats.then_some("true"));
    let path = ["prometheus", "api", "v1", endpoint];
    let answer = client.get(&path, query).await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let answer: Answer = answer.parse()?;
    for note in answer.warnings.iter().chain(&answer.infos) {
        remark(note);
    }
    screen.print(&print(&answer.data, &zone, screen)?)?;
    if let Some(stats) = &answer.data.stats {
        remark(&format!("stats: {stats}"));
    }
    Ok(Exit::Done)
}

fn instant_query(context: &Context, args: &QueryArgs, zone: &Zone) -> anyhow::Result<Query> {
    let time = match &args.time {
        None => context.now,
        Some(text) => crate::time::parse(text, context.now, zone)
            .map_err(|forms| Failure::usage(format!("--time {text:?} is no time")).hint(forms))?,
    };
    Ok(Query::default().with("time", Some(seconds(time))))
}

fn range_query(context: &Context, args: &QueryArgs, zone: &Zone) -> anyhow::Result<Query> {
    let bounds = args.bounds.bounds(context.now, zone)?;
    let parse = |text: &str| text.parse::<Timestamp>();
    let end = match &bounds.end {
        Some(text) => parse(text)?,
        None => context.now,
    };
    let start = match &bounds.start {
        Some(text) => parse(text)?,
        None => end.checked_sub(SignedDuration::from_secs_f64(RANGE_SECONDS))?,
    };
    let length = end.duration_since(start).as_secs_f64();
    if length < 0.0 {
        return Err(Failure::usage("--since lies after --until").into());
    }
    let step = match &args.step {
        Some(text) => text.clone(),
        None => format!("{}", (length / POINTS).ceil().max(1.0)),
    };
    Ok(Query::default()
        .with("start", Some(seconds(start)))
        .with("end", Some(seconds(end)))
        .with("step", Some(step)))
}

fn seconds(time: Timestamp) -> String {
    format!("{:.3}", time.as_millisecond() as f64 / 1000.0)
}

fn print(data: &Data, zone: &Zone, screen: Screen) -> anyhow::Result<String> {
    match data.result_type.as_str() {
        "vector" => Ok(vector(&data.vector()?, screen.look)),
        "matrix" => Ok(matrix(&data.matrix()?, zone, screen.look)),
        _ => {
            let (_, value) = data.single()?;
            Ok(format!("{value}\n"))
        }
    }
}

const VECTOR: [Column; 2] = [
    Column::new("VALUE").right(),
    Column::new("SERIES").shrinks(),
];

fn vector(samples: &[VectorSample], look: Look) -> String {
    if samples.is_empty() {
        return EMPTY.to_owned();
    }
    let rows: Vec<Vec<Cell>> = samples
        .iter()
        .map(|sample| {
            let value = match (&sample.value, &sample.histogram) {
                (Some((_, value)), _) => value.clone(),
                (None, Some((_, histogram))) => {
                    format!("count {} sum {}", histogram.count, histogram.sum)
                }
                (None, None) => String::new(),
            };
            vec![Cell::new(value), Cell::new(sample.series())]
        })
        .collect();
    table::print(&VECTOR, &rows, look)
}

const EMPTY: &str = "no series: nothing matches, or nothing was written in the last 5 minutes\n";

const MATRIX: [Column; 6] = [
    Column::new("SERIES").shrinks(),
    Column::new("CHART"),
    Column::new("MIN").right().leaves(2),
    Column::new("MEAN").right().leaves(1),
    Column::new("MAX").right().leaves(3),
    Column::new("LAST").right(),
];

fn matrix(series: &[MatrixSeries], zone: &Zone, look: Look) -> String {
    let times = series
        .iter()
        .flat_map(|one| one.values.iter().map(Point::time));
    let (first, last) = times.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), time| {
        (low.min(time), high.max(time))
    });
    if first > last {
        return EMPTY.to_owned();
    }
    let room = look.width.map_or(CHART_WIDTH, |width| {
        width
            .saturating_sub(CHART_BESIDE)
            .clamp(CHART_WIDTH_MIN, CHART_WIDTH)
    });
    let rows: Vec<Vec<Cell>> = series
        .iter()
        .map(|one| {
            let points: Vec<(f64, f64)> = one.values.iter().map(Point::pair).collect();
            let numbers = points.iter().map(|(_, value)| *value);
            let finite: Vec<f64> = numbers.filter(|value| value.is_finite()).collect();
            let least = finite.iter().copied().fold(f64::NAN, f64::min);
            let greatest = finite.iter().copied().fold(f64::NAN, f64::max);
            let mean = finite.iter().sum::<f64>() / finite.len() as f64;
            let newest = one
                .values
                .last()
                .map_or_else(String::new, |point| short(point.pair().1));
            vec![
                Cell::new(one.series()),
                Cell::styled(sparkline(&points, first, last, room), Style::Cyan),
                Cell::new(short(least)),
                Cell::new(short(mean)),
                Cell::new(short(greatest)),
                Cell::new(newest),
            ]
        })
        .collect();
    let time = |seconds: f64| {
        let at = Timestamp::from_millisecond((seconds * 1000.0) as i64).unwrap_or_default();
        zone.show(&format!("{at:.3}"), Precision::Seconds)
    };
    format!(
        "{}{}\n",
        table::print(&MATRIX, &rows, look),
        look.paint(
            Style::Dim,
            &format!("from {} to {}", time(first), time(last))
        )
    )
}

/// A number in about five digits.
pub(crate) fn short(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "-"
        } else if value > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        }
        .to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e9).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let digits = match magnitude {
        m if m >= 10_000.0 => 0,
        m if m >= 100.0 => 1,
        m if m >= 1.0 => 2,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{matrix, short, vector};
    use crate::output::prometheus::Answer;
    use crate::output::screen::Look;
    use crate::time::Zone;

    const LOOK: Look = Look {
        color: false,
        width: None,
    };

    #[test]
    fn vectors_are_a_line_a_series() {
        let answer: Answer = serde_json::from_str(
            r#"{"status":"success","data":{"resultType":"vector","result":[
            {"metric":{"__name__":"up","job":"a"},"value":[1.5,"1"]},
            {"metric":{},"histogram":[1.5,{"count":"3","sum":"4.5"}]}]}}"#,
        )
        .unwrap();
        let text = vector(&answer.data.vector().unwrap(), LOOK);
        assert_eq!(
            text,
            "          VALUE  SERIES\n              1  up{job=\"a\"}\ncount 3 sum 4.5  {}\n"
        );
    }

    #[test]
    fn ranges_are_drawn() {
        let answer: Answer = serde_json::from_str(
            r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"__name__":"q"},"values":[[0,"0"],[60,"1"],[120,"2"]]}]}}"#,
        )
        .unwrap();
        let text = matrix(&answer.data.matrix().unwrap(), &Zone::utc(), LOOK);
        assert!(text.contains('█') && text.contains('▁'), "{text}");
        assert!(
            text.ends_with("from 1970-01-01 00:00:00Z to 1970-01-01 00:02:00Z\n"),
            "{text}"
        );
    }

    #[test]
    fn numbers_are_short() {
        for (value, expected) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (123_456.7, "123457"),
            (0.123_456, "0.1235"),
            (1e12, "1.000e12"),
            (f64::NAN, "-"),
        ] {
            assert_eq!(short(value), expected);
        }
    }
}
