//! The task runner, called as `cargo xtask COMMAND`. `test` is the one command that checks
//! everything; the others are its parts, for working on one thing. Start reading at `runner.rs`.

mod alerting;
mod browser;
mod clients;
mod crash;
mod http;
mod job;
mod judge;
mod licences;
mod prometheus;
mod random;
mod remote_write;
mod report;
mod runner;
mod server;
mod suite;
mod tidy;
mod ui;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Checks, crash rounds, real clients and the web UI of the workspace
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every suite and end with a table
    Test(runner::Arguments),
    /// Check the shape of the repository: layers, fences, files, links
    Tidy,
    /// Check the licences and sources of all dependencies against deny.toml
    Licences,
    /// Send through the official SDKs into a fresh server and compare what comes back
    Clients(clients::Arguments),
    /// Hold the outside data against the commands of the binary
    Judge(judge::Arguments),
    /// Send remote write 2.0 made from the published schema, and compare what comes back
    #[command(name = "remote-write-2")]
    RemoteWrite2,
    /// Hold Debian's Prometheus, promtool and node exporter against the server
    Prometheus(prometheus::Arguments),
    /// Hold Debian's Alertmanager, amtool, Prometheus and a real SMTP server against the server
    Alerting(alerting::Arguments),
    /// Check and build the web UI, and write web/dist
    Ui(ui::Arguments),
    /// Run the browser tests of the web UI
    Browser(browser::Arguments),
    /// Measure, for docs/performance.md
    Bench(browser::BenchArguments),
    /// Kill the server at random while it is fed, and count what is there after each restart
    Crash(crash::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Test(arguments) => runner::run(&arguments),
        Command::Tidy => tidy::run(),
        Command::Licences => licences::run(),
        Command::Clients(arguments) => clients::run(&arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::RemoteWrite2 => remote_write::run(),
        Command::Prometheus(arguments) => prometheus::run(&arguments),
        Command::Alerting(arguments) => alerting::run(&arguments),
        Command::Ui(arguments) => ui::run(&arguments),
        Command::Browser(arguments) => browser::run(&arguments),
        Command::Bench(arguments) => browser::bench(&arguments),
        Command::Crash(arguments) => crash::run(&arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the task runner talks to a person")]
fn print_error(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
