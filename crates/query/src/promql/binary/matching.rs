//! Operators between two vectors: series find each other by their labels, one to one or many to one.
//! Whole columns are joined; what each pair of series gives is worked out once.

use crate::error::Result;
use crate::promql::aggregate::Grouper;
use crate::promql::annotation::Annotations;
use crate::promql::binary::changes_metric;
use crate::promql::binary::element::{Operation, Outcome};
use crate::promql::binary::sets::sorted_labels;
use crate::promql::budget::Budget;
use crate::promql::call::ValueRef;
use crate::promql::column::{ABSENT, Column, Series, is_absent};
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::merge::without_metadata;
use crate::promql::node::BinaryNode;
use std::collections::HashMap;
use std::fmt::Write as _;
use tacho_model::labels::{Labels, LabelsBuilder, METRIC_NAME};
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::tree::{Cardinality, VectorMatching};

/// Both sides by group: numbers of series.
#[derive(Default)]
struct Group {
    many: Vec<usize>,
    one: Vec<usize>,
}

/// Results so far.
#[derive(Default)]
struct Results {
    series: Vec<Series>,
    /// Over all groups; with one step, series of different groups stay apart.
    by_labels: HashMap<Labels, usize>,
}

/// An operation between two vectors.
struct Match<'m> {
    operation: Operation<'m>,
    matching: &'m VectorMatching,
    drops_metric: bool,
    steps: usize,
    /// The vector on the side that may have many series, and the other one.
    many: &'m [Series],
    one: &'m [Series],
    /// Steps at which there is something to match at all.
    active: Vec<bool>,
    budget: &'m Budget,
}

/// What was matched in a group.
struct Matched {
    any: Vec<bool>,
    by_labels: HashMap<Labels, Vec<bool>>,
}

impl Evaluator<'_> {
    pub(super) fn match_vectors(
        &self,
        node: &BinaryNode<'_>,
        matching: &VectorMatching,
        (lhs, rhs): (Vec<Series>, Vec<Series>),
    ) -> Result<Vec<Series>> {
        let swapped = matching.card == Cardinality::OneToMany;
        let (many, one) = if swapped { (&rhs, &lhs) } else { (&lhs, &rhs) };
        let fills = matching.fill_lhs.is_some() || matching.fill_rhs.is_some();
        let steps = self.frame.steps;
        let active = if fills {
            vec![true; steps]
        } else {
            let (many, one) = (present_steps(many, steps), present_steps(one, steps));
            many.iter().zip(&one).map(|(a, b)| *a && *b).collect()
        };
        let names = sorted_labels(matching);
        let mut grouper = Grouper::new(&names, !matching.on);
        let mut groups: Vec<Group> = Vec::new();
        for (index, series) in many.iter().enumerate() {
            group_at(&mut groups, grouper.group_of(&series.labels))
                .many
                .push(index);
        }
        for (index, series) in one.iter().enumerate() {
            group_at(&mut groups, grouper.group_of(&series.labels))
                .one
                .push(index);
        }
        let join = Match {
            operation: Operation::new(node.binary, &node.range),
            matching,
            drops_metric: changes_metric(node.binary.op),
            steps,
            many,
            one,
            active,
            budget: self.shared.budget,
        };
        let mut results = Results::default();
        let mut notes = Annotations::default();
        for (group, labels) in groups.iter().zip(&grouper.labels) {
            self.shared.budget.check()?;
            self.shared.budget.fits(results.series.len(), steps)?;
            join.check_one_side(group, labels)?;
            if self.frame.is_instant() {
                results.by_labels.clear();
            }
            join.group(group, labels, &mut results, &mut notes)?;
        }
        self.merge_notes(notes);
        results.series.retain(|series| !series.column.is_blank());
        Ok(results.series)
    }
}

fn group_at(groups: &mut Vec<Group>, index: usize) -> &mut Group {
    if groups.len() <= index {
        groups.resize_with(index + 1, Group::default);
    }
    &mut groups[index]
}

