//! Remote write 1.0 requests: the protobuf message by hand, snappy as literals, which every decoder
//! must take.

use crate::http::Client;
use anyhow::{Result, ensure};

/// The NaN that ends a series (Prometheus `model/value`).
const STALE_BITS: u64 = 0x7ff0_0000_0000_0002;

/// One series of a request.
pub(crate) struct Series {
    /// Name and value, sorted by name.
    pub labels: Vec<(String, String)>,
    /// Milliseconds and value; `None` is a stale marker.
    pub samples: Vec<(i64, Option<f64>)>,
}

/// Sends series to the receiver at this path.
///
/// # Errors
/// They are not taken.
pub(crate) fn send(client: &Client, path: &str, series: &[Series]) -> Result<()> {
    let body = snappy(&message(series));
    let headers = [
        ("content-type", "application/x-protobuf"),
        ("content-encoding", "snappy"),
        ("x-prometheus-remote-write-version", "0.1.0"),
        ("user-agent", "tacho-xtask"),
    ];
    let response = client.request("POST", path, &headers, &body)?;
    ensure!(
        response.status / 100 == 2,
        "POST {path} answered {}: {}",
        response.status,
        String::from_utf8_lossy(&response.body)
    );
    Ok(())
}

fn message(series: &[Series]) -> Vec<u8> {
    let mut out = Vec::new();
    for one in series {
        let mut inner = Vec::new();
        for (name, value) in &one.labels {
            let mut label = Vec::new();
            field(&mut label, 1, name.as_bytes());
            field(&mut label, 2, value.as_bytes());
            field(&mut inner, 1, &label);
        }
        for (millis, value) in &one.samples {
            let bits = value.map_or(STALE_BITS, f64::to_bits);
            let mut sample = vec![1 << 3 | 1];
            sample.extend_from_slice(&bits.to_le_bytes());
            sample.push(2 << 3);
            varint(&mut sample, millis.cast_unsigned());
            field(&mut inner, 2, &sample);
        }
        field(&mut out, 1, &inner);
    }
    out
}

fn field(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    varint(out, number << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The block format with literals alone: the length, then pieces of at most 64 KiB.
fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    varint(&mut out, bytes.len() as u64);
    for piece in bytes.chunks(65_536) {
        out.push(61 << 2);
        let length = u16::try_from(piece.len() - 1).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Series, message, snappy};

    #[test]
    fn a_message_is_as_the_schema_says() {
        let series = [Series {
            labels: vec![("a".to_owned(), "b".to_owned())],
            samples: vec![(300, Some(1.0))],
        }];
        let bytes = message(&series);
        assert_eq!(
            bytes,
            [
                10, 22, 10, 6, 10, 1, b'a', 18, 1, b'b', 18, 12, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f,
                16, 0xac, 2
            ]
        );
    }

    #[test]
    fn literals_of_snappy_carry_their_length() {
        assert_eq!(snappy(b"abc"), [3, 244, 2, 0, b'a', b'b', b'c']);
    }
}
