//! Everything about rules and alerts that lies in files and in the configuration, read at once: nothing
//! is put in force before all of it is known to be right.

use crate::alerts::running::is_builtin;
use crate::config::problem::{Place, Problem};
use crate::config::settings::Config;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_alerting::config::Config as Routing;
use tacho_alerting::config::own::OwnBlocks;
use tacho_alerting::matcher::Matcher;
use tacho_alerting::route::Route;
use tacho_ingest::scrape::config::glob;
use tacho_rules::builtin;
use tacho_rules::condition::Settings;
use tacho_rules::file::{self, ReadOptions};
use tacho_rules::own;
use tacho_rules::rule::{RuleGroup, Source, SourceKind, assign_ids};
use tacho_storage::io::{Io, read_limited};
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem as yaml;

/// Longest file of rules or routes that is read.
const FILE_BYTES_MAX: u64 = 8 << 20;
/// Files of rules that are read.
const FILES_MAX: usize = 1_000;
/// The file that the editor writes, in the data folder.
const MANAGED_NAME: &str = "rules.yaml";
/// The name of the block `alerts` as a source.
pub const BLOCK_NAME: &str = "configuration";

/// What was read.
pub struct Sources {
    /// All groups; their rules have identifiers.
    pub groups: Vec<RuleGroup>,
    /// Who is told what.
    pub routing: Arc<Routing>,
    /// Where the routing comes from: a file, `configuration`, or `built-in`.
    pub routing_source: String,
    /// The file that the editor writes.
    pub managed_file: PathBuf,
    /// Its text; empty if it is not there.
    pub managed_text: String,
    /// What short conditions lean on.
    pub settings: Settings,
    /// What is odd, or could not be read without being fatal.
    pub warnings: Vec<String>,
}

/// Reads files.
pub struct Reader<'a> {
    /// Touches files.
    pub io: &'a dyn Io,
    /// The data folder.
    pub data_dir: &'a Path,
}

