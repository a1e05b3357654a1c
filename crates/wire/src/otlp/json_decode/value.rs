//! `AnyValue` and `KeyValue` of JSON.

use crate::error::{Malformed, Result};
use crate::json::reader::Reader;
use crate::otlp::room::{ELEMENT_BYTES, PAIR_BYTES};
use crate::otlp::value::{Collected, Decoded, admits, charge_scalar, settle};
use crate::otlp::{Context, NESTING_DECODED_MAX};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;
use tacho_model::value::Value;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Bytes in base64, standard or URL-safe, with or without padding.
fn bytes(json: &mut Reader<'_>) -> Result<Vec<u8>> {
    json.peek();
    let start = json.position();
    let text = json.text()?;
    STANDARD
        .decode(text.as_bytes())
        .or_else(|_| URL_SAFE.decode(text.as_bytes()))
        .map_err(|_| Malformed::expected(start, "bytes in base64"))
}

/// Decodes an `AnyValue` that stands inside `level` arrays and maps.
pub(super) fn any_value<'a>(
    json: &mut Reader<'a>,
    level: usize,
    context: &mut Context<'_>,
) -> Result<Decoded<'a>> {
    let mut value = Decoded::Empty;
    json.object(|json, key| {
        value = match key {
            "stringValue" | "string_value" => Decoded::Text(json.text()?),
            "boolValue" | "bool_value" => Decoded::Bool(json.bool()?),
            "intValue" | "int_value" => Decoded::Int(json.i64()?),
            "doubleValue" | "double_value" => Decoded::Double(json.f64()?),
            "arrayValue" | "array_value" => nested(json, false, level + 1, context)?,
            "kvlistValue" | "kvlist_value" => nested(json, true, level + 1, context)?,
            "bytesValue" | "bytes_value" => Decoded::Bytes(Cow::Owned(bytes(json)?)),
            _ => return json.skip(),
        };
        Ok(())
    })?;
    Ok(value)
}

fn nested<'a>(
    json: &mut Reader<'a>,
    is_map: bool,
    level: usize,
    context: &mut Context<'_>,
) -> Result<Decoded<'a>> {
    let start = json.position();
    let measured = level == 1 || level > NESTING_DECODED_MAX;
    if measured {
        json.skip()?;
    }
    if !admits(context, level, json.position() - start) {
        return Ok(Decoded::Empty);
    }
    json.seek(start);
    let room = context.room.left();
    let value = if is_map {
        Value::Map(pairs(json, level, context)?)
    } else {
        Value::Array(elements(json, level, context)?)
    };
    Ok(settle(context, level, room, value))
}

fn elements(json: &mut Reader<'_>, level: usize, context: &mut Context<'_>) -> Result<Vec<Value>> {
    let mut elements = Vec::new();
    values(json, |json| {
        charge_one(context, elements.len(), ELEMENT_BYTES);
        if context.room.exhausted() {
            return json.skip();
        }
        let value = any_value(json, level, context)?;
        charge_scalar(context, &value);
        if !context.room.exhausted() {
            elements.push(value.into_value());
        }
        Ok(())
    })?;
    elements.shrink_to_fit();
    Ok(elements)
}

fn pairs(
    json: &mut Reader<'_>,
    level: usize,
    context: &mut Context<'_>,
) -> Result<Vec<(String, Value)>> {
    let mut pairs = Vec::new();
    values(json, |json| {
        charge_one(context, pairs.len(), PAIR_BYTES);
        if context.room.exhausted() {
            return json.skip();
        }
        let (key, value) = key_value(json, level, context)?;
        context.room.charge_content(key.len());
        charge_scalar(context, &value);
        if !context.room.exhausted() {
            pairs.push((key.into_owned(), value.into_value()));
        }
        Ok(())
    })?;
    pairs.shrink_to_fit();
    Ok(pairs)
}

/// Charges one more element or pair; the first one brings the allocation along.
fn charge_one(context: &mut Context<'_>, before: usize, bytes: usize) {
    match before {
        0 => context.room.charge_many(1, bytes),
        _ => context.room.charge(bytes),
    }
}

/// The elements of `{"values":[…]}`.
fn values<'a>(
    json: &mut Reader<'a>,
    mut each: impl FnMut(&mut Reader<'a>) -> Result<()>,
) -> Result<()> {
    json.object(|json, key| match key {
        "values" => json.array(&mut each),
        _ => json.skip(),
    })
}

/// Decodes a `KeyValue` that stands inside `level` arrays and maps.
pub(super) fn key_value<'a>(
    json: &mut Reader<'a>,
    level: usize,
    context: &mut Context<'_>,
) -> Result<(Cow<'a, str>, Decoded<'a>)> {
    let mut name = Cow::Borrowed("");
    let mut value = Decoded::Empty;
    json.object(|json, key| {
        match key {
            "key" => name = json.text()?,
            "value" => value = any_value(json, level, context)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok((name, value))
}

/// Decodes a list of attributes, up to the limit.
pub(super) fn attributes(
    json: &mut Reader<'_>,
    collected: &mut Collected,
    context: &mut Context<'_>,
) -> Result<()> {
    json.array(|json| {
        if !collected.admits(context) {
            return json.skip();
        }
        let (key, value) = key_value(json, 0, context)?;
        collected
            .attributes
            .0
            .push((key.into_owned(), value.into_value()));
        Ok(())
    })
}
