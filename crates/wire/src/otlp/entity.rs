//! `EntityRef` of a resource, kept as the reserved attribute `ENTITY_REFS_KEY`.
//! Source: opentelemetry-proto `common/v1/common.proto`, status Development.

use crate::error::Result;
use crate::otlp::{Context, ENTITY_REFS_KEY};
use crate::pb::{Reader, Writer};
use tacho_model::value::{Attributes, Value};

/// Keys of the map that stands for one reference, in their order.
const KEYS: [&str; 4] = ["schema_url", "type", "id_keys", "description_keys"];

/// A reference to an entity.
#[derive(Debug, Default)]
pub(crate) struct EntityRef {
    pub(crate) schema_url: String,
    pub(crate) kind: String,
    pub(crate) id_keys: Vec<String>,
    pub(crate) description_keys: Vec<String>,
}

fn keep(list: &mut Vec<String>, text: String, context: &mut Context<'_>) {
    let fits = list.len() < context.options.attributes_max;
    if fits && context.room.take_text_element(text.len()) {
        list.push(text);
    } else {
        context.stats.attributes_dropped += 1;
    }
}

impl EntityRef {
    /// Decodes the protobuf message.
    pub(crate) fn decode(reader: Reader<'_>, context: &mut Context<'_>) -> Result<Self> {
        let mut entity = Self::default();
        for field in reader {
            let field = field?;
            match field.number {
                1 => entity.schema_url = context.text(field.bytes()?).into_owned(),
                2 => entity.kind = context.text(field.bytes()?).into_owned(),
                3 => {
                    let text = context.text(field.bytes()?).into_owned();
                    keep(&mut entity.id_keys, text, context);
                }
                4 => {
                    let text = context.text(field.bytes()?).into_owned();
                    keep(&mut entity.description_keys, text, context);
                }
                _ => {}
            }
        }
        Ok(entity)
    }

    /// Adds a key to `id_keys` or `description_keys`, within the limit.
    pub(crate) fn push_key(&mut self, is_id: bool, text: String, context: &mut Context<'_>) {
        let list = if is_id {
            &mut self.id_keys
        } else {
            &mut self.description_keys
        };
        keep(list, text, context);
    }

    /// Writes the protobuf message's fields.
    pub(crate) fn encode(&self, out: &mut Writer) {
        out.bytes_if(1, self.schema_url.as_bytes());
        out.bytes_if(2, self.kind.as_bytes());
        for key in &self.id_keys {
            out.bytes(3, key.as_bytes());
        }
        for key in &self.description_keys {
            out.bytes(4, key.as_bytes());
        }
    }

    fn into_value(self) -> Value {
        let list =
            |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
        let values = [
            Value::String(self.schema_url),
            Value::String(self.kind),
            list(self.id_keys),
            list(self.description_keys),
        ];
        Value::Map(KEYS.into_iter().map(str::to_owned).zip(values).collect())
    }

    fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(pairs) = value else {
            return None;
        };
        if !pairs.iter().map(|(key, _)| key.as_str()).eq(KEYS) {
            return None;
        }
        let [
            (_, schema_url),
            (_, kind),
            (_, id_keys),
            (_, description_keys),
        ] = pairs.as_slice()
        else {
            return None;
        };
        Some(Self {
            schema_url: schema_url.as_str()?.to_owned(),
            kind: kind.as_str()?.to_owned(),
            id_keys: texts(id_keys)?,
            description_keys: texts(description_keys)?,
        })
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

/// Appends the reserved attribute, if there are references.
pub(crate) fn attach(attributes: &mut Attributes, entities: Vec<EntityRef>) {
    if !entities.is_empty() {
        let items = entities.into_iter().map(EntityRef::into_value).collect();
        attributes
            .0
            .push((ENTITY_REFS_KEY.to_owned(), Value::Array(items)));
    }
}

/// Takes the reserved attribute, which is the last, back off: the other attributes and the
/// references. An attribute of that name but another shape stays an attribute.
pub(crate) fn detach(attributes: &Attributes) -> (&[(String, Value)], Vec<EntityRef>) {
    if let Some(((key, Value::Array(items)), others)) = attributes.0.split_last()
        && key == ENTITY_REFS_KEY
        && !items.is_empty()
        && let Some(entities) = items.iter().map(EntityRef::from_value).collect()
    {
        return (others, entities);
    }
    (&attributes.0, Vec::new())
}
