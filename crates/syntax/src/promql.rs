//! PromQL, the full language of Prometheus 3.14: text to tree with types checked, messages as
//! Prometheus gives them, printing. `tree::Expr` is what the query crate evaluates.

pub mod function;
pub mod tree;

mod walk;
mod word;
