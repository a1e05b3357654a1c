//! Trees out of anything: circles, spans that are their own parents, lost parents, long chains.

use super::{Columns, MISSING, ROOT, Tree};
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeSet;
use tacho_model::id::SpanId;
use tacho_model::span::SpanKind;

/// Columns that own what they hold; ids are row + 1.
#[derive(Debug, Default, Clone)]
pub(in crate::outline) struct Rows {
    pub(in crate::outline) ids: Vec<SpanId>,
    pub(in crate::outline) parents: Vec<SpanId>,
    pub(in crate::outline) starts: Vec<i64>,
    pub(in crate::outline) ends: Vec<i64>,
    pub(in crate::outline) kinds: Vec<u8>,
    pub(in crate::outline) statuses: Vec<u8>,
}

pub(in crate::outline) fn id(number: u64) -> SpanId {
    SpanId(number.to_be_bytes())
}

impl Rows {
    /// Adds a span: its number (above 0), that of its parent, start and end.
    pub(in crate::outline) fn add(&mut self, number: u64, parent: u64, start: i64, end: i64) {
        self.ids.push(id(number));
        self.parents.push(id(parent));
        self.starts.push(start);
        self.ends.push(end);
        self.kinds.push(0);
        self.statuses.push((number % 3) as u8);
    }

    pub(in crate::outline) fn tree(&self) -> Tree {
        Tree::build(&Columns {
            ids: &self.ids,
            parents: &self.parents,
            starts: &self.starts,
            kinds: &self.kinds,
            statuses: &self.statuses,
        })
    }
}

/// Spans with any parents, also themselves, circles and such that are not there.
pub(in crate::outline) fn rows(most: u64) -> impl Strategy<Value = Rows> {
    let span = (0..most + 3, 0i64..50, -3i64..40);
    proptest::collection::vec(span, 1..most as usize).prop_map(|spans| {
        let mut rows = Rows::default();
        for (number, (parent, start, duration)) in (1..).zip(spans) {
            rows.add(number, parent, start, start + duration);
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_span_stands_once_below_its_parent(rows in rows(40)) {
        let tree = rows.tree();
        let all: BTreeSet<u32> = tree.order.iter().copied().collect();
        prop_assert_eq!(tree.order.len(), rows.ids.len());
        prop_assert_eq!(all.len(), rows.ids.len());
        let place = |row: u32| tree.order.iter().position(|other| *other == row).unwrap();
        for row in 0..rows.ids.len() as u32 {
            let parent = tree.parents[row as usize];
            let sent = rows.parents[row as usize];
            match u32::try_from(parent) {
                Ok(parent) => {
                    prop_assert_eq!(rows.ids[parent as usize], sent);
                    prop_assert!(place(parent) < place(row));
                    prop_assert!(tree.children(parent).contains(&row));
                }
                Err(_) if parent == MISSING => prop_assert!(!rows.ids.contains(&sent)),
                Err(_) => prop_assert_eq!(parent, ROOT),
            }
            let first = place(row) + 1;
            let below = &tree.order[first..first + tree.below[row as usize] as usize];
            let sum: u32 = tree.children(row).iter().map(|c| tree.below[*c as usize] + 1).sum();
            prop_assert_eq!(tree.below[row as usize], sum);
            let errors = below.iter().filter(|row| rows.statuses[**row as usize] == 2).count();
            prop_assert_eq!(tree.errors_below[row as usize] as usize, errors);
            let starts = |rows_of: &[u32]| rows_of.iter().map(|r| rows.starts[*r as usize]).collect::<Vec<_>>();
            prop_assert!(starts(tree.children(row)).is_sorted());
            prop_assert!(tree.children(row).iter().all(|child| below.contains(child)));
        }
        prop_assert!(tree.roots.iter().map(|r| rows.starts[*r as usize]).is_sorted());
    }
}

#[test]
fn of_a_circle_the_earliest_span_is_the_root() {
    let mut rows = Rows::default();
    rows.add(1, 3, 20, 30);
    rows.add(2, 1, 10, 30);
    rows.add(3, 2, 15, 30);
    rows.add(4, 4, 5, 6);
    rows.add(5, 1, 25, 26);
    let tree = rows.tree();
    assert_eq!(tree.parents, [2, ROOT, 1, ROOT, 0]);
    assert_eq!(tree.order, [3, 1, 2, 0, 4]);
    assert_eq!(tree.below, [1, 3, 2, 0, 0]);
}

#[test]
fn what_a_server_does_is_below_the_server_half() {
    let mut rows = Rows::default();
    rows.add(1, 0, 0, 100);
    rows.add(2, 1, 12, 80);
    rows.add(2, 1, 10, 90);
    rows.add(3, 2, 20, 70);
    rows.kinds[1] = SpanKind::Server as u8;
    rows.kinds[2] = SpanKind::Client as u8;
    assert_eq!(rows.tree().parents, [ROOT, 2, 0, 1]);
}

#[test]
fn a_chain_of_a_hundred_thousand_spans_is_a_tree() {
    let mut rows = Rows::default();
    for number in 1..=100_000u64 {
        rows.add(number, number - 1, number as i64, 200_000);
    }
    let tree = rows.tree();
    assert_eq!(tree.below[0], 99_999);
    assert_eq!(tree.order.len(), 100_000);
}
