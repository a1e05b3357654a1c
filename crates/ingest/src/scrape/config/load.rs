//! Reads a `prometheus.yml` and the files that it names.

use super::discovery::{Discovery, DnsKind};
use super::elsewhere;
use super::glob;
use super::global::{Environment, Global};
use super::job::Job;
use super::otlp::Otlp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_storage::io::{Io, read_limited};
use tacho_yaml::http_client::Credentials;
use tacho_yaml::node::{self as yaml, Node, TEXT_BYTES_MAX};
use tacho_yaml::print::print;
use tacho_yaml::problem::{Problem, Wrong};
use tacho_yaml::section::{Read, Section};

/// What is in force of a `prometheus.yml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrometheusConfig {
    /// Defaults and external labels.
    pub global: Global,
    /// All jobs, those of `scrape_config_files` too; their paths are resolved.
    pub jobs: Vec<Job>,
    /// Files of rules: paths, resolved, whose last part may be a pattern.
    pub rule_files: Vec<PathBuf>,
    /// How OTLP metrics become series, if the section is there.
    pub otlp: Option<Otlp>,
    /// The main file as YAML, without comments and secrets.
    pub text: String,
}

/// A configuration, and what its author should know.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The configuration.
    pub config: PrometheusConfig,
    /// What is read but not in force.
    pub warnings: Vec<Problem>,
    /// All files that were read.
    pub files: Vec<PathBuf>,
}

/// What reading needs from outside.
pub struct Sources<'a> {
    /// Reads files.
    pub io: &'a dyn Io,
    /// Variables for external labels.
    pub env: &'a Environment<'a>,
    /// Whether the rules of Prometheus' agent mode hold too.
    pub agent: bool,
}

/// Reads a configuration.
///
/// # Errors
/// The first thing that is wrong, with its file and line.
pub fn load(path: &Path, sources: &Sources<'_>) -> Result<Loaded, Problem> {
    let file: Arc<str> = path.to_string_lossy().into();
    let text = read_text(sources.io, path).map_err(|reason| unreadable(&file, reason))?;
    let mut reader = Reader {
        sources,
        warnings: Vec::new(),
    };
    let mut main = reader.main(&text).map_err(|wrong| wrong.in_file(&file))?;
    let mut loaded = Loaded {
        config: main.config,
        warnings: reader
            .warnings
            .into_iter()
            .map(|wrong| wrong.in_file(&file))
            .collect(),
        files: vec![path.to_path_buf()],
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    for job in &mut loaded.config.jobs {
        warn_about(
            job,
            main.lines.remove(&job.name),
            &file,
            &mut loaded.warnings,
        );
        set_folder(job, folder);
    }
    for pattern in &mut loaded.config.rule_files {
        *pattern = folder.join(&*pattern);
    }
    for pattern in &main.scrape_config_files {
        for path in glob::expand(sources.io, &folder.join(pattern)) {
            add_file(&path, sources, &mut loaded)?;
        }
    }
    Ok(loaded)
}

/// Reads a configuration from text, without the files that it names.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn load_text(text: &str, sources: &Sources<'_>) -> Result<PrometheusConfig, Wrong> {
    let mut reader = Reader {
        sources,
        warnings: Vec::new(),
    };
    Ok(reader.main(text)?.config)
}

fn unreadable(file: &Arc<str>, reason: String) -> Problem {
    Wrong::new(0, reason).in_file(file)
}

