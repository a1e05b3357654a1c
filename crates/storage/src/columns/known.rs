//! Finds a resource or scope in the list of those that occur: the few last ones by comparison, the
//! rest by a hash of their content.

use hashbrown::HashMap;
use std::hash::{BuildHasher as _, Hasher};
use std::sync::Arc;
use tacho_model::resource::{Resource, Scope};
use tacho_model::value::{Attributes, Value};

/// So many of the last items are compared before anything is hashed.
const LOOK_BACK: usize = 8;

/// Places by content hash; filled when it is first needed.
#[derive(Debug, Clone, Default)]
pub struct Known {
    places: HashMap<u64, Vec<u32>, foldhash::fast::RandomState>,
    hasher: foldhash::fast::RandomState,
    seen: usize,
}

impl Known {
    /// The place of an item in the list, at whose end it is added if it is not there. The list
    /// may only grow between calls.
    pub fn place_of<T: Content>(&mut self, items: &mut Vec<Arc<T>>, item: &Arc<T>) -> u32 {
        let same = |other: &Arc<T>| Arc::ptr_eq(other, item) || **other == **item;
        let from = items.len().saturating_sub(LOOK_BACK);
        if let Some(found) = items[from..].iter().position(same) {
            return (from + found) as u32;
        }
        if from > 0 {
            for (place, other) in items.iter().enumerate().skip(self.seen) {
                let hash = self.hash(&**other);
                self.places.entry(hash).or_default().push(place as u32);
            }
            self.seen = items.len();
            let hash = self.hash(&**item);
            let found = self.places.get(&hash).into_iter().flatten();
            if let Some(place) = found.copied().find(|place| same(&items[*place as usize])) {
                return place;
            }
        }
        items.push(Arc::clone(item));
        items.len() as u32 - 1
    }

    fn hash<T: Content>(&self, item: &T) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        item.write(&mut hasher);
        hasher.finish()
    }
}

/// Something whose content can be hashed and compared.
pub trait Content: PartialEq {
    /// Writes what tells two items apart; equal items write the same.
    fn write(&self, hasher: &mut impl Hasher);
}

impl Content for Resource {
    fn write(&self, hasher: &mut impl Hasher) {
        hasher.write(self.schema_url.as_bytes());
        write_attributes(&self.attributes, hasher);
    }
}

impl Content for Scope {
    fn write(&self, hasher: &mut impl Hasher) {
        hasher.write(self.name.as_bytes());
        hasher.write(self.version.as_bytes());
        hasher.write(self.schema_url.as_bytes());
        write_attributes(&self.attributes, hasher);
    }
}

fn write_attributes(attributes: &Attributes, hasher: &mut impl Hasher) {
    for (key, value) in &attributes.0 {
        hasher.write(key.as_bytes());
        write_value(value, hasher);
    }
}

fn write_value(value: &Value, hasher: &mut impl Hasher) {
    match value {
        Value::Empty => hasher.write_u8(0),
        Value::String(text) => hasher.write(text.as_bytes()),
        Value::Bool(value) => hasher.write_u8(u8::from(*value)),
        Value::Int(value) => hasher.write_i64(*value),
        Value::Double(value) => hasher.write_u64(value.to_bits()),
        Value::Bytes(bytes) => hasher.write(bytes),
        Value::Reference(reference) => hasher.write(&reference.hash),
        Value::Array(items) => {
            for item in items {
                write_value(item, hasher);
            }
        }
        Value::Map(pairs) => {
            for (key, value) in pairs {
                hasher.write(key.as_bytes());
                write_value(value, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Known;
    use std::sync::Arc;
    use tacho_model::resource::Scope;

    #[test]
    fn every_item_keeps_its_place_among_many() {
        let scope = |number: u32| {
            Arc::new(Scope {
                name: number.to_string(),
                ..Scope::default()
            })
        };
        let (mut known, mut items) = (Known::default(), Vec::new());
        for round in 0..2 {
            for number in 0..500 {
                assert_eq!(
                    known.place_of(&mut items, &scope(number)),
                    number,
                    "round {round}"
                );
            }
        }
        assert_eq!(items.len(), 500);
    }
}