fn present_steps(series: &[Series], steps: usize) -> Vec<bool> {
    let mut present = vec![false; steps];
    for series in series {
        for (step, present) in present.iter_mut().enumerate() {
            *present = *present || series.column.has(step);
        }
    }
    present
}

impl Match<'_> {
    /// The side of the one must have one series a group and step.
    fn check_one_side(&self, group: &Group, labels: &Labels) -> Result<()> {
        if group.one.len() < 2 {
            return Ok(());
        }
        for step in (0..self.steps).filter(|step| self.active[*step]) {
            let mut present = group
                .one
                .iter()
                .map(|index| &self.one[*index])
                .filter(|series| series.column.has(step));
            let (Some(first), Some(second)) = (present.next(), present.next()) else {
                continue;
            };
            let side = match self.matching.card {
                Cardinality::OneToMany => "left",
                _ => "right",
            };
            let mut pair = [braced(&first.labels), braced(&second.labels)];
            pair.sort();
            return Err(failure::execution(format!(
                "found duplicate series for the match group {} on the {side} hand-side of the operation: [{}, {}];many-to-many matching not allowed: matching labels must be unique on one side",
                braced(labels),
                pair[0],
                pair[1],
            )));
        }
        Ok(())
    }

    fn group(
        &self,
        group: &Group,
        labels: &Labels,
        results: &mut Results,
        notes: &mut Annotations,
    ) -> Result<()> {
        let mut matched = Matched {
            any: vec![false; self.steps],
            by_labels: HashMap::new(),
        };
        let fill_one = self
            .matching
            .fill_rhs
            .map(|value| self.filler(value, labels, group.one.iter().map(|it| &self.one[*it])));
        for &many in &group.many {
            self.budget.check()?;
            let many = &self.many[many];
            for &one in &group.one {
                self.pair(many, &self.one[one], &mut matched, (results, notes))?;
            }
            if let Some(fill) = &fill_one {
                self.pair(many, fill, &mut matched, (results, notes))?;
            }
        }
        if let Some(value) = self.matching.fill_lhs {
            for &one in &group.one {
                let one = &self.one[one];
                let mut fill = self.filler(value, labels, std::iter::empty());
                for (step, value) in fill.column.floats.iter_mut().enumerate() {
                    if matched.any[step] {
                        *value = ABSENT;
                    }
                }
                self.pair(&fill, one, &mut matched, (results, notes))?;
            }
        }
        Ok(())
    }

    /// A series of a value at the steps at which none of the others has one.
    fn filler<'s>(
        &self,
        value: f64,
        labels: &Labels,
        others: impl Iterator<Item = &'s Series>,
    ) -> Series {
        let mut floats = vec![value; self.steps];
        for other in others {
            for (step, float) in floats.iter_mut().enumerate() {
                if other.column.has(step) {
                    *float = ABSENT;
                }
            }
        }
        Series {
            labels: labels.clone(),
            drop_name: false,
            column: Column {
                floats,
                histograms: Vec::new(),
            },
        }
    }

    /// The steps at which both series have a value.
    fn pair(
        &self,
        many: &Series,
        one: &Series,
        matched: &mut Matched,
        (results, notes): (&mut Results, &mut Annotations),
    ) -> Result<()> {
        let swapped = self.matching.card == Cardinality::OneToMany;
        let plain = many.column.histograms.is_empty()
            && one.column.histograms.is_empty()
            && !self.operation.is_trim();
        let mut target: Option<(Labels, Option<usize>)> = None;
        for step in 0..self.steps {
            if !self.active[step] {
                continue;
            }
            let result = if plain {
                let (a, b) = (many.column.floats[step], one.column.floats[step]);
                if is_absent(a) || is_absent(b) {
                    continue;
                }
                let (lhs, rhs) = if swapped { (b, a) } else { (a, b) };
                let value = self.operation.number_or_absent(lhs, rhs, lhs);
                (!is_absent(value)).then_some(SampleValue::Float(value))
            } else {
                let (Some(a), Some(b)) = (many.column.get(step), one.column.get(step)) else {
                    continue;
                };
                let (lhs, rhs) = if swapped { (b, a) } else { (a, b) };
                match self.apply(lhs, rhs, notes) {
                    Some(result) => result,
                    None => continue,
                }
            };
            let (labels, slot) = target.get_or_insert_with(|| {
                let labels = self.result_labels(&many.labels, &one.labels);
                (labels, None)
            });
            self.mark(matched, labels, step)?;
            if let Some(value) = result {
                let slot = *slot.get_or_insert_with(|| results.slot(labels, self));
                results.put(slot, step, value)?;
            }
        }
        Ok(())
    }

    /// The result of two values: none if their types do not fit, inner none if it is filtered out.
    fn apply(
        &self,
        lhs: ValueRef<'_>,
        rhs: ValueRef<'_>,
        notes: &mut Annotations,
    ) -> Option<Option<SampleValue>> {
        match self
            .operation
            .apply(&lhs.to_value(), &rhs.to_value(), notes)
        {
            Outcome::Nothing => None,
            Outcome::Value(_, kept) if self.operation.returns_bool() => {
                Some(Some(SampleValue::Float(f64::from(u8::from(kept)))))
            }
            Outcome::Value(value, kept) => Some(kept.then_some(value)),
        }
    }

    fn mark(&self, matched: &mut Matched, labels: &Labels, step: usize) -> Result<()> {
        if self.matching.card == Cardinality::OneToOne {
            if std::mem::replace(&mut matched.any[step], true) {
                return Err(failure::execution(
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
                ));
            }
            return Ok(());
        }
        matched.any[step] = true;
        if !matched.by_labels.contains_key(labels) {
            matched
                .by_labels
                .insert(labels.clone(), vec![false; self.steps]);
        }
        let seen = matched.by_labels.get_mut(labels);
        if seen.is_some_and(|seen| std::mem::replace(&mut seen[step], true)) {
            return Err(failure::execution(
                "multiple matches for labels: grouping labels must ensure unique matches",
            ));
        }
        Ok(())
    }

    fn result_labels(&self, many: &Labels, one: &Labels) -> Labels {
        let mut labels = if self.drops_metric {
            without_metadata(many)
        } else {
            many.clone()
        };
        let matching = self.matching;
        if matching.card == Cardinality::OneToOne {
            let named = |name: &str| matching.labels.iter().any(|it| it == name);
            labels = labels.filtered(|name| named(name) == matching.on);
        }
        if matching.include.is_empty() {
            return labels;
        }
        let mut builder = LabelsBuilder::from(&labels);
        for name in &matching.include {
            builder.set(name, one.value(name));
        }
        builder.build()
    }
}

impl Results {
    fn slot(&mut self, labels: &Labels, join: &Match<'_>) -> usize {
        if let Some(&slot) = self.by_labels.get(labels) {
            return slot;
        }
        let slot = self.series.len();
        self.series.push(Series {
            labels: labels.clone(),
            drop_name: join.operation.returns_bool(),
            column: Column::absent(join.steps),
        });
        self.by_labels.insert(labels.clone(), slot);
        slot
    }

    fn put(&mut self, slot: usize, step: usize, value: SampleValue) -> Result<()> {
        let column = &mut self.series[slot].column;
        if column.has(step) {
            return Err(failure::same_labels());
        }
        column.set(step, value);
        Ok(())
    }
}

/// Labels in braces, the name of the metric among them.
pub(crate) fn braced(labels: &Labels) -> String {
    let mut text = String::from("{");
    for (index, (name, value)) in labels.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        let is_plain = name == METRIC_NAME
            || name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let _ = if is_plain {
            write!(text, "{name}={value:?}")
        } else {
            write!(text, "{name:?}={value:?}")
        };
    }
    text.push('}');
    text
}
