//! `tacho alerts`: what is wrong, who was told, taking it on, and trying the way.

mod ack;
mod history;
mod list;
mod route;
mod show;
mod test;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use clap::Subcommand;
use std::collections::BTreeMap;

#[derive(Debug, Subcommand)]
pub(crate) enum Alerts {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Ack(ack::AckArgs),
    Unack(ack::UnackArgs),
    Test(Box<test::TestArgs>),
    Route(route::RouteArgs),
    History(history::HistoryArgs),
}

pub(crate) async fn run(context: &Context, command: &Alerts) -> anyhow::Result<Exit> {
    match command {
        Alerts::List(args) => list::run(context, args).await,
        Alerts::Show(args) => show::run(context, args).await,
        Alerts::Ack(args) => ack::take(context, args).await,
        Alerts::Unack(args) => ack::give_back(context, args).await,
        Alerts::Test(args) => test::run(context, args).await,
        Alerts::Route(args) => route::run(context, args).await,
        Alerts::History(args) => history::run(context, args).await,
    }
}

/// Labels of words `NAME=VALUE`.
pub(crate) fn labels_of(words: &[String]) -> BTreeMap<String, String> {
    let pairs = words.iter().filter_map(|word| word.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Who asks: `--by`, else the user of this machine.
pub(crate) fn by(context: &Context, given: Option<&str>) -> String {
    let user = ["USER", "LOGNAME", "USERNAME"];
    let user = user.iter().find_map(|name| context.env.get(*name));
    let user = user.map(String::as_str).filter(|name| !name.is_empty());
    given.or(user).unwrap_or("cli").to_owned()
}

/// A body as text.
pub(crate) fn body<T: serde::Serialize>(shape: &T) -> Result<Option<String>, Failure> {
    let text = serde_json::to_string(shape);
    text.map(Some)
        .map_err(|error| Failure::failed(format!("the request cannot be written: {error}")))
}
