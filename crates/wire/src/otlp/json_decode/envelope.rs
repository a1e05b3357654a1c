//! The envelope around spans and log records in JSON.

use crate::error::Result;
use crate::json::reader::Reader;
use crate::otlp::entity::{self, EntityRef};
use crate::otlp::json_decode::value::attributes;
use crate::otlp::value::Collected;
use crate::otlp::{Context, DecodeStats};
use tacho_model::resource::{Resource, Scope};

/// Keys in both spellings.
pub(super) struct Names {
    pub(super) groups: [&'static str; 2],
    pub(super) scopes: [&'static str; 2],
    pub(super) items: [&'static str; 2],
}

/// What the walk over an envelope hands over.
pub(super) trait Items {
    /// The resource of the items that follow.
    fn resource(&mut self, resource: Resource);
    /// The scope of the items that follow.
    fn scope(&mut self, scope: Scope);
    /// One span or log record.
    fn item(&mut self, json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<()>;
}

/// Walks over a request.
pub(super) fn walk<I: Items>(
    json: &mut Reader<'_>,
    names: &Names,
    items: &mut I,
    mut context: Context<'_>,
) -> Result<DecodeStats> {
    if json.peek() != Some(b'{') {
        return Err(json.expected("an object"));
    }
    json.object(|json, key| {
        if !names.groups.contains(&key) {
            return json.skip();
        }
        json.array(|json| resource_group(json, names, items, &mut context))
    })?;
    json.finish()?;
    context.stats.invalid_utf8 += json.invalid_text;
    Ok(context.stats)
}

/// Where the parts of a group stand, found by a first pass, because they may come in any order.
#[derive(Default)]
struct Head {
    /// The resource or scope.
    origin: Option<usize>,
    /// The list of scope groups or items.
    list: Option<usize>,
    schema_url: String,
    /// Behind the group.
    end: usize,
}

impl Head {
    fn find(json: &mut Reader<'_>, origin: &str, list: &[&str]) -> Result<Self> {
        let mut head = Self::default();
        json.object(|json, key| {
            match key {
                "schemaUrl" | "schema_url" => {
                    head.schema_url = json.text()?.into_owned();
                    return Ok(());
                }
                _ if key == origin => head.origin = Some(json.position()),
                _ if list.contains(&key) => head.list = Some(json.position()),
                _ => {}
            }
            json.skip()
        })?;
        head.end = json.position();
        Ok(head)
    }
}

fn resource_group<I: Items>(
    json: &mut Reader<'_>,
    names: &Names,
    items: &mut I,
    context: &mut Context<'_>,
) -> Result<()> {
    let head = Head::find(json, "resource", &names.scopes)?;
    let mut resource = Resource::default();
    if let Some(at) = head.origin {
        json.seek(at);
        resource = decode_resource(json, context)?;
    }
    resource.schema_url = head.schema_url;
    items.resource(resource);
    if let Some(at) = head.list {
        json.seek(at);
        json.array(|json| scope_group(json, names, items, context))?;
    }
    json.seek(head.end);
    Ok(())
}

fn scope_group<I: Items>(
    json: &mut Reader<'_>,
    names: &Names,
    items: &mut I,
    context: &mut Context<'_>,
) -> Result<()> {
    let head = Head::find(json, "scope", &names.items)?;
    let mut scope = Scope::default();
    if let Some(at) = head.origin {
        json.seek(at);
        scope = decode_scope(json, context)?;
    }
    scope.schema_url = head.schema_url;
    items.scope(scope);
    if let Some(at) = head.list {
        json.seek(at);
        json.array(|json| {
            context.stats.items += 1;
            items.item(json, context)
        })?;
    }
    json.seek(head.end);
    Ok(())
}

fn decode_resource(json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<Resource> {
    context.begin_message();
    let mut collected = Collected::default();
    let mut entities = Vec::new();
    let mut dropped = 0;
    json.object(|json, key| {
        match key {
            "attributes" => attributes(json, &mut collected, context)?,
            "droppedAttributesCount" | "dropped_attributes_count" => dropped = json.u32()?,
            "entityRefs" | "entity_refs" => json.array(|json| {
                if entities.len() < context.options.attributes_max {
                    entities.push(decode_entity(json, context)?);
                    return Ok(());
                }
                context.stats.attributes_dropped += 1;
                json.skip()
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let dropped_attributes_count = collected.dropped(dropped);
    let mut attributes = collected.attributes;
    entity::attach(&mut attributes, entities);
    Ok(Resource {
        attributes,
        dropped_attributes_count,
        schema_url: String::new(),
    })
}

fn decode_entity(json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<EntityRef> {
    let mut entity = EntityRef::default();
    json.object(|json, key| {
        match key {
            "schemaUrl" | "schema_url" => entity.schema_url = json.text()?.into_owned(),
            "type" => entity.kind = json.text()?.into_owned(),
            "idKeys" | "id_keys" | "descriptionKeys" | "description_keys" => {
                let is_id = key.starts_with("id");
                json.array(|json| {
                    entity.push_key(is_id, json.text()?.into_owned(), context);
                    Ok(())
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(entity)
}

fn decode_scope(json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<Scope> {
    context.begin_message();
    let mut scope = Scope::default();
    let mut collected = Collected::default();
    let mut dropped = 0;
    json.object(|json, key| {
        match key {
            "name" => scope.name = json.text()?.into_owned(),
            "version" => scope.version = json.text()?.into_owned(),
            "attributes" => attributes(json, &mut collected, context)?,
            "droppedAttributesCount" | "dropped_attributes_count" => dropped = json.u32()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    scope.dropped_attributes_count = collected.dropped(dropped);
    scope.attributes = collected.attributes;
    Ok(scope)
}
