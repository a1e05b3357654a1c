//! The lines of a YAML text in block style: where items of lists begin and end, and which lines belong to
//! which key. Indentation decides; what it cannot tell is given back as nothing.

use std::ops::Range;
use std::time::Duration;
use tacho_yaml::scalar::print_duration;

/// A text as lines, each with its newline.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    lines: Vec<String>,
    /// Lines end with carriage returns, too.
    returns: bool,
}

/// An item of a list. Lines count from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// The line of its dash.
    pub(super) first: usize,
    /// The line behind its last one.
    pub(super) end: usize,
    /// Blanks before its dash.
    pub(super) dash_column: usize,
    /// Blanks before its keys.
    pub(super) key_column: usize,
}

/// A key with its value as they are written.
#[derive(Debug)]
pub(super) struct Segment {
    /// The key.
    pub(super) key: String,
    /// Comments and empty lines above it.
    pub(super) lead: String,
    /// Its lines; the dash of the item is a blank.
    pub(super) text: String,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let returns = text.contains("\r\n");
        let text = text.replace("\r\n", "\n");
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
            last.push('\n');
        }
        Self { lines, returns }
    }

    pub(super) fn text(&self) -> String {
        let text = self.lines.concat();
        if self.returns {
            text.replace('\n', "\r\n")
        } else {
            text
        }
    }

    /// The item whose first key stands in a line (from 1).
    pub(super) fn item(&self, line: usize) -> Option<Item> {
        let key_line = line.checked_sub(1)?;
        let mut first = key_line;
        while !body(self.lines.get(first)?).starts_with('-') {
            let text = body(self.lines.get(first)?);
            if first != key_line && !text.is_empty() && !text.starts_with('#') {
                return None;
            }
            first = first.checked_sub(1)?;
        }
        let dash_column = indent(self.lines.get(first)?);
        let key_column = if first == key_line {
            let behind = body(self.lines.get(first)?).get(1..)?;
            dash_column + 1 + indent(behind)
        } else {
            indent(self.lines.get(key_line)?)
        };
        let mut end = first + 1;
        for (at, line) in self.lines.iter().enumerate().skip(first + 1) {
            let text = body(line);
            if text.is_empty() {
                continue;
            }
            let inside = indent(line) > dash_column;
            if inside {
                end = at + 1;
            } else if !text.starts_with('#') {
                break;
            }
        }
        Some(Item {
            first,
            end,
            dash_column,
            key_column,
        })
    }

    /// The keys of an item; nothing if it is in flow style or has lines that belong to no key.
    pub(super) fn segments(&self, item: &Item) -> Option<Vec<Segment>> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut lead = String::new();
        for (at, line) in self.lines.get(item.first..item.end)?.iter().enumerate() {
            let mut line = line.clone();
            if at == 0 {
                line.replace_range(item.dash_column..=item.dash_column, " ");
            }
            let (text, column) = (body(&line), indent(&line));
            let is_remark = text.starts_with('#') || text.is_empty();
            if is_remark && (text.is_empty() || column <= item.key_column) {
                lead.push_str(&line);
                continue;
            }
            let begins = column == item.key_column && !(text == "-" || text.starts_with("- "));
            if begins {
                let key = text.split_once(':')?.0.trim_matches(['"', '\'', ' ']);
                if key.is_empty() || key.contains(['{', '[', '&', '*']) {
                    return None;
                }
                segments.push(Segment {
                    key: key.to_owned(),
                    lead: std::mem::take(&mut lead),
                    text: line,
                });
                continue;
            }
            let current = segments.last_mut()?;
            current.text.push_str(&std::mem::take(&mut lead));
            current.text.push_str(&line);
        }
        Some(segments)
    }

    pub(super) fn replace(&mut self, range: Range<usize>, text: &str) {
        let new: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        self.lines.splice(range, new);
    }

    pub(super) fn push(&mut self, text: &str) {
        let end = self.lines.len();
        self.replace(end..end, text);
    }

    /// Takes an item out, with the comments right above it that are as far to the right.
    pub(super) fn remove(&mut self, item: &Item) {
        let mut first = item.first;
        while let Some(above) = first.checked_sub(1).and_then(|at| self.lines.get(at)) {
            if !body(above).starts_with('#') || indent(above) != item.dash_column {
                break;
            }
            first -= 1;
        }
        self.lines.drain(first..item.end);
    }

    /// Sets the interval of the group whose first key stands in a line (from 1).
    pub(super) fn set_interval(&mut self, line: usize, interval_ms: Option<i64>) -> Option<()> {
        let item = self.item(line)?;
        let mut segments = self.segments(&item)?;
        let found = segments
            .iter()
            .position(|segment| segment.key == "interval");
        let pad = " ".repeat(item.key_column);
        let text = interval_ms.map(|ms| {
            let duration = print_duration(Duration::from_millis(ms.unsigned_abs()));
            format!("{pad}interval: {duration}\n")
        });
        match (found, text) {
            (None, None) => return Some(()),
            (Some(at), Some(text)) => segments.get_mut(at)?.text = text,
            (Some(at), None) => {
                segments.remove(at);
            }
            (None, Some(text)) => {
                let name = segments.iter().position(|segment| segment.key == "name")?;
                let segment = Segment {
                    key: "interval".to_owned(),
                    lead: String::new(),
                    text,
                };
                segments.insert(name + 1, segment);
            }
        }
        let texts: Vec<String> = segments
            .into_iter()
            .map(|segment| segment.lead + &segment.text)
            .collect();
        self.replace(item.first..item.end, &assemble(&item, &texts));
        Some(())
    }
}

/// An item of these keys: the first one gets the dash.
pub(super) fn assemble(item: &Item, texts: &[String]) -> String {
    let mut out = String::new();
    let mut dashed = false;
    for line in texts.iter().flat_map(|text| text.split_inclusive('\n')) {
        let remark = body(line).is_empty() || body(line).starts_with('#');
        if dashed || remark || line.len() <= item.dash_column {
            out.push_str(line);
            continue;
        }
        dashed = true;
        let mut first = line.to_owned();
        first.replace_range(item.dash_column..=item.dash_column, "-");
        out.push_str(&first);
    }
    out
}

/// A new line with the comment that stood behind the old one. `printed` is the old line without comment.
pub(super) fn with_remark(old: &str, printed: &str, new: String) -> String {
    let is_line = |text: &str| text.lines().count() == 1;
    let Some((value, remark)) = old.trim_end().rsplit_once(" #") else {
        return new;
    };
    if !is_line(old) || !is_line(&new) || value.trim() != printed.trim() {
        return new;
    }
    format!("{} #{remark}\n", new.trim_end())
}

/// Blanks at the start.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The line without blanks around it.
fn body(line: &str) -> &str {
    line.trim()
}
