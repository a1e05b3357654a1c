//! `cargo xtask clients`: programs that send through the official SDKs into a fresh server. Each
//! prints what it sent; that is compared with what the server gives back, before and after a kill.

mod compare;
pub(crate) mod install;
mod metrics;
mod otlp;
mod payload;
pub(crate) mod read_back;

use crate::job::{self, Job};
use crate::server::Server;
use crate::workspace;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const SEND_TIMEOUT: Duration = Duration::from_secs(180);

/// Which clients are run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this language
    #[arg(long, value_enum)]
    only: Option<Language>,
}

/// The languages of the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// opentelemetry-sdk with its gRPC and HTTP exporters
    Python,
    /// @opentelemetry/sdk-trace-base, sdk-logs, sdk-metrics and their exporters
    Node,
    /// opentelemetry-otlp
    Rust,
}

/// One line of a client: what was sent in one way.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    /// Transport, encoding and compression.
    pub way: String,
    /// The `service.name` of this way alone.
    pub service: String,
    /// OTLP JSON spans with `resource` and `scope`.
    pub spans: Vec<Value>,
    /// OTLP JSON log records with `resource` and `scope`.
    pub logs: Vec<Value>,
    /// Every data point of every collection, in order; see `tests/clients/README.md`.
    pub metrics: Vec<Value>,
}

/// What a client needs before it can run.
pub(crate) enum Prepared {
    /// This command, to which the addresses are added.
    Ready(Command),
    /// Not on this machine, for this reason.
    Missing(String),
}

/// Runs the clients; false if anything differs.
///
/// # Errors
/// A client cannot be installed or started, or the server does not start.
#[expect(
    clippy::print_stdout,
    reason = "the report is the purpose of the command"
)]
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for language in [Language::Python, Language::Node, Language::Rust] {
        if arguments.only.is_some_and(|only| only != language) {
            continue;
        }
        match install::prepare(language)? {
            Prepared::Missing(why) if std::env::var_os("CI").is_some() => {
                println!("FAILED {language:?}: {why}");
                failed += 1;
            }
            Prepared::Missing(why) => {
                println!("skipped: {why}");
                skipped += 1;
            }
            Prepared::Ready(command) => {
                for (name, differences) in check(language, command)? {
                    if differences.is_empty() {
                        println!("ok     {name}");
                        passed += 1;
                    } else {
                        println!("FAILED {name}\n  {}", differences.join("\n  "));
                        failed += 1;
                    }
                }
            }
        }
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(failed == 0)
}

type Checks = Vec<(String, Vec<String>)>;

fn check(language: Language, command: Command) -> Result<Checks> {
    let name = format!("{language:?}").to_lowercase();
    let folder = workspace::target()
        .join("xtask")
        .join("clients")
        .join(&name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let server = Server::start(&folder)?;
    let sent = send(command, &server, &folder).with_context(|| {
        format!(
            "the {name} client failed; the server's log:\n{}",
            server.log_tail()
        )
    })?;
    let mut checks = Vec::new();
    let recorded = "node recorded payload";
    if language == Language::Node {
        payload::send(&server.ready.otlp_http)?;
        checks.push((recorded.to_owned(), payload::differences(&server.client()?)));
    }
    for one in &sent {
        let title = |what: &str| format!("{name} {}: {what}", one.way);
        let client = server.client()?;
        checks.push((
            title("spans as OTLP"),
            read_back::spans_as_otlp(&client, one),
        ));
        checks.push((
            title("spans in our shape"),
            read_back::spans_in_our_shape(&client, one),
        ));
        checks.push((
            title("traces listed"),
            read_back::traces_listed(&client, one),
        ));
        checks.push((title("log records"), read_back::logs(&client, one)));
        checks.push((title("metrics"), metrics::differences(&client, one)));
    }
    server.kill()?;
    let server = Server::start(&folder)?;
    if language == Language::Node {
        let found = payload::differences(&server.client()?);
        checks.push((format!("{recorded}: after a kill"), found));
    }
    for one in &sent {
        let client = server.client()?;
        let mut differences = read_back::spans_as_otlp(&client, one);
        differences.extend(read_back::logs(&client, one));
        differences.extend(metrics::differences(&client, one));
        checks.push((format!("{name} {}: after a kill", one.way), differences));
    }
    Ok(checks)
}

fn send(mut command: Command, server: &Server, folder: &std::path::Path) -> Result<Vec<Sent>> {
    command.args([
        "--grpc",
        &server.ready.otlp_grpc,
        "--http",
        &server.ready.otlp_http,
    ]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(&name);
        }
    }
    let log: PathBuf = folder.join("client.log");
    let job = Job {
        command,
        log,
        limit: SEND_TIMEOUT,
        verbose: false,
        tick: &mut |_| (),
    };
    let ended = job::run(job)?;
    if !ended.success {
        bail!(
            "exit with an error or after {SEND_TIMEOUT:?}:\n{}",
            short(&ended.output)
        );
    }
    let lines = ended
        .output
        .lines()
        .filter(|line| line.starts_with("{\"way\""));
    let sent: Vec<Sent> = lines
        .map(|line| serde_json::from_str(line).context("the client printed a broken line"))
        .collect::<Result<_>>()?;
    if sent.is_empty() {
        bail!("it printed no line:\n{}", short(&ended.output));
    }
    Ok(sent)
}

/// The end of an output, without the long lines of data.
fn short(output: &str) -> String {
    let cut = |line: &str| line.chars().take(300).collect::<String>();
    let lines: Vec<String> = output.lines().map(cut).collect();
    job::tail(&lines.join("\n"), 30)
}
