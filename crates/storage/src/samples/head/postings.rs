//! Lists of series numbers: small ones as they are, large ones as bitmaps.

use roaring::RoaringBitmap;

/// A longer list becomes a bitmap.
const FEW_MAX: usize = 32;

/// Series that have something in common, by number.
#[derive(Debug, Clone)]
pub(crate) enum Postings {
    /// Sorted.
    Few(Vec<u32>),
    /// Many.
    Many(Box<RoaringBitmap>),
}

impl Default for Postings {
    fn default() -> Self {
        Postings::Few(Vec::new())
    }
}

impl Postings {
    /// Adds a number.
    pub(crate) fn insert(&mut self, number: u32) {
        match self {
            Postings::Few(list) => {
                let Err(at) = list.binary_search(&number) else {
                    return;
                };
                if list.len() < FEW_MAX {
                    if list.len() == list.capacity() {
                        list.reserve_exact(list.len().max(1));
                    }
                    list.insert(at, number);
                } else {
                    let mut set: RoaringBitmap = list.iter().copied().collect();
                    set.insert(number);
                    *self = Postings::Many(Box::new(set));
                }
            }
            Postings::Many(set) => {
                set.insert(number);
            }
        }
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, number: u32) {
        match self {
            Postings::Few(list) => {
                if let Ok(at) = list.binary_search(&number) {
                    list.remove(at);
                }
            }
            Postings::Many(set) => {
                set.remove(number);
                if set.len() <= (FEW_MAX / 2) as u64 {
                    *self = Postings::Few(set.iter().collect());
                }
            }
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Postings::Few(list) => list.len() as u64,
            Postings::Many(set) => set.len(),
        }
    }

    /// True without any.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if one of them is in a set.
    pub(crate) fn meets(&self, set: &RoaringBitmap) -> bool {
        match self {
            Postings::Few(list) => list.iter().any(|number| set.contains(*number)),
            Postings::Many(own) => !own.is_disjoint(set),
        }
    }

    /// How many of them are in a set.
    pub(crate) fn count_in(&self, set: &RoaringBitmap) -> u64 {
        match self {
            Postings::Few(list) => list.iter().filter(|n| set.contains(**n)).count() as u64,
            Postings::Many(own) => own.intersection_len(set),
        }
    }

    /// Adds them to a set.
    pub(crate) fn add_to(&self, set: &mut RoaringBitmap) {
        match self {
            Postings::Few(list) => set.extend(list.iter().copied()),
            Postings::Many(own) => *set |= own.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Postings;
    use roaring::RoaringBitmap;

    #[test]
    fn lists_grow_into_bitmaps_and_back() {
        let mut postings = Postings::default();
        for number in (0..100).rev() {
            postings.insert(number * 3);
            postings.insert(number * 3);
        }
        assert!(matches!(postings, Postings::Many(_)));
        assert_eq!(postings.len(), 100);
        let set: RoaringBitmap = [3, 4].into_iter().collect();
        assert!(postings.meets(&set));
        assert_eq!(postings.count_in(&set), 1);
        for number in 0..95 {
            postings.remove(number * 3);
            postings.remove(number * 3 + 1);
        }
        let mut all = RoaringBitmap::new();
        postings.add_to(&mut all);
        assert_eq!(all.iter().collect::<Vec<_>>(), [285, 288, 291, 294, 297]);
        assert!(matches!(postings, Postings::Few(_)));
    }
}
