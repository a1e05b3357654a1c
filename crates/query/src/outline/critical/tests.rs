//! The critical path: known shapes, and for anything at all that it covers what was running.

use super::{Piece, Times, path};
use crate::outline::tree::tests::{Rows, rows};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

fn path_of(rows: &Rows, root: Option<u32>) -> Vec<(u32, i64, i64)> {
    let times = Times {
        starts: &rows.starts,
        ends: &rows.ends,
    };
    let pieces = path(&rows.tree(), &times, root);
    pieces
        .iter()
        .map(|p: &Piece| (p.row, p.start, p.end))
        .collect()
}

fn spans(list: &[(u64, i64, i64)]) -> Rows {
    let mut rows = Rows::default();
    for (number, (parent, start, end)) in (1..).zip(list) {
        rows.add(number, *parent, *start, *end);
    }
    rows
}

#[test]
fn the_last_child_to_finish_was_waited_for() {
    let rows = spans(&[
        (0, 0, 100),
        (1, 10, 40),
        (1, 20, 70),
        (3, 30, 50),
        (1, 80, 90),
    ]);
    let expected = [
        (0, 0, 20),
        (2, 20, 30),
        (3, 30, 50),
        (2, 50, 70),
        (0, 70, 80),
        (4, 80, 90),
        (0, 90, 100),
    ];
    assert_eq!(path_of(&rows, None), expected);
    assert_eq!(path_of(&rows, Some(2)), expected[1..4]);
}

#[test]
fn children_one_after_another_are_all_on_it() {
    let rows = spans(&[(0, 0, 30), (1, 0, 10), (1, 10, 20), (1, 20, 30)]);
    assert_eq!(path_of(&rows, None), [(1, 0, 10), (2, 10, 20), (3, 20, 30)]);
}

#[test]
fn a_child_that_outlives_its_parent_is_followed_to_its_end() {
    let rows = spans(&[(0, 0, 10), (1, 5, 100), (1, 20, 60)]);
    assert_eq!(path_of(&rows, None), [(0, 0, 5), (1, 5, 100)]);
    // It ends behind what its parent's caller waited for: the parent's own end counts.
    let rows = spans(&[(0, 0, 100), (1, 0, 10), (2, 5, 65), (1, 60, 100)]);
    assert_eq!(
        path_of(&rows, None),
        [(1, 0, 10), (0, 10, 60), (3, 60, 100)]
    );
}

#[test]
fn clocks_that_differ_shorten_a_child() {
    let rows = spans(&[(0, 10, 50), (1, 0, 40), (1, 45, 44)]);
    assert_eq!(path_of(&rows, None), [(1, 0, 40), (0, 40, 50)]);
    assert_eq!(path_of(&rows, Some(0)), [(1, 10, 40), (0, 40, 50)]);
}

#[test]
fn gaps_are_where_nothing_was_running() {
    let rows = spans(&[(0, 0, 10), (1, 2, 8), (9, 20, 30), (9, 40, 40)]);
    assert_eq!(
        path_of(&rows, None),
        [(0, 0, 2), (1, 2, 8), (0, 8, 10), (2, 20, 30)]
    );
}

#[test]
fn a_hundred_thousand_spans_are_no_matter() {
    let mut chain = Rows::default();
    let mut fan = Rows::default();
    fan.add(1, 0, 0, 300_000);
    for number in 1..=100_000u64 {
        let start = number as i64;
        chain.add(number, number - 1, start, 400_000 - start);
        fan.add(number + 1, 1, start * 2, start * 2 + 5);
    }
    assert_eq!(path_of(&chain, None).len(), 199_999);
    let total: i64 = path_of(&fan, None)
        .iter()
        .map(|(_, start, end)| end - start)
        .sum();
    assert_eq!(total, 300_000);
}

/// Moments (as unit intervals) in which one of these rows was running.
fn running(rows: &Rows, which: &[u32], from: i64) -> Vec<i64> {
    let runs = |at: i64| {
        which.iter().any(|row| {
            let row = *row as usize;
            rows.starts[row] <= at && at < rows.ends[row]
        })
    };
    (from..100).filter(|at| runs(*at)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_path_covers_exactly_what_was_running(rows in rows(24), pick in 0usize..24) {
        let tree = rows.tree();
        let pick = (pick < rows.ids.len()).then_some(pick as u32);
        for root in [None, pick] {
            let path = path_of(&rows, root);
            let (which, from) = match root {
                None => (tree.order.clone(), 0),
                Some(root) => {
                    let place = tree.order.iter().position(|row| *row == root).unwrap();
                    let last = place + tree.below[root as usize] as usize;
                    (tree.order[place..=last].to_vec(), rows.starts[root as usize])
                }
            };
            prop_assert!(path.windows(2).all(|two| two[0].2 <= two[1].1), "{:?}", path);
            for (row, start, end) in &path {
                prop_assert!(which.contains(row) && start < end);
                prop_assert!(rows.starts[*row as usize] <= *start && *end <= rows.ends[*row as usize]);
            }
            let covered: Vec<i64> = path.iter().flat_map(|(_, start, end)| *start..*end).collect();
            prop_assert_eq!(covered, running(&rows, &which, from));
        }
    }
}
