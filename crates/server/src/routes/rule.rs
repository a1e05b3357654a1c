//! Rules: which there are, how each fares, what it looked like before. `rule_edit.rs` changes them.

use super::work::with_alerts;
use super::{PathText, Shared, params};
use crate::alerts::Alerts;
use crate::alerts::board::{Board, RuleAt};
use crate::alerts::versions;
use crate::answer::{Answer, ApiError, Json};
use crate::params::Params;
use crate::to_api::alert::{Ground, Surroundings as AlertSurroundings, to_time};
use crate::to_api::rule::Surroundings;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use tacho_api::alert::Alert;
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_api::rule::{
    Rule, RuleCounts, RuleDetail, RuleHealth, RuleKind, RuleList, RuleOrigin, RuleState,
    RuleVersion,
};
use tacho_rules::group::alert::AlertState;
use tacho_rules::own::Definition;
use tacho_rules::own::print::{print, rule_text};
use tacho_rules::rule::RuleGroup;

/// Alerts of a rule that are told.
const ALERTS: usize = 100;
/// Versions of a rule that are told.
const VERSIONS: usize = 20;

const STATES: [(&str, RuleState); 5] = [
    ("inactive", RuleState::Inactive),
    ("pending", RuleState::Pending),
    ("firing", RuleState::Firing),
    ("noData", RuleState::NoData),
    ("disabled", RuleState::Disabled),
];
const ORIGINS: [(&str, RuleOrigin); 4] = [
    ("builtin", RuleOrigin::Builtin),
    ("file", RuleOrigin::File),
    ("configuration", RuleOrigin::Configuration),
    ("editor", RuleOrigin::Editor),
];

/// `GET /api/v1/rules`.
pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Json<RuleList>> {
    let params = params(&state, Method::Get, "/api/v1/rules", &uri)?;
    let states = words(&params, "state", &STATES)?;
    let origins = words(&params, "origin", &ORIGINS)?;
    let kind = params.word("kind")?.map(|word| match word {
        "recording" => RuleKind::Recording,
        _ => RuleKind::Alerting,
    });
    let text = params.text("text").map(str::to_lowercase);
    with_alerts(&state, move |alerts, _| {
        let mut rules = all(alerts)?;
        let mut counts = RuleCounts::default();
        rules.iter().for_each(|rule| count(&mut counts, rule));
        rules.retain(|rule| {
            (states.is_empty() || states.contains(&rule.state))
                && (origins.is_empty() || origins.contains(&rule.origin))
                && kind.is_none_or(|kind| rule.definition.kind == kind)
                && text.as_ref().is_none_or(|text| contains(rule, text))
        });
        rules.sort_by_cached_key(|rule| {
            let rank = match (rule.state, rule.health) {
                (RuleState::Firing, _) => 0,
                (RuleState::Pending, _) => 1,
                (_, RuleHealth::Error) => 2,
                _ => 3,
            };
            let name = rule.definition.name.to_lowercase();
            (rank, name, rule.id.clone())
        });
        let in_force = alerts.in_force();
        let odd = in_force
            .warnings
            .iter()
            .filter(|one| one.contains("not in force"));
        Ok(Json(RuleList {
            rules,
            counts,
            managed_file: in_force.base.managed_file.display().to_string(),
            problems: in_force.error.iter().chain(odd).cloned().collect(),
        }))
    })
    .await
}

