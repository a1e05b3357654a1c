//! The reference page of the HTTP API as Markdown, printed from the table in `operation.rs`.

use crate::error::ErrorKind;
use crate::openapi::status_words;
use crate::operation::{self, Answer, Kind, Operation, Scope};
use std::fmt::Write as _;

const HEAD: &str = "\
# HTTP API

<!-- Generated from crates/api/src/operation: run the tests of tacho-api with UPDATE_GOLDEN=1. -->

The machine-readable form is [openapi.json](openapi.json), also served at `/api/v1/openapi.json`.

- Times in answers are RFC 3339 UTC with nanoseconds. Parameters take that, Unix seconds, milliseconds or nanoseconds
  (told apart by magnitude), and `now-2h`.
- Durations are numbers of milliseconds in fields that end in `Ms`, and texts such as `5s` in parameters.
- Ids are lower-case hexadecimal in answers, either case in parameters. Whole numbers beyond 2^53 are strings. Absent means left out.
- An unknown parameter is an error that names the likely right one.
- Bodies are taken with `Content-Type: application/json` only; a POST without a body needs no content type.
- Requests whose `Host` or `Origin` is not in `http.allowed_hosts` get 403.
- `Authorization: Bearer TOKEN` where a token is needed. On loopback that is only where it says *admin* below.

Every answer that is no success carries `{\"error\":{\"kind\":…,\"message\":…,\"field\":…,\"hint\":…}}`:

";

/// The page.
pub fn text() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("| kind | status |\n|---|---|\n");
    for kind in ErrorKind::ALL {
        let _ = writeln!(out, "| `{}` | {} |", kind.as_str(), kind.status());
    }
    let mut tag = "";
    for operation in operation::all() {
        if operation.tag != tag {
            tag = operation.tag;
            let _ = write!(out, "\n## {}\n", title(tag));
        }
        write_operation(&mut out, operation);
    }
    out
}

fn title(tag: &str) -> String {
    let mut letters = tag.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

fn write_operation(out: &mut String, operation: &Operation) {
    let _ = write!(
        out,
        "\n### `{} {}`\n\n{}.",
        operation.method.as_str(),
        operation.path,
        operation.summary
    );
    if !operation.description.is_empty() {
        let _ = write!(out, " {}", operation.description);
    }
    out.push('\n');
    let scope = match operation.scope {
        Scope::Open => "none",
        Scope::Read => "*read* (beyond loopback)",
        Scope::Operate => "*admin* (beyond loopback)",
        Scope::Admin => "*admin*",
    };
    let answer = match operation.answer {
        Answer::Json(shape) => format!("JSON, `{shape}`"),
        Answer::ForeignJson(what) => format!("JSON, {what}"),
        Answer::Text(kind, what) => format!("`{kind}`, {what}"),
        Answer::EventStream(what) => format!("`text/event-stream`, {what}"),
    };
    let _ = write!(out, "\nToken: {scope}. Answer: {answer}.");
    if let Some(shape) = operation.request {
        let _ = write!(out, " Body: JSON, `{shape}`.");
    }
    out.push('\n');
    if !operation.parameters.is_empty() {
        out.push_str("\n| parameter | takes | default | |\n|---|---|---|---|\n");
    }
    for parameter in operation.parameters {
        let default = match (parameter.in_path, parameter.default) {
            (true, _) => "in the path".to_owned(),
            (false, "") => "–".to_owned(),
            (false, text) => format!("`{text}`"),
        };
        let doc = parameter.doc.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| `{}` | {} | {default} | {doc} |",
            parameter.name,
            takes(parameter.kind)
        );
    }
    if !operation.errors.is_empty() {
        let list: Vec<String> = operation
            .errors
            .iter()
            .map(|status| format!("{status} ({})", status_words(*status).to_lowercase()))
            .collect();
        let _ = write!(out, "\nOther statuses: {}.\n", list.join(", "));
    }
}

fn takes(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Texts => "text, several".to_owned(),
        Kind::Integer(min, max) => format!("{min} to {max}"),
        Kind::Bool => "`true`, `false`".to_owned(),
        Kind::Word(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Kind::Time => "time".to_owned(),
        Kind::Duration => "duration".to_owned(),
    }
}
