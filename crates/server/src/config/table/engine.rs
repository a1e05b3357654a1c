//! Keys of what receives, stores, answers: listeners, storage, memory, ingest, queries, tokens.

use crate::config::key::{COUNT, DURATION, Key, Kind, SIZE, TEXTS, later, reload, start};

const TOKEN: &[Key] = &[
    reload("name", Kind::Text, "", "Name that logs show."),
    reload(
        "token",
        Kind::Secret,
        "",
        "The token, at least 16 characters.",
    ),
    reload(
        "scopes",
        Kind::List(&Kind::Word(&["ingest", "read", "admin"])),
        "",
        "What it allows: `ingest` (send telemetry), `read` (ask), `admin` (both, and everything else).",
    ),
];

const SELECTOR: &[Key] = &[
    reload("signal", Kind::Word(&["spans", "logs"]), "", "The signal."),
    reload(
        "attributes",
        Kind::Map(&Kind::Text),
        "",
        "Attributes that an item, its resource or its scope must have, values as text.",
    ),
    reload(
        "age",
        DURATION,
        "",
        "Items with these attributes are deleted at this age.",
    ),
];

pub(super) const KEYS: &[Key] = &[
    // Listeners.
    start(
        "http.listen",
        Kind::Listen,
        "127.0.0.1:3000",
        "Address of the HTTP listener: every API, OTLP/HTTP too. Port 0 takes a free one.",
    ),
    reload(
        "http.allowed_hosts",
        TEXTS,
        "",
        "Names that `Host` and `Origin` of requests may carry beside loopback names and the bound addresses; others get 403. `*` allows all.",
    ),
    start(
        "http.cors.allowed_origins",
        TEXTS,
        "",
        "Origins whose pages may call the API, such as `https://ops.example.com`. None by default.",
    ),
    start(
        "http.cors.allowed_headers",
        TEXTS,
        "[authorization, content-type, content-encoding, last-event-id]",
        "Request headers that such pages may send.",
    ),
    start(
        "http.cors.max_age",
        DURATION,
        "10m",
        "How long browsers remember the answer.",
    ),
    start(
        "http.tls.cert",
        Kind::Path,
        "",
        "File with the certificate chain (PEM). With `http.tls.key` it turns on TLS on all three listeners.",
    ),
    start(
        "http.tls.key",
        Kind::Path,
        "",
        "File with the private key (PEM).",
    ),
    start(
        "http.max_connections",
        Kind::Integer(1, 1_000_000),
        "4096",
        "Connections open at a time over all listeners; more are closed at once and counted.",
    ),
    start(
        "http.header_timeout",
        DURATION,
        "10s",
        "Time for the head of a request (and for the TLS handshake).",
    ),
    start(
        "http.body_timeout",
        DURATION,
        "30s",
        "Time without a byte of a request's body after which it is given up.",
    ),
    start(
        "http.idle_timeout",
        DURATION,
        "2m",
        "Time without a request after which a connection is closed.",
    ),
    start(
        "http.max_streams",
        Kind::Integer(1, 10_000),
        "256",
        "Requests at a time on one HTTP/2 connection.",
    ),
    start(
        "http.shutdown_timeout",
        DURATION,
        "20s",
        "Time that running requests get when the server stops.",
    ),
    start(
        "otlp.grpc.listen",
        Kind::Listen,
        "127.0.0.1:4317",
        "Address of the OTLP/gRPC listener.",
    ),
    start(
        "otlp.http.listen",
        Kind::Listen,
        "127.0.0.1:4318",
        "Address of the OTLP/HTTP listener.",
    ),
    later(
        "listen.prometheus",
        Kind::Listen,
        "off",
        "Address of a listener that speaks as Prometheus does (9090).",
    ),
    later(
        "listen.tempo",
        Kind::Listen,
        "off",
        "Address of a listener that speaks as Tempo does (3200).",
    ),
    later(
        "listen.loki",
        Kind::Listen,
        "off",
        "Address of a listener that speaks as Loki does (3100).",
    ),
    later(
        "listen.zipkin",
        Kind::Listen,
        "off",
        "Address of a listener that speaks as Zipkin does (9411).",
    ),
    later(
        "listen.jaeger",
        Kind::Listen,
        "off",
        "Address of a listener that speaks as Jaeger does (14268).",
    ),
    // Storage.
    start(
        "storage.data_dir",
        Kind::Path,
        "",
        "Folder of all data; `$XDG_DATA_HOME/tachograph` if absent. One process a folder.",
    ),
    start(
        "storage.durability",
        Kind::Word(&["fsync", "buffered"]),
        "fsync",
        "When success is sent: `fsync` after the data is on the device, `buffered` after the system has it (a power cut may then lose the last seconds).",
    ),
    start(
        "storage.min_free",
        Kind::Size(&["auto"]),
        "auto",
        "Bytes of the disk that are kept free: below it writes are refused. `auto` is 1 GiB, or 5 % of what is free at start if that is less.",
    ),
    later(
        "storage.out_of_order",
        DURATION,
        "1h",
        "How much older than the newest sample of its series a sample may be.",
    ),
    reload(
        "storage.wal.max_bytes",
        SIZE,
        "2GiB",
        "Bytes of write-ahead log a signal that force a flush.",
    ),
    reload(
        "storage.head.max_bytes",
        SIZE,
        "32MiB",
        "Bytes in memory a signal that cut the head into blocks.",
    ),
    reload(
        "storage.head.max_age",
        DURATION,
        "30m",
        "Age of the oldest item in memory that cuts the head.",
    ),
    reload(
        "storage.compaction.debt_max_bytes",
        SIZE,
        "2GiB",
        "Bytes of blocks that wait to be merged beyond which writes are slowed down.",
    ),
    reload(
        "storage.retention.spans.age",
        Kind::Duration(&["off"]),
        "7d",
        "Spans older than this are dropped, counted from the later of what happened and when it arrived.",
    ),
    reload(
        "storage.retention.spans.size",
        Kind::Size(&["off"]),
        "off",
        "Above so many bytes the oldest spans are dropped.",
    ),
    reload(
        "storage.retention.logs.age",
        Kind::Duration(&["off"]),
        "30d",
        "As for spans.",
    ),
    reload(
        "storage.retention.logs.size",
        Kind::Size(&["off"]),
        "off",
        "As for spans.",
    ),
    reload(
        "storage.retention.selectors",
        Kind::Records(SELECTOR),
        "",
        "Shorter ages for items with certain attributes.",
    ),
    reload(
        "storage.traces.block_retention",
        DURATION,
        "",
        "The same as `storage.retention.spans.age`, in Tempo's word; wins if set.",
    ),
    later(
        "storage.traces.trace_idle_period",
        DURATION,
        "10s",
        "Time without a span after which a trace counts as complete.",
    ),
    reload(
        "storage.traces.max_block_bytes",
        SIZE,
        "",
        "The same as `storage.head.max_bytes`, in Tempo's word; wins if set.",
    ),
    reload(
        "storage.traces.max_block_duration",
        DURATION,
        "",
        "The same as `storage.head.max_age`, in Tempo's word; wins if set.",
    ),
    start(
        "memory.limit",
        Kind::Size(&["auto"]),
        "auto",
        "Bytes of memory that the process may use. `auto` is half of what the machine or its control group has.",
    ),
    // Ingest.
    start(
        "ingest.limits.request_bytes",
        SIZE,
        "20MiB",
        "Bytes of a request as sent.",
    ),
    start(
        "ingest.limits.decoded_bytes",
        SIZE,
        "64MiB",
        "Bytes of a request after decompression.",
    ),
    start(
        "ingest.limits.attributes",
        Kind::Integer(1, 1_000_000),
        "1024",
        "Attributes a record, and a resource, scope, event or link; the rest is counted as dropped.",
    ),
    start(
        "ingest.limits.key_bytes",
        Kind::Size(&[]),
        "64KiB",
        "Bytes of an attribute's key.",
    ),
    start(
        "ingest.limits.value_bytes",
        SIZE,
        "4MiB",
        "Bytes of one value.",
    ),
    start(
        "ingest.limits.nesting",
        Kind::Integer(1, 128),
        "64",
        "Levels of arrays and maps; deeper ones become JSON text.",
    ),
    start("ingest.limits.events", COUNT, "10000", "Events of a span."),
    start("ingest.limits.links", COUNT, "1000", "Links of a span."),
    start(
        "ingest.limits.future",
        DURATION,
        "10m",
        "How far in the future an item may lie.",
    ),
    later("ingest.limits.labels", COUNT, "128", "Labels of a series."),
    later(
        "ingest.limits.series_per_metric",
        COUNT,
        "200000",
        "Active series of a metric.",
    ),
    later(
        "ingest.limits.series",
        COUNT,
        "5000000",
        "Active series in all.",
    ),
    later(
        "ingest.sampling.enabled",
        Kind::Bool,
        "false",
        "Whether received traces are sampled. They never are unless this says so.",
    ),
    // Queries.
    reload(
        "query.timeout",
        DURATION,
        "60s",
        "Time that a query may take, waiting included.",
    ),
    start(
        "query.max_concurrent",
        Kind::Integer(1, 1024),
        "8",
        "Queries that run at a time.",
    ),
    start(
        "query.max_waiting",
        Kind::Integer(0, 100_000),
        "64",
        "Queries that wait at a time; more are refused.",
    ),
    reload(
        "query.memory",
        SIZE,
        "256MiB",
        "Bytes of memory that a query may hold.",
    ),
    reload(
        "query.read_bytes",
        Kind::Size(&["off"]),
        "off",
        "Bytes of blocks that a query may read.",
    ),
    start(
        "query.max_groups",
        Kind::Integer(1, 10_000_000),
        "10000",
        "Groups that a count may have.",
    ),
    start(
        "query.response_bytes",
        SIZE,
        "32MiB",
        "Bytes of a page of a trace, about; more go to the next page.",
    ),
    start(
        "stream.max_streams",
        Kind::Integer(1, 100_000),
        "256",
        "Live streams at a time.",
    ),
    start(
        "stream.keep",
        Kind::Integer(1, 1_000_000),
        "4096",
        "Messages a signal that are kept for clients that come back.",
    ),
    // Who may.
    reload(
        "auth.tokens",
        Kind::Records(TOKEN),
        "",
        "Tokens beside the admin token of the data folder.",
    ),
    later(
        "rules.builtin",
        Kind::Bool,
        "true",
        "Whether the rules that come with the program run.",
    ),
    later(
        "rules.files",
        Kind::List(&Kind::Path),
        "",
        "Files of rules.",
    ),
    later(
        "slos.files",
        Kind::List(&Kind::Path),
        "",
        "Files of service level objectives.",
    ),
    later("prices.file", Kind::Path, "", "File of model prices."),
];
