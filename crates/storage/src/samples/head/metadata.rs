//! What is known about metric families: every distinct record, bounded.

use std::collections::{BTreeMap, BTreeSet};
use tacho_model::metric::Metadata;

/// Distinct records of one family; the oldest goes.
const RECORDS_MAX: usize = 8;
/// Families of a tenant.
const FAMILIES_MAX: usize = 100_000;
/// Bytes of text of one record; a longer one is not kept.
const RECORD_BYTES_MAX: usize = 16 << 10;
/// Bytes of text of a tenant.
const BYTES_MAX: usize = 64 << 20;

/// What a tenant's senders told about families.
#[derive(Debug, Clone, Default)]
pub(crate) struct Families {
    records: BTreeMap<String, Vec<Metadata>>,
    /// Families by the plain form of their OTLP name.
    aliases: BTreeMap<String, BTreeSet<String>>,
    bytes: usize,
}

fn bytes(family: &str, record: &Metadata) -> usize {
    family.len() + record.help.len() + record.unit.len() + record.otlp_name.len() + 96
}

/// The plain form of an OTLP name: what is no letter, digit, colon or underscore becomes an
/// underscore, and a leading digit gets one.
fn plain(otlp_name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut name: String = otlp_name
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

impl Families {
    /// Whether a record would be kept and is not known.
    pub(crate) fn is_new(&self, family: &str, record: &Metadata) -> bool {
        let size = bytes(family, record);
        match self.records.get(family) {
            Some(known) if known.contains(record) => false,
            Some(_) => size <= RECORD_BYTES_MAX && self.bytes + size <= BYTES_MAX,
            None => {
                size <= RECORD_BYTES_MAX
                    && self.bytes + size <= BYTES_MAX
                    && self.records.len() < FAMILIES_MAX
                    && !family.is_empty()
            }
        }
    }

    /// Adds a record.
    pub(crate) fn add(&mut self, family: &str, record: &Metadata) {
        if !self.is_new(family, record) {
            return;
        }
        self.bytes += bytes(family, record);
        let known = self.records.entry(family.to_owned()).or_default();
        if known.len() >= RECORDS_MAX {
            let oldest = known.remove(0);
            self.bytes -= bytes(family, &oldest);
        }
        known.push(record.clone());
        if !record.otlp_name.is_empty() {
            let families = self.aliases.entry(plain(&record.otlp_name)).or_default();
            families.insert(family.to_owned());
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All records, by family.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Metadata)> {
        self.records.iter().flat_map(|(family, records)| {
            records.iter().map(move |record| (family.as_str(), record))
        })
    }

    /// The family that an OTLP name in plain form means.
    pub(crate) fn by_alias(&self, alias: &str) -> Option<&str> {
        self.aliases.get(alias)?.first().map(String::as_str)
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.bytes * 2
    }
}

#[cfg(test)]
mod tests {
    use super::{Families, RECORDS_MAX};
    use tacho_model::metric::Metadata;

    fn named(otlp_name: &str, help: &str) -> Metadata {
        Metadata {
            otlp_name: otlp_name.to_owned(),
            help: help.to_owned(),
            ..Metadata::default()
        }
    }

    #[test]
    fn families_answer_to_their_otlp_name() {
        let mut families = Families::default();
        families.add(
            "workflow_duration_milliseconds",
            &named("workflow.duration", ""),
        );
        families.add("_1_up_total", &named("1.up", ""));
        let found = families.by_alias("workflow_duration");
        assert_eq!(found, Some("workflow_duration_milliseconds"));
        assert_eq!(families.by_alias("_1_up"), Some("_1_up_total"));
        assert_eq!(families.by_alias("up"), None);
    }

    #[test]
    fn distinct_records_are_kept_up_to_a_limit() {
        let mut families = Families::default();
        for round in 0..2 * RECORDS_MAX {
            families.add("up", &named("", &round.to_string()));
            families.add("up", &named("", &round.to_string()));
        }
        let kept: Vec<&str> = families
            .iter()
            .map(|(_, record)| record.help.as_str())
            .collect();
        assert_eq!(kept.len(), RECORDS_MAX);
        assert_eq!(kept.last(), Some(&"15"));
        families.add("long", &named("", &"x".repeat(20_000)));
        assert_eq!(families.iter().count(), RECORDS_MAX);
    }
}
