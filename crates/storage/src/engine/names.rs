//! Names of attributes that occur: from the catalogs of blocks, without reading a column, and from
//! the heads.

use super::eval::EvalTable;
use super::snapshot::View;
use crate::columns::attribute::CellType;
use crate::error::Result;
use crate::read::{CatalogEntry, CatalogPlace, ReadContext};
use std::collections::BTreeMap;
use tacho_model::span::alias_key;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::{Attributes, Value};

type Names = BTreeMap<(CatalogPlace, String), (Vec<&'static str>, u64)>;

/// The names of a signal in a range of time; of blocks and batches that only overlap it, all.
pub fn names<T: EvalTable>(
    view: &View<T>,
    range: TimeRange,
    context: &ReadContext,
) -> Result<Vec<CatalogEntry>> {
    let mut names = Names::new();
    for (_, batch) in &view.heads {
        of_batch(&mut names, &**batch, range);
    }
    for (_, handle) in view.blocks() {
        let facts = handle.facts();
        let (first, last) = (
            facts.time_min.min(facts.end_min),
            facts.time_max.max(facts.end_max),
        );
        if !range.overlaps(Timestamp(first), Timestamp(last)) {
            continue;
        }
        view.recent.touch(handle);
        match handle.block.catalog() {
            Ok(catalog) => {
                for item in &catalog.items {
                    let count = u64::from(item.count);
                    note(&mut names, item.place, &item.key, item.cell_type, count);
                }
            }
            Err(error) => view.set_aside(handle, error, &context.stats)?,
        }
    }
    let listed = names.into_iter().filter(|((_, key), _)| !is_reserved(key));
    Ok(listed
        .map(|((place, key), (types, count))| CatalogEntry {
            place,
            key,
            types,
            count,
        })
        .collect())
}

fn is_reserved(key: &str) -> bool {
    [alias_key::TRACE, alias_key::SPAN, alias_key::PARENT].contains(&key)
}

fn of_batch<T: EvalTable>(names: &mut Names, batch: &T, range: TimeRange) {
    let inside = super::scan::in_range(batch, range);
    if inside.is_none() {
        return;
    }
    let shared = batch.shared();
    for column in shared.attributes.columns() {
        let count = column
            .rows
            .iter()
            .filter(|row| inside.0[**row as usize])
            .count();
        if count > 0 {
            let cell_type = column.cells.cell_type();
            note(
                names,
                CatalogPlace::Item,
                &column.key,
                cell_type,
                count as u64,
            );
        }
    }
    let uses = |index: &[u32], item: usize| {
        let of_item = index
            .iter()
            .zip(&inside.0)
            .filter(|(used, _)| **used as usize == item);
        of_item.filter(|(_, inside)| **inside).count() as u64
    };
    for (number, resource) in shared.resources.iter().enumerate() {
        let count = uses(&shared.resource_index, number);
        of_attributes(names, CatalogPlace::Resource, &resource.attributes, count);
    }
    for (number, scope) in shared.scopes.iter().enumerate() {
        let count = uses(&shared.scope_index, number);
        of_attributes(names, CatalogPlace::Scope, &scope.attributes, count);
    }
}

fn of_attributes(names: &mut Names, place: CatalogPlace, attributes: &Attributes, count: u64) {
    if count == 0 {
        return;
    }
    for (key, value) in &attributes.0 {
        let cell_type = match value {
            Value::Empty => CellType::Empty,
            Value::String(_) => CellType::String,
            Value::Bool(_) => CellType::Bool,
            Value::Int(_) => CellType::Int,
            Value::Double(_) => CellType::Double,
            Value::Bytes(_) => CellType::Bytes,
            Value::Reference(_) => CellType::Reference,
            Value::Array(_) | Value::Map(_) => CellType::Json,
        };
        note(names, place, key, cell_type, count);
    }
}

fn note(names: &mut Names, place: CatalogPlace, key: &str, cell_type: CellType, count: u64) {
    let (types, sum) = names.entry((place, key.to_owned())).or_default();
    *sum += count;
    let name = match cell_type {
        CellType::Empty => "empty",
        // What lies in the value store is a long string nearly always.
        CellType::String | CellType::Reference => "string",
        CellType::Bool => "bool",
        CellType::Int => "int",
        CellType::Double => "double",
        CellType::Bytes => "bytes",
        CellType::Json => "json",
    };
    if !types.contains(&name) {
        types.push(name);
        types.sort_unstable();
    }
}
