//! How OTLP metrics become series: Prometheus' `otlp` section of the configuration. It is written into the
//! verdict of every frame of OTLP metrics, because replay must build the same labels.

use crate::verdict::{Reader, put_varint};
use std::time::Duration;
use tacho_storage::error::{Error, Result};
use xxhash_rust::xxh3::xxh3_64;

/// How names are translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strategy {
    /// Characters beyond `[a-zA-Z0-9_:]` become `_`; units and types become suffixes.
    #[default]
    UnderscoreEscapingWithSuffixes,
    /// Characters become `_`, no suffixes.
    UnderscoreEscapingWithoutSuffixes,
    /// Names stay as they are, with suffixes.
    NoUtf8EscapingWithSuffixes,
    /// Names stay as they are.
    NoTranslation,
}

impl Strategy {
    /// All of them; the position is the code in verdicts.
    pub const ALL: [Strategy; 4] = [
        Strategy::UnderscoreEscapingWithSuffixes,
        Strategy::UnderscoreEscapingWithoutSuffixes,
        Strategy::NoUtf8EscapingWithSuffixes,
        Strategy::NoTranslation,
    ];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::UnderscoreEscapingWithSuffixes => "UnderscoreEscapingWithSuffixes",
            Strategy::UnderscoreEscapingWithoutSuffixes => "UnderscoreEscapingWithoutSuffixes",
            Strategy::NoUtf8EscapingWithSuffixes => "NoUTF8EscapingWithSuffixes",
            Strategy::NoTranslation => "NoTranslation",
        }
    }

    /// The strategy of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// Whether names are escaped.
    pub fn escapes(self) -> bool {
        matches!(
            self,
            Strategy::UnderscoreEscapingWithSuffixes | Strategy::UnderscoreEscapingWithoutSuffixes
        )
    }

    /// Whether units and types become suffixes.
    pub fn adds_suffixes(self) -> bool {
        matches!(
            self,
            Strategy::UnderscoreEscapingWithSuffixes | Strategy::NoUtf8EscapingWithSuffixes
        )
    }
}

/// Which resource attributes become labels of every series.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Promoted {
    /// These.
    Only(Vec<String>),
    /// All but these.
    AllBut(Vec<String>),
}

/// How OTLP metrics become series.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TranslationSettings {
    /// How names are translated.
    pub strategy: Strategy,
    /// Resource attributes that become labels.
    pub promoted: Promoted,
    /// Whether `service.name`, `service.namespace` and `service.instance.id` are labels of `target_info` too.
    pub keep_identifying_resource_attributes: bool,
    /// Whether explicit histograms become native ones with custom bounds.
    pub convert_histograms_to_nhcb: bool,
    /// Whether all of the scope becomes labels: name, version, schema URL and attributes.
    pub promote_scope_metadata: bool,
    /// Whether name and version of the scope become labels.
    pub scope_name_and_version: bool,
    /// Whether labels that begin with one `_` get `key` in front.
    pub label_name_underscore_sanitization: bool,
    /// Whether several `_` in a row stay in labels.
    pub label_name_preserve_multiple_underscores: bool,
    /// Whether a resource gives a series `target_info`.
    pub target_info: bool,
}

impl Default for TranslationSettings {
    fn default() -> Self {
        Self {
            strategy: Strategy::default(),
            promoted: Promoted::Only(Vec::new()),
            keep_identifying_resource_attributes: false,
            convert_histograms_to_nhcb: false,
            promote_scope_metadata: false,
            scope_name_and_version: true,
            label_name_underscore_sanitization: true,
            label_name_preserve_multiple_underscores: true,
            target_info: true,
        }
    }
}

/// What labels of a series may be; a series beyond it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelLimits {
    /// Labels, the name of the metric included.
    pub labels: usize,
    /// Bytes of a label's name.
    pub name_bytes: usize,
    /// Bytes of a label's value.
    pub value_bytes: usize,
}

impl Default for LabelLimits {
    fn default() -> Self {
        Self {
            labels: 128,
            name_bytes: 1024,
            value_bytes: 64 << 10,
        }
    }
}

/// What is settable about samples on their way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSettings {
    /// How OTLP metrics become series.
    pub translation: TranslationSettings,
    /// What labels may be.
    pub labels: LabelLimits,
    /// How far beyond the receive time a sample may lie.
    pub future: Duration,
}

impl Default for SampleSettings {
    fn default() -> Self {
        Self {
            translation: TranslationSettings::default(),
            labels: LabelLimits::default(),
            future: Duration::from_secs(600),
        }
    }
}

impl TranslationSettings {
    fn flags(&self) -> u8 {
        let (all_but, _) = self.promoted.parts();
        [
            self.keep_identifying_resource_attributes,
            self.convert_histograms_to_nhcb,
            self.promote_scope_metadata,
            self.scope_name_and_version,
            self.label_name_underscore_sanitization,
            self.label_name_preserve_multiple_underscores,
            self.target_info,
            all_but,
        ]
        .into_iter()
        .enumerate()
        .fold(0, |flags, (bit, set)| flags | u8::from(set) << bit)
    }

    /// Appends the bytes for a verdict.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.strategy as u8);
        out.push(self.flags());
        let (_, names) = self.promoted.parts();
        put_varint(out, names.len() as u64);
        for name in names {
            put_varint(out, name.len() as u64);
            out.extend_from_slice(name.as_bytes());
        }
    }

    /// Reads what `encode` wrote.
    ///
    /// # Errors
    /// `Corrupt`; `Invalid` for an unknown strategy.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let code = reader.byte()?;
        let strategy = Strategy::ALL.get(usize::from(code)).copied();
        let strategy = strategy
            .ok_or_else(|| Error::invalid(format!("verdict has the unknown translation {code}")))?;
        let flags = reader.byte()?;
        let set = |bit: u8| flags >> bit & 1 == 1;
        let count = reader.varint()?;
        let mut names = Vec::new();
        for _ in 0..count {
            names.push(reader.text()?);
        }
        Ok(Self {
            strategy,
            promoted: match set(7) {
                true => Promoted::AllBut(names),
                false => Promoted::Only(names),
            },
            keep_identifying_resource_attributes: set(0),
            convert_histograms_to_nhcb: set(1),
            promote_scope_metadata: set(2),
            scope_name_and_version: set(3),
            label_name_underscore_sanitization: set(4),
            label_name_preserve_multiple_underscores: set(5),
            target_info: set(6),
        })
    }

    /// A number that is another one for other settings.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut bytes = Vec::new();
        self.encode(&mut bytes);
        xxh3_64(&bytes)
    }
}

impl Promoted {
    fn parts(&self) -> (bool, &[String]) {
        match self {
            Promoted::Only(names) => (false, names),
            Promoted::AllBut(names) => (true, names),
        }
    }

    /// Whether an attribute becomes a label.
    pub fn includes(&self, key: &str) -> bool {
        let (all_but, names) = self.parts();
        names.iter().any(|name| name == key) != all_but
    }
}
