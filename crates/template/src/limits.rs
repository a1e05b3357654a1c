//! How much a template may be and do. Templates come from users' configuration, and their data from
//! labels that anybody may send.

/// Longest text of a template in bytes.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of blocks and parentheses in a text.
pub const NESTING_MAX: usize = 100;
/// Deepest chain of templates that call templates.
pub const CALLS_MAX: usize = 100;
/// Deepest chain of blocks, parentheses and calls together while a template is executed.
pub(crate) const DEPTH_MAX: usize = 250;
/// Longest text that a function may give, in bytes.
pub(crate) const VALUE_BYTES_MAX: usize = 1 << 20;
/// What functions say about a text that is longer: this is known to be a limit.
pub(crate) const VALUE_TOO_LONG: &str = "text is longer than 1048576 bytes";
/// Most values in a list or map that a template makes, with all that lies in them.
pub(crate) const VALUE_ITEMS_MAX: usize = 10_000;
/// Deepest nesting of lists and maps.
pub(crate) const VALUE_DEPTH_MAX: usize = 100;
/// Most templates of one set.
pub const TEMPLATES_MAX: usize = 10_000;

/// What one execution may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest output in bytes.
    pub output_bytes: usize,
    /// Most steps: a piece of text, an action, a function call or a turn of a loop is one; expensive
    /// functions and long texts count as more.
    pub steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            output_bytes: 1 << 20,
            steps: 1_000_000,
        }
    }
}
