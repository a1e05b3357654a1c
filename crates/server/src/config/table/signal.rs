//! Keys of the blocks about telemetry itself: switches, metrics, logging, tracing, processors.

use crate::config::key::{COUNT, DURATION, Key, Kind, LABELS, SHARE, SIZE, later, reload, start};

const LEVELS: Kind = Kind::Word(&[
    "trace", "debug", "info", "warn", "error", "off", "warning", "fatal",
]);
const FORMATS: Kind = Kind::Word(&["json", "pretty"]);

const OUTPUT: &[Key] = &[
    start(
        "type",
        Kind::Word(&["console", "file"]),
        "console",
        "Where to: standard error, or a file.",
    ),
    start(
        "path",
        Kind::Path,
        "",
        "The file; `$XDG_STATE_HOME/tachograph/tacho.log` if absent.",
    ),
    start(
        "format",
        FORMATS,
        "",
        "The form; `logging.format` for files and `pretty` for the console if absent.",
    ),
    start(
        "level",
        LEVELS,
        "",
        "The level of this output; `logging.level` if absent.",
    ),
];

const HEAD_RULE: &[Key] = &[
    later(
        "condition",
        Kind::Text,
        "",
        "Such as `request.type == 'critical'`.",
    ),
    later("sample_rate", SHARE, "", "Share of traces that are kept."),
    later("rate", SHARE, "", "The same."),
    later("name", Kind::Text, "", "Name of the rule."),
];

const ACTION: &[Key] = &[
    later("key", Kind::Text, "", "The attribute."),
    later("value", Kind::Any, "", "Its new value."),
    later(
        "from_attribute",
        Kind::Text,
        "",
        "The attribute to take the value from.",
    ),
    later(
        "action",
        Kind::Word(&[
            "insert", "update", "upsert", "delete", "hash", "extract", "convert",
        ]),
        "",
        "What to do.",
    ),
    later(
        "pattern",
        Kind::Text,
        "",
        "A regular expression for `extract`.",
    ),
];

