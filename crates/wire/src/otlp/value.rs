//! `AnyValue` and `KeyValue` of protobuf, and the limits on nesting that both encodings share.
//! Source: opentelemetry-proto `common/v1/common.proto`.

use crate::error::Result;
use crate::otlp::room::{ELEMENT_BYTES, PAIR_BYTES};
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

/// Ends the array or map of a level that was begun with so much room left. The first level beyond
/// the limit of nesting becomes JSON text, which takes the levels below with it; what did not fit
/// into the room becomes empty and is counted.
pub(crate) fn settle(
    context: &mut Context<'_>,
    level: usize,
    room_before: usize,
    mut value: Value,
) -> Decoded<'static> {
    if level == context.options.nesting_max + 1 && !context.room.exhausted() {
        let text = json::to_text(&value);
        context.room.charge_content(text.len());
        value = Value::String(text);
    }
    if level == 1 && context.room.give_up(room_before) {
        context.stats.too_large += 1;
        return Decoded::Empty;
    }
    Decoded::Nested(value)
}

/// Charges the content of an element or pair.
pub(crate) fn charge_scalar(context: &mut Context<'_>, value: &Decoded<'_>) {
    match value {
        Decoded::Text(text) => context.room.charge_content(text.len()),
        Decoded::Bytes(bytes) => context.room.charge_content(bytes.len()),
        _ => {}
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
    let room = context.room.left();
    let value = if is_map {
        Value::Map(pairs(reader, level, context)?)
    } else {
        Value::Array(elements(reader, level, context)?)
    };
    Ok(settle(context, level, room, value))
}

/// Fields 1 of a message, counted without looking into them, so that what they take is charged
/// before it is taken, and taken at once.
fn count_values(reader: Reader<'_>) -> Result<usize> {
    let mut count = 0;
    for field in reader {
        count += usize::from(field?.number == 1);
    }
    Ok(count)
}

fn elements(reader: Reader<'_>, level: usize, context: &mut Context<'_>) -> Result<Vec<Value>> {
    let count = count_values(reader)?;
    context.room.charge_many(count, ELEMENT_BYTES);
    if context.room.exhausted() {
        return Ok(Vec::new());
    }
    let mut elements = Vec::with_capacity(count);
    for field in reader {
        let field = field?;
        if field.number == 1 {
            let value = any_value(field.message()?, level, context)?;
            charge_scalar(context, &value);
            if context.room.exhausted() {
                break;
            }
            elements.push(value.into_value());
        }
    }
    Ok(elements)
}

fn pairs(
    reader: Reader<'_>,
    level: usize,
    context: &mut Context<'_>,
) -> Result<Vec<(String, Value)>> {
    let count = count_values(reader)?;
    context.room.charge_many(count, PAIR_BYTES);
    if context.room.exhausted() {
        return Ok(Vec::new());
    }
    let mut pairs = Vec::with_capacity(count);
    for field in reader {
        let field = field?;
        if field.number == 1 {
            let (key, value) = key_value(field.message()?, level, context)?;
            context.room.charge_content(key.len());
            charge_scalar(context, &value);
            if context.room.exhausted() {
                break;
            }
            pairs.push((key.into_owned(), value.into_value()));
        }
    }
    Ok(pairs)
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

/// Decodes a `KeyValue` and hands it to `take`. The usual layout, key then scalar and nothing else,
/// takes a shortcut that keeps everything in registers; any other goes through `key_value`.
#[inline]
pub(crate) fn hand_over(
    reader: Reader<'_>,
    context: &mut Context<'_>,
    mut take: impl FnMut(&str, ValueRef<'_>),
) -> Result<()> {
    if let Some((key, value)) = plain_pair(reader.rest()) {
        take(key, value);
        return Ok(());
    }
    let (key, value) = key_value(reader, 0, context)?;
    take(&key, value.view());
    Ok(())
}

#[inline(always)]
fn plain_pair(bytes: &[u8]) -> Option<(&str, ValueRef<'_>)> {
    let (key, rest) = take_len(bytes, 0x0a)?;
    let (value, rest) = take_len(rest, 0x12)?;
    if !rest.is_empty() {
        return None;
    }
    let value = match value {
        [0x0a, ..] => {
            let (text, rest) = take_len(value, 0x0a)?;
            if !rest.is_empty() {
                return None;
            }
            ValueRef::String(std::str::from_utf8(text).ok()?)
        }
        [0x10, bit @ (0 | 1)] => ValueRef::Bool(*bit == 1),
        [0x18, varint @ ..] => ValueRef::Int(take_varint(varint)? as i64),
        [0x21, bits @ ..] => {
            ValueRef::Double(f64::from_bits(u64::from_le_bytes(bits.try_into().ok()?)))
        }
        _ => return None,
    };
    Some((std::str::from_utf8(key).ok()?, value))
}

/// Content of a field of this tag and length below 2^14, and what follows it.
#[inline(always)]
fn take_len(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    match bytes {
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => {
            rest.split_at_checked(usize::from(*length))
        }
        [first, low, high, rest @ ..] if *first == tag && *high < 0x80 => {
            rest.split_at_checked(usize::from(*low & 0x7f) | usize::from(*high) << 7)
        }
        _ => None,
    }
}

/// All bytes as one varint of at most nine bytes.
#[inline(always)]
fn take_varint(bytes: &[u8]) -> Option<u64> {
    let (last, before) = bytes.split_last()?;
    if *last >= 0x80 || before.len() > 8 {
        return None;
    }
    let mut value = u64::from(*last);
    for byte in before.iter().rev() {
        if *byte < 0x80 {
            return None;
        }
        value = value << 7 | u64::from(byte & 0x7f);
    }
    Some(value)
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
