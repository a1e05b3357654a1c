//! Remote write 2.0: `io.prometheus.write.v2.Request`. Texts stand in a table of symbols, series refer to it.

use crate::error::{Malformed, Result};
use crate::pb::Reader;
use crate::remote_write::labels::{clamp, exemplar_labels};
use crate::remote_write::memory::Memory;
use crate::remote_write::series::{self, Region};
use crate::remote_write::v1::kind;
use crate::remote_write::{Place, Sample, Series, Version, WriteRequest};
use std::collections::HashSet;
use tacho_model::labels::METRIC_NAME;
use tacho_model::metric::{Exemplar, Metadata, MetricKind};
use xxhash_rust::xxh3::xxh3_128;

pub(super) fn decode(body: &[u8], memory: &mut Memory<'_>) -> Result<WriteRequest> {
    let mut request = WriteRequest::default();
    let mut reader = Reader::new(body);
    while let Some(field) = reader.next() {
        let field = field?;
        if field.number == 4 {
            memory.take(size_of::<Place>())?;
            let symbol = field.bytes()?;
            if request.symbols.is_empty() && !symbol.is_empty() {
                let offset = body.len() - reader.len() - symbol.len();
                let what = "symbols that begin with the empty one";
                return Err(Malformed::expected(offset, what));
            }
            let place = Place::of(body, reader.len() + symbol.len(), symbol.len());
            request.symbols.push(place);
        }
    }
    let mut walk = Walk {
        body,
        request,
        buffers: Buffers::default(),
        described: HashSet::new(),
    };
    let mut reader = Reader::new(body);
    while let Some(field) = reader.next() {
        let field = field?;
        if field.number == 5 {
            let series = field.message()?;
            if walk.request.symbols.is_empty() {
                let what = "a table of symbols";
                return Err(Malformed::expected(body.len() - reader.len(), what));
            }
            walk.time_series(series, reader.len(), memory)?;
        }
    }
    walk.request.metadata.sort_unstable();
    walk.request.metadata.dedup();
    Ok(walk.request)
}

/// A list of references of so many bytes counts as memory; shorter ones go into a buffer that is used again.
const LARGE_BYTES: usize = 4 << 10;
/// A symbol may be named any number of times, so what labels take is limited apart from the body.
const LABEL_BYTES_MAX: usize = 1 << 20;

fn too_large() -> String {
    format!("labels of a series have more than {LABEL_BYTES_MAX} bytes")
}

/// Used again for each series.
#[derive(Default)]
struct Buffers {
    refs: Vec<u32>,
    text: Vec<u8>,
}

struct Walk<'b> {
    body: &'b [u8],
    request: WriteRequest,
    buffers: Buffers,
    /// Name, kind, help and unit of metadata that was noted: symbols.
    described: HashSet<(u32, Described)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Described {
    kind: i32,
    help: u32,
    unit: u32,
}

