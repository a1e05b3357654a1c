//! Groups of lines: found by the number of words and the first two words, then by likeness.
//! Everything is bounded; beyond the bounds lines go to the most similar group, or to one of
//! everything else.

use super::mask::{ANY, Words, split};
use super::template::{likeness, merge};
use std::collections::{HashMap, HashSet};

/// Groups in all, the one of everything else not counted.
const GROUPS_MAX: usize = 5_000;
/// Groups that a line is compared with.
const GROUPS_OF_LEAF_MAX: usize = 64;
/// Different first words (of a number of words), and second words (of a first one), that are told
/// apart.
const BRANCHES_MAX: usize = 100;
/// Stands for words that are not told apart.
const REST: &str = "\u{ffff}";

/// Groups of lines with their templates.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) groups: Vec<Words>,
    leaves: HashMap<(usize, String, String), Vec<usize>>,
    firsts: HashMap<usize, HashSet<String>>,
    seconds: HashMap<(usize, String), HashSet<String>>,
    others: Option<usize>,
}

impl Tree {
    /// The group of a line.
    pub(super) fn add(&mut self, line: &str) -> usize {
        let words = split(line);
        let leaf = self.leaf_of(&words);
        let groups = self.leaves.get(&leaf).map_or(&[][..], Vec::as_slice);
        let best = groups
            .iter()
            .map(|group| (likeness(&self.groups[*group], &words), *group))
            .max_by_key(|(likeness, group)| (*likeness, std::cmp::Reverse(*group)));
        let full = groups.len() >= GROUPS_OF_LEAF_MAX || self.groups.len() >= GROUPS_MAX;
        match best {
            Some((likeness, group)) if full || likeness >= words.words.len() => {
                merge(&mut self.groups[group], &words);
                group
            }
            None if full => self.other(),
            _ => {
                let group = self.groups.len();
                self.groups.push(words);
                self.leaves.entry(leaf).or_default().push(group);
                group
            }
        }
    }

    /// The group of what has no place elsewhere.
    fn other(&mut self) -> usize {
        let next = self.groups.len();
        *self.others.get_or_insert_with(|| {
            self.groups.push(Words {
                words: vec![ANY.to_string()],
                gaps: vec![String::new()],
            });
            next
        })
    }

    fn leaf_of(&mut self, words: &Words) -> (usize, String, String) {
        let count = words.words.len();
        let first = branch(self.firsts.entry(count).or_default(), words.words.first());
        let seconds = self.seconds.entry((count, first.clone())).or_default();
        let second = branch(seconds, words.words.get(1));
        (count, first, second)
    }
}

/// The branch of a word: itself, unless it has variable parts or there are too many.
fn branch(known: &mut HashSet<String>, word: Option<&String>) -> String {
    let plain = word.filter(|word| !word.contains(ANY));
    match plain {
        Some(word) if known.contains(word) => word.clone(),
        Some(word) if known.len() < BRANCHES_MAX => {
            known.insert(word.clone());
            word.clone()
        }
        _ => REST.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{GROUPS_MAX, Tree};
    use crate::pattern::template::print;

    #[test]
    fn lines_that_differ_in_a_few_words_are_one_group() {
        let mut tree = Tree::default();
        let agents = ["Coder", "Tester", "Planner"];
        for (number, agent) in (0..30).zip(agents.into_iter().cycle()) {
            tree.add(&format!("task task-{number} done by {agent} in {number}ms"));
            tree.add("connection refused");
        }
        let patterns: Vec<String> = tree.groups.iter().map(print).collect();
        assert_eq!(
            patterns,
            ["task task-<*> done by <*> in <*>", "connection refused"]
        );
    }

    #[test]
    fn groups_are_bounded_whatever_comes() {
        let mut tree = Tree::default();
        let letters = |mut number: usize| {
            let mut word = String::new();
            while number > 0 {
                word.push(char::from(b'g' + (number % 20) as u8));
                number /= 20;
            }
            word
        };
        for number in 0..40_000usize {
            let word = letters(number * 7919);
            let (other, more) = (letters(number % 97), letters(number % 1013));
            tree.add(&format!(
                "{other} {word} {} {}",
                more.repeat(number % 5),
                "x ".repeat(number % 60)
            ));
        }
        assert!(tree.groups.len() <= GROUPS_MAX + 1, "{}", tree.groups.len());
    }
}
