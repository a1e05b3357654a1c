//! The section `otlp`: how OTLP metrics become series.

use crate::scrape::relabel::NameValidation;
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// How names are translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TranslationStrategy {
    /// Other characters become `_`, units and types become suffixes.
    #[default]
    UnderscoreEscapingWithSuffixes,
    /// Other characters become `_`.
    UnderscoreEscapingWithoutSuffixes,
    /// Units and types become suffixes.
    NoUtf8EscapingWithSuffixes,
    /// Names stay.
    NoTranslation,
}

/// The section `otlp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otlp {
    /// How names are translated.
    pub translation_strategy: TranslationStrategy,
    /// Whether all resource attributes become labels.
    pub promote_all_resource_attributes: bool,
    /// Resource attributes that become labels.
    pub promote_resource_attributes: Vec<String>,
    /// Resource attributes that do not, if all do.
    pub ignore_resource_attributes: Vec<String>,
    /// Whether `service.name` and its like stay in `target_info`.
    pub keep_identifying_resource_attributes: bool,
    /// Whether explicit histograms become native ones with custom buckets.
    pub convert_histograms_to_nhcb: bool,
    /// Whether the scope becomes labels.
    pub promote_scope_metadata: bool,
    /// Whether labels that begin with `_` get `key` before it.
    pub label_name_underscore_sanitization: bool,
    /// Whether several `_` in a row stay.
    pub label_name_preserve_multiple_underscores: bool,
}

impl Default for Otlp {
    fn default() -> Self {
        Self {
            translation_strategy: TranslationStrategy::default(),
            promote_all_resource_attributes: false,
            promote_resource_attributes: Vec::new(),
            ignore_resource_attributes: Vec::new(),
            keep_identifying_resource_attributes: false,
            convert_histograms_to_nhcb: false,
            promote_scope_metadata: false,
            label_name_underscore_sanitization: true,
            label_name_preserve_multiple_underscores: true,
        }
    }
}

impl Otlp {
    /// Reads the section; `validation` is that of `global`.
    pub(super) fn read(node: &Node, validation: NameValidation) -> Read<Self> {
        let mut section = Section::open(node, "otlp config")?;
        let strategy = section.text_or_empty("translation_strategy")?;
        let strategy_line = section.line_of("translation_strategy");
        let mut texts = |key| Ok(section.texts(key)?.unwrap_or_default());
        let promote = texts("promote_resource_attributes")?;
        let ignore = texts("ignore_resource_attributes")?;
        let mut flag = |key, default| Ok(section.flag(key)?.unwrap_or(default));
        let mut otlp = Self {
            translation_strategy: TranslationStrategy::default(),
            promote_all_resource_attributes: flag("promote_all_resource_attributes", false)?,
            promote_resource_attributes: promote,
            ignore_resource_attributes: ignore,
            keep_identifying_resource_attributes: flag(
                "keep_identifying_resource_attributes",
                false,
            )?,
            convert_histograms_to_nhcb: flag("convert_histograms_to_nhcb", false)?,
            promote_scope_metadata: flag("promote_scope_metadata", false)?,
            label_name_underscore_sanitization: flag("label_name_underscore_sanitization", true)?,
            label_name_preserve_multiple_underscores: flag(
                "label_name_preserve_multiple_underscores",
                true,
            )?,
        };
        let line = section.line;
        section.finish()?;
        otlp.check_attributes(line)?;
        otlp.translation_strategy = strategy_of(&strategy, validation)
            .map_err(|message| Wrong::new(strategy_line, message))?;
        Ok(otlp)
    }

    fn check_attributes(&mut self, line: usize) -> Read<()> {
        let named =
            |key: &str, message: String| Wrong::new(line, format!("invalid '{key}': {message}"));
        if self.promote_all_resource_attributes {
            if !self.promote_resource_attributes.is_empty() {
                let message = "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously";
                return Err(Wrong::new(line, message));
            }
            trim(&mut self.ignore_resource_attributes, "ignored")
                .map_err(|message| named("ignore_resource_attributes", message))
        } else {
            if !self.ignore_resource_attributes.is_empty() {
                let message = "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true";
                return Err(Wrong::new(line, message));
            }
            trim(&mut self.promote_resource_attributes, "promoted")
                .map_err(|message| named("promote_resource_attributes", message))
        }
    }
}

fn trim(attributes: &mut [String], adjective: &str) -> Result<(), String> {
    let mut seen: Vec<String> = Vec::new();
    for attribute in attributes {
        let trimmed = attribute.trim().to_owned();
        if trimmed.is_empty() {
            return Err(format!("empty {adjective} OTel resource attribute"));
        }
        if seen.contains(&trimmed) {
            return Err(format!(
                "duplicated {adjective} OTel resource attribute {trimmed:?}"
            ));
        }
        attribute.clone_from(&trimmed);
        seen.push(trimmed);
    }
    Ok(())
}

fn strategy_of(word: &str, validation: NameValidation) -> Result<TranslationStrategy, String> {
    let strategy = match word {
        "" | "UnderscoreEscapingWithSuffixes" => {
            return Ok(TranslationStrategy::UnderscoreEscapingWithSuffixes);
        }
        "UnderscoreEscapingWithoutSuffixes" => {
            return Ok(TranslationStrategy::UnderscoreEscapingWithoutSuffixes);
        }
        "NoUTF8EscapingWithSuffixes" => TranslationStrategy::NoUtf8EscapingWithSuffixes,
        "NoTranslation" => TranslationStrategy::NoTranslation,
        _ => return Err(format!("unsupported OTLP translation strategy {word:?}")),
    };
    match validation {
        NameValidation::Utf8 => Ok(strategy),
        NameValidation::Legacy => Err(format!(
            "OTLP translation strategy {word:?} is not allowed when UTF8 is disabled"
        )),
    }
}
