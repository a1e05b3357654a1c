//! What a template prints, within the limit, escaped if it is HTML.

use crate::format;
use crate::html::Tracker;
use crate::value::Value;

/// The output so far.
pub(super) struct Output {
    text: String,
    bytes_max: usize,
    html: Option<Tracker>,
}

impl Output {
    pub(super) fn new(html: bool, bytes_max: usize) -> Self {
        Self {
            text: String::new(),
            bytes_max,
            html: html.then(Tracker::default),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn check(&self) -> Result<(), String> {
        if self.text.len() <= self.bytes_max {
            return Ok(());
        }
        Err(format!("output is longer than {} bytes", self.bytes_max))
    }

    /// Text of the template itself.
    pub(super) fn text(&mut self, text: &str) -> Result<(), String> {
        match &mut self.html {
            None => self.text.push_str(text),
            Some(tracker) => tracker.text(text, &mut self.text),
        }
        self.check()
    }

    /// A value; that of a missing key is `<no value>`, and nothing in HTML.
    pub(super) fn value(&mut self, value: &Value) -> Result<(), String> {
        match (&mut self.html, value) {
            (None, Value::Nil) => self.text.push_str("<no value>"),
            (None, value) => self.text.push_str(&format::print(value)?),
            (Some(tracker), value) => {
                let text = if matches!(value, Value::Nil) {
                    String::new()
                } else {
                    format::print(value)?
                };
                tracker.value(value, &text, &mut self.text);
            }
        }
        self.check()
    }
}
