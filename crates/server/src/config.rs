//! Configuration in two stages: raw sources (defaults, file, environment, flags) against the one
//! table of keys in `table.rs`, then typed settings of each part in `settings.rs`.
//!
//! Start at `load.rs`. Nothing here reads the environment or knows the home folder: both are
//! passed in.

pub mod check;
pub mod interpolate;
pub mod key;
pub mod load;
pub mod problem;
mod read_alerting;
pub mod read_settings;
pub mod reference;
pub mod settings;
pub mod shown;
pub mod table;
pub mod value;
pub mod variable;
pub mod yaml;

#[cfg(test)]
mod tests;
