//! Changing rules: one at a time, in the file of the editor, in force when the answer comes.

use super::rule::{detail, no_rule};
use super::work::{read_body, with_alerts};
use super::{PathText, Shared, params};
use crate::alerts::Alerts;
use crate::alerts::managed::{self, Found};
use crate::alerts::sources::Sources;
use crate::alerts::versions;
use crate::answer::{Answer, ApiError, Json};
use crate::state::ServerState;
use crate::to_api::rule::{from_definition, to_problem};
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_api::rule::{RuleDetail, RuleProblem, RuleSaveRequest};
use tacho_rules::own::Definition;
use tacho_rules::own::edit;
use tacho_rules::rule::SourceKind;

/// Who changes a rule if nobody says.
const NOBODY: &str = "api";
const RULE: &str = "/api/v1/rules/{id}";

/// `POST /api/v1/rules`.
pub(super) async fn create(State(state): Shared, uri: Uri, body: Body) -> Answer<Json<RuleDetail>> {
    params(&state, Method::Post, "/api/v1/rules", &uri)?;
    let asked: RuleSaveRequest = read_body(&state, body).await?;
    with_alerts(&state, move |alerts, state| {
        let editor = Editor::open(alerts, state)?;
        let written = editor.checked(&asked, None)?;
        let text = edit::append_rule(&editor.text, &written)?;
        editor.save(&text, &asked.by)?;
        answer(alerts, &written)
    })
    .await
}

/// `PUT /api/v1/rules/{id}`.
pub(super) async fn replace(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
    body: Body,
) -> Answer<Json<RuleDetail>> {
    params(&state, Method::Put, RULE, &uri)?;
    let asked: RuleSaveRequest = read_body(&state, body).await?;
    with_alerts(&state, move |alerts, state| {
        let editor = Editor::open(alerts, state)?;
        let found = editor.find(&id)?;
        editor.check_version(&id, asked.version)?;
        let written = editor.checked(&asked, Some(&found))?;
        let text = edit::replace_rule(&editor.text, found.place(), &written)?;
        editor.save(&text, &asked.by)?;
        answer(alerts, &written)
    })
    .await
}

/// `DELETE /api/v1/rules/{id}`.
pub(super) async fn remove(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<RuleDetail>> {
    params(&state, Method::Delete, RULE, &uri)?;
    with_alerts(&state, move |alerts, state| {
        let editor = Editor::open(alerts, state)?;
        let found = editor.find(&id)?;
        let last = detail(alerts, &id)?;
        let text = edit::remove_rule(&editor.text, found.place())?;
        editor.save(&text, NOBODY)?;
        Ok(Json(last))
    })
    .await
}

fn answer(alerts: &Alerts, written: &Definition) -> Answer<Json<RuleDetail>> {
    let groups = alerts.running.groups();
    let of = |exactly: bool| {
        let own = groups.iter().filter(move |group| {
            let (rules, name) = (&group.rules, written.group_name());
            // Rules of a list whose interval differs are in a group of their own.
            let rest = rules.name.strip_prefix(name);
            let other = rest.is_some_and(|rest| rest.starts_with('-'));
            let fits = if exactly { rules.name == name } else { other };
            rules.source.kind == SourceKind::Api && fits
        });
        let mut rules = own.flat_map(|group| &group.rules.rules);
        rules.find(|rule| rule.name() == written.name)
    };
    let rule = of(true).or_else(|| of(false));
    let id = rule.map(|rule| rule.id.to_string()).unwrap_or_default();
    Ok(Json(detail(alerts, &id)?))
}

/// The file of the editor as it is now, while nobody else changes it.
pub(super) struct Editor<'a> {
    alerts: &'a Arc<Alerts>,
    state: &'a ServerState,
    /// Its text.
    pub(super) text: String,
    sources: Sources,
    _alone: parking_lot::MutexGuard<'a, ()>,
}

impl<'a> Editor<'a> {
    /// Reads the file.
    ///
    /// # Errors
    /// 409 if what lies there is no rule file: it is not touched then.
    pub(super) fn open(alerts: &'a Arc<Alerts>, state: &'a ServerState) -> Answer<Self> {
        let alone = alerts.editing.lock();
        let base = alerts.base();
        let path = base.managed_file.display();
        let unreadable = |reason: String| {
            ApiError::new(
                ErrorKind::Conflict,
                format!("{path} cannot be read: {reason}"),
            )
            .hint("repair the file by hand first")
        };
        let text = managed::read(alerts.io(), &base.managed_file).map_err(unreadable)?;
        let sources = base.with_managed(&text).map_err(|wrong| {
            let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            unreadable(lines.join("; "))
        })?;
        // What was changed by hand meanwhile has a version of its own.
        alerts.sync_versions(&sources, versions::BY_FILE)?;
        Ok(Self {
            alerts,
            state,
            text,
            sources,
            _alone: alone,
        })
    }

