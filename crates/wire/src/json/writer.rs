//! Writes JSON text; puts the commas.

use std::fmt::{Display, Write as _};
use tacho_model::json::write_string;

/// A text under construction.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    /// An element stands before the next one, so a comma is due.
    comma: bool,
}

impl Writer {
    pub(crate) fn into_text(self) -> String {
        self.out
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(',');
        }
        self.comma = true;
    }

    /// The key of the member whose value is written next.
    pub(crate) fn key(&mut self, key: &str) -> &mut Self {
        self.separate();
        write_string(&mut self.out, key);
        self.out.push(':');
        self.comma = false;
        self
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.group('{', '}', fill);
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.group('[', ']', fill);
    }

    fn group(&mut self, open: char, close: char, fill: impl FnOnce(&mut Self)) {
        self.separate();
        self.out.push(open);
        self.comma = false;
        fill(self);
        self.out.push(close);
        self.comma = true;
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.separate();
        write_string(&mut self.out, text);
    }

    /// A number or boolean whose `Display` is JSON.
    pub(crate) fn plain(&mut self, value: impl Display) {
        self.separate();
        let _ = write!(self.out, "{value}");
    }

    /// A number as a string, as protobuf's JSON wants it for 64 bits.
    pub(crate) fn quoted(&mut self, value: impl Display) {
        self.separate();
        let _ = write!(self.out, "\"{value}\"");
    }

    /// A text member, left out if empty.
    pub(crate) fn string_if(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.key(key).string(text);
        }
    }

    /// A 32-bit number, left out if 0.
    pub(crate) fn number_if(&mut self, key: &str, value: u32) {
        if value != 0 {
            self.key(key).plain(value);
        }
    }
}
