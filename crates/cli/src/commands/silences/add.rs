//! `tacho silences add`.

use crate::args::{Format, Show, duration};
use crate::client::Query;
use crate::commands::alerts::{body, by};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::alert;
use crate::output::escape;
use clap::Args;
use tacho_api::route::Matcher;
use tacho_api::silence::{Silence, SilenceRequest};

/// Let nobody be told of alerts that fit, for a time
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho silences add alertname=Disk instance=~'db.*' --for 2h --comment 'moving disks'")]
pub(crate) struct AddArgs {
    /// What alerts have to fit, all of it: NAME=VALUE, NAME!=VALUE, NAME=~PATTERN or NAME!~PATTERN
    #[arg(value_name = "MATCHER", required = true, value_parser = matcher)]
    matchers: Vec<Matcher>,
    /// How long
    #[arg(long = "for", value_name = "DURATION", default_value = "1h", value_parser = duration)]
    lasts: String,
    /// From when on, as RFC 3339; now if absent
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// Why, for others to read
    #[arg(long, value_name = "TEXT")]
    comment: String,
    /// Who; the user of this machine if absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    show: Show,
}

/// Reads `NAME=VALUE` with any of the four operators.
fn matcher(text: &str) -> Result<Matcher, String> {
    let wrong = || "write NAME=VALUE, NAME!=VALUE, NAME=~PATTERN or NAME!~PATTERN".to_owned();
    let at = text
        .find(['=', '!'])
        .filter(|at| *at > 0)
        .ok_or_else(wrong)?;
    let (name, rest) = text.split_at(at);
    let ops = ["=~", "!~", "!=", "="];
    let op = ops
        .iter()
        .find(|op| rest.starts_with(**op))
        .ok_or_else(wrong)?;
    let value = rest.get(op.len()..).unwrap_or_default();
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    Ok(Matcher {
        name: name.trim().to_owned(),
        op: (*op).to_owned(),
        value: quoted.unwrap_or(value).to_owned(),
    })
}

pub(super) async fn run(context: &Context, args: &AddArgs) -> anyhow::Result<Exit> {
    if args.comment.trim().is_empty() {
        return Err(Failure::usage("--comment is empty")
            .hint("others have to know why nobody is told")
            .into());
    }
    let client = context.client()?;
    let request = SilenceRequest {
        matchers: args.matchers.clone(),
        starts_at: args.start.clone(),
        duration: Some(args.lasts.clone()),
        created_by: by(context, args.by.as_deref()),
        comment: args.comment.clone(),
        ..SilenceRequest::default()
    };
    let path = ["api", "v1", "silences"];
    let answer = client
        .post(&path, Query::default(), body(&request)?)
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let silence: Silence = answer.parse()?;
    let until = alert::time(&context.zone(&args.show), Some(&silence.ends_at));
    let hides = crate::output::counted(silence.hides as u64, "alert");
    let line = format!("{}  until {until}, hides {hides} now", silence.id);
    screen.print(&format!("{}\n", escape::line(&line)))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::matcher;

    #[test]
    fn matchers_have_one_of_four_operators() {
        for (text, name, op, value) in [
            ("a=b", "a", "=", "b"),
            ("a=~b.*", "a", "=~", "b.*"),
            ("a!=", "a", "!=", ""),
            ("a!~x=y", "a", "!~", "x=y"),
            ("a=\"b c\"", "a", "=", "b c"),
        ] {
            let read = matcher(text).unwrap();
            assert_eq!((&*read.name, &*read.op, &*read.value), (name, op, value));
        }
        assert!(matcher("=b").is_err());
        assert!(matcher("a").is_err());
    }
}
