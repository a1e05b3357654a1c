//! The one table of operations of the HTTP API: paths, parameters, answers, who may call.
//!
//! The server refuses parameters that are not named here, the OpenAPI document and the reference
//! page are printed from it. `operation/parameter.rs` has the parameters that several share.

mod alerts;
mod logs;
mod metrics;
mod parameter;
mod rest;
mod routing;
mod rules;
mod traces;
mod views;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Method.
    pub method: Method,
    /// Path with `{name}` for parameters, as both OpenAPI and axum write it.
    pub path: &'static str,
    /// Name that clients generate functions from.
    pub id: &'static str,
    /// Group in the documentation.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// All there is to know; may be empty.
    pub description: &'static str,
    /// What a token must allow where one is needed.
    pub scope: Scope,
    /// Parameters of path and query.
    pub parameters: &'static [Parameter],
    /// Shape of the request's JSON body.
    pub request: Option<&'static str>,
    /// What success looks like.
    pub answer: Answer,
    /// Statuses other than success that the operation itself gives.
    pub errors: &'static [u16],
}

/// Method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

/// What a token must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Nothing: no token needed anywhere.
    Open,
    /// Reading; needs a token beyond loopback only.
    Read,
    /// Acknowledging, silencing, changing rules; needs a token that allows *admin* beyond loopback only.
    Operate,
    /// Removing telemetry and the like; needs a token everywhere.
    Admin,
}

/// What success looks like.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// JSON of this shape.
    Json(&'static str),
    /// JSON of another standard's shape.
    ForeignJson(&'static str),
    /// Text of this content type.
    Text(&'static str, &'static str),
    /// A stream of server-sent events.
    EventStream(&'static str),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// Whether it stands in the path; in the query otherwise.
    pub in_path: bool,
    /// What it takes.
    pub kind: Kind,
    /// What stands for an absent one; empty if nothing does.
    pub default: &'static str,
    /// All there is to know.
    pub doc: &'static str,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Any text.
    Text,
    /// Any text, and it may come several times.
    Texts,
    /// A whole number within these bounds.
    Integer(u64, u64),
    /// `true` or `false`.
    Bool,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A point in time.
    Time,
    /// A duration such as `5s`.
    Duration,
}

/// An operation that reads; the parts of it that are alike everywhere.
const fn read(
    path: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: &'static [Parameter],
    answer: Answer,
) -> Operation {
    Operation {
        method: Method::Get,
        path,
        id,
        tag,
        summary,
        description: "",
        scope: Scope::Read,
        parameters,
        request: None,
        answer,
        errors: &[400, 429, 503],
    }
}

/// All operations, by path.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    traces::OPERATIONS
        .iter()
        .chain(logs::OPERATIONS)
        .chain(metrics::OPERATIONS)
        .chain(views::OPERATIONS)
        .chain(alerts::OPERATIONS)
        .chain(rules::OPERATIONS)
        .chain(routing::OPERATIONS)
        .chain(rest::OPERATIONS)
}

/// The operation of a method and path template.
pub fn find(method: Method, path: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.method == method && operation.path == path)
}

impl Method {
    /// The name in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

impl Operation {
    /// Names of the parameters of the query.
    pub fn query_names(&self) -> impl Iterator<Item = &'static str> {
        self.parameters
            .iter()
            .filter(|parameter| !parameter.in_path)
            .map(|parameter| parameter.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{all, find};
    use std::collections::BTreeSet;

    #[test]
    fn ids_and_routes_are_unique_and_path_parameters_are_declared() {
        let mut ids = BTreeSet::new();
        let mut routes = BTreeSet::new();
        for operation in all() {
            assert!(ids.insert(operation.id), "{}", operation.id);
            assert!(routes.insert((operation.method.as_str(), operation.path)));
            assert!(find(operation.method, operation.path).is_some());
            let declared: Vec<_> = operation
                .parameters
                .iter()
                .filter(|p| p.in_path)
                .map(|p| p.name)
                .collect();
            let used: Vec<_> = operation
                .path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(declared, used, "{}", operation.path);
        }
    }
}
