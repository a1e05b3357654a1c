//! Targets: the labels that discovery, configuration and relabelling give them, and their URL.

#[cfg(test)]
mod tests;

use crate::scrape::config::discovery::targets::ADDRESS_LABEL;
use crate::scrape::config::job::Job;
use crate::scrape::relabel;
use std::fmt::Write as _;
use std::time::Duration;
use tacho_model::labels::{Labels, LabelsBuilder};
use tacho_yaml::scalar::{parse_duration, print_duration};
use xxhash_rust::xxh3::xxh3_64;

const SCHEME_LABEL: &str = "__scheme__";
const PATH_LABEL: &str = "__metrics_path__";
const INTERVAL_LABEL: &str = "__scrape_interval__";
const TIMEOUT_LABEL: &str = "__scrape_timeout__";
const PARAM_PREFIX: &str = "__param_";
const META_PREFIX: &str = "__meta_";
const RESERVED_PREFIX: &str = "__";
const JOB_LABEL: &str = "job";
const INSTANCE_LABEL: &str = "instance";
const CONVERT_LABEL: &str = "__convert_classic_histograms_to_nhcb__";
const CLASSIC_LABEL: &str = "__always_scrape_classic_histograms__";
const NATIVE_LABEL: &str = "__scrape_native_histograms__";

/// What a target became.
#[derive(Debug, Clone, PartialEq)]
pub enum Built {
    /// It is scraped.
    Active(Box<Target>),
    /// Rules dropped it.
    Dropped {
        /// Its labels before the rules.
        discovered: Labels,
    },
}

/// A target.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Labels before the rules.
    pub discovered: Labels,
    /// Labels after them, internal ones (`__…`) too.
    pub labels: Labels,
    /// Labels that its series get.
    pub public: Labels,
    /// What is asked for.
    pub url: String,
    /// Time between scrapes.
    pub interval: Duration,
    /// Longest time of a scrape.
    pub timeout: Duration,
    /// Whether native histograms are taken.
    pub native_histograms: bool,
    /// Whether classic histograms are taken beside native ones.
    pub always_classic_histograms: bool,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms: bool,
}

impl Target {
    /// Makes a target of its own labels and those of its group.
    ///
    /// # Errors
    /// What is wrong with it, in Prometheus' words.
    pub fn build(job: &Job, own: &Labels, group: &Labels) -> Result<Built, String> {
        let discovered = discovered_labels(job, own, group);
        let mut labels = LabelsBuilder::from(&discovered);
        if !relabel::apply(&job.relabel, &mut labels) {
            return Ok(Built::Dropped { discovered });
        }
        let address = labels.value(ADDRESS_LABEL).to_owned();
        if address.is_empty() {
            return Err("no address".to_owned());
        }
        if address.contains('/') {
            return Err(format!("{address:?} is not a valid hostname"));
        }
        let (interval, timeout) = times(&labels)?;
        let native_histograms = switch(&labels, NATIVE_LABEL, "scrape native histograms")?;
        let always_classic = switch(&labels, CLASSIC_LABEL, "always scrape classic histograms")?;
        let convert = switch(&labels, CONVERT_LABEL, "convert classic histograms to nhcb")?;
        if labels.value(INSTANCE_LABEL).is_empty() {
            labels.set(INSTANCE_LABEL, &address);
        }
        let labels = labels
            .build()
            .filtered(|name| !name.starts_with(META_PREFIX));
        let public = labels.filtered(|name| !name.starts_with(RESERVED_PREFIX));
        if public.is_empty() {
            return Ok(Built::Dropped { discovered });
        }
        Ok(Built::Active(Box::new(Self {
            url: url_of(job, &labels),
            discovered,
            labels,
            public,
            interval,
            timeout,
            native_histograms: native_histograms.unwrap_or(job.native_histograms),
            always_classic_histograms: always_classic.unwrap_or(job.always_classic_histograms),
            convert_classic_histograms: convert.unwrap_or(job.convert_classic_histograms),
        })))
    }

    /// Tells it from other targets of its job, whatever they were discovered by.
    pub fn key(&self) -> u64 {
        let mut text = self.labels.as_encoded().to_owned();
        text.push_str(&self.url);
        xxh3_64(text.as_bytes())
    }

