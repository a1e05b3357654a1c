//! Labels of a sample: those that the target gave, those of the target, the rules, and the limits.

use super::{Failure, FailureKind};
use crate::scrape::config::job::Job;
use crate::scrape::relabel::{self, NameValidation};
use crate::scrape::target::Target;
use tacho_model::labels::{
    Labels, LabelsBuilder, METRIC_NAME, is_legacy_label_name, is_legacy_metric_name,
};

const EXPORTED_PREFIX: &str = "exported_";
/// Characters of a name or value that a message shows.
const SHOWN_CHARS: usize = 50;

/// Labels of a series about the scrape.
pub(super) fn of_report(name: &str, target: &Labels) -> Labels {
    target.with(METRIC_NAME, name)
}

/// The labels of a sample; `None` if the rules drop it.
pub(super) fn of_sample(
    given: &Labels,
    job: &Job,
    target: &Target,
) -> Result<Option<Labels>, Failure> {
    let mut labels = LabelsBuilder::from(given);
    let mut moved = Vec::new();
    for (name, value) in target.public.iter() {
        match given.get(name) {
            Some(_) if job.honor_labels => {}
            Some(own) => {
                moved.push((name, own));
                labels.set(name, value);
            }
            None => labels.set(name, value),
        }
    }
    // the shortest names first, so that `exported_a` finds its place before `a` looks for one
    moved.sort_by_key(|(name, _)| name.len());
    for (name, own) in moved {
        let mut exported = format!("{EXPORTED_PREFIX}{name}");
        while !labels.value(&exported).is_empty() {
            exported.insert_str(0, EXPORTED_PREFIX);
        }
        labels.set(&exported, own);
    }
    if !relabel::apply(&job.metric_relabel, &mut labels) {
        return Ok(None);
    }
    let labels = labels.build();
    if labels.is_empty() {
        return Ok(None);
    }
    check(&labels, job)?;
    Ok(Some(labels))
}

fn check(labels: &Labels, job: &Job) -> Result<(), Failure> {
    let format = |message: String| Err(Failure::new(FailureKind::Format, message));
    let name = labels.metric_name();
    if name.is_empty() {
        return format("missing metric name (__name__ label)".to_owned());
    }
    let legacy =
        || is_legacy_metric_name(name) && labels.iter().all(|(name, _)| is_legacy_label_name(name));
    if job.validation == NameValidation::Legacy && !legacy() {
        return format(format!("invalid metric name or label names: {labels}"));
    }
    check_limits(labels, job).map_err(|message| Failure::new(FailureKind::Labels, message))
}

fn check_limits(labels: &Labels, job: &Job) -> Result<(), String> {
    let limits = &job.limits;
    let over = |length: usize, limit: u64| limit > 0 && length as u64 > limit;
    let metric = shown(labels.metric_name());
    let count = labels.iter().count();
    if over(count, limits.labels) {
        return Err(format!(
            "label_limit exceeded (metric: {metric}, number of labels: {count}, limit: {})",
            limits.labels
        ));
    }
    for (name, value) in labels.iter() {
        if over(name.len(), limits.label_name_bytes) {
            return Err(format!(
                "label_name_length_limit exceeded (metric: {metric}, label name: {}, length: {}, limit: {})",
                shown(name),
                name.len(),
                limits.label_name_bytes
            ));
        }
        if over(value.len(), limits.label_value_bytes) {
            return Err(format!(
                "label_value_length_limit exceeded (metric: {metric}, label name: {}, value: {:?}, length: {}, limit: {})",
                shown(name),
                shown(value),
                value.len(),
                limits.label_value_bytes
            ));
        }
    }
    Ok(())
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}
