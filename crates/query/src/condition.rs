//! What a query asks of an item: storage's filter, and around it what storage cannot judge.

/// A condition on one item.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Every item meets it, or none does.
    Constant(bool),
}