    /// Time until its next scrape: spread over the interval by its key and `seed`, and the same
    /// however often it is asked for. `now_ns` counts from the epoch.
    pub fn offset(&self, now_ns: i64, seed: u64) -> Duration {
        let interval = u64::try_from(self.interval.as_nanos())
            .unwrap_or(u64::MAX)
            .max(1);
        let base = interval - now_ns.unsigned_abs() % interval;
        let next = u128::from(base) + u128::from((self.key() ^ seed) % interval);
        let interval = u128::from(interval);
        let next = if next > interval {
            next - interval
        } else {
            next
        };
        Duration::from_nanos(u64::try_from(next).unwrap_or(u64::MAX))
    }
}

/// Labels of a target before the rules: its own, those of its group, those of the configuration.
fn discovered_labels(job: &Job, own: &Labels, group: &Labels) -> Labels {
    let mut labels = LabelsBuilder::from(own);
    let mut default = |name: &str, value: &str| {
        if labels.value(name).is_empty() {
            labels.set(name, value);
        }
    };
    for (name, value) in group.iter() {
        default(name, value);
    }
    let word = |flag: bool| if flag { "true" } else { "false" };
    for (name, value) in [
        (JOB_LABEL, job.name.as_str()),
        (INTERVAL_LABEL, &print_duration(job.interval)),
        (TIMEOUT_LABEL, &print_duration(job.timeout)),
        (PATH_LABEL, &job.metrics_path),
        (SCHEME_LABEL, &job.scheme),
        (CONVERT_LABEL, word(job.convert_classic_histograms)),
        (CLASSIC_LABEL, word(job.always_classic_histograms)),
        (NATIVE_LABEL, word(job.native_histograms)),
    ] {
        default(name, value);
    }
    for (name, values) in &job.params {
        if let Some(first) = values.first() {
            default(&format!("{PARAM_PREFIX}{name}"), first);
        }
    }
    labels.build()
}

fn times(labels: &LabelsBuilder) -> Result<(Duration, Duration), String> {
    let read = |label, what| {
        let duration = parse_duration(labels.value(label))
            .map_err(|message| format!("error parsing scrape {what}: {message}"))?;
        if duration.is_zero() {
            return Err(format!("scrape {what} cannot be 0"));
        }
        Ok(duration)
    };
    let interval = read(INTERVAL_LABEL, "interval")?;
    let timeout = read(TIMEOUT_LABEL, "timeout")?;
    if timeout > interval {
        return Err(format!(
            "scrape timeout cannot be greater than scrape interval ({:?} > {:?})",
            labels.value(TIMEOUT_LABEL),
            labels.value(INTERVAL_LABEL)
        ));
    }
    Ok((interval, timeout))
}

fn switch(labels: &LabelsBuilder, label: &str, what: &str) -> Result<Option<bool>, String> {
    match labels.value(label) {
        "" => Ok(None),
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Some(true)),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Some(false)),
        word => Err(format!(
            "error parsing {what}: strconv.ParseBool: parsing {word:?}: invalid syntax"
        )),
    }
}

fn url_of(job: &Job, labels: &Labels) -> String {
    let mut url = String::new();
    let scheme = labels.value(SCHEME_LABEL);
    if !scheme.is_empty() {
        url.push_str(scheme);
        url.push(':');
    }
    url.push_str("//");
    url.push_str(labels.value(ADDRESS_LABEL));
    let path = labels.value(PATH_LABEL);
    if !path.is_empty() && !path.starts_with('/') {
        url.push('/');
    }
    escape(path, "-_.~$&+,/:;=@", &mut url);
    let mut params = job.params.clone();
    for (name, value) in labels.iter() {
        let Some(name) = name.strip_prefix(PARAM_PREFIX) else {
            continue;
        };
        let known = params.iter_mut().find(|(known, _)| known == name);
        match known.map(|(_, values)| values) {
            Some(values) if !values.is_empty() => {
                if let Some(first) = values.first_mut() {
                    value.clone_into(first);
                }
            }
            Some(values) => values.push(value.to_owned()),
            None => params.push((name.to_owned(), vec![value.to_owned()])),
        }
    }
    params.sort();
    let pairs = params
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    for (at, (name, value)) in pairs.enumerate() {
        url.push(if at == 0 { '?' } else { '&' });
        escape(name, "-_.~ ", &mut url);
        url.push('=');
        escape(value, "-_.~ ", &mut url);
    }
    url
}

/// Writes text with everything but letters, digits and `kept` escaped; a blank that is kept is `+`.
fn escape(text: &str, kept: &str, out: &mut String) {
    for byte in text.bytes() {
        let c = char::from(byte);
        if c == ' ' && kept.contains(' ') {
            out.push('+');
        } else if c.is_ascii_alphanumeric() || (c.is_ascii() && kept.contains(c)) {
            out.push(c);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
