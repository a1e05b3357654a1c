//! Server-sent events: bytes in, events out. Source: the HTML standard, "Server-sent events".

/// Longest event; a longer one is an error.
const EVENT_BYTES_MAX: usize = 64 << 20;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SseEvent {
    /// Its id, for coming back; absent if it has none.
    pub id: Option<String>,
    /// What kind it is; empty if it does not say.
    pub kind: String,
    /// Its lines of data.
    pub data: String,
}

/// Takes bytes as they come and gives out events.
#[derive(Debug, Default)]
pub(crate) struct SseReader {
    buffer: Vec<u8>,
    event: SseEvent,
    has_data: bool,
    /// The last line ended with a carriage return: a line feed right after it belongs to it.
    after_return: bool,
}

/// An event is longer than is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl SseReader {
    /// Takes bytes; gives the events that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, TooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.buffer);
                    events.extend(self.line(&String::from_utf8_lossy(&line)));
                }
                byte => self.buffer.push(byte),
            }
            if self.buffer.len() + self.event.data.len() > EVENT_BYTES_MAX {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    fn line(&mut self, line: &str) -> Option<SseEvent> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "event" => self.event.kind = value.to_owned(),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            // Comments, `retry`, and fields of later versions.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{SseEvent, SseReader};

    fn event(id: Option<&str>, kind: &str, data: &str) -> SseEvent {
        SseEvent {
            id: id.map(str::to_owned),
            kind: kind.to_owned(),
            data: data.to_owned(),
        }
    }

    #[test]
    fn events_are_read_however_the_bytes_are_cut() {
        let text = ": hello\n\nid: 7\nevent: log\ndata: {\"a\":\ndata:1}\r\n\r\nretry: 5\n\ndata\n\nid: 8\ndata: µ\n\ndata: cut";
        let expected = [
            event(Some("7"), "log", "{\"a\":\n1}"),
            event(None, "", ""),
            event(Some("8"), "", "µ"),
        ];
        for size in 1..text.len() {
            let mut reader = SseReader::default();
            let mut events = Vec::new();
            for part in text.as_bytes().chunks(size) {
                events.extend(reader.push(part).unwrap());
            }
            assert_eq!(events, expected, "parts of {size} bytes");
        }
    }

    #[test]
    fn endless_events_are_given_up() {
        let mut reader = SseReader::default();
        let line = vec![b'x'; 1 << 20];
        assert!((0..80).any(|_| reader.push(&line).is_err()));
    }
}
