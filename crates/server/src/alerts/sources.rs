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
use tacho_rules::condition::{MetricFacts, Settings};
use tacho_rules::file::{self, ReadOptions, RuleFile};
use tacho_rules::own::{self, Definition, OwnFile};
use tacho_rules::rule::{Rule, RuleGroup, Source, SourceKind, assign_ids};
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
    /// Rules as they are written, by their identifiers.
    pub definitions: Arc<BTreeMap<String, Definition>>,
    /// Who is told what.
    pub routing: Arc<Routing>,
    /// The text of the file that the editor writes; empty if it is not there.
    pub managed_text: String,
    /// What is odd, or could not be read without being fatal.
    pub warnings: Vec<String>,
    /// All but the file that the editor writes.
    pub base: Arc<Base>,
}

/// What was read but the file that the editor writes.
#[derive(Clone)]
pub struct Base {
    groups: Vec<RuleGroup>,
    /// For each group the definitions of its rules.
    definitions: Vec<Vec<Definition>>,
    /// Without receivers that rules name.
    routing: Routing,
    /// Where the routing comes from: a file, `configuration`, or `built-in`.
    pub routing_source: String,
    /// The file that the editor writes.
    pub managed_file: PathBuf,
    /// What short conditions lean on.
    pub settings: Settings,
    warnings: Vec<String>,
}

impl Base {
    /// All of it with a text of the editor's file.
    ///
    /// # Errors
    /// What is wrong with that text.
    pub fn with_managed(self: &Arc<Self>, text: &str) -> Result<Sources, Vec<yaml::Problem>> {
        let source = self.managed_source();
        let read = own::read(text, &source, &self.settings)?;
        let mut warnings = self.warnings.clone();
        warnings.extend(read.warnings.iter().map(ToString::to_string));
        let mut groups = self.groups.clone();
        groups.extend(read.groups);
        assign_ids(&mut groups);
        let mut routing = self.routing.clone();
        for unknown in add_receivers_of_rules(&mut routing, &groups) {
            warnings.push(unknown.to_string());
        }
        let written = self.definitions.iter().chain(&read.definitions);
        let definitions = groups.iter().zip(written).flat_map(|(group, written)| {
            let rules = group.rules.iter().zip(written);
            rules.map(|(rule, written)| (rule.id.as_str().to_owned(), written.clone()))
        });
        warnings.extend(routing.warnings.iter().map(|one| one.message.clone()));
        Ok(Sources {
            definitions: Arc::new(definitions.collect()),
            groups,
            routing: Arc::new(routing),
            managed_text: text.to_owned(),
            warnings,
            base: Arc::clone(self),
        })
    }

    /// The same with what is known about metrics now.
    pub fn with_facts(&self, facts: &MetricFacts) -> Self {
        let mut base = self.clone();
        base.settings.metrics = facts.clone();
        base
    }

    /// The editor's file as a source of rules.
    pub fn managed_source(&self) -> Source {
        Source::new(SourceKind::Api, &self.managed_file.to_string_lossy())
    }

    /// The receiver of a name.
    pub fn has_receiver(&self, name: &str) -> bool {
        self.routing.receiver(name).is_some()
    }
}

/// Reads files.
pub struct Reader<'a> {
    /// Touches files.
    pub io: &'a dyn Io,
    /// The data folder.
    pub data_dir: &'a Path,
    /// What is known about metrics: their units.
    pub facts: &'a MetricFacts,
}

impl Reader<'_> {
    /// Reads everything.
    ///
    /// # Errors
    /// All that is wrong with files that were named, and with blocks of the configuration.
    pub fn read(&self, config: &Config) -> Result<Sources, Vec<Problem>> {
        let base = Arc::new(self.base(config)?);
        let (text, mut odd) = self.managed_text(&base.managed_file);
        let read = base.with_managed(&text).or_else(|wrong| {
            let told = wrong.iter();
            odd.extend(told.map(|one| format!("{one}; rules of this file are not in force")));
            base.with_managed("")
        });
        let mut sources = read.map_err(|wrong| wrong.iter().map(of_yaml).collect::<Vec<_>>())?;
        sources.warnings.extend(odd);
        sources.managed_text = text;
        Ok(sources)
    }

    /// Reads all but the file of the editor.
    fn base(&self, config: &Config) -> Result<Base, Vec<Problem>> {
        let alerting = &config.alerting;
        let settings = settings_of(alerting.rules_block.as_ref(), self.facts);
        let mut problems = Vec::new();
        let mut all = ReadRules::default();
        let mut take = |read: Result<ReadRules, Vec<Problem>>| match read {
            Ok(read) => all.extend(read),
            Err(wrong) => problems.extend(wrong),
        };
        if alerting.builtin {
            let read = builtin::builtin(&settings).map(|read| ReadRules {
                groups: read.groups,
                definitions: read.definitions,
                warnings: Vec::new(),
            });
            take(read.map_err(|wrong| wrong.iter().map(of_yaml).collect()));
        }
        let (files, too_many) = self.files(config);
        take(too_many.map_or_else(|| Ok(ReadRules::default()), |problem| Err(vec![problem])));
        for path in files {
            take(self.rule_file(&path, SourceKind::Prometheus, &settings));
        }
        take(rules_of_block(alerting.rules_block.as_ref(), &settings));
        let routing = self.routing(config, &mut problems);
        if let Some((routing, _)) = &routing {
            let mut with_rules = routing.clone();
            problems.extend(add_receivers_of_rules(&mut with_rules, &all.groups));
        }
        match routing {
            Some((routing, routing_source)) if problems.is_empty() => Ok(Base {
                groups: all.groups,
                definitions: all.definitions,
                routing,
                routing_source,
                managed_file: self.managed_file(config),
                settings,
                warnings: all.warnings,
            }),
            _ => Err(problems),
        }
    }

    /// The file that the editor writes.
    pub fn managed_file(&self, config: &Config) -> PathBuf {
        let given = config.alerting.managed_file.clone();
        given.unwrap_or_else(|| self.data_dir.join(MANAGED_NAME))
    }

    /// The rule files that are named, in order, each once.
    fn files(&self, config: &Config) -> (Vec<PathBuf>, Option<Problem>) {
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
        let too_many = (files.len() > FILES_MAX).then(|| {
            let message = format!("{} rule files, at most {FILES_MAX} are read", files.len());
            Problem::new(Place::Default, "rules.files", message)
        });
        (files, too_many)
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
        judge(&text, &Source::new(kind, &name), settings)
            .map(ReadRules::of)
            .map_err(|wrong| wrong.iter().map(of_yaml).collect())
    }

    /// The text of the editor's file, and why it cannot be had.
    fn managed_text(&self, path: &Path) -> (String, Vec<String>) {
        if !self.io.exists(path).unwrap_or(false) {
            return (String::new(), Vec::new());
        }
        match self.text(path) {
            Ok(text) => (text, Vec::new()),
            Err(reason) => {
                let odd = format!("{} cannot be read: {reason}", path.display());
                (String::new(), vec![odd])
            }
        }
    }

    fn routing(&self, config: &Config, problems: &mut Vec<Problem>) -> Option<(Routing, String)> {
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
        Some((routing, source))
    }
}

