//! `tacho files`: everything that is stored as Parquet files, for DuckDB and other programs.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::screen::Look;
use crate::output::table::{self, Cell, Column};
use crate::output::{counted, escape, grouped};
use crate::time::{Precision, Zone};
use clap::{Args, ValueEnum};
use std::fmt::Write as _;
use tacho_api::admin::{FileEntry, FileList};
use tacho_stdx::size::print_bytes;

/// List Parquet files with all that is stored, for DuckDB and other programs
///
/// Everything in memory goes to disk and deletions are carried out first, so the files hold what queries
/// find at this moment. They stay as they are for 23 hours; after that, or when there are 16 newer lists,
/// ask again. They lie on the server's machine, in its data folder. Needs the admin token.
#[derive(Debug, Clone, Copy, Args)]
#[command(
    after_long_help = "Examples:\n  tacho files\n  tacho files --sql > views.sql && duckdb -init views.sql\n  tacho files --signal logs --output json | jq -r '.files[].path'"
)]
pub(crate) struct FilesArgs {
    /// Print SQL for DuckDB that makes a view of each signal
    #[arg(long, conflicts_with = "output")]
    sql: bool,
    /// Only files of this signal
    #[arg(long, value_enum)]
    signal: Option<SignalWord>,
    #[command(flatten)]
    show: Show,
}

/// A signal that is stored in Parquet files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SignalWord {
    /// Spans
    Spans,
    /// Log records
    Logs,
}

impl SignalWord {
    const ALL: [SignalWord; 2] = [SignalWord::Spans, SignalWord::Logs];

    fn as_str(self) -> &'static str {
        match self {
            SignalWord::Spans => "spans",
            SignalWord::Logs => "logs",
        }
    }

    /// Columns as people write them: ids as the other commands show them, times as types that
    /// DuckDB calculates with (it does little with nanoseconds yet).
    fn replaced(self) -> &'static str {
        match self {
            SignalWord::Spans => {
                "  lower(hex(trace_id)) AS trace_id,
  lower(hex(span_id)) AS span_id,
  lower(hex(parent_span_id)) AS parent_span_id,
  start_time::TIMESTAMPTZ AS start_time"
            }
            SignalWord::Logs => {
                "  lower(hex(trace_id)) AS trace_id,
  lower(hex(span_id)) AS span_id,
  time::TIMESTAMPTZ AS time"
            }
        }
    }

    /// Columns that files leave out where no row has a value; queries may name them all the same.
    fn optional(self) -> &'static str {
        match self {
            SignalWord::Spans => {
                "    NULL::BLOB AS parent_span_id, NULL::VARCHAR AS status_message, NULL::VARCHAR AS trace_state,
    NULL::UINTEGER AS flags, NULL::VARCHAR AS events, NULL::VARCHAR AS links,
    NULL::MAP(VARCHAR, VARCHAR) AS rest"
            }
            SignalWord::Logs => {
                "    NULL::BLOB AS trace_id, NULL::BLOB AS span_id, NULL::VARCHAR AS event_name,
    NULL::BIGINT AS observed_delay, NULL::UTINYINT AS body_type, NULL::UINTEGER AS flags,
    NULL::MAP(VARCHAR, VARCHAR) AS rest"
            }
        }
    }

    /// Queries to begin with.
    fn examples(self) -> &'static str {
        match self {
            SignalWord::Spans => {
                "\
-- Durations are nanoseconds:
--   SELECT \"s.agent.type\" AS agent, count(*) AS spans, quantile_cont(duration, 0.95) / 1e6 AS p95_ms
--   FROM spans GROUP BY ALL ORDER BY p95_ms DESC;
"
            }
            SignalWord::Logs => {
                "\
-- Severity 17 and above are errors:
--   SELECT date_trunc('hour', time) AS hour, \"r.service.name\" AS service, count(*) AS errors
--   FROM logs WHERE severity_number >= 17 GROUP BY ALL ORDER BY ALL;
"
            }
        }
    }
}

const COLUMNS: [Column; 6] = [
    Column::new("SIGNAL"),
    Column::new("FROM"),
    Column::new("TO").leaves(1),
    Column::new("ROWS").right(),
    Column::new("SIZE").right().leaves(2),
    Column::new("FILE"),
];

pub(crate) async fn run(context: &Context, args: FilesArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let query = Query::default().with("signal", args.signal.map(SignalWord::as_str));
    let answer = client
        .post(&["api", "v1", "admin", "files"], query, None)
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let list: FileList = answer.parse()?;
    let text = if args.sql {
        sql(&list, args.signal)?
    } else {
        print(&list, &context.zone(&args.show), screen.look)
    };
    screen.print(&text)?;
    Ok(Exit::Done)
}

