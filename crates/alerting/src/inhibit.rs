//! Alerts that silence others, found by the labels that both must have alike.
//!
//! Per rule an index of firing source alerts by the values of `equal`: to find out whether an alert is
//! inhibited is a look-up, however many sources there are. Alerts that fit both sides of a rule do not
//! inhibit each other.

use crate::config::InhibitRule;
use crate::matcher::all_match;
use std::collections::{BTreeSet, HashMap};
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;

/// What inhibits an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inhibition {
    /// The place of the rule in the configuration.
    pub(crate) rule: usize,
    /// The alert that inhibits.
    pub(crate) source: Fingerprint,
}

/// The firing sources of all rules.
#[derive(Debug, Default)]
pub(crate) struct Inhibitor {
    rules: Vec<Indexed>,
}

#[derive(Debug)]
struct Indexed {
    rule: InhibitRule,
    /// Firing sources that are no targets, by the hash of their values of `equal`.
    sources: Index,
    /// Firing sources that are targets too.
    two_sided: Index,
}

type Index = HashMap<u64, BTreeSet<Fingerprint>>;

impl Inhibitor {
    pub(crate) fn new(rules: &[InhibitRule]) -> Self {
        let index = |rule: &InhibitRule| Indexed {
            rule: rule.clone(),
            sources: Index::new(),
            two_sided: Index::new(),
        };
        Self {
            rules: rules.iter().map(index).collect(),
        }
    }

    /// An alert fires from now on.
    pub(crate) fn started(&mut self, labels: &Labels, fingerprint: Fingerprint) {
        for indexed in &mut self.rules {
            if let Some((index, equal)) = indexed.index_of(labels) {
                index.entry(equal).or_default().insert(fingerprint);
            }
        }
    }

    /// An alert is over, or forgotten.
    pub(crate) fn ended(&mut self, labels: &Labels, fingerprint: Fingerprint) {
        for indexed in &mut self.rules {
            if let Some((index, equal)) = indexed.index_of(labels)
                && let Some(sources) = index.get_mut(&equal)
            {
                sources.remove(&fingerprint);
                if sources.is_empty() {
                    index.remove(&equal);
                }
            }
        }
    }

    /// What inhibits an alert with these labels: of the first rule by which one does, one of the sources.
    pub(crate) fn inhibition(&self, labels: &Labels) -> Option<Inhibition> {
        self.rules.iter().enumerate().find_map(|(rule, indexed)| {
            let source = indexed.source_for(labels)?;
            Some(Inhibition { rule, source })
        })
    }
}

impl Indexed {
    /// The index that an alert belongs to as a source, and its place there.
    fn index_of(&mut self, labels: &Labels) -> Option<(&mut Index, u64)> {
        if !all_match(&self.rule.source, labels) {
            return None;
        }
        let equal = hash_of(&self.rule.equal, labels);
        let index = match all_match(&self.rule.target, labels) {
            true => &mut self.two_sided,
            false => &mut self.sources,
        };
        Some((index, equal))
    }

    fn source_for(&self, labels: &Labels) -> Option<Fingerprint> {
        if self.sources.is_empty() && self.two_sided.is_empty() {
            return None;
        }
        if !all_match(&self.rule.target, labels) {
            return None;
        }
        let equal = hash_of(&self.rule.equal, labels);
        let first = |index: &Index| index.get(&equal).and_then(|set| set.first().copied());
        first(&self.sources).or_else(|| {
            let both = self.two_sided.is_empty() || all_match(&self.rule.source, labels);
            if both { None } else { first(&self.two_sided) }
        })
    }
}

/// A hash of the values of some labels; absent ones are empty.
fn hash_of(names: &[String], labels: &Labels) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for name in names {
        for byte in labels.value(name).bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::Inhibitor;
    use crate::config::InhibitRule;
    use crate::matcher::Matcher;
    use tacho_model::alert::Fingerprint;
    use tacho_model::labels::Labels;

    fn rule(source: (&str, &str), target: (&str, &str), equal: &[&str]) -> InhibitRule {
        InhibitRule {
            name: String::new(),
            source: vec![Matcher::equal(source.0, source.1)],
            target: vec![Matcher::equal(target.0, target.1)],
            equal: equal.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    fn alert(pairs: &[(&str, &str)]) -> (Labels, Fingerprint) {
        let labels = Labels::from_pairs(pairs.iter().copied());
        let fingerprint = Fingerprint::of(&labels);
        (labels, fingerprint)
    }

    #[test]
    fn a_source_inhibits_targets_with_equal_labels_while_it_fires() {
        let rules = [rule(("s", "critical"), ("s", "warning"), &["host", "zone"])];
        let mut inhibitor = Inhibitor::new(&rules);
        let (source, source_id) = alert(&[("s", "critical"), ("host", "a")]);
        let (same, _) = alert(&[("s", "warning"), ("host", "a")]);
        let (other, _) = alert(&[("s", "warning"), ("host", "b")]);
        assert!(inhibitor.inhibition(&same).is_none());
        inhibitor.started(&source, source_id);
        let found = inhibitor.inhibition(&same).map(|found| found.source);
        assert_eq!(found, Some(source_id));
        assert!(inhibitor.inhibition(&other).is_none());
        assert!(inhibitor.inhibition(&source).is_none());
        inhibitor.ended(&source, source_id);
        assert!(inhibitor.inhibition(&same).is_none());
    }

    #[test]
    fn alerts_of_both_sides_do_not_inhibit_each_other() {
        let rules = [rule(("a", "1"), ("b", "1"), &[])];
        let mut inhibitor = Inhibitor::new(&rules);
        let (both, both_id) = alert(&[("a", "1"), ("b", "1"), ("n", "1")]);
        let (both_too, _) = alert(&[("a", "1"), ("b", "1"), ("n", "2")]);
        let (target, _) = alert(&[("b", "1")]);
        inhibitor.started(&both, both_id);
        assert!(inhibitor.inhibition(&both).is_none());
        assert!(inhibitor.inhibition(&both_too).is_none());
        assert!(inhibitor.inhibition(&target).is_some());
        let (source, source_id) = alert(&[("a", "1"), ("n", "3")]);
        inhibitor.started(&source, source_id);
        let found = inhibitor.inhibition(&both_too).map(|found| found.source);
        assert_eq!(found, Some(source_id));
    }
}
