//! A scrape configuration: one job, its targets, and how they are scraped.

use super::discovery::{self, Discovery};
use super::global::{Global, Limits, read_escaping, read_protocols, read_validation};
use super::protocol::{Escaping, Protocol};
use super::rule::{check_rules, read_rules};
use crate::scrape::relabel::{NameValidation, Rule};
use std::time::Duration;
use tacho_yaml::http_client::HttpClient;
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of, text_of};

/// A job, with the defaults of `global` filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name: the label `job`.
    pub name: String,
    /// Whether labels that the target gives win over those of the target.
    pub honor_labels: bool,
    /// Whether times that the target gives count.
    pub honor_timestamps: bool,
    /// Whether series with times of their own get stale markers.
    pub track_timestamps_staleness: bool,
    /// Parameters of the URL.
    pub params: Vec<(String, Vec<String>)>,
    /// Time between scrapes.
    pub interval: Duration,
    /// Longest time of a scrape.
    pub timeout: Duration,
    /// What targets may answer in, the most wanted first.
    pub protocols: Vec<Protocol>,
    /// What an answer without a known content type is.
    pub fallback_protocol: Option<Protocol>,
    /// Whether native histograms are taken.
    pub native_histograms: bool,
    /// Whether classic histograms are taken beside native ones.
    pub always_classic_histograms: bool,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms: bool,
    /// Path of the URL.
    pub metrics_path: String,
    /// Scheme of the URL.
    pub scheme: String,
    /// Whether compressed answers are asked for.
    pub enable_compression: bool,
    /// Limits.
    pub limits: Limits,
    /// Most buckets of a native histogram; 0 is no limit.
    pub histogram_buckets_max: u64,
    /// Least growth from one bucket of a native histogram to the next; 0 is no limit.
    pub histogram_factor_min: f64,
    /// Which names are valid.
    pub validation: NameValidation,
    /// How other names are asked for.
    pub escaping: Escaping,
    /// Whether there are more series about each scrape.
    pub extra_scrape_metrics: bool,
    /// Where targets come from.
    pub discoveries: Vec<Discovery>,
    /// The client that dials them.
    pub client: HttpClient,
    /// Rules for targets.
    pub relabel: Vec<Rule>,
    /// Rules for samples.
    pub metric_relabel: Vec<Rule>,
}

/// What has to be settled once `global` is known.
struct Unsettled {
    interval: Option<Duration>,
    timeout: Option<Duration>,
    protocols: Option<Vec<Protocol>>,
    validation: Option<NameValidation>,
    escaping: Option<Escaping>,
    native: Option<bool>,
    always_classic: Option<bool>,
    convert_classic: Option<bool>,
    extra: Option<bool>,
    relabel: Vec<(usize, Rule)>,
    metric_relabel: Vec<(usize, Rule)>,
}

impl Job {
    /// Reads a scrape configuration.
    pub(super) fn read(node: &Node, global: &Global) -> Read<Self> {
        if matches!(node.data, tacho_yaml::node::Data::Null) {
            let message = "empty or null scrape config section";
            return Err(Wrong::new(node.line, message));
        }
        let mut section = Section::open(node, "scrape_config")?;
        let name = section.text_or_empty("job_name")?;
        let unsettled = Unsettled::read(&mut section, &name)?;
        let mut job = Self::read_settled(&mut section, name)?;
        let line = section.line;
        let name_line = section.line_of("job_name");
        let timeout_line = section.line_of("scrape_timeout");
        section.finish()?;
        if job.name.is_empty() {
            return Err(Wrong::new(name_line, "job_name is empty"));
        }
        if unsettled.relabel.is_empty() {
            discovery::check_static_targets(&job.discoveries, line)?;
        }
        unsettled.settle(&mut job, global, timeout_line)?;
        Ok(job)
    }

