//! The section `global`: defaults of all jobs.

use super::protocol::{Escaping, Protocol};
use crate::scrape::relabel::NameValidation;
use std::time::Duration;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// Reads `metric_name_escaping_scheme`; `whose` stands in the message.
pub(super) fn read_escaping(section: &mut Section<'_>, whose: &str) -> Read<Option<Escaping>> {
    let key = "metric_name_escaping_scheme";
    let word = section.text_or_empty(key)?;
    if word.is_empty() {
        return Ok(None);
    }
    Escaping::parse(&word).map(Some).ok_or_else(|| {
        let message = format!(
            "unknown {whose} name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', got {word:?}"
        );
        section.wrong(key, message)
    })
}

/// Reads `metric_name_validation_scheme`.
pub(super) fn read_validation(section: &mut Section<'_>) -> Read<Option<NameValidation>> {
    let key = "metric_name_validation_scheme";
    Ok(match section.text_or_empty(key)?.as_str() {
        "" => None,
        "utf8" => Some(NameValidation::Utf8),
        "legacy" => Some(NameValidation::Legacy),
        word => {
            let message =
                format!("unrecognized ValidationScheme: {word:?}, must be 'legacy' or 'utf8'");
            return Err(section.wrong(key, message));
        }
    })
}

/// Reads `scrape_protocols`; `whose` ends the message.
pub(super) fn read_protocols(
    section: &mut Section<'_>,
    whose: &str,
) -> Read<Option<Vec<Protocol>>> {
    let key = "scrape_protocols";
    let Some(words) = section.texts(key)? else {
        return Ok(None);
    };
    if words.is_empty() {
        let message = format!("scrape_protocols cannot be empty for {whose}");
        return Err(section.wrong(key, message));
    }
    let mut protocols = Vec::new();
    for word in &words {
        let protocol = Protocol::parse(word).map_err(|message| {
            section.wrong(key, format!("scrape_protocols: {message} for {whose}"))
        })?;
        if protocols.contains(&protocol) {
            let message = format!(
                "duplicated protocol in scrape_protocols, got [{}] for {whose}",
                words.join(" ")
            );
            return Err(section.wrong(key, message));
        }
        protocols.push(protocol);
    }
    Ok(Some(protocols))
}

/// Limits of a job; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Bytes of an answer, decompressed.
    pub body_bytes: u64,
    /// Samples after relabelling.
    pub samples: u64,
    /// Targets after relabelling.
    pub targets: u64,
    /// Labels of a series.
    pub labels: u64,
    /// Bytes of a label's name.
    pub label_name_bytes: u64,
    /// Bytes of a label's value.
    pub label_value_bytes: u64,
    /// Dropped targets that are remembered.
    pub kept_dropped_targets: u64,
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let body = section.size("body_size_limit")?.unwrap_or(0);
        let mut count = |key| Ok(section.count(key)?.unwrap_or(0));
        Ok(Self {
            body_bytes: u64::try_from(body).unwrap_or(0),
            samples: count("sample_limit")?,
            targets: count("target_limit")?,
            labels: count("label_limit")?,
            label_name_bytes: count("label_name_length_limit")?,
            label_value_bytes: count("label_value_length_limit")?,
            kept_dropped_targets: count("keep_dropped_targets")?,
        })
    }

    /// These, and others where these are none.
    pub(super) fn or(self, other: Self) -> Self {
        let or = |own: u64, other: u64| if own == 0 { other } else { own };
        Self {
            body_bytes: or(self.body_bytes, other.body_bytes),
            samples: or(self.samples, other.samples),
            targets: or(self.targets, other.targets),
            labels: or(self.labels, other.labels),
            label_name_bytes: or(self.label_name_bytes, other.label_name_bytes),
            label_value_bytes: or(self.label_value_bytes, other.label_value_bytes),
            kept_dropped_targets: or(self.kept_dropped_targets, other.kept_dropped_targets),
        }
    }
}