impl Reader<'_> {
    /// Reads everything.
    ///
    /// # Errors
    /// All that is wrong with files that were named, and with blocks of the configuration.
    pub fn read(&self, config: &Config) -> Result<Sources, Vec<Problem>> {
        let alerting = &config.alerting;
        let settings = settings_of(alerting.rules_block.as_ref());
        let mut problems = Vec::new();
        let mut warnings = Vec::new();
        let mut groups = Vec::new();
        if alerting.builtin {
            match builtin::builtin(&settings) {
                Ok(read) => groups.extend(read.groups),
                Err(wrong) => problems.extend(wrong.iter().map(of_yaml)),
            }
        }
        for path in self.files(config, &mut problems) {
            match self.rule_file(&path, SourceKind::Prometheus, &settings) {
                Ok(read) => {
                    groups.extend(read.groups);
                    warnings.extend(read.warnings);
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        match rules_of_block(alerting.rules_block.as_ref(), &settings) {
            Ok(read) => {
                groups.extend(read.groups);
                warnings.extend(read.warnings);
            }
            Err(wrong) => problems.extend(wrong),
        }
        let managed_file = self.managed_file(config);
        let managed_text = self.managed(&managed_file, &settings, &mut groups, &mut warnings);
        assign_ids(&mut groups);
        let routing = self.routing(config, &groups, &mut problems);
        match routing {
            Some((routing, routing_source)) if problems.is_empty() => {
                warnings.extend(routing.warnings.iter().map(|one| one.message.clone()));
                Ok(Sources {
                    groups,
                    routing: Arc::new(routing),
                    routing_source,
                    managed_file,
                    managed_text,
                    settings,
                    warnings,
                })
            }
            _ => Err(problems),
        }
    }

    /// The file that the editor writes.
    pub fn managed_file(&self, config: &Config) -> PathBuf {
        let given = config.alerting.managed_file.clone();
        given.unwrap_or_else(|| self.data_dir.join(MANAGED_NAME))
    }

    /// The rule files that are named, in order, each once.
    fn files(&self, config: &Config, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
        let mut patterns = config.alerting.rule_files.clone();
        if let Some(prometheus) = &config.scrape.prometheus {
            patterns.extend(prometheus.rule_files.iter().cloned());
        }
        let managed = self.managed_file(config);
        let mut files = Vec::new();
        for pattern in patterns {
            let is_pattern = pattern.to_string_lossy().contains(['*', '?', '[']);
            let found = match is_pattern {
                true => glob::expand(self.io, &pattern),
                false => vec![pattern],
            };
            for path in found {
                if path != managed && !files.contains(&path) {
                    files.push(path);
                }
            }
        }
        if files.len() > FILES_MAX {
            let message = format!("{} rule files, at most {FILES_MAX} are read", files.len());
            problems.push(Problem::new(Place::Default, "rules.files", message));
            files.truncate(FILES_MAX);
        }
        files
    }

    fn text(&self, path: &Path) -> Result<String, String> {
        let bytes =
            read_limited(self.io, path, FILE_BYTES_MAX).map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|_| "is no UTF-8 text".to_owned())
    }

    fn rule_file(
        &self,
        path: &Path,
        kind: SourceKind,
        settings: &Settings,
    ) -> Result<ReadRules, Vec<Problem>> {
        let name = path.to_string_lossy();
        let text = self
            .text(path)
            .map_err(|reason| vec![of_file(&name, 1, format!("cannot be read: {reason}"), None)])?;
        read_rules(&text, &Source::new(kind, &name), settings)
            .map_err(|wrong| wrong.iter().map(of_yaml).collect())
    }

    /// The file of the editor: what is wrong with it is told, and the rest goes on.
    fn managed(
        &self,
        path: &Path,
        settings: &Settings,
        groups: &mut Vec<RuleGroup>,
        warnings: &mut Vec<String>,
    ) -> String {
        if !self.io.exists(path).unwrap_or(false) {
            return String::new();
        }
        let text = match self.text(path) {
            Ok(text) => text,
            Err(reason) => {
                warnings.push(format!("{} cannot be read: {reason}", path.display()));
                return String::new();
            }
        };
        let source = Source::new(SourceKind::Api, &path.to_string_lossy());
        match own::read(&text, &source, settings) {
            Ok(read) => {
                groups.extend(read.groups);
                warnings.extend(read.warnings.iter().map(ToString::to_string));
            }
            Err(wrong) => {
                warnings.extend(
                    wrong
                        .iter()
                        .map(|one| format!("{one}; its rules are not in force")),
                );
            }
        }
        text
    }

    fn routing(
        &self,
        config: &Config,
        groups: &[RuleGroup],
        problems: &mut Vec<Problem>,
    ) -> Option<(Routing, String)> {
        let alerting = &config.alerting;
        let (mut routing, source) = match &alerting.alertmanager_file {
            Some(path) => {
                let name = path.to_string_lossy().into_owned();
                let read = self
                    .text(path)
                    .map_err(|reason| of_file(&name, 1, format!("cannot be read: {reason}"), None));
                let read = read.and_then(|text| {
                    Routing::from_alertmanager(&text)
                        .map_err(|wrong| of_file(&name, wrong.line, wrong.message, wrong.hint))
                });
                match read {
                    Ok(mut routing) => {
                        if let Some(folder) = path.parent() {
                            routing.set_folder(folder);
                        }
                        (routing, name)
                    }
                    Err(problem) => {
                        problems.push(problem);
                        return None;
                    }
                }
            }
            None => match own_routing(alerting.routing_block.as_ref()) {
                Ok(found) => found,
                Err(problem) => {
                    problems.push(*problem);
                    return None;
                }
            },
        };
        if alerting.alertmanager_file.is_some() {
            match add_blocks(routing, alerting.routing_block.as_ref()) {
                Ok(both) => routing = both,
                Err(problem) => {
                    problems.push(*problem);
                    return None;
                }
            }
        }
        add_receivers_of_rules(&mut routing, groups, problems);
        Some((routing, source))
    }
}

/// Rules that were read.
pub struct ReadRules {
    /// Their groups.
    pub groups: Vec<RuleGroup>,
    /// What is odd.
    pub warnings: Vec<String>,
}

/// Reads a rule file, of Prometheus or of our own.
///
/// # Errors
/// All that is wrong with it.
pub fn read_rules(
    text: &str,
    source: &Source,
    settings: &Settings,
) -> Result<ReadRules, Vec<yaml::Problem>> {
    let strict = match file::read(text, source, ReadOptions::default()) {
        Ok(read) => {
            return Ok(ReadRules {
                groups: read.groups,
                warnings: read.warnings.iter().map(ToString::to_string).collect(),
            });
        }
        Err(wrong) => wrong,
    };
    let own_source = Source::new(SourceKind::Own, &source.file);
    match own::read(text, &own_source, settings) {
        Ok(read) => Ok(ReadRules {
            groups: read.groups,
            warnings: read.warnings.iter().map(ToString::to_string).collect(),
        }),
        // A file with `alerts:` is meant as ours, any other as Prometheus'.
        Err(wrong) if text.lines().any(|line| line.starts_with("alerts:")) => Err(wrong),
        Err(_) => Err(strict),
    }
}

/// `budgets.limits` of the block.
fn settings_of(block: Option<&Node>) -> Settings {
    let limits = block
        .and_then(|block| child(block, "budgets"))
        .and_then(|node| child(node, "limits"));
    let mut budgets = BTreeMap::new();
    if let Some(Node {
        data: Data::Mapping(entries),
        ..
    }) = limits
    {
        for entry in entries {
            if let Data::Scalar { text, .. } = &entry.value.data
                && let Ok(limit) = text.parse()
            {
                budgets.insert(entry.key.clone(), limit);
            }
        }
    }
    Settings {
        budgets,
        ..Settings::default()
    }
}

fn child<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let Data::Mapping(entries) = &node.data else {
        return None;
    };
    let entry = entries.iter().find(|entry| entry.key == key);
    entry.map(|entry| &entry.value)
}

