//! Refusals as `google.rpc.Status`.

use std::time::Duration;
use tacho_ingest::refusal::Refusal;
use tacho_wire::status::Status;

/// Longest message that is sent; what comes from outside is quoted in some of them.
const MESSAGE_BYTES_MAX: usize = 1000;

/// The status that tells a refusal.
pub(super) fn status(refusal: &Refusal) -> Status {
    Status {
        code: i32::try_from(refusal.kind.grpc_code()).unwrap_or(2),
        message: shortened(&refusal.message).to_owned(),
        retry_delay: refusal.retry_after,
    }
}

/// Whole seconds for `Retry-After`, rounded up.
pub(super) fn retry_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

fn shortened(message: &str) -> &str {
    let mut end = message.len().min(MESSAGE_BYTES_MAX);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    message.get(..end).unwrap_or_default()
}
