//! PromQL over series, to the letter of Prometheus 3.14: `engine` runs parsed queries, `call` is what
//! it and the functions agree on.

pub mod annotation;
pub mod call;
pub mod column;
pub mod number;
