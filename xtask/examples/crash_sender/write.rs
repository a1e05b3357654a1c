//! The body of a remote write 1.0 request: one series an item, one sample a series.

use super::payload::{Request, now};
use prost::Message;

/// `prometheus.WriteRequest`
#[derive(Message)]
struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    timeseries: Vec<TimeSeries>,
}

/// `prometheus.TimeSeries`
#[derive(Message)]
struct TimeSeries {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
}

/// `prometheus.Label`
#[derive(Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

/// `prometheus.Sample`
#[derive(Message)]
struct Sample {
    #[prost(double, tag = "1")]
    value: f64,
    #[prost(int64, tag = "2")]
    timestamp: i64,
}

/// The message in snappy's block format, as literals alone.
pub(crate) fn body(request: &Request) -> Vec<u8> {
    let timestamp = i64::try_from(now() / 1_000_000).unwrap_or(i64::MAX);
    let series = |item: u64| {
        let pairs = [
            ("__name__", "crash_sample".to_owned()),
            ("item", item.to_string()),
            ("job", request.service()),
            ("request", request.number.to_string()),
        ];
        let labels = pairs.map(|(name, value)| Label {
            name: name.to_owned(),
            value,
        });
        TimeSeries {
            labels: labels.into(),
            samples: vec![Sample {
                value: (request.number * 100 + item) as f64,
                timestamp,
            }],
        }
    };
    let message = WriteRequest {
        timeseries: (1..=request.items()).map(series).collect(),
    };
    let bytes = message.encode_to_vec();
    let mut out = Vec::new();
    prost::encoding::encode_varint(bytes.len() as u64, &mut out);
    for piece in bytes.chunks(65_536) {
        out.push(61 << 2);
        let length = u16::try_from(piece.len() - 1).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(piece);
    }
    out
}