fn print(list: &FileList, zone: &Zone, look: Look) -> String {
    if list.files.is_empty() {
        return "nothing is stored yet\n".to_owned();
    }
    let rows: Vec<_> = list
        .files
        .iter()
        .map(|file| {
            vec![
                Cell::new(&file.signal),
                Cell::new(zone.show(&file.time_min, Precision::Seconds)),
                Cell::new(zone.show(&file.time_max, Precision::Seconds)),
                Cell::new(grouped(file.rows.0)),
                Cell::new(print_bytes(file.bytes.0)),
                Cell::new(below(file, &list.dir)),
            ]
        })
        .collect();
    let bytes = list
        .files
        .iter()
        .fold(0_u64, |sum, file| sum.saturating_add(file.bytes.0));
    let mut out = table::print(&COLUMNS, &rows, look);
    let _ = writeln!(
        out,
        "{}, {}, in {}",
        counted(list.files.len() as u64, "file"),
        print_bytes(bytes),
        escape::line(&list.dir)
    );
    out
}

/// The path below the folder that all files lie in.
fn below<'a>(file: &'a FileEntry, dir: &str) -> &'a str {
    let below = file.path.strip_prefix(dir);
    below.map_or(&file.path, |below| below.trim_start_matches('/'))
}

/// Views over the folder of each signal: it holds the listed files and nothing else.
fn sql(list: &FileList, wanted: Option<SignalWord>) -> Result<String, Failure> {
    if list.dir.contains(char::is_control) {
        let message = format!("the folder {:?} cannot be written in SQL", list.dir);
        return Err(Failure::failed(message));
    }
    let mut out = String::from("-- The columns are told in docs/guide/open-files.md.\n");
    for signal in SignalWord::ALL {
        if wanted.is_some_and(|wanted| wanted != signal) {
            continue;
        }
        let name = signal.as_str();
        if !list.files.iter().any(|file| file.signal == name) {
            let _ = writeln!(out, "\n-- No {name} are stored yet.");
            continue;
        }
        let _ = write!(
            out,
            "\nCREATE OR REPLACE VIEW {name} AS\nSELECT * REPLACE (\n{}\n)\nFROM (\n  \
             SELECT * FROM read_parquet(['{}/{name}/*/*.parquet'], union_by_name = true)\n  \
             UNION ALL BY NAME SELECT\n{}\n  WHERE false\n);\n\n{}",
            signal.replaced(),
            pattern(&list.dir),
            signal.optional(),
            signal.examples()
        );
    }
    Ok(out)
}

/// A path inside a pattern of an SQL text: nothing in it means anything but itself.
fn pattern(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '*' | '?' | '[' => {
                let _ = write!(out, "[{c}]");
            }
            '\'' => out.push_str("''"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{SignalWord, print, sql};
    use crate::output::screen::Look;
    use crate::time::Zone;
    use serde_json::json;
    use tacho_api::admin::FileList;

    fn list(dir: &str) -> FileList {
        serde_json::from_value(json!({"dir": dir, "files": [{
            "signal": "spans", "path": format!("{dir}/spans/2026-11-20/0000000000000002.parquet"),
            "rows": 20_554, "bytes": 1_258_291, "timeMin": "2026-11-20T11:51:05.000000000Z",
            "timeMax": "2026-11-20T11:53:05.000000000Z",
        }]}))
        .unwrap()
    }

    #[test]
    fn files_are_a_table_and_the_folder() {
        let look = Look {
            color: false,
            width: None,
        };
        let expected = "\
SIGNAL  FROM                  TO                      ROWS     SIZE  FILE
spans   2026-11-20 11:51:05Z  2026-11-20 11:53:05Z  20,554  1.2 MiB  spans/2026-11-20/0000000000000002.parquet
1 file, 1.2 MiB, in /data/exports/1
";
        assert_eq!(
            print(&list("/data/exports/1"), &Zone::utc(), look),
            expected
        );
        let nothing = print(&FileList::default(), &Zone::utc(), look);
        assert_eq!(nothing, "nothing is stored yet\n");
    }

    #[test]
    fn sql_makes_a_view_of_each_signal_that_has_files() {
        let text = sql(&list("/it's/[a]*"), None).unwrap();
        assert!(
            text.contains(
                "  SELECT * FROM read_parquet(['/it''s/[[]a][*]/spans/*/*.parquet'], \
                 union_by_name = true)\n"
            ),
            "{text}"
        );
        assert!(
            text.contains("\nCREATE OR REPLACE VIEW spans AS\n"),
            "{text}"
        );
        assert!(text.contains("quantile_cont(duration, 0.95)"), "{text}");
        assert!(text.contains("\n-- No logs are stored yet.\n"), "{text}");
        let logs = sql(&list("/d"), Some(SignalWord::Logs)).unwrap();
        assert!(!logs.contains("VIEW"), "{logs}");
        assert!(sql(&list("/a\nb"), None).is_err());
    }
}