pub(super) const KEYS: &[Key] = &[
    start(
        "enable_distributed_tracing",
        Kind::Bool,
        "true",
        "Whether own spans may be made at all; `tracing.enabled` turns them on.",
    ),
    later(
        "enable_context_propagation",
        Kind::Bool,
        "true",
        "Whether the SDK hands trace context on.",
    ),
    later(
        "enable_metrics",
        Kind::Bool,
        "true",
        "Whether metrics are collected.",
    ),
    later(
        "enable_custom_metrics",
        Kind::Bool,
        "true",
        "Whether metrics of applications are collected.",
    ),
    start(
        "enable_structured_logging",
        Kind::Bool,
        "true",
        "Whether own logs may be JSON; `false` makes them `pretty`.",
    ),
    later(
        "enable_log_correlation",
        Kind::Bool,
        "true",
        "Whether log records carry trace ids.",
    ),
    later(
        "enable_intelligent_alerting",
        Kind::Bool,
        "true",
        "Whether alerts use anomalies.",
    ),
    start(
        "enable_observability_dashboards",
        Kind::Bool,
        "true",
        "Whether the web UI is served.",
    ),
    start(
        "enable_real_time_updates",
        Kind::Bool,
        "true",
        "Whether `/api/v1/stream` is served.",
    ),
    later(
        "enable_continuous_profiling",
        Kind::Bool,
        "false",
        "Whether profiles are collected.",
    ),
    // Metrics.
    later(
        "metrics.enabled",
        Kind::Bool,
        "true",
        "Whether metrics are collected.",
    ),
    later(
        "metrics.collection_interval_ms",
        Kind::Integer(1, i64::MAX),
        "1000",
        "Milliseconds between collections.",
    ),
    reload(
        "metrics.retention_days",
        COUNT,
        "",
        "The same as `storage.retention.samples.age`, in days; wins if set.",
    ),
    reload(
        "metrics.labels",
        LABELS,
        "",
        "Labels on every series that is given to other servers (`/federate`, `/api/v1/metrics/prometheus`) and has none of that name, such as environment and version.",
    ),
    // Own log.
    reload("logging.level", LEVELS, "INFO", "Level of our own log."),
    start(
        "logging.format",
        FORMATS,
        "json",
        "Form of our own log in files, and on the console if `logging.output` names no format there.",
    ),
    start(
        "logging.output",
        Kind::Records(OUTPUT),
        "",
        "Where our own log goes. The console in `pretty` form if absent.",
    ),
    start(
        "logging.rotation.max_size_mb",
        Kind::Integer(1, 1_000_000),
        "100",
        "Megabytes after which a new file is begun.",
    ),
    start(
        "logging.rotation.max_files",
        Kind::Integer(1, 10_000),
        "10",
        "Files that are kept.",
    ),
    start(
        "logging.rotation.compress",
        Kind::Bool,
        "true",
        "Whether closed files are compressed.",
    ),
    later(
        "logging.rotation.retention_days",
        COUNT,
        "30",
        "Days that closed files are kept.",
    ),
    later(
        "logging.retention_days",
        COUNT,
        "30",
        "Days that received log records are kept; use `storage.retention.logs.age`.",
    ),
    // Own spans.
    start(
        "tracing.enabled",
        Kind::Bool,
        "false",
        "Whether we send spans about ourselves to `tracing.endpoint`. What is received is never sampled by keys of this block.",
    ),
    start(
        "tracing.sample_rate",
        SHARE,
        "0.1",
        "Share of our own traces that are sent.",
    ),
    start(
        "tracing.exporter",
        Kind::Word(&["otlp"]),
        "otlp",
        "Protocol.",
    ),
    start(
        "tracing.endpoint",
        Kind::Url,
        "http://localhost:4317",
        "Where to, OTLP/gRPC.",
    ),
    later(
        "tracing.retention_days",
        COUNT,
        "7",
        "Days that received traces are kept; use `storage.retention.spans.age`.",
    ),
    later(
        "tracing.sampling.always_sample.error_traces",
        Kind::Bool,
        "true",
        "Keep traces with errors (SDK).",
    ),
    later(
        "tracing.sampling.always_sample.slow_traces",
        Kind::Bool,
        "true",
        "Keep slow traces (SDK).",
    ),
    later(
        "tracing.sampling.always_sample.slow_threshold",
        DURATION,
        "5s",
        "What is slow (SDK).",
    ),
    later(
        "tracing.sampling.always_sample.critical_operations",
        Kind::Bool,
        "true",
        "Keep critical operations (SDK).",
    ),
    later(
        "tracing.sampling.sample_rate.default",
        SHARE,
        "0.1",
        "Share of other traces (SDK).",
    ),
    later(
        "tracing.sampling.sample_rate.parallel_operations",
        SHARE,
        "0.2",
        "Share of parallel operations (SDK).",
    ),
    later(
        "tracing.sampling.sample_rate.agent_tasks",
        SHARE,
        "0.15",
        "Share of agent tasks (SDK).",
    ),
    later(
        "tracing.sampling.head_sampling.enabled",
        Kind::Bool,
        "true",
        "Whether the rules below hold (SDK).",
    ),
    later(
        "tracing.sampling.head_sampling.rules",
        Kind::Records(HEAD_RULE),
        "",
        "Rules by attributes of the root span (SDK).",
    ),
    // Processors.
    later(
        "processors.batch.timeout",
        DURATION,
        "10s",
        "Time after which a batch is handed on. Requests are durable one by one here.",
    ),
    later(
        "processors.batch.send_batch_size",
        COUNT,
        "1024",
        "Items after which a batch is handed on.",
    ),
    later(
        "processors.batch.send_batch_max_size",
        COUNT,
        "0",
        "Items of a batch at most; 0 is no limit.",
    ),
    later(
        "processors.resource.attributes",
        Kind::Records(ACTION),
        "",
        "Changes of resource attributes.",
    ),
    later(
        "processors.attributes.actions",
        Kind::Records(ACTION),
        "",
        "Changes of attributes.",
    ),
    later(
        "processors.memory_limiter.check_interval",
        DURATION,
        "1s",
        "As in the collector; `memory.limit` is in force here.",
    ),
    later(
        "processors.memory_limiter.limit_mib",
        COUNT,
        "0",
        "As in the collector; `memory.limit` is in force here.",
    ),
    later(
        "profiling.enabled",
        Kind::Bool,
        "false",
        "Whether profiles are collected.",
    ),
    later(
        "profiling.sample_rate",
        SHARE,
        "0.1",
        "Share of time that is profiled.",
    ),
    later(
        "profiling.interval",
        DURATION,
        "10ms",
        "Time between samples of the stack.",
    ),
    later("profiling.max_bytes", SIZE, "64MiB", "Bytes of a profile."),
];
