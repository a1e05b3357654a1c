//! Prometheus remote write 1.0 and 2.0: from the decompressed protobuf bytes into columns, grouped by series.
//!
//! Labels stay where they are in the body: a series has the place of its labels and a hash of them, because
//! most requests name series that every request names. `labels` gives them when they are wanted.
//! Sources: `prompb/remote.proto`, `prompb/types.proto`, `io/prometheus/write/v2/types.proto` and the two
//! remote-write specifications.

pub mod histogram;
pub mod labels;
mod memory;
mod series;
mod v1;
mod v2;

use crate::error::{Error, Malformed, Problem};
use crate::remote_write::memory::Memory;
use std::ops::Range;
use tacho_model::histogram::Histogram;
use tacho_model::metric::{Exemplar, Metadata};

/// The message of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `prometheus.WriteRequest`.
    V1,
    /// `io.prometheus.write.v2.Request`.
    V2,
}

impl Version {
    /// The name of the message.
    pub fn message(self) -> &'static str {
        match self {
            Version::V1 => "prometheus.WriteRequest",
            Version::V2 => "io.prometheus.write.v2.Request",
        }
    }

    /// The version that a content type says: `application/x-protobuf`, with the message's name as `proto` or
    /// without, which is 1.0, as is no content type at all. `None` for anything else.
    pub fn of_content_type(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or("");
        if !media_type.is_empty() && !media_type.eq_ignore_ascii_case("application/x-protobuf") {
            return None;
        }
        let mut version = Version::V1;
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name.trim().eq_ignore_ascii_case("proto") {
                let value = value.trim().trim_matches('"');
                let known = [Version::V1, Version::V2];
                version = known.into_iter().find(|known| known.message() == value)?;
            }
        }
        Some(version)
    }
}

/// A decoded request. It refers to the body that it was decoded from, which the caller keeps.
#[derive(Debug, Default)]
pub struct WriteRequest {
    /// Series in the order of the request; one may come several times.
    pub series: Vec<Series>,
    /// Samples of all series, those of one series next to each other: floats, then histograms.
    pub samples: Vec<Sample>,
    /// Histograms that samples name.
    pub histograms: Vec<Histogram>,
    /// Why histograms are none, in Prometheus' words.
    pub problems: Vec<String>,
    /// Exemplars with the position of their series, or what is wrong with one.
    pub exemplars: Vec<(u32, Result<Exemplar, String>)>,
    /// What is told about metric families, each distinct record once.
    pub metadata: Vec<(String, Metadata)>,
    /// Of 2.0: places of the symbols in the body.
    symbols: Vec<Place>,
}

/// A series of a request.
#[derive(Debug, Clone)]
pub struct Series {
    /// 128-bit hash of its labels as they were sent; two label sets hardly ever share one.
    pub alias: u128,
    /// Its samples: so many from the end of the series before.
    pub samples: u32,
    /// What is wrong with it besides labels, in Prometheus' words: then nothing of it may be used.
    pub problem: Option<Box<str>>,
    labels: Place,
    version: Version,
}

/// A sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When, milliseconds since the epoch.
    pub time_ms: i64,
    /// Start of what it covers, milliseconds since the epoch; 0 is unknown.
    pub start_ms: i64,
    /// The value.
    pub value: SampleValue,
}

/// The value of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SampleValue {
    /// A float.
    Float(f64),
    /// Position in `WriteRequest::histograms`.
    Histogram(u32),
    /// Not a possible histogram: position in `WriteRequest::problems`.
    Invalid(u32),
}

/// Bytes of the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    start: u32,
    end: u32,
}

impl Place {
    /// `part` is a slice of `body`, so many bytes before its end.
    fn of(body: &[u8], before_end: usize, length: usize) -> Self {
        let start = body.len().saturating_sub(before_end);
        Self {
            start: start as u32,
            end: (start + length) as u32,
        }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn get(self, body: &[u8]) -> &[u8] {
        body.get(self.range()).unwrap_or_default()
    }
}

/// Decodes a request. `charge` is asked before memory is taken, in steps of 64 KiB and more; if it says no,
/// the request ends with `Problem::Memory`.
///
/// # Errors
/// `Invalid`, with the offset, if the bytes are no such message, have more than 4 GiB, or, in 2.0, do not begin
/// their symbols with the empty one; `LimitExceeded` if `charge` says no.
pub fn decode(
    body: &[u8],
    version: Version,
    charge: &mut dyn FnMut(usize) -> bool,
) -> Result<WriteRequest, Error> {
    if u32::try_from(body.len()).is_err() {
        let most = "a body of less than 4 GiB";
        return Err(Error::protobuf(Malformed::expected(0, most)));
    }
    let mut memory = Memory::new(charge);
    let outcome = match version {
        Version::V1 => v1::decode(body, &mut memory),
        Version::V2 => v2::decode(body, &mut memory),
    };
    outcome
        .and_then(|request| memory.finish().map(|()| request))
        .map_err(Error::protobuf)
}

/// Memory ended.
fn out_of_memory() -> Malformed {
    Malformed {
        offset: 0,
        problem: Problem::Memory,
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn content_types_tell_the_version() {
        let of = Version::of_content_type;
        let first = "application/x-protobuf;proto=prometheus.WriteRequest";
        let second = "application/x-protobuf; proto=\"io.prometheus.write.v2.Request\"";
        assert_eq!(of("application/x-protobuf"), Some(Version::V1));
        assert_eq!(of(""), Some(Version::V1));
        assert_eq!(of(first), Some(Version::V1));
        assert_eq!(of(second), Some(Version::V2));
        assert_eq!(of("application/x-protobuf;proto=other"), None);
        assert_eq!(of("application/json"), None);
    }
}