/// Rules that were judged.
pub struct Judged {
    /// Their groups.
    pub groups: Vec<RuleGroup>,
    /// For each group the definitions of its rules.
    pub definitions: Vec<Vec<Definition>>,
    /// What is odd.
    pub odd: Vec<yaml::Problem>,
}

/// Rules that were read.
#[derive(Debug, Default)]
pub struct ReadRules {
    /// Their groups.
    pub groups: Vec<RuleGroup>,
    /// For each group the definitions of its rules.
    pub definitions: Vec<Vec<Definition>>,
    /// What is odd.
    pub warnings: Vec<String>,
}

impl ReadRules {
    fn extend(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.definitions.extend(other.definitions);
        self.warnings.extend(other.warnings);
    }

    fn of(judged: Judged) -> Self {
        Self {
            groups: judged.groups,
            definitions: judged.definitions,
            warnings: judged.odd.iter().map(ToString::to_string).collect(),
        }
    }
}

fn of_own(read: OwnFile) -> Judged {
    Judged {
        groups: read.groups,
        definitions: read.definitions,
        odd: read.warnings,
    }
}

fn of_prometheus(read: RuleFile) -> Judged {
    let definitions = |group: &RuleGroup| {
        let rules = group.rules.iter();
        rules.map(|rule| Definition::of(rule, group)).collect()
    };
    Judged {
        definitions: read.groups.iter().map(definitions).collect(),
        groups: read.groups,
        odd: read.warnings,
    }
}

/// Reads a rule file, of Prometheus or of our own.
///
/// # Errors
/// All that is wrong with it.
pub fn judge(
    text: &str,
    source: &Source,
    settings: &Settings,
) -> Result<Judged, Vec<yaml::Problem>> {
    let strict = match file::read(text, source, ReadOptions::default()) {
        Ok(read) => return Ok(of_prometheus(read)),
        Err(wrong) => wrong,
    };
    let own_source = Source::new(SourceKind::Own, &source.file);
    match own::read(text, &own_source, settings) {
        Ok(read) => Ok(of_own(read)),
        // A file with `alerts:` is meant as ours, any other as Prometheus'.
        Err(wrong) if text.lines().any(|line| line.starts_with("alerts:")) => Err(wrong),
        Err(_) => Err(strict),
    }
}

/// `budgets.limits` of the block, and what is known about metrics.
fn settings_of(block: Option<&Node>, facts: &MetricFacts) -> Settings {
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
        metrics: facts.clone(),
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
    let Some(alerts) = block.and_then(|block| child(block, "alerts")) else {
        return Ok(ReadRules::default());
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
        Ok(read) => Ok(ReadRules::of(of_own(read))),
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
/// take the alert, and instead of the receiver of the root. Gives what is wrong with the
/// names.
fn add_receivers_of_rules(routing: &mut Routing, groups: &[RuleGroup]) -> Vec<Problem> {
    let mut routes = Vec::new();
    let mut problems = Vec::new();
    let rules = groups
        .iter()
        .flat_map(|group| group.rules.iter().map(move |rule| (group, rule)));
    for (group, rule) in rules.filter(|(_, rule)| !rule.notify.is_empty()) {
        let names = rule.notify.iter().cloned();
        let (known, unknown): (Vec<String>, Vec<String>) =
            names.partition(|name| routing.receiver(name).is_some());
        // Rules that come with the program name receivers that there may be.
        if let (Some(name), false) = (unknown.first(), is_builtin(group)) {
            problems.push(unknown_receiver(routing, group, rule, name));
        }
        if known.is_empty() {
            continue;
        }
        let matcher = Matcher::equal("alertname", rule.name());
        routes.push(Route {
            name: Some(format!("rule {}", rule.name())),
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
    problems
}

fn unknown_receiver(routing: &Routing, group: &RuleGroup, rule: &Rule, name: &str) -> Problem {
    let rule_name = rule.name();
    let message = format!("rule {rule_name:?} names the receiver {name:?}, which there is not");
    let known: Vec<&str> = routing
        .receivers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let hint = format!("there are {}", known.join(", "));
    of_file(&group.source.file, rule.line, message, Some(hint))
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
