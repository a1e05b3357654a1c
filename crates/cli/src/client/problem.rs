//! Answers that are no success, and no answers, as failures: the one table from kinds of the API to
//! exit codes.

use crate::failure::{Exit, Failure};
use reqwest::StatusCode;
use std::error::Error as _;
use tacho_api::error::{ErrorBody, ErrorDetail, ErrorKind};
use tacho_syntax::diagnostic::{Diagnostic, DiagnosticKind, Position};

/// What was asked, for the words of the failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Address of the server.
    pub address: &'a str,
    /// The query text, if one was sent.
    pub query: Option<&'a str>,
}

/// The exit code of a kind of error.
fn exit(kind: ErrorKind) -> Exit {
    match kind {
        ErrorKind::Invalid => Exit::Usage,
        ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Limit
        | ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::Unavailable
        | ErrorKind::Corrupt
        | ErrorKind::Internal => Exit::Failed,
    }
}

/// The failure that an answer means.
pub(super) fn from_status(status: StatusCode, body: &[u8], asked: Asked<'_>) -> Failure {
    match serde_json::from_slice::<ErrorBody>(body) {
        Ok(body) => from_detail(&body.error, asked),
        Err(_) => from_prometheus(body).unwrap_or_else(|| {
            Failure::failed(format!("{} answered {status}", asked.address))
                .hint("is it a tacho server? name another with --server URL")
        }),
    }
}

/// An error of the Prometheus API.
#[derive(serde::Deserialize)]
struct PrometheusError {
    #[serde(rename = "errorType")]
    error_type: String,
    error: String,
}

fn from_prometheus(body: &[u8]) -> Option<Failure> {
    let error: PrometheusError = serde_json::from_slice(body).ok()?;
    if error.error_type == "bad_data" {
        let message = error
            .error
            .strip_prefix("invalid parameter \"query\": ")
            .unwrap_or(&error.error);
        Some(Failure::usage(message))
    } else {
        Some(Failure::failed(error.error))
    }
}

fn from_detail(detail: &ErrorDetail, asked: Asked<'_>) -> Failure {
    let mut message = detail.message.clone();
    let mut hint = detail.hint.clone();
    match (detail.field.as_deref(), asked.query, detail.position) {
        (Some("q") | None, Some(query), Some(position)) => {
            message = pointed(query, position, &detail.message);
        }
        (Some(field), _, _) if detail.kind == ErrorKind::Invalid => {
            message = format!("{}: {message}", option(field));
        }
        _ => {}
    }
    match detail.kind {
        ErrorKind::Unauthorized => {
            hint = Some(
                "set the variable TACHO_TOKEN, or name the server's data folder with --data-dir DIR: \
                 its file `token` is taken then"
                    .to_owned(),
            );
        }
        ErrorKind::Unavailable if hint.is_none() => {
            hint = Some("try again in a moment; `tacho status` tells more".to_owned());
        }
        _ => {}
    }
    Failure {
        exit: exit(detail.kind),
        message,
        hint,
    }
}

/// The option of a parameter.
fn option(field: &str) -> String {
    match field {
        "start" => "--since".to_owned(),
        "end" => "--until".to_owned(),
        "q" => "the query".to_owned(),
        field => format!("--{}", field.replace('_', "-")),
    }
}

/// The message with the query and a caret below the place.
fn pointed(query: &str, position: u32, message: &str) -> String {
    let at = query
        .char_indices()
        .nth(position as usize)
        .map_or(query.len(), |(at, _)| at);
    let mut diagnostic = Diagnostic {
        kind: DiagnosticKind::Syntax,
        range: at..at,
        message: message.to_owned(),
        expected: Vec::new(),
        hint: None,
    };
    // The server's message begins with the place, and so does the rendered one.
    let Position { line, column } = diagnostic.position(query);
    if let Some(rest) = message.strip_prefix(&format!("{line}:{column}: ")) {
        diagnostic.message = rest.to_owned();
    }
    diagnostic.render(query).trim_end().to_owned()
}

/// The failure that no answer means.
pub(super) fn unreachable(address: &str, error: &reqwest::Error) -> Failure {
    if error.is_timeout() && !error.is_connect() {
        return Failure::unreachable(format!("{address} did not answer in time"));
    }
    let mut cause = error.source();
    let mut reason = error.to_string();
    while let Some(inner) = cause {
        reason = inner.to_string();
        cause = inner.source();
    }
    if error.is_connect() {
        Failure::unreachable(format!("no server answers at {address}: {reason}"))
            .hint("start one with `tacho serve` or `tacho demo`, or name another with --server URL")
    } else {
        Failure::unreachable(format!("the connection to {address} broke: {reason}"))
            .hint("does the server still run? `tacho status` tells")
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, from_status};
    use crate::failure::Exit;
    use reqwest::StatusCode;

    const ASKED: Asked<'_> = Asked {
        address: "http://x:1",
        query: Some("{ a = }"),
    };

    #[test]
    fn mistakes_in_queries_are_pointed_at() {
        let body = br#"{"error":{"kind":"invalid","message":"1:7: expected a value, found `}`","field":"q","position":6}}"#;
        let failure = from_status(StatusCode::BAD_REQUEST, body, ASKED);
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(
            failure.message,
            "1:7: expected a value, found `}`\n  { a = }\n        ^"
        );
    }

    #[test]
    fn parameters_are_named_as_options() {
        let body = br#"{"error":{"kind":"invalid","message":"\"x\" is no duration","field":"min_duration"}}"#;
        let failure = from_status(StatusCode::BAD_REQUEST, body, ASKED);
        assert_eq!(failure.message, "--min-duration: \"x\" is no duration");
    }

    #[test]
    fn other_kinds_are_failures_with_advice() {
        let body = br#"{"error":{"kind":"unauthorized","message":"this needs a token"}}"#;
        let failure = from_status(StatusCode::UNAUTHORIZED, body, ASKED);
        assert_eq!(failure.exit, Exit::Failed);
        assert!(failure.hint.unwrap().contains("TACHO_TOKEN"));
        let failure = from_status(StatusCode::BAD_GATEWAY, b"<html>", ASKED);
        assert_eq!(failure.message, "http://x:1 answered 502 Bad Gateway");
    }
}
