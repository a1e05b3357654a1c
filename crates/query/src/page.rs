//! What all pages have in common: how many items, from where, and how much of large values.

pub(crate) mod cursor;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many items; 1 up to `Limits::results_max`.
    pub limit: usize,
    /// `next_cursor` of the page before; everything else of the request must be the same.
    pub cursor: Option<String>,
}

/// What is given of values over 4 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// All of them, as far as the page's limit of bytes allows.
    Full,
    /// Their first 256 bytes: they stay `Value::Reference`.
    Preview,
}

/// Large values that a page asked in full could not give; they stay `Value::Reference`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Omitted {
    /// Their content is gone.
    pub missing: u64,
    /// They did not fit into the page's limit of bytes.
    pub too_large: u64,
}
