//! One file a command: its arguments (their doc comments are the help) and what it does.

pub(crate) mod alerts;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod config_validate;
pub(crate) mod demo;
pub(crate) mod files;
pub(crate) mod flush;
pub(crate) mod import_openmetrics;
pub(crate) mod logs_query;
pub(crate) mod logs_tail;
pub(crate) mod metrics;
pub(crate) mod oncall;
pub(crate) mod overview;
pub(crate) mod query;
pub(crate) mod restore;
pub(crate) mod rules;
pub(crate) mod runs_delete;
pub(crate) mod serve;
pub(crate) mod services_list;
pub(crate) mod silences;
pub(crate) mod status;
pub(crate) mod test_promql;
pub(crate) mod traces_delete;
pub(crate) mod traces_get;
pub(crate) mod traces_list;

use crate::args::{Cli, Command, Config, Import, Logs, Runs, Services, Test, Traces};
use crate::context::Context;
use crate::failure::Exit;
use anyhow::Context as _;
use std::future::Future;
use tokio::runtime::Builder;

/// Carries out the command.
pub(crate) fn run(cli: Cli) -> anyhow::Result<Exit> {
    let context = Context::new(cli.global);
    match cli.command {
        Command::Serve(args) => serve_with(serve::run(&context, &args)),
        Command::Demo(args) => serve_with(demo::run(&context, &args)),
        Command::Status(args) => ask(status::run(&context, args)),
        Command::Overview(args) => ask(overview::run(&context, &args)),
        Command::Services(Services::List(args)) => ask(services_list::run(&context, &args)),
        Command::Traces(Traces::List(args)) => ask(traces_list::run(&context, &args)),
        Command::Traces(Traces::Get(args)) => ask(traces_get::run(&context, &args)),
        Command::Traces(Traces::Delete(args)) => ask(traces_delete::run(&context, &args)),
        Command::Logs(Logs::Query(args)) => ask(logs_query::run(&context, &args)),
        Command::Logs(Logs::Tail(args)) => ask(logs_tail::run(&context, &args)),
        Command::Runs(Runs::Delete(args)) => ask(runs_delete::run(&context, &args)),
        Command::Metrics(args) => ask(metrics::run(&context, &args)),
        Command::Query(args) => ask(query::run(&context, &args)),
        Command::Config(Config::Validate(args)) => config_validate::run(&context, &args),
        Command::Check(args) => check::run(&context, &args),
        Command::Test(Test::Promql(args)) => test_promql::run(&context, &args),
        Command::Rules(command) => rules::run(&context, &command),
        Command::Alerts(command) => ask(alerts::run(&context, &command)),
        Command::Silences(command) => ask(silences::run(&context, &command)),
        Command::Oncall(args) => ask(oncall::run(&context, &args)),
        Command::Import(Import::Openmetrics(args)) => ask(import_openmetrics::run(&context, &args)),
        Command::Backup(args) => ask(backup::run(&context, &args)),
        Command::Restore(args) => restore::run(&context, &args),
        Command::Files(args) => ask(files::run(&context, args)),
        Command::Flush(args) => ask(flush::run(&context, args)),
    }
}

/// One thread is enough to ask.
pub(crate) fn ask(work: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    runtime.block_on(Box::pin(work))
}

/// Servers get a thread a core.
fn serve_with(work: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .thread_name("tacho-io")
        .build()
        .context("failed to start the runtime")?;
    runtime.block_on(Box::pin(work))
}
