//! Which attributes a block has, and where they stand in it.

use crate::columns::attribute::CellType;
use crate::read::CatalogPlace;
use std::sync::Arc;

/// Most items of a catalog.
pub const CATALOG_ITEMS_MAX: usize = 65_536;

/// One key and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogItem {
    /// On items, resources or scopes.
    pub place: CatalogPlace,
    /// The key.
    pub key: Arc<str>,
    /// The type of the values.
    pub cell_type: CellType,
    /// Items that have it (resources and scopes: items under them).
    pub count: u32,
    /// Whether it has a column of its own (items only).
    pub typed: bool,
    /// Whether some of its values are in the rest column (items only).
    pub rest: bool,
    /// Whether `id_hash(key, text)` of every value is in the blooms of the pages. References never
    /// are: a text of at most 4 KiB does not equal one.
    pub bloomed: bool,
}

/// All attributes of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// By place, key and type.
    pub items: Vec<CatalogItem>,
    /// More keys occur than are listed: one that is not may be in the rest column (where all
    /// values are bloomed) or on a resource or scope.
    pub truncated: bool,
}

/// What a block says of a key of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnFacts {
    /// Some item may have the key. If not, no other field is set.
    pub occurs: bool,
    /// Some item may have the key in the rest column.
    pub in_rest: bool,
    /// All text values of the key are in the blooms: a "no" for `id_hash(key, text)` means that
    /// no item of the page has that text (at most 4 KiB long).
    pub texts_bloomed: bool,
    /// Values of all types are in the blooms by their text form; then a "no" holds for `Text`
    /// operands too.
    pub all_bloomed: bool,
}

impl Catalog {
    /// The items of a place and key.
    pub fn of_key<'a>(
        &'a self,
        place: CatalogPlace,
        key: &'a str,
    ) -> impl Iterator<Item = &'a CatalogItem> {
        let start = self
            .items
            .partition_point(|item| (item.place, &*item.key) < (place, key));
        self.items[start..]
            .iter()
            .take_while(move |item| item.place == place && &*item.key == key)
    }

    /// What is known of a key of items.
    pub fn column_facts(&self, key: &str) -> ColumnFacts {
        let mut facts = ColumnFacts {
            occurs: self.truncated,
            in_rest: self.truncated,
            texts_bloomed: true,
            all_bloomed: true,
        };
        for item in self.of_key(CatalogPlace::Item, key) {
            facts.occurs = true;
            facts.in_rest |= item.rest;
            match item.cell_type {
                CellType::Reference => {}
                CellType::String => {
                    facts.texts_bloomed &= item.bloomed;
                    facts.all_bloomed &= item.bloomed;
                }
                _ => facts.all_bloomed &= item.bloomed,
            }
        }
        if facts.occurs {
            facts
        } else {
            ColumnFacts::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalog, CatalogItem, ColumnFacts};
    use crate::columns::attribute::CellType;
    use crate::read::CatalogPlace;

    fn item(key: &str, cell_type: CellType, bloomed: bool) -> CatalogItem {
        CatalogItem {
            place: CatalogPlace::Item,
            key: key.into(),
            cell_type,
            count: 1,
            typed: true,
            rest: false,
            bloomed,
        }
    }

    #[test]
    fn a_no_is_conclusive_only_if_all_columns_are_bloomed() {
        let catalog = Catalog {
            items: vec![
                item("a", CellType::String, true),
                item("a", CellType::Int, false),
                item("b", CellType::String, false),
            ],
            truncated: false,
        };
        let a = catalog.column_facts("a");
        assert!(a.occurs && a.texts_bloomed && !a.all_bloomed && !a.in_rest);
        assert!(!catalog.column_facts("b").texts_bloomed);
        assert_eq!(catalog.column_facts("c"), ColumnFacts::default());
        let truncated = Catalog {
            truncated: true,
            ..catalog
        };
        assert!(truncated.column_facts("c").in_rest);
    }
}
