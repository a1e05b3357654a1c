//! Resources and scopes as texts (the columns `resource` and `scope`) and as columns of their
//! attributes for other readers (`r.<key>`, `c.<key>`).

use super::arrays::NO_CELL;
use super::dictionary::Dictionary;
use super::rows::Rows;
use crate::columns::attribute::AttributeColumns;
use crate::error::{Error, Result};
use std::sync::Arc;
use tacho_model::json;
use tacho_model::resource::{Resource, Scope};
use tacho_model::value::{Attributes, Value};

const ATTRIBUTES: &str = "attributes";
const SCHEMA_URL: &str = "schema_url";
const DROPPED: &str = "dropped_attributes_count";
const NAME: &str = "name";
const VERSION: &str = "version";

/// Resources or scopes that rows of a block refer to.
#[derive(Debug)]
pub(crate) struct Origins {
    /// For each row of the block its place in `texts`.
    pub by_row: Vec<u32>,
    /// The text form of each.
    pub texts: Vec<String>,
    /// Rows under each.
    pub row_counts: Vec<u32>,
    /// Their attributes: the rows of these columns are places in `texts`.
    pub attributes: AttributeColumns,
}

impl Origins {
    /// The resources of rows.
    pub(crate) fn of_resources(rows: &Rows<'_>, index: &[u32], all: &[Arc<Resource>]) -> Self {
        Self::gather(rows, index, all, |resource| {
            (resource_to_text(resource), &resource.attributes)
        })
    }

    /// The scopes of rows.
    pub(crate) fn of_scopes(rows: &Rows<'_>, index: &[u32], all: &[Arc<Scope>]) -> Self {
        Self::gather(rows, index, all, |scope| {
            (scope_to_text(scope), &scope.attributes)
        })
    }

    fn gather<T: Default>(
        rows: &Rows<'_>,
        index: &[u32],
        all: &[Arc<T>],
        describe: impl for<'t> Fn(&'t T) -> (String, &'t Attributes),
    ) -> Self {
        let mut places = vec![NO_CELL; all.len() + 1];
        let mut origins = Self {
            by_row: Vec::with_capacity(rows.len()),
            texts: Vec::new(),
            row_counts: Vec::new(),
            attributes: AttributeColumns::default(),
        };
        let none = T::default();
        for row in rows.list {
            // A row that names none (never so in practice) gets a default one.
            let from = index
                .get(*row as usize)
                .map_or(all.len(), |at| *at as usize);
            let from = from.min(all.len());
            if places[from] == NO_CELL {
                let place = origins.texts.len();
                let (text, attributes) = describe(all.get(from).map_or(&none, |item| &**item));
                for (key, value) in &attributes.0 {
                    origins.attributes.push(place, key, value.view());
                }
                origins.texts.push(text);
                origins.row_counts.push(0);
                places[from] = place as u32;
            }
            let place = places[from];
            origins.row_counts[place as usize] += 1;
            origins.by_row.push(place);
        }
        origins
    }

    /// How many rows of the block have an attribute.
    pub(crate) fn rows_with(&self, origin_rows: &[u32]) -> usize {
        let mut sum = 0;
        let mut last = None;
        for place in origin_rows {
            if last != Some(*place) {
                sum += self.row_counts.get(*place as usize).copied().unwrap_or(0) as usize;
            }
            last = Some(*place);
        }
        sum
    }

    /// For each row of the block, the cell it has in a column of `attributes`.
    pub(crate) fn cells(&self, origin_rows: &[u32]) -> Vec<u32> {
        let mut by_place = vec![NO_CELL; self.texts.len()];
        for (cell, place) in origin_rows.iter().enumerate().rev() {
            if let Some(slot) = by_place.get_mut(*place as usize) {
                *slot = cell as u32;
            }
        }
        self.by_row
            .iter()
            .map(|place| by_place[*place as usize])
            .collect()
    }

    /// The column of the text forms.
    pub(crate) fn text_column(&self) -> Dictionary<'_> {
        Dictionary {
            places: self.by_row.clone(),
            values: self.texts.iter().map(String::as_str).collect(),
        }
    }

    /// Whether all rows have the default one.
    pub(crate) fn is_default(&self, default_text: &str) -> bool {
        self.texts.len() == 1 && self.texts[0] == default_text
    }
}

