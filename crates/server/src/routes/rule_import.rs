//! Taking rules over into the file of the editor: rule files of Prometheus and of our own, rules that were
//! provisioned for Grafana.

use super::rule_edit::Editor;
use super::work::{read_body, with_alerts};
use super::{Shared, params};
use crate::alerts::sources::{Base, judge};
use crate::answer::{Answer, ApiError, Json};
use crate::to_api::rule::{problem, to_definition, to_file_problem};
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use tacho_api::operation::Method;
use tacho_api::rule::{RuleImportReport, RuleImportRequest, RuleProblem};
use tacho_rules::grafana;
use tacho_rules::own::{Definition, edit};
use tacho_rules::rule::{RuleGroup, Source, SourceKind};
use tacho_yaml::node::parse;
use tacho_yaml::problem::Problem;

/// Rules that are taken over at once.
const RULES_MAX: usize = 2_000;

/// Rules that were read.
struct Read {
    groups: Vec<RuleGroup>,
    definitions: Vec<Vec<Definition>>,
    problems: Vec<Problem>,
}

/// `POST /api/v1/rules/import`.
pub(super) async fn import(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<RuleImportReport>> {
    params(&state, Method::Post, "/api/v1/rules/import", &uri)?;
    let asked: RuleImportRequest = read_body(&state, body).await?;
    with_alerts(&state, move |alerts, state| {
        let base = alerts.base();
        let mut report = RuleImportReport::default();
        let read = match read(&asked, &base)? {
            Ok(read) => read,
            Err(wrong) => {
                report.problems = wrong.iter().map(to_file_problem).collect();
                return Ok(Json(report));
            }
        };
        report.problems = read.problems.iter().map(to_file_problem).collect();
        let editor = Editor::open(alerts, state)?;
        let mut text = editor.text.clone();
        let mut taken: Vec<&Definition> = editor.own_definitions().collect();
        let rules = read.groups.iter().zip(&read.definitions);
        let rules = rules.flat_map(|(group, written)| group.rules.iter().zip(written));
        for (rule, written) in rules {
            if let Some(wrong) = conflict(&editor, &taken, written) {
                report.problems.push(wrong);
                continue;
            }
            taken.push(written);
            report.rules.push(to_definition(written, rule));
            if report.rules.len() > RULES_MAX {
                let message = format!("more than {RULES_MAX} rules at once");
                return Err(ApiError::new(tacho_api::error::ErrorKind::Limit, message));
            }
            if asked.apply {
                text = edit::append_rule(&text, written)?;
            }
        }
        drop(taken);
        if asked.apply && !report.rules.is_empty() {
            editor.save(&text, &asked.by)?;
            report.saved = true;
        }
        Ok(Json(report))
    })
    .await
}

/// Why a rule cannot be taken over.
fn conflict(
    editor: &Editor<'_>,
    taken: &[&Definition],
    written: &Definition,
) -> Option<RuleProblem> {
    let line = (written.line > 0).then_some(written.line);
    let (name, group) = (&written.name, written.group_name());
    let same = |one: &Definition| one.name == *name && one.group_name() == group;
    if taken.iter().any(|one| same(one)) {
        let message = format!("group {group:?} has a rule {name:?} already");
        return Some(RuleProblem {
            line,
            ..problem("name", message)
        });
    }
    let error = editor.check(written).err()?;
    let field = error.detail.field.unwrap_or_default();
    let message = format!("rule {name:?}: {}", error.detail.message);
    Some(RuleProblem {
        line,
        hint: error.detail.hint,
        ..problem(&field, message)
    })
}

fn read(asked: &RuleImportRequest, base: &Base) -> Answer<Result<Read, Vec<Problem>>> {
    let source = |kind| Source::new(kind, "text");
    let of_grafana = match asked.format.as_str() {
        "grafana" => true,
        "prometheus" | "tachograph" => false,
        "" => parse(&asked.text).is_ok_and(|node| grafana::is_grafana(&node)),
        other => {
            let message = format!("format {other:?} is not known");
            return Err(ApiError::parameter("format", message)
                .hint("takes prometheus, grafana, tachograph; guessed if empty"));
        }
    };
    if of_grafana {
        let read = grafana::read(&asked.text, &source(SourceKind::Grafana));
        return Ok(read.map(|read| Read {
            groups: read.groups,
            definitions: read.definitions,
            problems: read.problems.into_iter().chain(read.warnings).collect(),
        }));
    }
    let read = judge(&asked.text, &source(SourceKind::Prometheus), &base.settings);
    Ok(read.map(|read| Read {
        groups: read.groups,
        definitions: read.definitions,
        problems: read.odd,
    }))
}
