//! How much one query may give back. Time is the caller's to limit, through the cancel token;
//! memory and bytes read are limits of the `ReadContext`.

/// Limits of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Items of one page; a request for more fails with `LimitExceeded`.
    pub results_max: usize,
    /// Groups of one count, and distinct values looked at for one name.
    pub groups_max: usize,
    /// Spans of one page of a trace.
    pub trace_spans_max: usize,
    /// Bytes of one page of a trace or of log records, large values included, about. One item
    /// that is larger by itself is given whole up to twice this, beyond it as previews.
    pub page_bytes_max: u64,
    /// Facets of one answer.
    pub facets_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            results_max: 10_000,
            groups_max: 10_000,
            trace_spans_max: 10_000,
            page_bytes_max: 32 << 20,
            facets_max: 32,
        }
    }
}