/// The text form of a resource.
pub(crate) fn resource_to_text(resource: &Resource) -> String {
    let mut pairs = vec![attributes_pair(&resource.attributes)];
    push_text(&mut pairs, SCHEMA_URL, &resource.schema_url);
    push_count(&mut pairs, resource.dropped_attributes_count);
    json::to_text(&Value::Map(pairs))
}

/// The text form of a scope.
pub(crate) fn scope_to_text(scope: &Scope) -> String {
    let mut pairs = Vec::new();
    push_text(&mut pairs, NAME, &scope.name);
    push_text(&mut pairs, VERSION, &scope.version);
    if !scope.attributes.0.is_empty() {
        pairs.push(attributes_pair(&scope.attributes));
    }
    push_text(&mut pairs, SCHEMA_URL, &scope.schema_url);
    push_count(&mut pairs, scope.dropped_attributes_count);
    json::to_text(&Value::Map(pairs))
}

fn attributes_pair(attributes: &Attributes) -> (String, Value) {
    (ATTRIBUTES.to_owned(), Value::Map(attributes.0.clone()))
}

fn push_text(pairs: &mut Vec<(String, Value)>, key: &str, text: &str) {
    if !text.is_empty() {
        pairs.push((key.to_owned(), Value::String(text.to_owned())));
    }
}

fn push_count(pairs: &mut Vec<(String, Value)>, count: u32) {
    if count > 0 {
        pairs.push((DROPPED.to_owned(), Value::Int(i64::from(count))));
    }
}

/// Reads the text form of a resource.
pub(crate) fn resource_from_text(text: &str) -> Result<Resource> {
    let mut resource = Resource::default();
    for (key, value) in pairs_of(text)? {
        match (key.as_str(), value) {
            (ATTRIBUTES, Value::Map(pairs)) => resource.attributes = Attributes(pairs),
            (SCHEMA_URL, Value::String(text)) => resource.schema_url = text,
            (DROPPED, Value::Int(count)) => resource.dropped_attributes_count = count as u32,
            _ => {}
        }
    }
    Ok(resource)
}

/// Reads the text form of a scope.
pub(crate) fn scope_from_text(text: &str) -> Result<Scope> {
    let mut scope = Scope::default();
    for (key, value) in pairs_of(text)? {
        match (key.as_str(), value) {
            (NAME, Value::String(text)) => scope.name = text,
            (VERSION, Value::String(text)) => scope.version = text,
            (ATTRIBUTES, Value::Map(pairs)) => scope.attributes = Attributes(pairs),
            (SCHEMA_URL, Value::String(text)) => scope.schema_url = text,
            (DROPPED, Value::Int(count)) => scope.dropped_attributes_count = count as u32,
            _ => {}
        }
    }
    Ok(scope)
}

fn pairs_of(text: &str) -> Result<Vec<(String, Value)>> {
    match json::parse(text) {
        Ok(Value::Map(pairs)) => Ok(pairs),
        Ok(_) => Err(Error::corrupt("a resource or scope is no object")),
        Err(error) => Err(Error::corrupt(format!(
            "a resource or scope is no text of a value: {error}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::{resource_from_text, resource_to_text, scope_from_text, scope_to_text};
    use tacho_model::resource::{Resource, Scope};
    use tacho_model::value::{Attributes, Value};

    #[test]
    fn resources_and_scopes_come_back() {
        let attributes = Attributes(vec![
            ("$odd".to_owned(), Value::Bytes(vec![1])),
            ("a".to_owned(), Value::Int(1)),
            ("a".to_owned(), Value::Double(f64::NAN)),
        ]);
        let resource = Resource {
            attributes: attributes.clone(),
            dropped_attributes_count: u32::MAX,
            schema_url: "https://x".to_owned(),
        };
        let scope = Scope {
            name: "n".to_owned(),
            version: "v".to_owned(),
            attributes,
            dropped_attributes_count: 3,
            schema_url: String::new(),
        };
        assert_eq!(
            resource_from_text(&resource_to_text(&resource)).unwrap(),
            resource
        );
        assert_eq!(scope_from_text(&scope_to_text(&scope)).unwrap(), scope);
        assert_eq!(scope_to_text(&Scope::default()), "{}");
        assert!(resource_from_text("[").is_err());
    }
}