/// The section `global`.
#[derive(Debug, Clone, PartialEq)]
pub struct Global {
    /// Time between scrapes of a target.
    pub scrape_interval: Duration,
    /// Longest time of a scrape.
    pub scrape_timeout: Duration,
    /// What targets may answer in; `None` leaves it to the job.
    pub protocols: Option<Vec<Protocol>>,
    /// Labels for what leaves the server, variables filled in.
    pub external_labels: Vec<(String, String)>,
    /// Limits.
    pub limits: Limits,
    /// Which names are valid.
    pub validation: NameValidation,
    /// How other names are asked for.
    pub escaping: Escaping,
    /// Whether native histograms are taken.
    pub native_histograms: bool,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms: bool,
    /// Whether classic histograms are taken beside native ones.
    pub always_classic_histograms: bool,
    /// Whether there are more series about each scrape.
    pub extra_scrape_metrics: bool,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            scrape_interval: Duration::from_secs(60),
            scrape_timeout: Duration::from_secs(10),
            protocols: None,
            external_labels: Vec::new(),
            limits: Limits::default(),
            validation: NameValidation::Utf8,
            escaping: Escaping::AllowUtf8,
            native_histograms: false,
            convert_classic_histograms: false,
            always_classic_histograms: false,
            extra_scrape_metrics: false,
        }
    }
}

/// Gives the value of a variable of the environment.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Global {
    /// Reads the section.
    pub(super) fn read(node: &Node, env: &Environment<'_>) -> Read<Self> {
        if matches!(node.data, Data::Null) {
            return Ok(Self::default());
        }
        let defaults = Self::default();
        let mut section = Section::open(node, "global config")?;
        let validation = read_validation(&mut section)?.unwrap_or_default();
        let escaping = read_escaping(&mut section, "global")?;
        for key in ["query_log_file", "scrape_failure_log_file"] {
            section.text(key)?;
        }
        for key in ["evaluation_interval", "rule_query_offset"] {
            section.duration(key)?;
        }
        let or_default = |given: Option<Duration>, default| {
            given.filter(|given| !given.is_zero()).unwrap_or(default)
        };
        let interval = or_default(
            section.duration("scrape_interval")?,
            defaults.scrape_interval,
        );
        let timeout = section.duration("scrape_timeout")?.unwrap_or_default();
        if timeout > interval {
            let message = "global scrape timeout greater than scrape interval";
            return Err(section.wrong("scrape_timeout", message));
        }
        let flag = |given: Read<Option<bool>>| Ok(given?.unwrap_or(false));
        let global = Self {
            scrape_interval: interval,
            scrape_timeout: or_default(Some(timeout), defaults.scrape_timeout.min(interval)),
            protocols: read_protocols(&mut section, "global config")?,
            external_labels: read_external_labels(&mut section, validation, env)?,
            limits: Limits::read(&mut section)?,
            validation,
            escaping: escaping.unwrap_or(match validation {
                NameValidation::Utf8 => Escaping::AllowUtf8,
                NameValidation::Legacy => Escaping::Underscores,
            }),
            native_histograms: flag(section.flag("scrape_native_histograms"))?,
            convert_classic_histograms: flag(section.flag("convert_classic_histograms_to_nhcb"))?,
            always_classic_histograms: flag(section.flag("always_scrape_classic_histograms"))?,
            extra_scrape_metrics: flag(section.flag("extra_scrape_metrics"))?,
        };
        section.finish()?;
        Ok(global)
    }
}

fn read_external_labels(
    section: &mut Section<'_>,
    validation: NameValidation,
    env: &Environment<'_>,
) -> Read<Vec<(String, String)>> {
    let labels = section.text_map("external_labels")?.unwrap_or_default();
    let line = section.line_of("external_labels");
    labels
        .into_iter()
        .map(|(name, value)| {
            if validation.is_label_name(&name) {
                let value = expand(&value, env);
                Ok((name, value))
            } else {
                let message = format!("{name:?} is not a valid label name");
                Err(Wrong::new(line, message))
            }
        })
        .collect()
}

/// Fills in `$NAME` and `${NAME}`; `$$` is `$`, an unknown variable is empty.
fn expand(text: &str, env: &Environment<'_>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let braced = after
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        rest = if let Some((name, after)) = braced {
            out.push_str(&match name {
                "$" => "$".to_owned(),
                name => env(name).unwrap_or_default(),
            });
            after
        } else if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            after
        } else {
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.is_empty() {
                out.push('$');
            } else {
                out.push_str(&env(name).unwrap_or_default());
            }
            after
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn variables_are_filled_in() {
        let env = |name: &str| (name == "TEST").then(|| "t".to_owned());
        for (text, expected) in [
            ("foo", "foo"),
            ("${TEST}", "t"),
            ("foo${TEST}bar", "footbar"),
            ("foo$${TEST}", "foo${TEST}"),
            ("foo$$bar", "foo$bar"),
            ("$TEST-$NONE-", "t--"),
        ] {
            assert_eq!(expand(text, &env), expected, "{text}");
        }
    }
}