fn rules_of_block(block: Option<&Node>, settings: &Settings) -> Result<ReadRules, Vec<Problem>> {
    let none = ReadRules {
        groups: Vec::new(),
        warnings: Vec::new(),
    };
    let Some(alerts) = block.and_then(|block| child(block, "alerts")) else {
        return Ok(none);
    };
    let node = Node {
        line: alerts.line,
        data: Data::Mapping(vec![tacho_yaml::node::Entry {
            key: "alerts".to_owned(),
            line: alerts.line,
            value: alerts.clone(),
        }]),
    };
    let source = Source::new(SourceKind::Own, BLOCK_NAME);
    match own::read_node(&node, &source, settings) {
        Ok(read) => Ok(ReadRules {
            groups: read.groups,
            warnings: read.warnings.iter().map(ToString::to_string).collect(),
        }),
        Err(wrong) => Err(wrong.iter().map(of_yaml).collect()),
    }
}

/// Receivers, routes and the rest of our own blocks; what is built in without any.
fn own_routing(block: Option<&Node>) -> Result<(Routing, String), Box<Problem>> {
    let read = match block {
        None => Routing::built_in(),
        Some(block) => OwnBlocks::read(block).and_then(|blocks| Routing::from_own(&blocks)),
    };
    let source = block.map_or("built-in", |_| BLOCK_NAME).to_owned();
    read.map(|routing| (routing, source)).map_err(of_block)
}

/// What an `alertmanager.yml` cannot say is taken from our own blocks: suppressions, escalation, storms.
fn add_blocks(routing: Routing, block: Option<&Node>) -> Result<Routing, Box<Problem>> {
    let Some(block) = block else {
        return Ok(routing);
    };
    let blocks = OwnBlocks::read(block);
    blocks
        .and_then(|blocks| routing.with_own(&blocks))
        .map_err(of_block)
}

fn of_block(wrong: yaml::Wrong) -> Box<Problem> {
    Box::new(of_file(BLOCK_NAME, wrong.line, wrong.message, wrong.hint))
}

/// A route in front for each rule that names receivers itself: they are told beside those of the routes that
/// take the alert, and instead of the receiver of the root.
fn add_receivers_of_rules(
    routing: &mut Routing,
    groups: &[RuleGroup],
    problems: &mut Vec<Problem>,
) {
    let mut routes = Vec::new();
    for (group, rule) in groups
        .iter()
        .flat_map(|group| group.rules.iter().map(move |rule| (group, rule)))
    {
        let (known, unknown): (Vec<String>, Vec<String>) = rule
            .notify
            .iter()
            .cloned()
            .partition(|name| routing.receiver(name).is_some());
        // Rules that come with the program name receivers that there may be.
        if let (Some(name), false) = (unknown.first(), is_builtin(group)) {
            let rule_name = rule.name();
            let message =
                format!("rule {rule_name:?} names the receiver {name:?}, which there is not");
            let names: Vec<&str> = routing
                .receivers
                .iter()
                .map(|one| one.name.as_str())
                .collect();
            let hint = format!("there are {}", names.join(", "));
            problems.push(of_file(&group.source.file, rule.line, message, Some(hint)));
        }
        if known.is_empty() {
            continue;
        }
        let matcher = Matcher::equal("alertname", rule.name());
        routes.push(Route {
            name: Some(format!("rule {}", rule.id)),
            receivers: known,
            matchers: vec![matcher],
            continues: true,
            routes: Vec::new(),
            ..routing.route.clone()
        });
    }
    if !routes.is_empty() {
        routes.append(&mut routing.route.routes);
        routing.route.routes = routes;
        routing.route.rename();
    }
}

fn of_file(file: &str, line: usize, message: String, hint: Option<String>) -> Problem {
    let place = Place::File {
        file: Arc::from(file),
        line: line.max(1),
        column: 1,
    };
    let mut problem = Problem::new(place, "", message);
    problem.hint = hint;
    problem
}

fn of_yaml(wrong: &yaml::Problem) -> Problem {
    of_file(
        &wrong.file,
        wrong.line,
        wrong.message.clone(),
        wrong.hint.clone(),
    )
}
