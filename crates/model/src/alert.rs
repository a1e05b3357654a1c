//! An alert: that something is wrong, since when, told by a rule or by another system.
//!
//! The shape is that of Alertmanager: a label set identifies it, annotations describe it. Times are
//! milliseconds since the epoch, UTC.

use crate::labels::Labels;
use crate::severity::Severity;
use std::fmt;

/// The label that holds the name of the alert.
pub const ALERT_NAME: &str = "alertname";
/// The label that holds the severity.
pub const SEVERITY: &str = "severity";

/// Identifies a label set: FNV-1a over sorted names and values, as Prometheus computes it, so that
/// `amtool` and others see the fingerprints they know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

const FNV_OFFSET: u64 = 14_695_981_039_346_656_037;
const FNV_PRIME: u64 = 1_099_511_628_211;
const SEPARATOR: u8 = 0xff;

impl Fingerprint {
    /// The fingerprint of a label set.
    pub fn of(labels: &Labels) -> Self {
        let mut hash = FNV_OFFSET;
        let mut push = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        for (name, value) in labels.iter() {
            for text in [name, value] {
                text.bytes().for_each(&mut push);
                push(SEPARATOR);
            }
        }
        Self(hash)
    }

    /// Reads 16 hexadecimal digits of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let value = digits.then(|| u64::from_str_radix(text, 16).ok())??;
        Some(Self(value))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// An alert as a rule or a client tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Identify it; never empty.
    pub labels: Labels,
    /// Describe it.
    pub annotations: Labels,
    /// Since when, ms.
    pub starts_at_ms: i64,
    /// Until when, ms: over once this lies in the past.
    pub ends_at_ms: i64,
    /// Whether `ends_at_ms` was guessed (the teller named no end): such an end is put off by each
    /// further message about the alert.
    pub timeout: bool,
    /// Leads to where it came from; may be empty.
    pub generator_url: String,
}

impl Alert {
    /// The fingerprint of its labels.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.labels)
    }

    /// The label `alertname`; empty if there is none.
    pub fn name(&self) -> &str {
        self.labels.get(ALERT_NAME).unwrap_or_default()
    }

    /// The canonical severity; `Info` where the label is absent or not known.
    pub fn severity(&self) -> Severity {
        self.labels
            .get(SEVERITY)
            .and_then(Severity::of_label)
            .unwrap_or(Severity::Info)
    }

    /// Whether it is over at a time.
    pub fn is_resolved_at(&self, now_ms: i64) -> bool {
        self.ends_at_ms <= now_ms
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;
    use crate::labels::Labels;

    #[test]
    fn the_fingerprint_is_that_of_prometheus() {
        // The offset basis is what Prometheus gives for no labels at all.
        assert_eq!(
            Fingerprint::of(&Labels::default()).to_string(),
            "cbf29ce484222325"
        );
        let labels = Labels::from_pairs([("b", "2"), ("a", "1")]);
        let same = Labels::from_pairs([("a", "1"), ("b", "2")]);
        assert_eq!(Fingerprint::of(&labels), Fingerprint::of(&same));
        let text = Fingerprint::of(&labels).to_string();
        assert_eq!(Fingerprint::parse(&text), Some(Fingerprint::of(&labels)));
        assert_eq!(Fingerprint::parse("xyz"), None);
    }
}
