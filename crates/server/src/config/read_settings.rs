//! Second stage: from values by path to typed settings; what spans several keys is checked here.

use super::key::Kind;
use super::load::{Values, xdg_folder};
use super::problem::{Place, Problem};
use super::read_alerting;
use super::settings::{
    Alerting, Config, Http, Logging, Output, PromQl, Query, Scrape, Stream, Token, Tracing,
};
use super::table;
use super::value::{Value, scalar};
use crate::ui::base;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tacho_ingest::limits::{ItemLimits, Limits};
use tacho_ingest::metrics::settings::{Promoted, Strategy, TranslationSettings};
use tacho_model::labels::Labels;
use tacho_model::signal::Signal;
use tacho_storage::options::{self, Retention, SelectorRetention, SignalRetention};
use tacho_storage::wal::Durability;

/// The settings of these values. What does not fit together is added to `errors`.
pub fn read_settings(
    values: &Values,
    env: &BTreeMap<String, String>,
    errors: &mut Vec<Problem>,
) -> Config {
    let mut reader = Reader { values, errors };
    let given_dir = reader.text("storage.data_dir").map(PathBuf::from);
    let data_dir = given_dir
        .or_else(|| xdg_folder(env, "XDG_DATA_HOME", ".local/share").map(|d| d.join("tachograph")));
    Config {
        http: reader.http(),
        data_dir,
        storage: reader.storage(),
        limits: reader.limits(),
        series_labels_max: reader.count("ingest.limits.labels"),
        external_labels: reader.external_labels(),
        otlp_metrics: reader.otlp_metrics(),
        query: reader.query(),
        stream: Stream {
            enabled: reader.flag("enable_real_time_updates"),
            max_streams: reader.count("stream.max_streams"),
            keep: reader.count("stream.keep"),
            refresh_interval: Duration::from_millis(
                reader.count("dashboard.refresh_interval_ms") as u64
            ),
        },
        scrape: Scrape {
            file: reader.text("scrape.prometheus_config").map(PathBuf::from),
            prometheus: None,
            allow_link_local: reader.flag("scrape.allow_link_local"),
        },
        alerting: reader.alerting(),
        tokens: reader.tokens(),
        logging: reader.logging(env),
        tracing: reader.tracing(),
    }
}
/// Gives values: what a source gave, else the default of the table.
struct Reader<'a> {
    values: &'a Values,
    errors: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn value(&self, path: &str) -> Option<Value> {
        if let Some(given) = self.values.given(path) {
            return Some(given.value.clone());
        }
        let key = table::find(path)?;
        default_value(&key.kind, key.default)
    }

    fn place(&self, path: &str) -> Place {
        self.values
            .given(path)
            .map_or(Place::Default, |given| given.place.clone())
    }

    fn text(&self, path: &str) -> Option<String> {
        match self.value(path) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn texts(&self, path: &str) -> Vec<String> {
        match self.value(path) {
            Some(Value::List(items)) => items
                .into_iter()
                .filter_map(|item| match item {
                    Value::Text(text) => Some(text),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn flag(&self, path: &str) -> bool {
        matches!(self.value(path), Some(Value::Bool(true)))
    }

    fn integer(&self, path: &str) -> Option<i64> {
        match self.value(path) {
            Some(Value::Integer(number)) => Some(number),
            _ => None,
        }
    }

    fn count(&self, path: &str) -> usize {
        self.integer(path)
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(0)
    }

    fn small_count(&self, path: &str) -> u32 {
        self.integer(path)
            .map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// A duration; `None` if it is off or absent.
    fn duration(&self, path: &str) -> Option<Duration> {
        match self.value(path) {
            Some(Value::Duration(ns)) => u64::try_from(ns).ok().map(Duration::from_nanos),
            _ => None,
        }
    }

    /// A size; `None` if a word stands for it or it is absent.
    fn bytes(&self, path: &str) -> Option<u64> {
        match self.value(path) {
            Some(Value::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    fn size(&self, path: &str) -> usize {
        usize::try_from(self.bytes(path).unwrap_or(0)).unwrap_or(usize::MAX)
    }

    fn time(&self, path: &str) -> Duration {
        self.duration(path).unwrap_or_default()
    }

    fn records(&self, path: &str) -> Vec<BTreeMap<String, Value>> {
        match self.value(path) {
            Some(Value::List(items)) => items
                .into_iter()
                .filter_map(|item| match item {
                    Value::Map(fields) => Some(fields.into_iter().collect()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn complain(&mut self, path: &str, message: impl Into<String>, hint: &str) {
        let problem = Problem::new(self.place(path), path, message).hint(hint);
        self.errors.push(problem);
    }

    /// Complains about a size or duration of 0 where that would stop everything.
    fn refuse_zero(&mut self, paths: &[&str]) {
        for path in paths {
            if matches!(self.value(path), Some(Value::Bytes(0) | Value::Duration(0))) {
                self.complain(path, "must not be 0", "leave it out for the default");
            }
        }
    }

    fn listen(&self, path: &str) -> Option<String> {
        self.text(path).filter(|text| text != "off")
    }

    fn alerting(&mut self) -> Alerting {
        self.refuse_zero(&["alerting.evaluation_interval"]);
        let files = self
            .text("alerting.rules_file")
            .into_iter()
            .chain(self.texts("rules.files"));
        let path = |name| self.text(name).map(PathBuf::from);
        let mut settings = Alerting {
            enabled: self.flag("alerting.enabled"),
            interval: self
                .duration("alerting.evaluation_interval")
                .unwrap_or(Duration::from_secs(30)),
            builtin: self.flag("rules.builtin"),
            rule_files: files.map(PathBuf::from).collect(),
            managed_file: path("alerting.managed_rules_file"),
            alertmanager_file: path("alerting.alertmanager_config"),
            external_url: self
                .text("alerting.external_url")
                .map(|url| url.trim_end_matches('/').to_owned()),
            allow_link_local: self.flag("alerting.allow_link_local"),
            routing_block: None,
            rules_block: None,
        };
        read_alerting::blocks(self.values, &mut settings);
        settings
    }

    fn http(&mut self) -> Http {
        self.refuse_zero(&[
            "http.header_timeout",
            "http.body_timeout",
            "http.idle_timeout",
        ]);
        let mut listen = self.listen("http.listen");
        if let (Some(port), None) = (
            self.integer("dashboard.port"),
            self.values.given("http.listen"),
        ) {
            listen = Some(format!("127.0.0.1:{port}"));
        }
        let tls = match (self.text("http.tls.cert"), self.text("http.tls.key")) {
            (Some(cert), Some(key)) => Some((PathBuf::from(cert), PathBuf::from(key))),
            (None, None) => None,
            (Some(_), None) => {
                self.complain(
                    "http.tls.cert",
                    "has no http.tls.key beside it",
                    "give both, or neither",
                );
                None
            }
            (None, Some(_)) => {
                self.complain(
                    "http.tls.key",
                    "has no http.tls.cert beside it",
                    "give both, or neither",
                );
                None
            }
        };
        let cors_origins = self.texts("http.cors.allowed_origins");
        for origin in &cors_origins {
            let well_formed = origin.split_once("://").is_some_and(|(scheme, host)| {
                matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains('/')
            });
            if !well_formed {
                let message = format!("{origin:?} is no origin");
                self.complain(
                    "http.cors.allowed_origins",
                    message,
                    "write SCHEME://HOST[:PORT], without a path",
                );
            }
        }
        Http {
            listen,
            otlp_grpc: self.listen("otlp.grpc.listen"),
            otlp_http: self.listen("otlp.http.listen"),
            prometheus: self.listen("listen.prometheus"),
            allowed_hosts: self.texts("http.allowed_hosts"),
            base_path: self.base_path(),
            ui: self.flag("enable_observability_dashboards"),
            cors_origins,
            cors_headers: self.texts("http.cors.allowed_headers"),
            cors_max_age: self.time("http.cors.max_age"),
            tls,
            max_connections: self.count("http.max_connections"),
            header_timeout: self.time("http.header_timeout"),
            body_timeout: self.time("http.body_timeout"),
            idle_timeout: self.time("http.idle_timeout"),
            max_streams: self.small_count("http.max_streams"),
            shutdown_timeout: self.time("http.shutdown_timeout"),
        }
    }

    fn base_path(&mut self) -> String {
        let written = self.text("http.base_path").unwrap_or_default();
        let path = written.trim_end_matches('/');
        if !path.is_empty() && !base::is_clean(path) {
            self.complain(
                "http.base_path",
                format!("{written:?} is no plain path"),
                "write it as /tacho or /ops/tacho, of letters, digits and . _ ~ -",
            );
        }
        path.to_owned()
    }

    fn storage(&mut self) -> options::Config {
        self.refuse_zero(&[
            "storage.wal.max_bytes",
            "storage.head.max_bytes",
            "storage.head.max_age",
            "storage.retention.spans.age",
            "storage.retention.logs.age",
            "storage.retention.samples.age",
            "storage.traces.block_retention",
            "storage.traces.max_block_bytes",
            "storage.traces.max_block_duration",
            "memory.limit",
        ]);
        let durability = match self.text("storage.durability").as_deref() {
            Some("buffered") => Durability::Buffered,
            _ => Durability::Fsync,
        };
        let spans_age = self
            .duration("storage.traces.block_retention")
            .or_else(|| self.duration("storage.retention.spans.age"));
        let samples_age = match self.integer("metrics.retention_days") {
            Some(days) => Some(Duration::from_secs(
                u64::try_from(days).unwrap_or(0) * 86_400,
            )),
            None => self.duration("storage.retention.samples.age"),
        };
        let retention = Retention {
            spans: SignalRetention {
                age: spans_age,
                bytes: self.bytes("storage.retention.spans.size"),
            },
            logs: SignalRetention {
                age: self.duration("storage.retention.logs.age"),
                bytes: self.bytes("storage.retention.logs.size"),
            },
            samples: SignalRetention {
                age: samples_age,
                bytes: self.bytes("storage.retention.samples.size"),
            },
            selectors: self.selectors(),
        };
        let head_bytes = self
            .bytes("storage.traces.max_block_bytes")
            .or_else(|| self.bytes("storage.head.max_bytes"));
        let head_age = self
            .duration("storage.traces.max_block_duration")
            .or_else(|| self.duration("storage.head.max_age"));
        options::Config {
            durability,
            wal_max_bytes: self.bytes("storage.wal.max_bytes").unwrap_or(0),
            head_max_bytes: head_bytes.unwrap_or(0),
            head_max_age: head_age.unwrap_or_default(),
            min_free_bytes: self.bytes("storage.min_free").unwrap_or(0),
            memory_limit: self.bytes("memory.limit").unwrap_or(0),
            retention,
            compaction_debt_max_bytes: self.bytes("storage.compaction.debt_max_bytes").unwrap_or(0),
            out_of_order: self.duration("storage.out_of_order").unwrap_or_default(),
            series_per_metric_max: self.count("ingest.limits.series_per_metric"),
            series_max: self.count("ingest.limits.series"),
            ..options::Config::default()
        }
    }

    fn selectors(&mut self) -> Vec<SelectorRetention> {
        const PATH: &str = "storage.retention.selectors";
        let mut out = Vec::new();
        for (index, record) in self.records(PATH).into_iter().enumerate() {
            let signal = match record.get("signal") {
                Some(Value::Text(name)) => Signal::parse(name),
                _ => None,
            };
            let attributes: Vec<(String, String)> = match record.get("attributes") {
                Some(Value::Map(pairs)) => pairs
                    .iter()
                    .filter_map(|(key, value)| match value {
                        Value::Text(text) => Some((key.clone(), text.clone())),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            let age = match record.get("age") {
                Some(Value::Duration(ns)) if *ns > 0 => {
                    u64::try_from(*ns).ok().map(Duration::from_nanos)
                }
                _ => None,
            };
            let (Some(signal), Some(age), false) = (signal, age, attributes.is_empty()) else {
                let message = format!("entry {index} lacks a signal, attributes or an age over 0");
                self.complain(PATH, message, "give signal, attributes and age");
                continue;
            };
            out.push(SelectorRetention {
                signal,
                attributes,
                age,
            });
        }
        out
    }

    fn limits(&mut self) -> Limits {
        self.refuse_zero(&[
            "ingest.limits.request_bytes",
            "ingest.limits.decoded_bytes",
            "ingest.limits.key_bytes",
            "ingest.limits.value_bytes",
        ]);
        let small = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Limits {
            items: ItemLimits {
                attributes: self.small_count("ingest.limits.attributes"),
                key_bytes: small(self.size("ingest.limits.key_bytes")),
                value_bytes: small(self.size("ingest.limits.value_bytes")),
                nesting: self.small_count("ingest.limits.nesting"),
                events: self.small_count("ingest.limits.events"),
                links: self.small_count("ingest.limits.links"),
            },
            future: self.time("ingest.limits.future"),
            sent_bytes: self.size("ingest.limits.request_bytes"),
            decoded_bytes: self.size("ingest.limits.decoded_bytes"),
        }
    }

    fn external_labels(&self) -> Labels {
        let pairs = match self.value("metrics.labels") {
            Some(Value::Map(pairs)) => pairs,
            _ => Vec::new(),
        };
        Labels::from_pairs(pairs.into_iter().filter_map(|(name, value)| match value {
            Value::Text(text) => Some((name, text)),
            _ => None,
        }))
    }

    fn otlp_metrics(&mut self) -> TranslationSettings {
        const GROUP: &str = "ingest.otlp_metrics";
        let path = |name: &str| format!("{GROUP}.{name}");
        let strategy = self
            .text(&path("translation_strategy"))
            .and_then(|word| Strategy::parse(&word));
        let promoted = self.texts(&path("promote_resource_attributes"));
        let ignored = self.texts(&path("ignore_resource_attributes"));
        let all = self.flag(&path("promote_all_resource_attributes"));
        if all && !promoted.is_empty() {
            self.complain(
                "ingest.otlp_metrics.promote_resource_attributes",
                "attributes are named although all of them are promoted".to_owned(),
                "leave one of the two out",
            );
        }
        if !all && !ignored.is_empty() {
            self.complain(
                "ingest.otlp_metrics.ignore_resource_attributes",
                "attributes are ignored although not all of them are promoted".to_owned(),
                "set promote_all_resource_attributes as well",
            );
        }
        TranslationSettings {
            strategy: strategy.unwrap_or_default(),
            promoted: if all {
                Promoted::AllBut(ignored)
            } else {
                Promoted::Only(promoted)
            },
            keep_identifying_resource_attributes: self
                .flag(&path("keep_identifying_resource_attributes")),
            convert_histograms_to_nhcb: self.flag(&path("convert_histograms_to_nhcb")),
            promote_scope_metadata: self.flag(&path("promote_scope_metadata")),
            ..TranslationSettings::default()
        }
    }

    fn query(&mut self) -> Query {
        self.refuse_zero(&[
            "query.timeout",
            "query.memory",
            "query.response_bytes",
            "query.promql.lookback",
        ]);
        Query {
            timeout: self.time("query.timeout"),
            max_concurrent: self.count("query.max_concurrent"),
            max_waiting: self.count("query.max_waiting"),
            memory_bytes: self.bytes("query.memory").unwrap_or(0),
            read_bytes: self.bytes("query.read_bytes").unwrap_or(0),
            max_groups: self.count("query.max_groups"),
            response_bytes: self.size("query.response_bytes"),
            promql: PromQl {
                lookback: self.time("query.promql.lookback"),
                samples_max: self
                    .integer("query.promql.max_samples")
                    .and_then(|number| u64::try_from(number).ok())
                    .unwrap_or(0),
                series_max: self.count("query.promql.max_series"),
                steps_max: self.count("query.promql.max_steps"),
                start_timestamps: self.flag("query.promql.start_timestamps"),
                admin_api: self.flag("query.promql.admin_api"),
            },
        }
    }

    fn tokens(&mut self) -> Vec<Token> {
        const PATH: &str = "auth.tokens";
        let mut out: Vec<Token> = Vec::new();
        for (index, record) in self.records(PATH).into_iter().enumerate() {
            let text = |key: &str| match record.get(key) {
                Some(Value::Text(text)) => text.clone(),
                _ => String::new(),
            };
            let (name, token) = (text("name"), text("token"));
            let scopes = match record.get("scopes") {
                Some(Value::List(items)) => items.clone(),
                _ => Vec::new(),
            };
            let allows = |scope: &str| scopes.contains(&Value::Text(scope.to_owned()));
            let entry = if name.is_empty() {
                format!("entry {index}")
            } else {
                format!("token {name:?}")
            };
            if token.len() < 16 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let message = format!("{entry} has a token that is too short or not plain");
                self.complain(
                    PATH,
                    message,
                    "take at least 16 printable ASCII characters without blanks",
                );
            } else if scopes.is_empty() {
                let message = format!("{entry} allows nothing");
                self.complain(PATH, message, "give scopes out of ingest, read, admin");
            } else if out.iter().any(|known| known.token == token) {
                self.complain(
                    PATH,
                    format!("{entry} has the token of another"),
                    "make one of its own",
                );
            } else {
                let admin = allows("admin");
                let (ingest, read) = (admin || allows("ingest"), admin || allows("read"));
                out.push(Token {
                    name,
                    token,
                    ingest,
                    read,
                    admin,
                });
            }
        }
        out
    }

    fn logging(&mut self, env: &BTreeMap<String, String>) -> Logging {
        let structured = self.flag("enable_structured_logging");
        let default_json = self.text("logging.format").as_deref() == Some("json");
        let mut outputs = Vec::new();
        for record in self.records("logging.output") {
            let text = |key: &str| match record.get(key) {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            };
            let to_file = text("type").as_deref() == Some("file");
            let file = if to_file {
                text("path").map(PathBuf::from).or_else(|| default_log(env))
            } else {
                None
            };
            if to_file && file.is_none() {
                let message = "a file has no path and there is no home folder";
                self.complain("logging.output", message, "give path");
            }
            let json = match text("format").as_deref() {
                Some(form) => form == "json",
                None => to_file && default_json,
            };
            let level = text("level").map(|level| tracing_level(&level));
            outputs.push(Output {
                file,
                json: json && structured,
                level,
            });
        }
        if outputs.is_empty() {
            // Without outputs `format` decides about the console, if somebody wrote it.
            let json = default_json && self.values.given("logging.format").is_some();
            outputs.push(Output {
                file: None,
                json: json && structured,
                level: None,
            });
        }
        Logging {
            level: self
                .text("logging.level")
                .map(|level| tracing_level(&level))
                .unwrap_or_default(),
            outputs,
            file_bytes_max: u64::from(self.small_count("logging.rotation.max_size_mb")) * 1_000_000,
            files_max: self.count("logging.rotation.max_files"),
            compress: self.flag("logging.rotation.compress"),
        }
    }

    fn tracing(&mut self) -> Option<Tracing> {
        if !self.flag("tracing.enabled") || !self.flag("enable_distributed_tracing") {
            return None;
        }
        let sample_rate = match self.value("tracing.sample_rate") {
            Some(Value::Number(share)) => share,
            _ => 0.0,
        };
        Some(Tracing {
            endpoint: self.text("tracing.endpoint")?,
            sample_rate,
        })
    }
}

fn default_log(env: &BTreeMap<String, String>) -> Option<PathBuf> {
    xdg_folder(env, "XDG_STATE_HOME", ".local/state")
        .map(|folder| folder.join("tachograph/tacho.log"))
}

fn tracing_level(level: &str) -> String {
    match level {
        "warning" => "warn",
        "fatal" => "error",
        other => other,
    }
    .to_owned()
}

/// The value of a default as the table writes it.
pub fn default_value(kind: &Kind, text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    if let Kind::List(inner) = kind {
        let items = text
            .trim_start_matches('[')
            .trim_end_matches(']')
            .split(',');
        return items
            .map(|item| scalar(inner, item.trim(), false).ok())
            .collect::<Option<_>>()
            .map(Value::List);
    }
    scalar(kind, text, false).ok()
}
