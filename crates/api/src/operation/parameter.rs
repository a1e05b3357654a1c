//! Parameters that several operations share.

use super::{Kind, Parameter};

pub(super) const fn query(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter {
        name,
        in_path: false,
        kind,
        default: "",
        doc,
    }
}

pub(super) const fn preset(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Parameter {
    Parameter {
        name,
        in_path: false,
        kind,
        default,
        doc,
    }
}

pub(super) const fn path(name: &'static str, doc: &'static str) -> Parameter {
    Parameter {
        name,
        in_path: true,
        kind: Kind::Text,
        default: "",
        doc,
    }
}

pub(super) const START: Parameter = query(
    "start",
    Kind::Time,
    "Only what happened at or after this: RFC 3339, Unix seconds, milliseconds or nanoseconds (told apart by magnitude), or `now-2h`. All that is stored if absent.",
);
pub(super) const END: Parameter = query(
    "end",
    Kind::Time,
    "Only what happened before this; as `start`.",
);
pub(super) const CURSOR: Parameter = query(
    "cursor",
    Kind::Text,
    "`nextCursor` of the page before; all other parameters must be the same.",
);
pub(super) const LIMIT: Parameter = preset(
    "limit",
    Kind::Integer(1, 10_000),
    "100",
    "At most so many items.",
);
pub(super) const SERVICE: Parameter = query(
    "service",
    Kind::Text,
    "`service.name` of the resource equals this.",
);
pub(super) const ATTR: Parameter = query(
    "attr",
    Kind::Texts,
    "`KEY=VALUE`, split at the first `=`: an attribute of the item, else of its resource, else of its scope, has this value as text. Repeat it for more.",
);
pub(super) const TRACE_ID: Parameter = query(
    "trace_id",
    Kind::Text,
    "Belongs to this trace: 32 hexadecimal digits, or an alias.",
);
pub(super) const NAME: Parameter = query(
    "name",
    Kind::Text,
    "The name of the span (event name of the log record) equals this.",
);
pub(super) const STATUS: Parameter = query(
    "status",
    Kind::Word(&["ok", "error", "unset"]),
    "The span has this status.",
);
pub(super) const MIN_DURATION: Parameter = query(
    "min_duration",
    Kind::Duration,
    "The span took at least this long, such as `250ms`.",
);
pub(super) const MAX_DURATION: Parameter = query(
    "max_duration",
    Kind::Duration,
    "The span took at most this long.",
);
pub(super) const TRACE_QUERY: Parameter = query(
    "q",
    Kind::Text,
    "A subset of TraceQL: `{ status = error && span.model = \"large\" && duration > 2s }`.",
);
pub(super) const LOG_QUERY: Parameter = query(
    "q",
    Kind::Text,
    "A subset of LogQL: `{service_name=\"planner\"} |= \"timeout\" | task_id=\"t-1\"`.",
);
pub(super) const SEVERITY: Parameter = query(
    "severity",
    Kind::Text,
    "At least this severe: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, or a number of 1 to 24; names separated by commas: exactly these.",
);
pub(super) const VALUES: Parameter = preset(
    "values",
    Kind::Word(&["full", "preview"]),
    "full",
    "`full` loads large values (over 4 KiB), `preview` shows their first bytes only.",
);
pub(super) const SIGNAL: Parameter = preset(
    "signal",
    Kind::Word(&["spans", "logs", "samples"]),
    "spans",
    "The signal to look at.",
);
