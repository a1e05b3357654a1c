//! Cuts OpenMetrics text into parts that stand by themselves: whole lines, the metadata of the family
//! that goes on at the start, `# EOF` at the end.

use std::io::{self, BufRead, Read as _};

/// Longest body of a part.
pub(super) const PART_BYTES_MAX: usize = 4 << 20;
/// Room for the metadata at the start of a part and for its end.
const METADATA_BYTES_MAX: usize = 256 << 10;
const END: &[u8] = b"# EOF\n";

/// A body to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// OpenMetrics text that stands by itself.
    pub(super) body: Vec<u8>,
    /// Lines that look like samples.
    pub(super) samples: u64,
    /// Where the import goes on after this part.
    pub(super) after: Mark,
}

/// A place between two lines of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Mark {
    /// Bytes of the text before it.
    pub(super) offset: u64,
    /// Lines of metadata that hold for what follows.
    pub(super) metadata: String,
    /// Whether the line before it is metadata, so that more of it may follow.
    #[serde(default)]
    pub(super) open: bool,
}

/// How a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With `# EOF`.
    Marked,
    /// Without.
    Missing,
}

/// Cuts a text. Lines go to the current part; a full part is given out.
#[derive(Debug)]
pub(super) struct Chunker {
    part_bytes_max: usize,
    mark: Mark,
    body: Vec<u8>,
    samples: u64,
    end: Option<End>,
}

impl Chunker {
    /// Goes on at a mark.
    pub(super) fn new(mark: Mark, part_bytes_max: usize) -> Self {
        Self {
            part_bytes_max,
            body: mark.metadata.clone().into_bytes(),
            mark,
            samples: 0,
            end: None,
        }
    }

    /// How the text ended; `None` before its end.
    pub(super) fn end(&self) -> Option<End> {
        self.end
    }

