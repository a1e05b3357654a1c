//! Which rows of a tree an answer holds: all of them, or as many as fit, level by level.

use super::tree::Tree;
use std::collections::VecDeque;

/// The rows of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Depth first.
    pub(super) rows: Vec<u32>,
    /// There are more.
    pub(super) cut: bool,
}

/// Rows of the tree, or of what hangs below a root without its first children.
pub(super) fn choose(tree: &Tree, root: Option<u32>, skip: usize, limit: usize) -> Chosen {
    let rows = reachable(tree, root, skip);
    if rows.len() <= limit {
        return Chosen { rows, cut: false };
    }
    let mut taken = vec![false; tree.parents.len()];
    let mut waiting: VecDeque<u32> = match root {
        Some(root) => VecDeque::from([root]),
        None => tree.roots.iter().copied().collect(),
    };
    let mut count = 0;
    while let Some(row) = waiting.pop_front().filter(|_| count < limit) {
        taken[row as usize] = true;
        count += 1;
        // No more of them than can still be taken.
        let room = limit.saturating_sub(count + waiting.len());
        let skipped = if root == Some(row) { skip } else { 0 };
        waiting.extend(tree.children(row).iter().skip(skipped).take(room));
    }
    let rows = rows
        .into_iter()
        .filter(|row| taken[*row as usize])
        .collect();
    Chosen { rows, cut: true }
}

/// All rows that were asked for, depth first.
fn reachable(tree: &Tree, root: Option<u32>, skip: usize) -> Vec<u32> {
    let Some(root) = root else {
        return tree.order.clone();
    };
    let place = tree.order.iter().position(|row| *row == root);
    let below = &tree.order[place.map_or(tree.order.len(), |place| place + 1)..];
    let size = |row: &u32| tree.below[*row as usize] as usize + 1;
    let skipped: usize = tree.children(root).iter().take(skip).map(size).sum();
    let all = tree.below[root as usize] as usize;
    let mut rows = vec![root];
    rows.extend(below.iter().take(all).skip(skipped));
    rows
}