fn read_text(io: &dyn Io, path: &Path) -> Result<String, String> {
    let bytes = read_limited(io, path, TEXT_BYTES_MAX as u64)
        .map_err(|error| format!("cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "is no UTF-8 text".to_owned())
}

/// Adds the jobs of a file that `scrape_config_files` names.
fn add_file(path: &Path, sources: &Sources<'_>, loaded: &mut Loaded) -> Result<(), Problem> {
    let file: Arc<str> = path.to_string_lossy().into();
    let text = read_text(sources.io, path).map_err(|reason| unreadable(&file, reason))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = || -> Read<Vec<(usize, Job)>> {
        let node = yaml::parse(&text)?;
        let mut section = Section::open(&node, "scrape config file")?;
        let nodes = section.items("scrape_configs")?.unwrap_or_default();
        let jobs = nodes
            .iter()
            .map(|node| Ok((node.line, Job::read(node, &loaded.config.global)?)))
            .collect();
        section.finish()?;
        jobs
    };
    let jobs = read().map_err(|wrong| wrong.in_file(&file))?;
    for (line, mut job) in jobs {
        if loaded
            .config
            .jobs
            .iter()
            .any(|other| other.name == job.name)
        {
            let message = format!("found multiple scrape configs with job name {:?}", job.name);
            return Err(Wrong::new(line, message).in_file(&file));
        }
        warn_about(&job, Some(line), &file, &mut loaded.warnings);
        set_folder(&mut job, folder);
        loaded.config.jobs.push(job);
    }
    loaded.files.push(path.to_path_buf());
    Ok(())
}

struct Main {
    config: PrometheusConfig,
    scrape_config_files: Vec<String>,
    /// Lines of jobs by name.
    lines: BTreeMap<String, usize>,
}

struct Reader<'a> {
    sources: &'a Sources<'a>,
    warnings: Vec<Wrong>,
}

impl Reader<'_> {
    fn main(&mut self, text: &str) -> Read<Main> {
        let node = yaml::parse(text)?;
        let mut section = Section::open(&node, "the configuration")?;
        let global = match section.node("global") {
            Some(node) => Global::read(node, self.sources.env)?,
            None => Global::default(),
        };
        let scrape_config_files = read_paths(&mut section, "scrape_config_files", "scrape config")?;
        let rule_files = read_paths(&mut section, "rule_files", "rule")?;
        if !rule_files.is_empty() {
            self.refuse_for_agent(&section, "rule_files")?;
        }
        let mut lines = BTreeMap::new();
        let mut jobs: Vec<Job> = Vec::new();
        for node in section.items("scrape_configs")?.unwrap_or_default() {
            let job = Job::read(node, &global)?;
            if lines.insert(job.name.clone(), node.line).is_some() {
                let message = format!("found multiple scrape configs with job name {:?}", job.name);
                return Err(Wrong::new(node.line, message));
            }
            jobs.push(job);
        }
        self.other_sections(&mut section, &global)?;
        let otlp = match section.node("otlp") {
            Some(node) => Some(Otlp::read(node, global.validation)?),
            None => None,
        };
        section.finish()?;
        Ok(Main {
            config: PrometheusConfig {
                global,
                jobs,
                rule_files: rule_files.into_iter().map(PathBuf::from).collect(),
                otlp,
                text: print(&node),
            },
            scrape_config_files,
            lines,
        })
    }

    fn other_sections(&mut self, section: &mut Section<'_>, global: &Global) -> Read<()> {
        let validation = global.validation;
        type Check = fn(&Node) -> Read<()>;
        let plain: [(&str, Check); 3] = [
            ("runtime", elsewhere::check_runtime),
            ("storage", elsewhere::check_storage),
            ("tracing", elsewhere::check_tracing),
        ];
        for (key, check) in plain {
            if let Some(node) = section.node(key) {
                check(node)?;
                self.not_in_force(section.line_of(key), key);
            }
        }
        if let Some(node) = section.node("alerting")
            && elsewhere::check_alerting(node, validation)?
        {
            self.refuse_for_agent(section, "alerting")?;
            self.not_in_force(section.line_of("alerting"), "alerting");
        }
        if let Some(node) = section.node("remote_write") {
            elsewhere::remote::check_remote_write(node, validation)?;
            self.not_in_force(section.line_of("remote_write"), "remote_write");
        }
        if let Some(node) = section.node("remote_read")
            && elsewhere::remote::check_remote_read(node, validation)?
        {
            self.refuse_for_agent(section, "remote_read")?;
            self.not_in_force(section.line_of("remote_read"), "remote_read");
        }
        Ok(())
    }

    fn refuse_for_agent(&self, section: &Section<'_>, key: &str) -> Read<()> {
        if self.sources.agent {
            let message = format!("field {key} is not allowed in agent mode");
            return Err(section.wrong(key, message));
        }
        Ok(())
    }

    fn not_in_force(&mut self, line: usize, key: &str) {
        let message = format!("{key} is read but not in force");
        self.warnings.push(Wrong::new(line, message));
    }
}

fn read_paths(section: &mut Section<'_>, key: &'static str, what: &str) -> Read<Vec<String>> {
    let paths = section.texts(key)?.unwrap_or_default();
    match paths.iter().find(|path| !glob::is_rule_path(path)) {
        Some(path) => {
            let message = format!("invalid {what} file path {path:?}");
            Err(section.wrong(key, message))
        }
        None => Ok(paths),
    }
}

/// What of a job is not in force.
fn warn_about(job: &Job, line: Option<usize>, file: &Arc<str>, out: &mut Vec<Problem>) {
    let line = line.unwrap_or(0);
    let mut warn = |line: usize, what: &str| {
        let message = format!("{what} of job {:?} is read but not in force", job.name);
        out.push(Wrong::new(line, message).in_file(file));
    };
    for discovery in &job.discoveries {
        match discovery {
            Discovery::NotInForce(key, line) => warn(*line, key),
            Discovery::Dns {
                kind: DnsKind::Mx | DnsKind::Ns,
                ..
            } => warn(line, "dns_sd_configs of type MX or NS"),
            _ => {}
        }
    }
    if matches!(&job.client.credentials, Credentials::OAuth2(oauth2) if !oauth2.by_client_credentials)
    {
        warn(line, "oauth2 with a grant other than client_credentials");
    }
}

/// Makes the paths of a job relative to the folder of its file.
fn set_folder(job: &mut Job, folder: &Path) {
    job.client.set_folder(folder);
    for discovery in &mut job.discoveries {
        match discovery {
            Discovery::File { files, .. } => files.iter_mut().for_each(|path| join(path, folder)),
            Discovery::Http { client, .. } => client.set_folder(folder),
            Discovery::Static(_) | Discovery::Dns { .. } | Discovery::NotInForce(..) => {}
        }
    }
}

fn join(path: &mut String, folder: &Path) {
    if !path.is_empty() {
        *path = folder.join(&*path).to_string_lossy().into_owned();
    }
}
