//! The command line: every command with its arguments, and those that several share. Doc comments are
//! the help texts; `docs/reference/cli.md` is printed from them.

use crate::commands::{
    alerts, backup, check, config_validate, demo, files, flush, import_openmetrics, logs_query,
    logs_tail, metrics, oncall, overview, query, restore, rules, runs_delete, serve, services_list,
    silences, status, test_promql, traces_delete, traces_get, traces_list,
};
use crate::failure::Failure;
use crate::time::{self, Zone};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// Address of the server when nothing else is said.
pub(crate) const SERVER: &str = "http://127.0.0.1:3000";

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed or \"no\", 2 wrong usage, 3 server out of reach.

Examples:
  tacho demo                          a server with something to look at
  tacho serve                         a server for your own programs
  tacho traces list --since 2h
  tacho logs query '{service_name=\"planner\"} |= \"timeout\"'";

/// Observability for orchestrators of AI agents
///
/// `tacho serve` receives traces and logs over OpenTelemetry and keeps them; the other commands ask a
/// running server. Tables are for people; programs take `--output json`, the answer of the HTTP API as
/// it is.
#[derive(Debug, Parser)]
#[command(name = "tacho", version, after_help = EXIT_CODES, max_term_width = 100, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that stand before or after any command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Address of the server that is asked
    #[arg(long, global = true, value_name = "URL", env = "TACHO_SERVER", default_value = SERVER, hide_env_values = true)]
    pub server: String,
    /// Folder of the data: where a server keeps them, and where commands find its token
    ///
    /// `$XDG_DATA_HOME/tachograph` if absent (`tachograph-demo` for `tacho demo`). Commands that need
    /// a token take the variable TACHO_TOKEN, else the file `token` of this folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// When to colour
    ///
    /// `auto` is on a terminal, unless the variable NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::ServeArgs),
    Demo(demo::DemoArgs),
    Overview(overview::OverviewArgs),
    Status(status::StatusArgs),
    /// List, show and delete traces
    #[command(subcommand)]
    Traces(Traces),
    /// Show services and their operations
    #[command(subcommand)]
    Services(Services),
    /// Search and follow log records
    #[command(subcommand)]
    Logs(Logs),
    /// Delete runs
    #[command(subcommand)]
    Runs(Runs),
    /// Check configuration files
    #[command(subcommand)]
    Config(Config),
    Metrics(metrics::MetricsArgs),
    Query(Box<query::QueryArgs>),
    Check(check::CheckArgs),
    /// Run test scripts
    #[command(subcommand)]
    Test(Test),
    /// Check and test rule files; list, try and explain rules of a server
    #[command(subcommand)]
    Rules(rules::Rules),
    /// List alerts, take them on, and try the way to those who are told
    #[command(subcommand)]
    Alerts(alerts::Alerts),
    /// List, make and end silences
    #[command(subcommand)]
    Silences(silences::Silences),
    Oncall(oncall::OncallArgs),
    /// Bring data of other systems in
    #[command(subcommand)]
    Import(Import),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    Files(files::FilesArgs),
    Flush(flush::FlushArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Traces {
    List(traces_list::ListArgs),
    Get(traces_get::GetArgs),
    Delete(traces_delete::DeleteArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Services {
    List(services_list::ListArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Logs {
    Query(Box<logs_query::QueryArgs>),
    Tail(logs_tail::TailArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Runs {
    Delete(runs_delete::DeleteArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    Openmetrics(import_openmetrics::ImportArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    Validate(config_validate::ValidateArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Test {
    Promql(test_promql::TestPromqlArgs),
}

/// How the answer is shown.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Show {
    /// What to print: a table for people, or the server's JSON as it is
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table, hide_possible_values = false)]
    pub output: Format,
    /// Show times in UTC instead of the local time zone
    #[arg(long)]
    pub utc: bool,
}

/// How the answer of a command without times is shown.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Output {
    /// What to print: text for people, or JSON for programs
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub output: Format,
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// From when to when.
#[derive(Debug, Clone, Args)]
pub(crate) struct Range {
    /// Only what happened at or after this
    ///
    /// A duration counts back from now: `2h`. Also `now-2h`, `2026-11-20`, `2026-11-20T10:15` (local, or UTC
    /// with --utc), RFC 3339, and Unix seconds, milliseconds or nanoseconds. All that is stored if absent.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only what happened before this
    ///
    /// Written as for --since.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// A range in the words of the API: RFC 3339, so that the next page asks for the same range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// First moment.
    pub start: Option<String>,
    /// First moment after it.
    pub end: Option<String>,
}

impl Range {
    /// Turns both into points in time.
    pub(crate) fn bounds(&self, now: Timestamp, zone: &Zone) -> Result<Bounds, Failure> {
        let point = |flag: &str, text: &Option<String>| {
            text.as_deref()
                .map(|text| match time::parse(text, now, zone) {
                    Ok(point) => Ok(format!("{point:.9}")),
                    Err(forms) => {
                        Err(Failure::usage(format!("{flag} {text:?} is no time")).hint(forms))
                    }
                })
                .transpose()
        };
        Ok(Bounds {
            start: point("--since", &self.since)?,
            end: point("--until", &self.until)?,
        })
    }
}

/// Checks `KEY=VALUE`.
pub(crate) fn key_value(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((key, _)) if !key.is_empty() => Ok(text.to_owned()),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

/// Checks a duration such as `250ms`.
pub(crate) fn duration(text: &str) -> Result<String, String> {
    match tacho_stdx::duration::parse_ns(text) {
        Some(ns) if ns >= 0 => Ok(text.to_owned()),
        _ => Err("write a duration such as 250ms, 1.5s or 2m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, Range};
    use crate::failure::Exit;
    use crate::time::Zone;
    use clap::{CommandFactory as _, Parser as _};

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_lines_are_imperative_fragments_without_full_stop() {
        fn walk(command: &clap::Command) {
            let about = command
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                !about.is_empty() && !about.ends_with('.'),
                "{}: {about:?}",
                command.get_name()
            );
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(
                    !help.is_empty() && !help.ends_with('.'),
                    "{}: {help:?}",
                    arg.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Cli::command());
    }

    #[test]
    fn global_options_stand_before_and_after_the_command() {
        for line in [
            ["tacho", "--server", "http://x:1", "status"],
            ["tacho", "status", "--server", "http://x:1"],
        ] {
            assert_eq!(
                Cli::try_parse_from(line).unwrap().global.server,
                "http://x:1"
            );
        }
    }

    #[test]
    fn a_wrong_time_is_wrong_usage_and_says_what_to_write() {
        let range = Range {
            since: Some("soon".to_owned()),
            until: None,
        };
        let failure = range
            .bounds(jiff::Timestamp::UNIX_EPOCH, &Zone::utc())
            .unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("--since \"soon\""));
        let range = Range {
            since: Some("1h".to_owned()),
            until: None,
        };
        let bounds = range
            .bounds("2026-11-20T01:00:00Z".parse().unwrap(), &Zone::utc())
            .unwrap();
        assert_eq!(
            bounds.start.as_deref(),
            Some("2026-11-20T00:00:00.000000000Z")
        );
    }
}
