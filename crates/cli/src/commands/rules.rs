//! `tacho rules`: rule files checked and tested, for which no server is needed; rules of a server listed, tried
//! and explained.

mod backtest;
mod check;
mod explain;
mod files;
mod list;
mod show;
mod test;

use crate::commands::ask;
use crate::context::Context;
use crate::failure::Exit;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    Check(check::CheckArgs),
    Test(test::TestArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Backtest(backtest::BacktestArgs),
    Explain(explain::ExplainArgs),
}

pub(crate) fn run(context: &Context, command: &Rules) -> anyhow::Result<Exit> {
    match command {
        Rules::Check(args) => check::run(context, args),
        Rules::Test(args) => test::run(context, args),
        Rules::List(args) => ask(list::run(context, args)),
        Rules::Show(args) => ask(show::run(context, args)),
        Rules::Backtest(args) => ask(backtest::run(context, args)),
        Rules::Explain(args) => ask(explain::run(context, args)),
    }
}
