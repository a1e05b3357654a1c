//! Remote write, compared with `prost` over the published schemas and fed with hostile bytes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, like the tests themselves"
)]

mod histograms;
mod hostile;
mod oracle;
mod schema;
