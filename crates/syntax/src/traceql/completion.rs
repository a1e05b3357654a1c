//! What can be written in a TraceQL query today, one line about each: for completion in editors and
//! for help texts.

use crate::completion::{Fact, fact};

/// Intrinsics, shortest name first where there are two.
pub const INTRINSICS: &[Fact] = &[
    fact("name", "name of the span"),
    fact("status", "status of the span: ok, error or unset"),
    fact("statusMessage", "text that was sent with the status"),
    fact("kind", "kind of the span: server, client and so on"),
    fact("duration", "time from start to end of the span"),
    fact(
        "traceDuration",
        "time from the first start to the last end in the trace",
    ),
    fact("rootName", "name of the trace's root span"),
    fact("rootServiceName", "service name of the trace's root span"),
    fact("parent", "the parent span; `parent = nil` finds root spans"),
    fact("span:name", "the same as `name`"),
    fact("span:status", "the same as `status`"),
    fact("span:statusMessage", "the same as `statusMessage`"),
    fact("span:kind", "the same as `kind`"),
    fact("span:duration", "the same as `duration`"),
    fact("span:id", "id of the span, 16 hexadecimal digits"),
    fact(
        "span:parentID",
        "id of the parent span, 16 hexadecimal digits",
    ),
    fact("trace:duration", "the same as `traceDuration`"),
    fact("trace:rootName", "the same as `rootName`"),
    fact("trace:rootService", "the same as `rootServiceName`"),
    fact("trace:id", "id of the trace, 32 hexadecimal digits"),
    fact("instrumentation:name", "name of the instrumentation scope"),
    fact(
        "instrumentation:version",
        "version of the instrumentation scope",
    ),
];

/// What stands before the name of an attribute.
pub const SCOPES: &[Fact] = &[
    fact("span.", "attribute of the span"),
    fact(
        "resource.",
        "attribute of the resource, that is of who sent the span",
    ),
    fact("instrumentation.", "attribute of the instrumentation scope"),
    fact(
        ".",
        "attribute of the span, else of the resource, else of the instrumentation scope",
    ),
];

/// Operators between a field and a value.
pub const COMPARISON_OPERATORS: &[Fact] = &[
    fact("=", "equal; `= nil` means absent"),
    fact("!=", "not equal; `!= nil` means present"),
    fact("<", "less"),
    fact("<=", "less or equal"),
    fact(">", "greater"),
    fact(">=", "greater or equal"),
    fact("=~", "the whole text matches the regular expression"),
    fact("!~", "the whole text does not match the regular expression"),
];

/// Operators between conditions; `!` stands before one.
pub const LOGICAL_OPERATORS: &[Fact] = &[
    fact("&&", "both conditions hold on the same span"),
    fact("||", "one of the conditions holds"),
    fact("!", "the condition in parentheses does not hold"),
];

/// Values of `status`.
pub const STATUSES: &[Fact] = &[
    fact("ok", "the application said that it went well"),
    fact("error", "it failed"),
    fact("unset", "nothing was said"),
];

/// Values of `kind`.
pub const KINDS: &[Fact] = &[
    fact("unspecified", "not said"),
    fact("internal", "inside an application"),
    fact("server", "handles a request from outside"),
    fact("client", "sends a request outside"),
    fact("producer", "sends a message"),
    fact("consumer", "takes a message"),
];

/// Other words that stand for values.
pub const VALUES: &[Fact] = &[
    fact("true", "the boolean"),
    fact("false", "the boolean"),
    fact("nil", "no value"),
];
