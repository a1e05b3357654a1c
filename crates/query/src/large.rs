//! Large values: loaded for filters one by one, and into pages as far as bytes allow.

use crate::error::Result;
use crate::page::{Omitted, Values};
use tacho_model::log::LogRecord;
use tacho_model::span::Span;
use tacho_model::value::{Attributes, Value, ValueReference};
use tacho_storage::error::ErrorKind;
use tacho_storage::read::{ReadContext, Snapshot};

/// Gives what references stand for.
pub(crate) trait LoadValue {
    /// The content; `None` if it is gone.
    fn load(&self, reference: &ValueReference) -> Result<Option<Value>>;

    /// The value itself, or what a reference stands for; the reference where its content cannot
    /// be had, so that filters see the preview.
    fn whole(&self, value: Value) -> Value {
        match &value {
            Value::Reference(reference) => match self.load(reference) {
                Ok(Some(whole)) => whole,
                Ok(None) | Err(_) => value,
            },
            _ => value,
        }
    }
}

/// Loads from a snapshot.
pub(crate) struct Stored<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) context: &'a ReadContext,
}

impl LoadValue for Stored<'_> {
    fn load(&self, reference: &ValueReference) -> Result<Option<Value>> {
        match self.snapshot.value(reference, self.context) {
            Ok(whole) => Ok(Some(whole)),
            // What is gone or broken stays a reference: it must not take the rest with it.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Corrupt) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Fills the items of one page with their large values and counts its bytes.
pub(crate) struct Filler<'a> {
    loader: &'a dyn LoadValue,
    values: Values,
    bytes_max: u64,
    /// Bytes of the items so far, about.
    pub(crate) bytes: u64,
    /// What could not be given.
    pub(crate) omitted: Omitted,
}

impl<'a> Filler<'a> {
    pub(crate) fn new(loader: &'a dyn LoadValue, values: Values, bytes_max: u64) -> Self {
        Self {
            loader,
            values,
            bytes_max,
            bytes: 0,
            omitted: Omitted::default(),
        }
    }

    /// Whether the page has as many bytes as it should.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= self.bytes_max
    }

    /// Loads the large values of a span.
    pub(crate) fn fill_span(&mut self, span: &mut Span) -> Result<()> {
        self.bytes += 200 + (span.name.len() + span.status_message.len()) as u64;
        self.attributes(&mut span.attributes)?;
        for event in &mut span.events {
            self.bytes += 50 + event.name.len() as u64;
            self.attributes(&mut event.attributes)?;
        }
        for link in &mut span.links {
            self.bytes += 80 + link.trace_state.len() as u64;
            self.attributes(&mut link.attributes)?;
        }
        Ok(())
    }

    /// Loads the large values of a log record.
    pub(crate) fn fill_record(&mut self, record: &mut LogRecord) -> Result<()> {
        self.bytes += 150 + (record.severity_text.len() + record.event_name.len()) as u64;
        self.value(&mut record.body)?;
        self.attributes(&mut record.attributes)
    }

    fn attributes(&mut self, attributes: &mut Attributes) -> Result<()> {
        for (key, value) in &mut attributes.0 {
            self.bytes += 24 + key.len() as u64;
            self.value(value)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &mut Value) -> Result<()> {
        if let (Value::Reference(reference), Values::Full) = (&*value, self.values) {
            if self.bytes.saturating_add(reference.len) > self.bytes_max.saturating_mul(2) {
                self.omitted.too_large += 1;
            } else {
                match self.loader.load(reference)? {
                    Some(whole) => *value = whole,
                    None => self.omitted.missing += 1,
                }
            }
        }
        self.bytes += size(value);
        Ok(())
    }
}

/// Bytes of a value, about.
fn size(value: &Value) -> u64 {
    match value {
        Value::Empty | Value::Bool(_) | Value::Int(_) | Value::Double(_) => 8,
        Value::String(text) => text.len() as u64,
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::Array(items) => items.iter().map(|item| 16 + size(item)).sum(),
        Value::Map(pairs) => pairs
            .iter()
            .map(|(key, value)| 24 + key.len() as u64 + size(value))
            .sum(),
        Value::Reference(reference) => 64 + reference.preview.len() as u64,
    }
}
