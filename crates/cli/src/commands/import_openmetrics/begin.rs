//! Where an import begins: anew, or where one that broke off stopped.

use super::chunk::Mark;
use super::prometheus::Prometheus;
use super::state::{self, Origin, Position, State};
use super::{ImportArgs, input};
use crate::failure::Failure;
use crate::time::{self, Zone};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// So far back a Prometheus is asked unless something else is said.
const SINCE_DEFAULT_MS: i64 = 15 * 24 * 3600 * 1000;

/// State of the import of a file, and the file that keeps it.
pub(super) fn file_state(
    file: &Path,
    args: &ImportArgs,
) -> anyhow::Result<(State, Option<PathBuf>)> {
    let origin = input::origin(file)?;
    let path = match &args.state {
        Some(path) => Some(path.clone()),
        None if input::is_stdin(file) => None,
        None => Some(state::beside(file, ".tacho-import")),
    };
    let known = match &path {
        Some(path) => State::load(path, |of| *of == origin)?,
        None => None,
    };
    let start = Position::Text(Mark::default());
    Ok((
        known.unwrap_or_else(|| State::new(import_id(), origin, start)),
        path,
    ))
}

/// State of the import from a Prometheus, and the file that keeps it. Times that are not given are those of
/// the import that goes on.
pub(super) fn prometheus_state(
    prometheus: &Prometheus,
    args: &ImportArgs,
    now: Timestamp,
) -> anyhow::Result<(State, Option<PathBuf>)> {
    let point = |option: &str, text: &Option<String>| {
        text.as_deref()
            .map(|text| match time::parse(text, now, &Zone::local()) {
                Ok(point) => Ok(point.as_millisecond()),
                Err(forms) => {
                    Err(Failure::usage(format!("{option} {text:?} is no time")).hint(forms))
                }
            })
            .transpose()
    };
    let (since, until) = (
        point("--since", &args.since)?,
        point("--until", &args.until)?,
    );
    let address = prometheus.address();
    let path = args
        .state
        .clone()
        .unwrap_or_else(|| default_state(&address));
    // A time such as `2h` means another moment in each run.
    let is_relative = |text: &Option<String>| {
        let at = |now| {
            text.as_deref()
                .map(|text| time::parse(text, now, &Zone::local()))
        };
        text.is_none() || at(now) != at(Timestamp::UNIX_EPOCH)
    };
    let same = |origin: &Origin| match origin {
        Origin::Prometheus {
            url,
            matches,
            start_ms,
            end_ms,
        } => {
            let fits =
                |text, given: Option<i64>, known: i64| is_relative(text) || given == Some(known);
            *url == address
                && *matches == args.matches
                && fits(&args.since, since, *start_ms)
                && fits(&args.until, until, *end_ms)
        }
        Origin::File { .. } => false,
    };
    if let Some(state) = State::load(&path, same)? {
        return Ok((state, Some(path)));
    }
    let end_ms = until.unwrap_or(now.as_millisecond());
    let start_ms = since.unwrap_or(end_ms - SINCE_DEFAULT_MS);
    if start_ms > end_ms {
        return Err(Failure::usage("--since must be before --until").into());
    }
    let origin = Origin::Prometheus {
        url: address,
        matches: args.matches.clone(),
        start_ms,
        end_ms,
    };
    let start = Position::Slice {
        start_ms,
        selector: None,
    };
    Ok((State::new(import_id(), origin, start), Some(path)))
}

fn default_state(address: &str) -> PathBuf {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '-'
        }
    };
    let host: String = host.chars().map(plain).collect();
    PathBuf::from(format!("prometheus-{host}.tacho-import"))
}

/// A name that no other import has.
fn import_id() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    let random = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::{default_state, import_id};
    use std::path::PathBuf;

    #[test]
    fn states_are_named_after_hosts_and_imports_differ() {
        let path = default_state("http://h.x:9090/prom");
        assert_eq!(path, PathBuf::from("prometheus-h.x-9090-prom.tacho-import"));
        assert_ne!(import_id(), import_id());
        assert_eq!(import_id().len(), 32);
    }
}