    /// Everything that does not depend on `global`.
    fn read_settled(section: &mut Section<'_>, name: String) -> Read<Self> {
        section.text("scrape_failure_log_file")?;
        let fallback = section.text_or_empty("fallback_scrape_protocol")?;
        let fallback_protocol = match fallback.as_str() {
            "" => None,
            word => Some(Protocol::parse(word).map_err(|message| {
                let message = format!(
                    "invalid fallback_scrape_protocol for scrape config with job name {name:?}: {message}"
                );
                section.wrong("fallback_scrape_protocol", message)
            })?),
        };
        let text = |given: Read<Option<String>>, default: &str| {
            Ok(given?.unwrap_or_else(|| default.to_owned()))
        };
        let flag = |given: Read<Option<bool>>, default| Ok(given?.unwrap_or(default));
        Ok(Self {
            honor_labels: flag(section.flag("honor_labels"), false)?,
            honor_timestamps: flag(section.flag("honor_timestamps"), true)?,
            track_timestamps_staleness: flag(section.flag("track_timestamps_staleness"), false)?,
            params: read_params(section)?,
            interval: Duration::ZERO,
            timeout: Duration::ZERO,
            protocols: Vec::new(),
            fallback_protocol,
            native_histograms: false,
            always_classic_histograms: false,
            convert_classic_histograms: false,
            metrics_path: text(section.text("metrics_path"), "/metrics")?,
            scheme: text(section.text("scheme"), "http")?,
            enable_compression: flag(section.flag("enable_compression"), true)?,
            limits: Limits::read(section)?,
            histogram_buckets_max: section.count("native_histogram_bucket_limit")?.unwrap_or(0),
            histogram_factor_min: section
                .number("native_histogram_min_bucket_factor")?
                .unwrap_or(0.0),
            validation: NameValidation::Utf8,
            escaping: Escaping::AllowUtf8,
            extra_scrape_metrics: false,
            discoveries: discovery::read(section)?,
            client: HttpClient::read(section)?,
            relabel: Vec::new(),
            metric_relabel: Vec::new(),
            name,
        })
    }
}

impl Unsettled {
    fn read(section: &mut Section<'_>, name: &str) -> Read<Self> {
        let whose = format!("scrape config with job name {name:?}");
        let mut rules = |key, empty| match section.node(key) {
            Some(node) => read_rules(node, key, empty),
            None => Ok(Vec::new()),
        };
        let relabel = rules(
            "relabel_configs",
            "empty or null target relabeling rule in scrape config",
        )?;
        let metric_relabel = rules(
            "metric_relabel_configs",
            "empty or null metric relabeling rule in scrape config",
        )?;
        Ok(Self {
            interval: section.duration("scrape_interval")?,
            timeout: section.duration("scrape_timeout")?,
            protocols: read_protocols(section, &whose)?,
            validation: read_validation(section)?,
            escaping: read_escaping(section, "scrape config")?,
            native: section.flag("scrape_native_histograms")?,
            always_classic: section.flag("always_scrape_classic_histograms")?,
            convert_classic: section.flag("convert_classic_histograms_to_nhcb")?,
            extra: section.flag("extra_scrape_metrics")?,
            relabel,
            metric_relabel,
        })
    }

    fn settle(self, job: &mut Job, global: &Global, timeout_line: usize) -> Read<()> {
        let given = |duration: Option<Duration>| duration.filter(|given| !given.is_zero());
        job.interval = given(self.interval).unwrap_or(global.scrape_interval);
        let timeout = self.timeout.unwrap_or_default();
        if timeout > job.interval {
            let message = format!(
                "scrape timeout greater than scrape interval for scrape config with job name {:?}",
                job.name
            );
            return Err(Wrong::new(timeout_line, message));
        }
        job.timeout =
            given(self.timeout).unwrap_or_else(|| global.scrape_timeout.min(job.interval));
        job.limits = job.limits.or(global.limits);
        job.native_histograms = self.native.unwrap_or(global.native_histograms);
        job.always_classic_histograms = self
            .always_classic
            .unwrap_or(global.always_classic_histograms);
        job.convert_classic_histograms = self
            .convert_classic
            .unwrap_or(global.convert_classic_histograms);
        job.extra_scrape_metrics = self.extra.unwrap_or(global.extra_scrape_metrics);
        job.protocols = self
            .protocols
            .or_else(|| global.protocols.clone())
            .unwrap_or_else(|| {
                if job.native_histograms {
                    Protocol::DEFAULT_PROTO_FIRST.to_vec()
                } else {
                    Protocol::DEFAULT.to_vec()
                }
            });
        job.validation = self.validation.unwrap_or(global.validation);
        job.escaping = match (self.escaping, self.validation) {
            (Some(escaping), _) => escaping,
            (None, None) => global.escaping,
            (None, Some(NameValidation::Legacy)) => Escaping::Underscores,
            (None, Some(NameValidation::Utf8)) => Escaping::AllowUtf8,
        };
        if job.escaping == Escaping::AllowUtf8 && job.validation == NameValidation::Legacy {
            let message = "utf8 metric names requested but validation scheme is not set to UTF8";
            return Err(Wrong::new(timeout_line, message));
        }
        job.relabel = check_rules(self.relabel, job.validation)?;
        job.metric_relabel = check_rules(self.metric_relabel, job.validation)?;
        Ok(())
    }
}

fn read_params(section: &mut Section<'_>) -> Read<Vec<(String, Vec<String>)>> {
    let Some(node) = section.node("params") else {
        return Ok(Vec::new());
    };
    Section::open(node, "params")?
        .entries()
        .iter()
        .map(|entry| {
            let values = items_of(&entry.value, &entry.key)?
                .iter()
                .map(|value| text_of(value, &entry.key))
                .collect::<Read<_>>()?;
            Ok((entry.key.clone(), values))
        })
        .collect()
}
