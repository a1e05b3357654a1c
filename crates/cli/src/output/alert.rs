//! Alerts as people read them: severities in colour, values with their units, the way through routes.

use crate::output::escape;
use crate::output::screen::{Look, Style};
use crate::output::table::Cell;
use crate::time::{Precision, Zone};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tacho_api::alert::{Alert, AlertSeverity, AlertState};
use tacho_api::route::{Matcher, RouteStep};
use tacho_stdx::size::print_bytes;

/// Figures of a value that are shown.
const FIGURES: usize = 4;

/// A severity as a cell.
pub(crate) fn severity(severity: AlertSeverity) -> Cell {
    let (word, style) = match severity {
        AlertSeverity::Critical => ("critical", Style::Red),
        AlertSeverity::High => ("high", Style::Red),
        AlertSeverity::Medium => ("medium", Style::Yellow),
        AlertSeverity::Low => ("low", Style::Plain),
        AlertSeverity::Info => ("info", Style::Dim),
    };
    Cell::styled(word, style)
}

/// How an alert stands, in a word or two.
pub(crate) fn state(alert: &Alert) -> String {
    let state = match alert.state {
        AlertState::Firing => "firing",
        AlertState::Pending => "pending",
        AlertState::Resolved => "resolved",
    };
    if alert.state != AlertState::Firing {
        return state.to_owned();
    }
    match (&alert.acknowledged, alert.hidden.first()) {
        (_, Some(_)) => "hidden".to_owned(),
        (Some(taken), None) => format!("taken by {}", taken.by),
        (None, None) => state.to_owned(),
    }
}

/// A number with its unit, in few figures.
pub(crate) fn value(number: Option<f64>, unit: Option<&str>) -> String {
    let Some(number) = number.filter(|number| number.is_finite()) else {
        return "-".to_owned();
    };
    match unit {
        // Both shares and counts have the unit 1; a share is at most all of it.
        Some("1") if number.abs() <= 1.0 && number.fract() != 0.0 => {
            format!("{} %", figures(number * 100.0))
        }
        Some("1") => figures(number),
        Some("By") if number >= 0.0 => print_bytes(number as u64),
        Some("%") => format!("{} %", figures(number)),
        Some("s") => crate::time::short_ms(number * 1_000.0),
        Some("ms") => crate::time::short_ms(number),
        Some(unit) => format!("{} {unit}", figures(number)),
        None => figures(number),
    }
}

/// A number in few figures, without zeros at its end.
pub(crate) fn figures(number: f64) -> String {
    if number == 0.0 || !(1e-4..1e9).contains(&number.abs()) {
        return format!("{number}");
    }
    let whole = number.abs().log10().floor().max(0.0) as usize + 1;
    let text = format!("{number:.*}", FIGURES.saturating_sub(whole));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Labels in one line, without those that are told elsewhere.
pub(crate) fn labels(labels: &BTreeMap<String, String>, without: &[&str]) -> String {
    let told = labels
        .iter()
        .filter(|(name, _)| !without.contains(&name.as_str()));
    let pairs: Vec<String> = told
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(" ")
}

/// Matchers in one line.
pub(crate) fn matchers(matchers: &[Matcher]) -> String {
    let texts = matchers
        .iter()
        .map(|one| format!("{}{}{:?}", one.name, one.op, one.value));
    texts.collect::<Vec<_>>().join(" ")
}

/// The way through the tree of routes, a line for each node.
pub(crate) fn way(steps: &[RouteStep], look: Look) -> String {
    let mut out = String::new();
    for step in steps {
        let mark = match (step.final_route, step.matched) {
            (true, _) => "=>",
            (false, true) => "->",
            (false, false) => " x",
        };
        let style = match (step.final_route, step.matched) {
            (true, _) => Style::Bold,
            (false, true) => Style::Plain,
            (false, false) => Style::Dim,
        };
        let what = match &step.failed {
            Some(failed) => format!("does not fit: {}", matchers(std::slice::from_ref(failed))),
            None if step.final_route => format!("tells {}", step.receivers.join(", ")),
            None => "fits, looks further".to_owned(),
        };
        let indent = "  ".repeat(step.depth);
        let line = format!("{mark} {indent}{}  {what}", step.id);
        let line = escape::line(&line);
        let _ = writeln!(out, "{}", look.paint(style, &line));
    }
    out
}

/// A time for people; a dash if there is none.
pub(crate) fn time(zone: &Zone, time: Option<&str>) -> String {
    time.map_or_else(
        || "-".to_owned(),
        |time| zone.show(time, Precision::Seconds),
    )
}

/// A field of a text about one thing: its name and what it says; nothing if it says nothing.
pub(crate) fn field(out: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(out, "{name:<13} {}", escape::line(text));
    }
}

#[cfg(test)]
mod tests {
    use super::{figures, value};

    #[test]
    fn values_have_few_figures_and_their_unit() {
        for (number, unit, text) in [
            (0.253_719, Some("1"), "25.37 %"),
            (6.0, Some("1"), "6"),
            (13_374_024_623.0, Some("By"), "12.5 GiB"),
            (95.5, None, "95.5"),
            (1_234_567.0, None, "1234567"),
            (62.0, Some("s"), "1m 02s"),
            (512.0, Some("MiBy"), "512 MiBy"),
        ] {
            assert_eq!(value(Some(number), unit), text);
        }
        assert_eq!(value(None, None), "-");
        assert_eq!(figures(0.0), "0");
        assert_eq!(figures(0.012_345), "0.012");
    }
}
