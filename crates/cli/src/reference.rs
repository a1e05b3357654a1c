//! `docs/reference/cli.md`, printed from the command line's own definition. A test compares the
//! committed page; `UPDATE_GOLDEN=1` writes it anew.

use crate::args::Cli;
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "\
# Command line

<!-- Generated from crates/cli/src/args.rs and commands: run the tests of tacho-cli with UPDATE_GOLDEN=1. -->

`tacho COMMAND --help` shows the same. How to use it is told in [the guide](../guide/cli.md).

Exit codes: 0 done, 1 failed or \"no\", 2 wrong usage, 3 server out of reach.

| variable | |
|---|---|
| `TACHO_SERVER` | address of the server that is asked; `--server` wins |
| `TACHO_TOKEN` | token that is sent; for `tacho serve` and `tacho demo` the admin token |
| `TACHO_…` | every key of the configuration, for `tacho serve` and `tacho demo` |
| `XDG_DATA_HOME` | where `tachograph` and `tachograph-demo`, the usual data folders, lie; `~/.local/share` if unset |
| `NO_COLOR` | no colours unless `--color always` |
| `TZ` | time zone of times in tables |
";

/// The page.
fn page() -> String {
    let mut out = HEAD.to_owned();
    let mut root = Cli::command();
    root.build();
    out.push_str("\n## Global options\n\nBefore or after any command.\n");
    options(
        &mut out,
        root.get_arguments().filter(|arg| arg.is_global_set()),
    );
    for command in root.get_subcommands() {
        section(&mut out, command, "tacho");
    }
    out
}

fn section(out: &mut String, command: &Command, above: &str) {
    if command.get_name() == "help" {
        return;
    }
    let name = format!("{above} {}", command.get_name());
    if command.has_subcommands() {
        command
            .get_subcommands()
            .for_each(|below| section(out, below, &name));
        return;
    }
    let usage: String = command
        .get_positionals()
        .map(|arg| {
            let name = value_name(arg);
            if arg.is_required_set() {
                format!(" {name}")
            } else {
                format!(" [{name}]")
            }
        })
        .collect();
    let _ = write!(out, "\n## `{name}{usage}`\n\n");
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let (first, rest) = about.split_once('\n').unwrap_or((&about, ""));
    let _ = writeln!(
        out,
        "{first}.{}",
        if rest.trim().is_empty() { "" } else { "\n" }
    );
    if !rest.trim().is_empty() {
        let _ = writeln!(out, "{}", rest.trim());
    }
    let own =
        |arg: &&Arg| !arg.is_global_set() && !matches!(arg.get_id().as_str(), "help" | "version");
    let others = command
        .get_arguments()
        .filter(|arg| !arg.is_positional())
        .filter(own);
    options(out, command.get_positionals().chain(others));
    if let Some(examples) = command.get_after_long_help() {
        let text = examples.to_string();
        let text = text.strip_prefix("Examples:\n").unwrap_or(&text).to_owned();
        let lines: String = text
            .lines()
            .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line)))
            .collect();
        let _ = write!(out, "\n```sh\n{lines}```\n");
    }
}

fn value_name(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    names
        .iter()
        .map(clap::builder::Str::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

fn options<'a>(out: &mut String, args: impl Iterator<Item = &'a Arg>) {
    let mut first = true;
    for arg in args {
        if std::mem::take(&mut first) {
            out.push_str("\n| | default | |\n|---|---|---|\n");
        }
        let long = arg.get_long().map(|long| format!("--{long}"));
        let takes = arg.get_action().takes_values();
        let value = if takes {
            value_name(arg)
        } else {
            String::new()
        };
        let name = match long {
            Some(long) if value.is_empty() => long,
            Some(long) => format!("{long} {value}"),
            None => value,
        };
        let repeat = if matches!(arg.get_action(), ArgAction::Append) {
            " …"
        } else {
            ""
        };
        let defaults: Vec<String> = arg
            .get_default_values()
            .iter()
            .map(|value| format!("`{}`", value.to_string_lossy()))
            .collect();
        let default = if takes && !defaults.is_empty() {
            defaults.join(", ")
        } else {
            "–".to_owned()
        };
        let _ = writeln!(
            out,
            "| `{name}`{repeat} | {default} | {} |",
            help(arg).replace('|', "\\|")
        );
    }
}

fn help(arg: &Arg) -> String {
    let short = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let long = arg
        .get_long_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut text = short.clone();
    let rest = long
        .strip_prefix(&short)
        .unwrap_or(&long)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if !rest.is_empty() {
        let _ = write!(text, ". {}", rest.trim_end_matches('.'));
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({help})", value.get_name()),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if !values.is_empty() {
        let _ = write!(text, ". One of {}", values.join(", "));
    }
    text
}

#[test]
fn the_committed_reference_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    let printed = page();
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &printed).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == printed,
        "{} is not what the code prints: run with UPDATE_GOLDEN=1 and look at the difference",
        path.display()
    );
}

#[test]
fn every_command_has_examples() {
    fn walk(command: &Command) {
        if command.has_subcommands() {
            command.get_subcommands().for_each(walk);
        } else {
            let examples = command
                .get_after_long_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                examples.starts_with("Examples:\n  tacho "),
                "{}",
                command.get_name()
            );
        }
    }
    Cli::command().get_subcommands().for_each(walk);
}
