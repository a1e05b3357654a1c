//! `and`, `or`, `unless`: a step of a series stays if its group has a value on the other side, or has
//! none.

use crate::promql::aggregate::Grouper;
use crate::promql::column::{Series, is_absent};
use tacho_syntax::promql::tree::VectorMatching;

/// Names of the labels that are matched, sorted.
pub(super) fn sorted_labels(matching: &VectorMatching) -> Vec<&str> {
    let mut names: Vec<&str> = matching.labels.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether groups have a value at steps.
struct Presence {
    steps: usize,
    by_group: Vec<Option<Vec<bool>>>,
}

impl Presence {
    fn of(series: &[Series], grouper: &mut Grouper<'_>) -> Self {
        let steps = series.first().map_or(0, |it| it.column.steps());
        let mut presence = Self {
            steps,
            by_group: Vec::new(),
        };
        for series in series {
            let group = grouper.group_of(&series.labels);
            if presence.by_group.len() <= group {
                presence.by_group.resize(group + 1, None);
            }
            let marks = presence.by_group[group].get_or_insert_with(|| vec![false; steps]);
            for (step, mark) in marks.iter_mut().enumerate() {
                *mark |= series.column.has(step);
            }
        }
        presence
    }

    fn has(&self, group: usize, step: usize) -> bool {
        match self.by_group.get(group) {
            Some(Some(marks)) => marks[step],
            _ => false,
        }
    }
}

/// Takes values away whose group is present (or absent) on the other side.
fn filter(series: &mut Vec<Series>, presence: &Presence, grouper: &mut Grouper<'_>, wanted: bool) {
    for series in series.iter_mut() {
        let group = grouper.group_of(&series.labels);
        for step in 0..series.column.steps() {
            let present = presence.steps > step && presence.has(group, step);
            let value = series.column.floats[step];
            let is_set = !is_absent(value) || series.column.histogram(step).is_some();
            if is_set && present != wanted {
                series.column.clear(step);
            }
        }
    }
    series.retain(|series| !series.column.is_blank());
}

/// `and` (`wanted`) or `unless`.
pub(super) fn keep(
    mut lhs: Vec<Series>,
    rhs: &[Series],
    matching: &VectorMatching,
    wanted: bool,
) -> Vec<Series> {
    let names = sorted_labels(matching);
    let mut grouper = Grouper::new(&names, !matching.on);
    let presence = Presence::of(rhs, &mut grouper);
    filter(&mut lhs, &presence, &mut grouper, wanted);
    lhs
}

/// `or`.
pub(super) fn join(
    mut lhs: Vec<Series>,
    mut rhs: Vec<Series>,
    matching: &VectorMatching,
) -> Vec<Series> {
    let names = sorted_labels(matching);
    let mut grouper = Grouper::new(&names, !matching.on);
    let presence = Presence::of(&lhs, &mut grouper);
    filter(&mut rhs, &presence, &mut grouper, false);
    lhs.append(&mut rhs);
    lhs
}