    /// A rule of the editor.
    fn find(&self, id: &str) -> Answer<Found> {
        let written = |id: &str| self.sources.definitions.get(id).cloned();
        if let Some(found) = managed::find(&self.sources.groups, written, id) {
            return Ok(found);
        }
        if self.sources.definitions.contains_key(id) {
            let message = format!("rule {id:?} does not lie in the file of the editor");
            return Err(ApiError::new(ErrorKind::Conflict, message)
                .hint("change it where it is written, or save a copy under another name"));
        }
        Err(no_rule(id))
    }

    fn check_version(&self, id: &str, given: Option<u64>) -> Answer<()> {
        let newest = versions::newest(self.alerts.state.as_ref(), id)?;
        if given.is_none() || given == newest {
            return Ok(());
        }
        let message = match newest {
            Some(newest) => format!("rule {id:?} was changed meanwhile: it has version {newest}"),
            None => format!("rule {id:?} has no version"),
        };
        Err(ApiError::new(ErrorKind::Conflict, message)
            .field("version")
            .hint("read it again, then change it"))
    }

    /// The definition that is to be saved.
    fn checked(&self, asked: &RuleSaveRequest, found: Option<&Found>) -> Answer<Definition> {
        let before = found.map(|found| &found.definition);
        let written = from_definition(&asked.definition, before).map_err(|one| wrong(&one))?;
        self.check(&written)?;
        let is_same = |one: &Definition| before.is_some_and(|before| before.line == one.line);
        let mut others = self.own_definitions().filter(|one| !is_same(one));
        if others.any(|one| one.name == written.name && one.group_name() == written.group_name()) {
            let (name, group) = (&written.name, written.group_name());
            let message = format!("group {group:?} has a rule {name:?} already");
            return Err(ApiError::new(ErrorKind::Conflict, message)
                .field("name")
                .hint("choose another name or group, or change that rule"));
        }
        Ok(written)
    }

    /// Whether a definition can be a rule.
    ///
    /// # Errors
    /// 400 with the first thing that is wrong.
    pub(super) fn check(&self, written: &Definition) -> Answer<()> {
        if written.name.is_empty() {
            return Err(ApiError::parameter("name", "name is missing"));
        }
        let base = &self.sources.base;
        if let Err(problems) = written.to_rule(&base.settings) {
            let first = problems.first();
            let problem = first.map(|one| to_problem(one, text_of(written, one.field)));
            return Err(wrong(&problem.unwrap_or_default()));
        }
        let mut names = written.receivers.iter();
        match names.find(|name| !base.has_receiver(name)) {
            Some(name) => Err(ApiError::parameter(
                "receivers",
                format!("there is no receiver {name:?}"),
            )
            .hint("GET /api/v1/routes lists receivers")),
            None => Ok(()),
        }
    }

    /// The rules of the editor, as they are written.
    pub(super) fn own_definitions(&self) -> impl Iterator<Item = &Definition> {
        let groups = self.sources.groups.iter();
        let own = groups.filter(|group| group.source.kind == SourceKind::Api);
        own.flat_map(|group| &group.rules)
            .filter_map(|rule| self.sources.definitions.get(rule.id.as_str()))
    }

    /// Writes another text and puts it in force.
    pub(super) fn save(self, text: &str, by: &str) -> Answer<()> {
        let base = Arc::clone(&self.sources.base);
        let sources = base.with_managed(text).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let message = format!("the file would be wrong: {}", lines.join("; "));
            ApiError::new(ErrorKind::Invalid, message)
        })?;
        if text.len() as u64 > managed::BYTES_MAX {
            let message = format!(
                "{} bytes of rules, at most {} are kept",
                text.len(),
                managed::BYTES_MAX
            );
            return Err(ApiError::new(ErrorKind::Limit, message));
        }
        managed::write(self.alerts.io(), &base.managed_file, text)?;
        let by = match by.trim() {
            "" => NOBODY,
            by => by,
        };
        self.alerts.sync_versions(&sources, by)?;
        let config = self.state.changeable().config.clone();
        let prom = self.state.prom_engine_of(&config);
        self.alerts.apply_edit(sources, &config, prom);
        Ok(())
    }
}

/// The text of a field that places are told in.
pub(super) fn text_of<'a>(written: &'a Definition, field: &str) -> &'a str {
    match field {
        "expr" => &written.expr,
        "condition" => &written.condition,
        "metric" => &written.metric,
        "query" => written.query.as_ref().map_or("", |query| &query.text),
        _ => "",
    }
}

/// Something that is wrong with a definition, as an error.
fn wrong(problem: &RuleProblem) -> ApiError {
    let mut error = ApiError::parameter(&problem.field, problem.message.clone());
    error.detail.hint.clone_from(&problem.hint);
    error.detail.position = problem.start.and_then(|start| u32::try_from(start).ok());
    error
}
