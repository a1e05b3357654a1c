//! Messages of DNS, as far as services (SRV) need them. Source: RFC 1035, RFC 2782.

const TYPE_SRV: u16 = 33;
const CLASS_IN: u16 = 1;
const HEADER_BYTES: usize = 12;
/// Longest name on the wire.
const NAME_BYTES_MAX: usize = 255;
/// Pointers of one name that are followed.
const POINTERS_MAX: usize = 32;

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    /// The host, with the dot at its end.
    pub(super) target: String,
    /// The port.
    pub(super) port: u16,
}

/// What a name server answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) services: Vec<Service>,
    /// Whether there is more than fits into a datagram.
    pub(super) truncated: bool,
}

/// The question for the services of a name.
///
/// # Errors
/// If it is no name.
pub(super) fn question(name: &str, id: u16) -> Result<Vec<u8>, String> {
    let mut out = id.to_be_bytes().to_vec();
    // recursion desired, one question
    out.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len()).ok();
        let Some(length) = length.filter(|length| (1..=63).contains(length)) else {
            return Err(format!("{name:?} is no name of DNS"));
        };
        out.push(length);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    if out.len() - HEADER_BYTES > NAME_BYTES_MAX {
        return Err(format!("{name:?} is too long for DNS"));
    }
    out.extend_from_slice(&TYPE_SRV.to_be_bytes());
    out.extend_from_slice(&CLASS_IN.to_be_bytes());
    Ok(out)
}

/// The services of an answer; `None` if it is not an answer to this question.
///
/// # Errors
/// If the server refused, or the answer is damaged.
pub(super) fn services(answer: &[u8], question: &[u8]) -> Result<Option<Answer>, String> {
    let damaged = || "the answer is damaged".to_owned();
    let asked = question.get(HEADER_BYTES..).unwrap_or_default();
    let repeated = answer.get(HEADER_BYTES..HEADER_BYTES + asked.len());
    let same = repeated.is_some_and(|repeated| repeated.eq_ignore_ascii_case(asked));
    if answer.get(..2) != question.get(..2) || !same {
        return Ok(None);
    }
    let mut reader = Reader {
        bytes: answer,
        at: 2,
    };
    let flags = reader.u16().ok_or_else(damaged)?;
    if flags & 0x8000 == 0 {
        return Ok(None);
    }
    match flags & 0xf {
        0 => {}
        3 => return Ok(Some(empty())),
        code => return Err(format!("the name server refused with code {code}")),
    }
    let truncated = flags & 0x0200 != 0;
    reader.at = 6;
    let count = reader.u16().ok_or_else(damaged)?;
    reader.at = HEADER_BYTES + asked.len();
    let mut services = Vec::new();
    for _ in 0..count {
        match reader.record() {
            Some(Some(service)) => services.push(service),
            Some(None) => {}
            None if truncated => break,
            None => return Err(damaged()),
        }
    }
    Ok(Some(Answer {
        services,
        truncated,
    }))
}

fn empty() -> Answer {
    Answer {
        services: Vec::new(),
        truncated: false,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn u8(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.u8()?, self.u8()?]))
    }

    /// A record; `Some(None)` for one of another type, `None` if it is damaged.
    fn record(&mut self) -> Option<Option<Service>> {
        self.name()?;
        let kind = self.u16()?;
        let class = self.u16()?;
        self.at += 4;
        let length = usize::from(self.u16()?);
        let end = self.at.checked_add(length)?;
        if end > self.bytes.len() {
            return None;
        }
        let service = if kind == TYPE_SRV && class == CLASS_IN {
            self.at += 4;
            let port = self.u16()?;
            let target = self.name()?;
            Some(Service { target, port })
        } else {
            None
        };
        self.at = end;
        Some(service)
    }

    /// A name, with the dot at its end; pointers are followed.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let mut after = None;
        let mut pointers = 0;
        loop {
            let length = self.u8()?;
            match length {
                0 => break,
                1..=63 => {
                    let end = self.at + usize::from(length);
                    let label = self.bytes.get(self.at..end)?;
                    name.push_str(str::from_utf8(label).ok()?);
                    name.push('.');
                    self.at = end;
                }
                0xc0.. => {
                    let low = self.u8()?;
                    after.get_or_insert(self.at);
                    pointers += 1;
                    self.at = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                }
                _ => return None,
            }
            if name.len() > NAME_BYTES_MAX || pointers > POINTERS_MAX {
                return None;
            }
        }
        if let Some(after) = after {
            self.at = after;
        }
        Some(name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{HEADER_BYTES, question, services};

    /// An answer with these ports and hosts; each record names the question by a pointer.
    pub(in crate::scrape::discovery) fn answer_to(
        question: &[u8],
        found: &[(u16, &str)],
    ) -> Vec<u8> {
        let mut out = question.to_vec();
        out[2] = 0x81;
        out[3] = 0x80;
        out[7] = found.len() as u8;
        for (port, host) in found {
            out.extend_from_slice(&[0xc0, HEADER_BYTES as u8, 0, 33, 0, 1, 0, 0, 0, 60]);
            let mut data = vec![0, 1, 0, 2];
            data.extend_from_slice(&port.to_be_bytes());
            for label in host.split('.') {
                data.push(label.len() as u8);
                data.extend_from_slice(label.as_bytes());
            }
            data.push(0);
            out.extend_from_slice(&(data.len() as u16).to_be_bytes());
            out.extend_from_slice(&data);
        }
        out
    }

    #[test]
    fn answers_are_read_and_foreign_ones_passed_over() {
        let asked = question("_http._tcp.example.org.", 7).unwrap();
        let answer = answer_to(&asked, &[(80, "a.example.org"), (81, "b")]);
        let read = services(&answer, &asked).unwrap().unwrap();
        let shown: Vec<String> = read
            .services
            .iter()
            .map(|found| format!("{}{}", found.target, found.port))
            .collect();
        assert_eq!(shown, ["a.example.org.80", "b.81"]);
        let other = question("_http._tcp.example.org.", 8).unwrap();
        assert_eq!(services(&answer, &other), Ok(None));
        assert_eq!(services(&asked, &asked), Ok(None));
    }

    #[test]
    fn damaged_answers_are_refused_whatever_their_length() {
        let asked = question("a.b", 1).unwrap();
        let answer = answer_to(&asked, &[(80, "host.example.org")]);
        for length in 0..answer.len() {
            let outcome = services(&answer[..length], &asked);
            assert!(!matches!(outcome, Ok(Some(_))), "{length}: {outcome:?}");
        }
        let mut turning = answer_to(&asked, &[(80, "x")]);
        let at = asked.len();
        turning[at + 1] = at as u8;
        assert!(services(&turning, &asked).is_err());
        for at in 0..answer.len() {
            for bit in 0..8 {
                let mut broken = answer.clone();
                broken[at] ^= 1 << bit;
                let _ = services(&broken, &asked);
            }
        }
    }

    #[test]
    fn names_have_their_limits() {
        assert!(question("", 1).is_err());
        assert!(question(&"a".repeat(64), 1).is_err());
        assert!(question(&"abc.".repeat(64), 1).is_err());
    }
}