impl Walk<'_> {
    /// Decodes a series that ends so many bytes before the end of the body.
    fn time_series(
        &mut self,
        mut reader: Reader<'_>,
        end: usize,
        memory: &mut Memory<'_>,
    ) -> Result<()> {
        let whole = reader;
        let mut labels = Region::default();
        let first_sample = self.request.samples.len();
        let mut described = Described::default();
        let (mut has_histograms, mut has_exemplars) = (false, false);
        memory.take(size_of::<Series>())?;
        self.buffers.refs.clear();
        loop {
            let before = reader.len();
            let Some(field) = reader.next() else { break };
            let field = field?;
            match field.number {
                1 => {
                    if before - reader.len() > LARGE_BYTES {
                        memory.take((before - reader.len()) * size_of::<u32>())?;
                    }
                    let refs = &mut self.buffers.refs;
                    field.varints(|number| refs.push(clamp(number)))?;
                    labels.note(before, reader.len());
                }
                2 => {
                    memory.take(size_of::<Sample>())?;
                    self.request.samples.push(series::sample(field.message()?)?);
                }
                3 => has_histograms = true,
                4 => has_exemplars = true,
                5 => described = metadata(field.message()?)?,
                _ => {}
            }
        }
        if has_histograms || has_exemplars {
            self.rest(whole, memory)?;
        }
        let (first_left, length) = labels.extent();
        let (alias, problem) = match self.alias() {
            Some(alias) => (alias, self.describe(described, memory)?),
            None => (0, Some(too_large().into_boxed_str())),
        };
        let samples = (self.request.samples.len() - first_sample) as u32;
        self.request.series.push(Series {
            alias,
            samples,
            problem,
            labels: Place::of(self.body, end + first_left, length),
            version: Version::V2,
        });
        Ok(())
    }

    /// Histograms and exemplars of a series, which come behind its samples.
    fn rest(&mut self, reader: Reader<'_>, memory: &mut Memory<'_>) -> Result<()> {
        let position = self.request.series.len() as u32;
        for field in reader {
            let field = field?;
            match field.number {
                3 => {
                    memory.take(size_of::<Sample>())?;
                    series::push_histogram(&mut self.request, field.message()?, memory)?;
                }
                4 => {
                    memory.take(field.bytes()?.len() * 8 + 128)?;
                    let exemplar = self.exemplar(field.message()?)?;
                    self.request.exemplars.push((position, exemplar));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn exemplar(&self, reader: Reader<'_>) -> Result<Result<Exemplar, String>> {
        let mut refs = Vec::new();
        let mut exemplar = Exemplar::default();
        for field in reader {
            let field = field?;
            match field.number {
                1 => field.varints(|number| refs.push(clamp(number)))?,
                2 => exemplar.value = f64::from_bits(field.fixed64()?),
                3 => exemplar.time_ns = (field.varint()? as i64).saturating_mul(1_000_000),
                _ => {}
            }
        }
        let length = |number: &u32| self.symbol(*number).map_or(0, <[u8]>::len);
        let mut bytes = 0usize;
        if refs.iter().any(|number| {
            bytes = bytes.saturating_add(length(number));
            bytes > LABEL_BYTES_MAX
        }) {
            return Ok(Err(too_large()));
        }
        Ok(self.request.resolve(self.body, &refs).map(|pairs| {
            exemplar.labels = exemplar_labels(&pairs);
            exemplar
        }))
    }

    fn symbol(&self, number: u32) -> Option<&[u8]> {
        let place = self.request.symbols.get(number as usize)?;
        Some(place.get(self.body))
    }

    /// Hash of the symbols that the labels refer to, with their lengths. References that point nowhere
    /// hash as themselves: the labels are refused when they are asked for. `None` beyond
    /// `LABEL_BYTES_MAX`.
    fn alias(&mut self) -> Option<u128> {
        let mut text = std::mem::take(&mut self.buffers.text);
        text.clear();
        for number in &self.buffers.refs {
            if text.len() > LABEL_BYTES_MAX {
                return None;
            }
            match self.symbol(*number) {
                Some(symbol) => {
                    text.extend_from_slice(&(symbol.len() as u32).to_le_bytes());
                    text.extend_from_slice(symbol);
                }
                None => {
                    text.extend_from_slice(&u32::MAX.to_le_bytes());
                    text.extend_from_slice(&number.to_le_bytes());
                }
            }
        }
        let alias = xxh3_128(&text);
        self.buffers.text = text;
        Some(alias)
    }

    /// Notes the metadata of a series once a family; what is wrong with it makes the series unusable.
    fn describe(
        &mut self,
        described: Described,
        memory: &mut Memory<'_>,
    ) -> Result<Option<Box<str>>> {
        let size = self.request.symbols.len();
        for (what, number) in [("unit_ref", described.unit), ("help_ref", described.help)] {
            if number as usize >= size {
                let refs: Vec<String> = self.buffers.refs.iter().map(u32::to_string).collect();
                let text = format!(
                    "parsing metadata for series [{}]: metadata {what} {number} outside of symbols \
                     table (size {size})",
                    refs.join(" ")
                );
                return Ok(Some(text.into_boxed_str()));
            }
        }
        if described == Described::default() {
            return Ok(None);
        }
        let (pairs, _) = self.buffers.refs.as_chunks::<2>();
        let name = pairs
            .iter()
            .find(|[name, _]| self.symbol(*name) == Some(METRIC_NAME.as_bytes()));
        let Some([_, name]) = name else {
            return Ok(None);
        };
        memory.take(size_of::<(u32, Described)>())?;
        if !self.described.insert((*name, described)) {
            return Ok(None);
        }
        let text = |number: u32| {
            let bytes = self.symbol(number).unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        let metadata = Metadata {
            kind: kind(described.kind),
            help: text(described.help),
            unit: text(described.unit),
            otlp_name: String::new(),
        };
        let record = (family(&text(*name), metadata.kind).to_owned(), metadata);
        memory.take(record.0.len() + record.1.help.len() + record.1.unit.len() + 128)?;
        self.request.metadata.push(record);
        Ok(None)
    }
}

/// The family of a series: the series of a classic histogram or summary have suffixes.
fn family(name: &str, kind: MetricKind) -> &str {
    let suffixes: &[&str] = match kind {
        MetricKind::Histogram | MetricKind::GaugeHistogram => &["_bucket", "_sum", "_count"],
        MetricKind::Summary => &["_sum", "_count"],
        _ => &[],
    };
    suffixes
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .filter(|family| !family.is_empty())
        .unwrap_or(name)
}

fn metadata(reader: Reader<'_>) -> Result<Described> {
    let mut described = Described::default();
    for field in reader {
        let field = field?;
        match field.number {
            1 => described.kind = field.enumeration()?,
            3 => described.help = field.uint32()?,
            4 => described.unit = field.uint32()?,
            _ => {}
        }
    }
    Ok(described)
}
