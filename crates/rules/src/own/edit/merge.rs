//! One rule before and after a change: what says the same stays as it is written.

use super::lines::{self, Segment};
use crate::own::fields::value::to_snake;
use crate::own::fields::{TEXTS, spellings};
use crate::own::print::{Field, Style};
use tacho_model::alert::SEVERITY;

/// How a rule is written now.
pub(super) fn style_of(segments: &[Segment], in_list: bool) -> Style {
    let mut style = Style {
        in_list,
        ..Style::default()
    };
    for segment in segments {
        let key = to_snake(&segment.key);
        style.severity_beside |= key == SEVERITY;
        style
            .texts_beside
            .extend(TEXTS.into_iter().filter(|text| *text == key));
        if let Some(usual) = usual_key(&key) {
            style
                .keys
                .entry(usual)
                .or_insert_with(|| segment.key.clone());
        }
    }
    if in_list {
        let fresh = Style::in_list();
        if !segments.iter().any(|segment| segment.key == "labels") {
            style.severity_beside = true;
        }
        if !segments.iter().any(|segment| segment.key == "annotations") {
            style.texts_beside = fresh.texts_beside;
        }
    }
    style
}

/// The key under which `print` gives a field.
fn usual_key(snake: &str) -> Option<&'static str> {
    const FIELDS: [&str; 4] = ["for", "window", "cooldown", "receivers"];
    if let Some(field) = FIELDS
        .into_iter()
        .find(|field| spellings(field).contains(&snake))
    {
        return Some(field);
    }
    const PLAIN: [&str; 24] = [
        "record",
        "id",
        "group",
        "traces",
        "logs",
        "per",
        "expr",
        "metric",
        "condition",
        "operator",
        "threshold",
        "by",
        "keep_firing_for",
        "interval",
        "on_arrival",
        "enabled",
        "no_data",
        "severity",
        "summary",
        "description",
        "message",
        "runbook_url",
        "labels",
        "annotations",
    ];
    match snake {
        "alert" | "name" => Some("alert"),
        "tags" => Some("tags"),
        _ => PLAIN.into_iter().find(|key| *key == snake),
    }
}

/// The fields of a rule after a change: those that say the same stay as they are written.
pub(super) fn merged(segments: &[Segment], before: &[Field], after: &[Field]) -> Vec<String> {
    let find = |fields: &[Field], key: &str| -> Option<String> {
        let found = fields.iter().find(|(usual, _)| *usual == key);
        found.map(|(_, text)| text.clone())
    };
    let order = |key: &str| after.iter().position(|(usual, _)| *usual == key);
    let mut kept: Vec<(Option<usize>, String)> = Vec::new();
    let mut placed = Vec::new();
    for segment in segments {
        let usual = usual_key(&to_snake(&segment.key)).unwrap_or("");
        let Some(new) = find(after, usual) else {
            continue;
        };
        placed.push(usual);
        let text = if find(before, usual).as_deref() == Some(new.as_str()) {
            segment.text.clone()
        } else {
            lines::with_remark(&segment.text, &find(before, usual).unwrap_or_default(), new)
        };
        kept.push((order(usual), segment.lead.clone() + &text));
    }
    for (at, (usual, text)) in after.iter().enumerate() {
        if placed.contains(usual) {
            continue;
        }
        let behind = kept
            .iter()
            .rposition(|(order, _)| order.is_some_and(|it| it < at));
        kept.insert(behind.map_or(0, |it| it + 1), (Some(at), text.clone()));
    }
    kept.into_iter().map(|(_, text)| text).collect()
}