    /// The next part; `None` at the end. Fails with `InvalidData` on a line that is too long, on
    /// metadata that is no UTF-8 and on data after `# EOF`.
    pub(super) fn next(&mut self, input: &mut dyn BufRead) -> io::Result<Option<Part>> {
        if self.end.is_some() {
            return Ok(None);
        }
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = self.part_bytes_max - self.metadata_bytes_max() - 2 * END.len();
            let count = (&mut *input)
                .take(limit as u64 + 1)
                .read_until(b'\n', &mut line)?;
            if count == 0 {
                self.end = Some(End::Missing);
                return Ok(self.give());
            }
            if count > limit {
                return Err(invalid(format!(
                    "the line at byte {} has more than {limit} bytes",
                    self.mark.offset
                )));
            }
            if line == END || line == b"# EOF" {
                self.end = Some(End::Marked);
                if !input.fill_buf()?.is_empty() {
                    return Err(invalid("there are data after # EOF".to_owned()));
                }
                return Ok(self.give());
            }
            let full = self.body.len() + line.len() + 1 + END.len() > self.part_bytes_max;
            let part = if full { self.give() } else { None };
            self.take(&line)?;
            if part.is_some() {
                return Ok(part);
            }
        }
    }

    fn metadata_bytes_max(&self) -> usize {
        METADATA_BYTES_MAX.min(self.part_bytes_max / 4)
    }

    fn take(&mut self, line: &[u8]) -> io::Result<()> {
        let metadata = line.starts_with(b"#");
        if metadata {
            let text = std::str::from_utf8(line)
                .map_err(|_| invalid(format!("byte {}: no UTF-8", self.mark.offset)))?;
            self.remember(text)?;
        } else {
            self.samples += 1;
        }
        self.mark.open = metadata;
        self.mark.offset += line.len() as u64;
        self.body.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            self.body.push(b'\n');
        }
        Ok(())
    }

    /// A line of metadata that follows samples, or is about another family, starts anew.
    fn remember(&mut self, text: &str) -> io::Result<()> {
        let name = |line: &str| line.split(' ').nth(2).map(str::trim_end).map(str::to_owned);
        let same = self.mark.metadata.lines().next().and_then(name) == name(text);
        if !self.mark.open || !same {
            self.mark.metadata.clear();
        }
        if self.mark.metadata.len() + text.len() > self.metadata_bytes_max() {
            return Err(invalid(format!(
                "the metadata at byte {} have more than {} bytes",
                self.mark.offset,
                self.metadata_bytes_max()
            )));
        }
        self.mark.metadata.push_str(text);
        if !text.ends_with('\n') {
            self.mark.metadata.push('\n');
        }
        Ok(())
    }

    /// What was collected, unless no sample is in it.
    fn give(&mut self) -> Option<Part> {
        let samples = std::mem::take(&mut self.samples);
        let next = self.mark.metadata.clone().into_bytes();
        let mut body = std::mem::replace(&mut self.body, next);
        if samples == 0 {
            return None;
        }
        body.extend_from_slice(END);
        Some(Part {
            body,
            samples,
            after: self.mark.clone(),
        })
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::{Chunker, End, Mark, PART_BYTES_MAX, Part};
    use std::io::{self, BufRead};
    use tacho_wire::exposition::check::check;
    use tacho_wire::exposition::{Format, Limits};

    fn all(mut input: &[u8], mark: Mark, size: usize) -> io::Result<(Vec<Part>, Option<End>)> {
        let mut chunker = Chunker::new(mark, size);
        let mut parts = Vec::new();
        while chunker.end().is_none() {
            parts.extend(chunker.next(&mut input as &mut dyn BufRead)?);
        }
        Ok((parts, chunker.end()))
    }

    fn text() -> String {
        let mut out = String::new();
        for family in 0..4 {
            out.push_str(&format!("# TYPE f{family} gauge\n# HELP f{family} help\n"));
            for series in 0..30 {
                out.push_str(&format!("f{family}{{s=\"{series}\"}} {series} 1.5\n"));
            }
        }
        out + "# EOF\n"
    }

    #[test]
    fn parts_stand_by_themselves_and_hold_every_line_once() {
        let text = text();
        let (parts, end) = all(text.as_bytes(), Mark::default(), 400).unwrap();
        assert_eq!(end, Some(End::Marked));
        assert!(parts.len() > 5, "{}", parts.len());
        let mut samples = Vec::new();
        for part in &parts {
            assert!(part.body.len() <= 400, "{}", part.body.len());
            check(&part.body, Format::OpenMetrics, Limits::default()).unwrap();
            let body = std::str::from_utf8(&part.body).unwrap();
            let lines = body.lines().filter(|line| !line.starts_with('#'));
            samples.extend(lines.map(str::to_owned));
        }
        let expected: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(samples, expected);
        let one = all(text.as_bytes(), Mark::default(), PART_BYTES_MAX)
            .unwrap()
            .0;
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].body, text.as_bytes());
    }

    #[test]
    fn an_import_goes_on_where_it_stopped() {
        let text = text();
        let (parts, _) = all(text.as_bytes(), Mark::default(), 400).unwrap();
        for stop in 0..parts.len() {
            let mark = parts[stop].after.clone();
            let rest = &text.as_bytes()[usize::try_from(mark.offset).unwrap()..];
            let (again, end) = all(rest, mark, 400).unwrap();
            assert_eq!(again, parts[stop + 1..], "after part {stop}");
            assert_eq!(end, Some(End::Marked));
        }
    }

    #[test]
    fn a_text_without_end_is_told_and_bad_ones_are_refused() {
        let (parts, end) = all(b"a 1 1\nb 2 2", Mark::default(), 4096).unwrap();
        assert_eq!(end, Some(End::Missing));
        assert_eq!(parts[0].body, b"a 1 1\nb 2 2\n# EOF\n");
        assert_eq!((parts[0].samples, parts[0].after.offset), (2, 11));
        assert!(all(b"a 1 1\n# EOF\nb", Mark::default(), 4096).is_err());
        assert!(all(&[b'x'; 5000], Mark::default(), 4096).is_err());
        let help = format!("# HELP a {}\n", "x".repeat(2000));
        assert!(all(help.as_bytes(), Mark::default(), 4096).is_err());
        assert_eq!(all(b"# EOF", Mark::default(), 4096).unwrap().0, []);
    }
}
