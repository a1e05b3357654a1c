//! Which attributes a block has, and where they stand in it.

use crate::columns::attribute::CellType;
use crate::read::CatalogPlace;
use std::sync::Arc;

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
    /// Whether `id_hash(key, text)` of every value is in the blooms of the pages. Values in the
    /// rest column always are, except references.
    pub bloomed: bool,
}

/// All attributes of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// By place, key and type.
    pub items: Vec<CatalogItem>,
    /// More keys occur than are listed (65,536 at most are): one that is not listed may be in the
    /// rest column; its values are bloomed unless they are references.
    pub truncated: bool,
}

/// What a block says of a key of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnFacts {
    /// Some item may have the key. If not, no other field is set.
    pub occurs: bool,
    /// All text values of the key are in the blooms: a "no" for `id_hash(key, text)` means that
    /// no item of the page has that text (nor a reference to a large value of that key).
    pub texts_bloomed: bool,
    /// Values of all types are in the blooms by their text form; then a "no" holds for `Text`
    /// operands too.
    pub all_bloomed: bool,
}
