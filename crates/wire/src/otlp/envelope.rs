//! The envelope around spans and log records, which has the same field numbers for both: request,
//! resource group, scope group. Source: `trace/v1/trace.proto`, `logs/v1/logs.proto`.

use crate::error::Result;
use crate::otlp::entity::{self, EntityRef};
use crate::otlp::value::Collected;
use crate::otlp::{Context, DecodeStats};
use crate::pb::Reader;
use tacho_model::resource::{Resource, Scope};

/// What the walk over an envelope hands over.
pub(crate) trait Items {
    /// The resource of the items that follow.
    fn resource(&mut self, resource: Resource);
    /// The scope of the items that follow.
    fn scope(&mut self, scope: Scope);
    /// One span or log record.
    fn item(&mut self, reader: Reader<'_>, context: &mut Context<'_>) -> Result<()>;
}

/// Walks over a request.
pub(crate) fn walk<I: Items>(
    body: &[u8],
    items: &mut I,
    mut context: Context<'_>,
) -> Result<DecodeStats> {
    for field in Reader::new(body) {
        let field = field?;
        if field.number == 1 {
            resource_group(field.message()?, items, &mut context)?;
        }
    }
    Ok(context.stats)
}

fn resource_group<I: Items>(
    reader: Reader<'_>,
    items: &mut I,
    context: &mut Context<'_>,
) -> Result<()> {
    let (message, schema_url) = head(reader, context)?;
    let mut resource = match message {
        Some(message) => decode_resource(message, context)?,
        None => Resource::default(),
    };
    resource.schema_url = schema_url;
    items.resource(resource);
    for field in reader {
        let field = field?;
        if field.number == 2 {
            scope_group(field.message()?, items, context)?;
        }
    }
    Ok(())
}

fn scope_group<I: Items>(
    reader: Reader<'_>,
    items: &mut I,
    context: &mut Context<'_>,
) -> Result<()> {
    let (message, schema_url) = head(reader, context)?;
    let mut scope = match message {
        Some(message) => decode_scope(message, context)?,
        None => Scope::default(),
    };
    scope.schema_url = schema_url;
    items.scope(scope);
    for field in reader {
        let field = field?;
        if field.number == 2 {
            context.stats.items += 1;
            items.item(field.message()?, context)?;
        }
    }
    Ok(())
}

/// Fields 1 (resource or scope) and 3 (schema URL) of a group, wherever they stand in it.
fn head<'a>(reader: Reader<'a>, context: &mut Context<'_>) -> Result<(Option<Reader<'a>>, String)> {
    let mut message = None;
    let mut schema_url = String::new();
    for field in reader {
        let field = field?;
        match field.number {
            1 => message = Some(field.message()?),
            3 => schema_url = context.text(field.bytes()?).into_owned(),
            _ => {}
        }
    }
    Ok((message, schema_url))
}

fn decode_resource(reader: Reader<'_>, context: &mut Context<'_>) -> Result<Resource> {
    context.begin_message();
    let mut collected = Collected::default();
    let mut entities = Vec::new();
    let mut dropped = 0;
    for field in reader {
        let field = field?;
        match field.number {
            1 => collected.push(field.message()?, context)?,
            2 => dropped = field.uint32()?,
            3 if entities.len() < context.options.attributes_max => {
                entities.push(EntityRef::decode(field.message()?, context)?);
            }
            3 => context.stats.attributes_dropped += 1,
            _ => {}
        }
    }
    let dropped_attributes_count = collected.dropped(dropped);
    let mut attributes = collected.attributes;
    entity::attach(&mut attributes, entities);
    Ok(Resource {
        attributes,
        dropped_attributes_count,
        schema_url: String::new(),
    })
}

fn decode_scope(reader: Reader<'_>, context: &mut Context<'_>) -> Result<Scope> {
    context.begin_message();
    let mut scope = Scope::default();
    let mut collected = Collected::default();
    let mut dropped = 0;
    for field in reader {
        let field = field?;
        match field.number {
            1 => scope.name = context.text(field.bytes()?).into_owned(),
            2 => scope.version = context.text(field.bytes()?).into_owned(),
            3 => collected.push(field.message()?, context)?,
            4 => dropped = field.uint32()?,
            _ => {}
        }
    }
    scope.dropped_attributes_count = collected.dropped(dropped);
    scope.attributes = collected.attributes;
    Ok(scope)
}

/// Counts the items of a request.
pub(crate) fn count(body: &[u8]) -> Result<u64> {
    sum(body, &mut |_| Ok(1))
}

/// Adds up what `of` gives for each item of a request.
pub(crate) fn sum(body: &[u8], of: &mut impl FnMut(Reader<'_>) -> Result<u64>) -> Result<u64> {
    let mut sum = 0;
    for field in Reader::new(body) {
        let field = field?;
        if field.number != 1 {
            continue;
        }
        for field in field.message()? {
            let field = field?;
            if field.number != 2 {
                continue;
            }
            for field in field.message()? {
                let field = field?;
                if field.number == 2 {
                    sum += of(field.message()?)?;
                }
            }
        }
    }
    Ok(sum)
}
