//! What spans and log records have in common: resource, scope, attributes, large values.

use super::attribute::AttributeColumns;
use super::known::Known;
use super::projection::{Column, Projection};
use std::sync::Arc;
use tacho_model::json;
use tacho_model::resource::{Resource, Scope};
use tacho_model::value::{ReferenceKind, Value, ValueRef, ValueReference};

/// A value of more bytes than this goes to the value store.
pub const LARGE_VALUE_BYTES: usize = 4096;
/// Bytes of a large value that stay beside its reference.
pub const PREVIEW_BYTES: usize = 256;

/// The content of a large value on its way to the value store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargeContent {
    /// BLAKE3 of the bytes.
    pub hash: [u8; 32],
    /// The bytes: text, bytes, or the text form of an array or map.
    pub bytes: Arc<[u8]>,
}

/// Columns that both signals have.
#[derive(Debug, Clone, Default)]
pub struct SharedColumns {
    /// Per row, its place in `resources`.
    pub resource_index: Vec<u32>,
    /// The resources that occur.
    pub resources: Vec<Arc<Resource>>,
    /// Per row, its place in `scopes`.
    pub scope_index: Vec<u32>,
    /// The scopes that occur.
    pub scopes: Vec<Arc<Scope>>,
    /// Attributes of the items.
    pub attributes: AttributeColumns,
    /// Large values that rows refer to and that are not in the value store yet.
    pub large: Vec<LargeContent>,
    known_resources: Known,
    known_scopes: Known,
}

impl SharedColumns {
    /// The place of a resource, which is added if it is not there.
    pub fn add_resource(&mut self, resource: Resource) -> u32 {
        self.known_resources
            .place_of(&mut self.resources, &Arc::new(resource))
    }

    /// The place of a scope, which is added if it is not there.
    pub fn add_scope(&mut self, scope: Scope) -> u32 {
        self.known_scopes
            .place_of(&mut self.scopes, &Arc::new(scope))
    }

    /// Adds an attribute; a large value is replaced by a reference.
    pub fn push_attribute(&mut self, row: usize, key: &str, value: ValueRef<'_>) {
        match self.shrink(value) {
            Some(reference) => self.attributes.push(row, key, ValueRef::Nested(&reference)),
            None => self.attributes.push(row, key, value),
        }
    }

    /// For a large value: keeps its content and gives the reference that stands for it.
    pub fn shrink(&mut self, value: ValueRef<'_>) -> Option<Value> {
        let (kind, bytes) = match value {
            ValueRef::String(text) if text.len() > LARGE_VALUE_BYTES => {
                (ReferenceKind::String, text.as_bytes().into())
            }
            ValueRef::Bytes(bytes) if bytes.len() > LARGE_VALUE_BYTES => {
                (ReferenceKind::Bytes, bytes.into())
            }
            ValueRef::Nested(nested @ (Value::Array(_) | Value::Map(_))) => {
                let text = json::to_text(nested);
                if text.len() <= LARGE_VALUE_BYTES {
                    return None;
                }
                (ReferenceKind::Nested, text.into_bytes().into())
            }
            _ => return None,
        };
        Some(Value::Reference(Arc::new(self.keep(kind, bytes))))
    }

    fn keep(&mut self, kind: ReferenceKind, bytes: Arc<[u8]>) -> ValueReference {
        let hash = *blake3::hash(&bytes).as_bytes();
        let mut cut = bytes.len().min(PREVIEW_BYTES);
        let preview = match kind {
            ReferenceKind::Bytes => String::new(),
            ReferenceKind::String | ReferenceKind::Nested => {
                while cut > 0 && bytes.get(cut).is_some_and(|byte| byte & 0xc0 == 0x80) {
                    cut -= 1;
                }
                String::from_utf8_lossy(&bytes[..cut]).into_owned()
            }
        };
        let len = bytes.len() as u64;
        // The value store keeps each content once; here only close repetitions are spared.
        if !self
            .large
            .iter()
            .rev()
            .take(8)
            .any(|content| content.hash == hash)
        {
            self.large.push(LargeContent { hash, bytes });
        }
        ValueReference {
            hash,
            len,
            kind,
            preview,
        }
    }

    /// Adds all rows of another batch after the first `row_base` rows.
    pub fn append(&mut self, other: &Self, row_base: usize) {
        let known = &mut self.known_resources;
        let resources: Vec<u32> = other
            .resources
            .iter()
            .map(|item| known.place_of(&mut self.resources, item))
            .collect();
        let known = &mut self.known_scopes;
        let scopes: Vec<u32> = other
            .scopes
            .iter()
            .map(|item| known.place_of(&mut self.scopes, item))
            .collect();
        self.resource_index.extend(
            other
                .resource_index
                .iter()
                .map(|index| resources[*index as usize]),
        );
        self.scope_index.extend(
            other
                .scope_index
                .iter()
                .map(|index| scopes[*index as usize]),
        );
        self.attributes.append(&other.attributes, row_base);
        self.large.extend(other.large.iter().cloned());
    }

    /// The projected columns of the rows of a permutation or selection; large contents are not
    /// taken along.
    pub fn select(&self, rows: &[u32], inverse: &[u32], projection: &Projection) -> Self {
        let mut out = Self {
            attributes: self.attributes.select(inverse, projection),
            ..Self::default()
        };
        if projection.has(Column::Resource) {
            out.resource_index = pick(&self.resource_index, rows);
            out.resources = self.resources.clone();
        }
        if projection.has(Column::Scope) {
            out.scope_index = pick(&self.scope_index, rows);
            out.scopes = self.scopes.clone();
        }
        out
    }

    /// The resource of a row.
    pub fn resource(&self, row: usize) -> Option<&Arc<Resource>> {
        self.resources.get(*self.resource_index.get(row)? as usize)
    }

    /// The scope of a row.
    pub fn scope(&self, row: usize) -> Option<&Arc<Scope>> {
        self.scopes.get(*self.scope_index.get(row)? as usize)
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        (self.resource_index.capacity() + self.scope_index.capacity()) * 4
            + (self.resources.len() + self.scopes.len()) * 64
            + self.attributes.memory()
            + self
                .large
                .iter()
                .map(|content| content.bytes.len() + 64)
                .sum::<usize>()
    }
}

/// The cells of these rows; an empty column (not projected) stays empty.
pub fn pick<T: Copy>(column: &[T], rows: &[u32]) -> Vec<T> {
    if column.is_empty() {
        return Vec::new();
    }
    rows.iter().map(|row| column[*row as usize]).collect()
}

/// The cells of a sparse column for the rows of a selection, ascending.
pub fn pick_sparse<T: Copy>(cells: &[(u32, T)], inverse: &[u32]) -> Vec<(u32, T)> {
    let moved = cells
        .iter()
        .map(|(row, cell)| (inverse[*row as usize], *cell));
    let mut out: Vec<(u32, T)> = moved.filter(|(row, _)| *row != u32::MAX).collect();
    out.sort_unstable_by_key(|(row, _)| *row);
    out
}

/// For a selection of rows out of `len`: where each old row goes, or `u32::MAX`.
pub fn inverse(rows: &[u32], len: usize) -> Vec<u32> {
    let mut out = vec![u32::MAX; len];
    for (to, from) in rows.iter().enumerate() {
        out[*from as usize] = to as u32;
    }
    out
}