/// Words of a parameter, separated by commas.
fn words<T: Copy>(params: &Params, name: &str, known: &[(&'static str, T)]) -> Answer<Vec<T>> {
    let text = params
        .text(name)
        .unwrap_or_default()
        .split(',')
        .map(str::trim);
    text.filter(|word| !word.is_empty())
        .map(|word| {
            let found = known.iter().find(|(one, _)| one.eq_ignore_ascii_case(word));
            found.map(|(_, value)| *value).ok_or_else(|| {
                let takes: Vec<&str> = known.iter().map(|(one, _)| *one).collect();
                ApiError::parameter(name, format!("{name} {word:?} is not known"))
                    .hint(format!("takes {}", takes.join(", ")))
            })
        })
        .collect()
}

fn contains(rule: &Rule, text: &str) -> bool {
    let written = &rule.definition;
    let texts = [
        &written.name,
        &written.group,
        &written.expr,
        &written.metric,
        &written.condition,
        &written.query,
        &rule.id,
    ];
    let mut texts = texts.into_iter().chain(&written.tags);
    texts.any(|one| one.to_lowercase().contains(text))
}

fn count(counts: &mut RuleCounts, rule: &Rule) {
    counts.total += 1;
    counts.failing += usize::from(rule.health == RuleHealth::Error);
    match rule.state {
        RuleState::Firing => counts.firing += 1,
        RuleState::Pending => counts.pending += 1,
        RuleState::NoData => counts.no_data += 1,
        RuleState::Disabled => counts.disabled += 1,
        RuleState::Inactive => {}
    }
}

/// Tells rules with all that they are told with.
fn with_surroundings<T>(
    alerts: &Alerts,
    board: &Board,
    tell: impl FnOnce(&Surroundings<'_>) -> T,
) -> Answer<T> {
    let in_force = alerts.in_force();
    let versions = versions::all(alerts.state.as_ref())?;
    let mut fired: BTreeMap<String, i64> = BTreeMap::new();
    for (_, instance) in alerts.history.instances() {
        let last = fired.entry(instance.name().to_owned()).or_insert(i64::MIN);
        *last = (*last).max(instance.fired_ms);
    }
    for side in board.sides() {
        if let (Some(rule), Some(fired_ms)) = (side.rule.rule(), side.alert.fired_at_ms) {
            let last = fired.entry(rule.name().to_owned()).or_insert(i64::MIN);
            *last = (*last).max(fired_ms);
        }
    }
    Ok(tell(&Surroundings {
        definitions: &in_force.definitions,
        versions: &versions,
        fired: &fired,
        facts: &alerts.metric_facts(),
        now_ms: alerts.notifier.now_ms(),
    }))
}

fn all(alerts: &Alerts) -> Answer<Vec<Rule>> {
    let board = Board::of(&alerts.running);
    with_surroundings(alerts, &board, |surroundings| {
        board
            .rules()
            .filter_map(|at| surroundings.to_rule(at))
            .collect()
    })
}

/// `GET /api/v1/rules/{id}`.
pub(super) async fn one(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<RuleDetail>> {
    params(&state, Method::Get, "/api/v1/rules/{id}", &uri)?;
    with_alerts(&state, move |alerts, _| Ok(Json(detail(alerts, &id)?))).await
}

/// All about a rule.
pub(super) fn detail(alerts: &Alerts, id: &str) -> Answer<RuleDetail> {
    let ground = Ground::of(alerts);
    let at = ground.board.rule(id).ok_or_else(|| no_rule(id))?;
    let told = with_surroundings(alerts, &ground.board, |surroundings| {
        surroundings.to_rule(at)
    })?;
    let rule = told.ok_or_else(|| no_rule(id))?;
    let versions = match rule.editable {
        true => versions::history(alerts.state.as_ref(), id, VERSIONS)?,
        false => Vec::new(),
    };
    Ok(RuleDetail {
        yaml: written(alerts, at)
            .map(|one| rule_text(&one))
            .unwrap_or_default(),
        alerts: alerts_of(alerts, &ground, at),
        versions: versions
            .into_iter()
            .map(|one| RuleVersion {
                version: one.version,
                at: to_time(one.at_ns.div_euclid(1_000_000)),
                by: one.by,
                yaml: String::from_utf8(one.value.unwrap_or_default()).unwrap_or_default(),
            })
            .collect(),
        rule,
    })
}

/// There is no rule of this id.
pub(super) fn no_rule(id: &str) -> ApiError {
    ApiError::new(ErrorKind::NotFound, format!("there is no rule {id:?}"))
        .hint("GET /api/v1/rules lists them")
}

/// A rule as it is written.
pub(super) fn written(alerts: &Alerts, at: RuleAt<'_>) -> Option<Definition> {
    let rule = at.rule()?;
    let in_force = alerts.in_force();
    let known = in_force.definitions.get(rule.id.as_str());
    Some(
        known
            .cloned()
            .unwrap_or_else(|| Definition::of(rule, &at.group.rules)),
    )
}

fn alerts_of(alerts: &Alerts, ground: &Ground, at: RuleAt<'_>) -> Vec<Alert> {
    let own = ground
        .board
        .sides()
        .filter(|side| std::ptr::eq(side.rule.seen, at.seen) && side.rule.place == at.place);
    let mut own: Vec<_> = own.collect();
    own.sort_by_key(|side| (std::cmp::Reverse(side.alert.state), side.alert.active_at_ms));
    alerts.notifier.read(|machine, now_ms| {
        let surroundings = AlertSurroundings {
            machine,
            history: &alerts.history,
            board: &ground.board,
            facts: &ground.facts,
            now_ms,
        };
        let shown = own.iter().take(ALERTS);
        shown
            .map(|side| {
                let held = machine
                    .alert_by_fingerprint(side.alert.fingerprint, now_ms)
                    .filter(|view| view.id.is_some());
                match (side.alert.state, held) {
                    (AlertState::Firing, Some(view)) => surroundings.to_alert(&view),
                    (AlertState::Firing, None) => surroundings.to_untold(*side),
                    _ => surroundings.to_pending(*side),
                }
            })
            .collect()
    })
}

/// `GET /api/v1/rules/export`.
pub(super) async fn export(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/rules/export", &uri)?;
    let mut origins = words(&params, "origin", &ORIGINS)?;
    if origins.is_empty() {
        origins.push(RuleOrigin::Editor);
    }
    let text = with_alerts(&state, move |alerts, _| {
        let board = Board::of(&alerts.running);
        let mut groups: Vec<RuleGroup> = Vec::new();
        let mut definitions: Vec<Vec<Definition>> = Vec::new();
        for group in alerts.running.groups() {
            if !origins.contains(&crate::to_api::rule::to_origin(&group.rules.source)) {
                continue;
            }
            let rules = board
                .rules()
                .filter(|at| std::sync::Arc::ptr_eq(at.group, &group));
            definitions.push(rules.filter_map(|at| written(alerts, at)).collect());
            groups.push((*group.rules).clone());
        }
        Ok(print(&groups, &definitions))
    })
    .await?;
    let yaml = HeaderValue::from_static("application/yaml");
    Ok(([(header::CONTENT_TYPE, yaml)], text).into_response())
}
