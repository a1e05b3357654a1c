//! Remote write 1.0: `prometheus.WriteRequest`.

use crate::error::Result;
use crate::pb::Reader;
use crate::remote_write::labels::{exemplar_labels, pairs_v1};
use crate::remote_write::memory::Memory;
use crate::remote_write::series::{self, Region};
use crate::remote_write::{Place, Sample, Series, Version, WriteRequest};
use tacho_model::metric::{Exemplar, Metadata, MetricKind};
use xxhash_rust::xxh3::xxh3_128;

pub(super) fn decode(body: &[u8], memory: &mut Memory<'_>) -> Result<WriteRequest> {
    let mut request = WriteRequest::default();
    let mut scattered = Vec::new();
    let mut reader = Reader::new(body);
    while let Some(field) = reader.next() {
        let field = field?;
        match field.number {
            1 => {
                let end = reader.len();
                let series = field.message()?;
                time_series(&mut request, body, (series, end), &mut scattered, memory)?;
            }
            3 => metadata(&mut request, field.message()?, memory)?,
            _ => {}
        }
    }
    request.metadata.sort_unstable();
    request.metadata.dedup();
    Ok(request)
}

/// Decodes a series that ends so many bytes before the end of the body.
fn time_series(
    request: &mut WriteRequest,
    body: &[u8],
    (mut reader, end): (Reader<'_>, usize),
    scattered: &mut Vec<u8>,
    memory: &mut Memory<'_>,
) -> Result<()> {
    let whole = reader;
    let mut labels = Region::default();
    let first_sample = request.samples.len();
    let position = request.series.len() as u32;
    let mut has_histograms = false;
    memory.take(size_of::<Series>())?;
    loop {
        let before = reader.len();
        let Some(field) = reader.next() else { break };
        let field = field?;
        match field.number {
            1 => {
                field.bytes()?;
                labels.note(before, reader.len());
            }
            2 => {
                memory.take(size_of::<Sample>())?;
                let mut sample = series::sample(field.message()?)?;
                // 1.0 has no start.
                sample.start_ms = 0;
                request.samples.push(sample);
            }
            3 => {
                memory.take(field.bytes()?.len() * 2 + 128)?;
                let exemplar = exemplar(field.message()?)?;
                request.exemplars.push((position, Ok(exemplar)));
            }
            4 => has_histograms = true,
            _ => {}
        }
    }
    if has_histograms {
        for field in whole {
            let field = field?;
            if field.number == 4 {
                memory.take(size_of::<Sample>())?;
                series::push_histogram(request, field.message()?, memory)?;
            }
        }
    }
    let (first_left, length) = labels.extent();
    let place = Place::of(body, end + first_left, length);
    let alias = if labels.is_contiguous() {
        xxh3_128(place.get(body))
    } else {
        scattered.clear();
        let mut reader = whole;
        loop {
            let before = reader.rest();
            let Some(field) = reader.next() else { break };
            if field?.number == 1 {
                let field = before.get(..before.len() - reader.len());
                scattered.extend_from_slice(field.unwrap_or_default());
            }
        }
        xxh3_128(scattered)
    };
    request.series.push(Series {
        alias,
        samples: (request.samples.len() - first_sample) as u32,
        problem: None,
        labels: place,
        version: Version::V1,
    });
    Ok(())
}

fn exemplar(reader: Reader<'_>) -> Result<Exemplar> {
    let labels = exemplar_labels(&pairs_v1(reader, 1)?);
    let mut exemplar = Exemplar {
        labels,
        ..Exemplar::default()
    };
    for field in reader {
        let field = field?;
        match field.number {
            2 => exemplar.value = f64::from_bits(field.fixed64()?),
            3 => exemplar.time_ns = (field.varint()? as i64).saturating_mul(1_000_000),
            _ => {}
        }
    }
    Ok(exemplar)
}

/// The kind of a number, the same in both versions; unknown ones are `Unknown`.
pub(super) fn kind(number: i32) -> MetricKind {
    usize::try_from(number)
        .ok()
        .and_then(|number| MetricKind::ALL.get(number).copied())
        .unwrap_or_default()
}

fn metadata(request: &mut WriteRequest, reader: Reader<'_>, memory: &mut Memory<'_>) -> Result<()> {
    memory.take(reader.len() + 128)?;
    let mut family = String::new();
    let mut metadata = Metadata::default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for field in reader {
        let field = field?;
        match field.number {
            1 => metadata.kind = kind(field.enumeration()?),
            2 => family = text(field.bytes()?),
            4 => metadata.help = text(field.bytes()?),
            5 => metadata.unit = text(field.bytes()?),
            _ => {}
        }
    }
    if !family.is_empty() {
        request.metadata.push((family, metadata));
    }
    Ok(())
}
