//! The signature of calls: HMAC-SHA256 (RFC 2104) over `TIMESTAMP.BODY`.

use super::hex;
use sha2::{Digest, Sha256};

/// The header with the signature: `sha256=` and 64 hexadecimal digits.
pub const SIGNATURE: &str = "x-tacho-signature";
/// The header with the time of the call, Unix seconds.
pub const TIMESTAMP: &str = "x-tacho-timestamp";

const BLOCK: usize = 64;

/// The value of the header `X-Tacho-Signature`.
pub fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let stamp = format!("{timestamp}.");
    let mac = hmac(secret.as_bytes(), &[stamp.as_bytes(), body]);
    format!("sha256={}", hex(&mac))
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    let hashed;
    let key = match key.len() > BLOCK {
        true => {
            hashed = Sha256::digest(key);
            hashed.as_slice()
        }
        false => key,
    };
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut inner = Sha256::new();
    inner.update(block.map(|byte| byte ^ 0x36));
    parts.iter().for_each(|part| inner.update(part));
    let mut outer = Sha256::new();
    outer.update(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::hmac;
    use crate::channel::hex;

    #[test]
    fn the_examples_of_rfc_4231_come_out() {
        for (key, data, expected) in [
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&hmac(&key, &[&data])), expected);
        }
    }
}
