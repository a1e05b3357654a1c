//! Groups of targets: as `static_configs` and files of discovery write them (YAML), and as HTTP
//! discovery gives them out (JSON, which is YAML too).

use tacho_model::labels::{Labels, LabelsBuilder};
use tacho_yaml::node::{self as yaml, Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of};

/// The label of a target's address.
pub const ADDRESS_LABEL: &str = "__address__";

/// Targets that share labels.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetGroup {
    /// Tells it from other groups of the same discovery.
    pub source: String,
    /// Labels of each target, its address among them.
    pub targets: Vec<Labels>,
    /// Labels of all.
    pub labels: Labels,
}

/// Reads one group.
pub(super) fn read_group(node: &Node, source: &str) -> Read<TargetGroup> {
    let mut section = Section::open(node, "target group")?;
    let targets = section.texts("targets")?.unwrap_or_default();
    let labels = section.text_map("labels")?.unwrap_or_default();
    if labels.iter().any(|(name, _)| name.is_empty()) {
        return Err(section.wrong("labels", "\"\" is not a valid label name"));
    }
    section.finish()?;
    Ok(TargetGroup {
        source: source.to_owned(),
        targets: targets
            .iter()
            .map(|address| Labels::from_pairs([(ADDRESS_LABEL, address.as_str())]))
            .collect(),
        labels: Labels::from_pairs(labels),
    })
}

/// Reads a list of groups from a file or an answer; `source` tells where it came from, and each
/// group gets the label `origin_label` with it.
///
/// # Errors
/// If it is no list of groups.
pub fn parse_groups(
    text: &str,
    source: &str,
    origin_label: &str,
) -> Result<Vec<TargetGroup>, Wrong> {
    let node = yaml::parse(text)?;
    let mut groups = Vec::new();
    for (at, item) in items_of(&node, "the file")?.iter().enumerate() {
        if matches!(item.data, Data::Null) {
            let message = "nil target group item found";
            return Err(Wrong::new(item.line, format!("{message} (index {at})")));
        }
        let mut group = read_group(item, &format!("{source}:{at}"))?;
        let mut labels = LabelsBuilder::from(&group.labels);
        labels.set(origin_label, source);
        group.labels = labels.build();
        groups.push(group);
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::parse_groups;

    #[test]
    fn groups_are_read_from_yaml_and_json() {
        let json = r#"[{"targets": ["a:1", "b:2"], "labels": {"x": "1"}}]"#;
        let yaml = "- targets: ['a:1', b:2]\n  labels:\n    x: 1\n";
        for text in [json, yaml] {
            let groups = parse_groups(text, "f.json", "__meta_filepath").unwrap();
            assert_eq!(groups.len(), 1);
            let addresses: Vec<_> = groups[0].targets.iter().map(ToString::to_string).collect();
            assert_eq!(
                addresses,
                ["{__address__=\"a:1\"}", "{__address__=\"b:2\"}"]
            );
            assert_eq!(
                groups[0].labels.to_string(),
                "{__meta_filepath=\"f.json\", x=\"1\"}"
            );
        }
        assert!(parse_groups("", "f", "m").unwrap().is_empty());
        assert!(parse_groups("- url: x", "f", "m").is_err());
        assert!(parse_groups("-\n", "f", "m").is_err());
    }
}
