//! `AnyValue` and `KeyValue` of protobuf, and the limits on nesting that both encodings share.
//! Source: opentelemetry-proto `common/v1/common.proto`.

use crate::error::Result;
use crate::otlp::{Context, NESTING_DECODED_MAX};
use crate::pb::Reader;
use std::borrow::Cow;
use tacho_model::json;
use tacho_model::value::{Attributes, Value, ValueRef};

/// A decoded value that borrows what it can.
pub(crate) enum Decoded<'a> {
    Empty,
    Text(Cow<'a, str>),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Cow<'a, [u8]>),
    Nested(Value),
}

impl Decoded<'_> {
    #[inline]
    pub(crate) fn view(&self) -> ValueRef<'_> {
        match self {
            Decoded::Empty => ValueRef::Empty,
            Decoded::Text(text) => ValueRef::String(text),
            Decoded::Bool(value) => ValueRef::Bool(*value),
            Decoded::Int(value) => ValueRef::Int(*value),
            Decoded::Double(value) => ValueRef::Double(*value),
            Decoded::Bytes(bytes) => ValueRef::Bytes(bytes),
            Decoded::Nested(value) => value.view(),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Decoded::Empty => Value::Empty,
            Decoded::Text(text) => Value::String(text.into_owned()),
            Decoded::Bool(value) => Value::Bool(value),
            Decoded::Int(value) => Value::Int(value),
            Decoded::Double(value) => Value::Double(value),
            Decoded::Bytes(bytes) => Value::Bytes(bytes.into_owned()),
            Decoded::Nested(value) => value,
        }
    }
}

/// Whether an array or map is decoded, by its level (1 for the outermost) and encoded length.
/// A refusal is counted.
pub(crate) fn admits(context: &mut Context<'_>, level: usize, length: usize) -> bool {
    if level > NESTING_DECODED_MAX {
        context.stats.too_deep += 1;
        false
    } else if level == 1 && length > context.options.nested_bytes_max {
        context.stats.too_large += 1;
        false
    } else {
        true
    }
}

/// The decoded array or map of a level: the first level beyond the limit becomes JSON text, which
/// takes the levels below with it.
pub(crate) fn leveled(context: &Context<'_>, level: usize, value: Value) -> Value {
    if level == context.options.nesting_max + 1 {
        Value::String(json::to_text(&value))
    } else {
        value
    }
}

/// Decodes an `AnyValue` that stands inside `level` arrays and maps.
#[inline]
pub(crate) fn any_value<'a>(
    reader: Reader<'a>,
    level: usize,
    context: &mut Context<'_>,
) -> Result<Decoded<'a>> {
    let mut value = Decoded::Empty;
    for field in reader {
        let field = field?;
        value = match field.number {
            1 => Decoded::Text(context.text(field.bytes()?)),
            2 => Decoded::Bool(field.varint()? != 0),
            3 => Decoded::Int(field.varint()? as i64),
            4 => Decoded::Double(f64::from_bits(field.fixed64()?)),
            5 | 6 => nested(field.message()?, field.number == 6, level + 1, context)?,
            7 => Decoded::Bytes(Cow::Borrowed(field.bytes()?)),
            _ => value,
        };
    }
    Ok(value)
}

fn nested<'a>(
    reader: Reader<'a>,
    is_map: bool,
    level: usize,
    context: &mut Context<'_>,
) -> Result<Decoded<'a>> {
    if !admits(context, level, reader.len()) {
        return Ok(Decoded::Empty);
    }
    let value = if is_map {
        let mut pairs = Vec::new();
        for field in reader {
            let field = field?;
            if field.number == 1 {
                let (key, value) = key_value(field.message()?, level, context)?;
                pairs.push((key.into_owned(), value.into_value()));
            }
        }
        Value::Map(pairs)
    } else {
        let mut items = Vec::new();
        for field in reader {
            let field = field?;
            if field.number == 1 {
                items.push(any_value(field.message()?, level, context)?.into_value());
            }
        }
        Value::Array(items)
    };
    Ok(Decoded::Nested(leveled(context, level, value)))
}

/// Decodes a `KeyValue` that stands inside `level` arrays and maps.
#[inline]
pub(crate) fn key_value<'a>(
    reader: Reader<'a>,
    level: usize,
    context: &mut Context<'_>,
) -> Result<(Cow<'a, str>, Decoded<'a>)> {
    let mut key = Cow::Borrowed("");
    let mut value = Decoded::Empty;
    for field in reader {
        let field = field?;
        match field.number {
            1 => key = context.text(field.bytes()?),
            2 => value = any_value(field.message()?, level, context)?,
            _ => {}
        }
    }
    Ok((key, value))
}

/// Attributes that are collected before they are handed over, up to the limit.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) attributes: Attributes,
    dropped: u32,
}

impl Collected {
    /// True if there is room; false counts a dropped one.
    pub(crate) fn admits(&mut self, context: &mut Context<'_>) -> bool {
        let room = self.attributes.0.len() < context.options.attributes_max;
        if !room {
            self.dropped = self.dropped.saturating_add(1);
            context.stats.attributes_dropped += 1;
        }
        room
    }

    /// Decodes one more.
    pub(crate) fn push(&mut self, reader: Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        if self.admits(context) {
            let (key, value) = key_value(reader, 0, context)?;
            self.attributes
                .0
                .push((key.into_owned(), value.into_value()));
        }
        Ok(())
    }

    /// The sender's dropped count with ours.
    pub(crate) fn dropped(&self, sent: u32) -> u32 {
        sent.saturating_add(self.dropped)
    }
}
