//! The data of rules and of notifications.

use super::{functions, set};
use crate::alertmanager_data::{KeyValues, Notification, NotifiedAlert};
use crate::prometheus_data::{RuleData, RuleTemplate, expand_rule_text, rule_data};
use crate::value::Value;
use jiff::civil::date;
use jiff::tz::TimeZone;
use tacho_model::labels::Labels;

fn rule() -> RuleData {
    RuleData {
        labels: Labels::from_pairs([("instance", "a:1"), ("job", "x")]),
        external_labels: Labels::from_pairs([("site", "eu")]),
        external_url: "http://t".into(),
        value: Value::Float(0.25),
    }
}

#[test]
fn rules_have_their_variables() {
    let cases = [
        (
            "{{ $labels.instance }} {{ .Labels.job }} {{$labels.missing}}|",
            "a:1 x |",
        ),
        (
            "{{ $externalLabels.site }} {{ $externalURL }} {{ .ExternalURL }}",
            "eu http://t http://t",
        ),
        (
            "{{ $value }} {{ $value | humanizePercentage }} {{ .Value }}",
            "0.25 25% 0.25",
        ),
        (
            "{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}",
            "instance=a:1;job=x;",
        ),
        (
            "{{ $labels }} {{ len $labels }} {{ index $labels \"job\" }}",
            "map[instance:a:1 job:x] 2 x",
        ),
        ("{{ if $labels.missing }}1{{ else }}2{{ end }}", "2"),
        ("{{ printf \"%.1f\" $value }}", "0.2"),
        (
            "{{ define \"x\" }}{{ .Labels.job }}{{ end }}{{ template \"x\" . }}",
            "x",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(
            expand_rule_text(text, &rule(), &functions()).expect(text),
            expected,
            "{text}"
        );
    }
    let data = rule_data(&rule().labels, &rule().external_labels, "http://t", 2.0);
    let output = set()
        .execute_text("{{.Labels.job}} {{.Value}}", &data, false)
        .unwrap();
    assert_eq!(output, "x 2");
}

#[test]
fn places_of_rules_are_those_of_the_text() {
    let error = expand_rule_text("{{ $value.x }}", &rule(), &functions()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "template: rule:1:4: executing \"rule\" at <$value.x>: can't evaluate field x in type float64"
    );
    let error = RuleTemplate::parse("__alert_A", "{{ $label.foo }}", &functions()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "template: __alert_A:1:4: undefined variable \"$label\""
    );
    let inner = "{{ define \"x\" }}{{ $value }}{{ end }}";
    assert!(RuleTemplate::parse("a", inner, &functions()).is_err());
}

fn notification() -> Notification {
    let at = |hour| {
        date(2026, 11, 20)
            .at(hour, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .unwrap()
    };
    let alert = |firing, instance: &str| NotifiedAlert {
        firing,
        labels: KeyValues::from_iter([("alertname", "Down"), ("instance", instance), ("a", "1")]),
        annotations: KeyValues::from_iter([("summary", format!("{instance} is down"))]),
        starts_at: at(10),
        ends_at: at(11),
        generator_url: "http://t/graph".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
    };
    Notification {
        receiver: "team".to_owned(),
        reason: "first".to_owned(),
        alerts: vec![alert(true, "i1"), alert(false, "i2")],
        group_labels: KeyValues::from_iter([("alertname", "Down")]),
        route_labels: KeyValues::default(),
        external_url: "http://t".to_owned(),
    }
}

#[test]
fn notifications_have_alertmanagers_data() {
    let data = notification().value();
    let cases = [
        (
            "{{ .Status | toUpper }}:{{ .Alerts.Firing | len }} {{ len .Alerts }} {{ .Receiver }}",
            "FIRING:1 2 team",
        ),
        (
            "{{ range .Alerts }}{{ .Labels.instance }} {{ .Status }} {{ .Annotations.summary }};{{ end }}",
            "i1 firing i1 is down;i2 resolved i2 is down;",
        ),
        (
            "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}",
            "alertname=Down a=1 ",
        ),
        (
            "{{ .CommonLabels }} {{ .CommonLabels.Names | join \"+\" }} {{ .CommonLabels.Values.Join \"+\" }}",
            "alertname=Down, a=1 alertname+a Down+1",
        ),
        (
            "{{ .CommonLabels.Remove .GroupLabels.Names }} {{ with .CommonLabels.Remove (stringSlice \"a\") }}{{ .Values | join \" \" }}{{ end }}",
            "a=1 Down",
        ),
        (
            "{{ .GroupLabels.SortedPairs.Values | join \" \" }} {{ .CommonAnnotations.x }}|{{ len .CommonAnnotations }}",
            "Down |0",
        ),
        (
            "{{ (index .Alerts 0).StartsAt.Format \"15:04 MST\" }} {{ ((index .Alerts 0).EndsAt.Sub (index .Alerts 0).StartsAt).String }}",
            "10:00 UTC 1h0m0s",
        ),
        (
            "{{ since (index .Alerts 0).StartsAt | humanizeDuration }}",
            "9h 45m 0s",
        ),
        (
            "{{ toJson (index .Alerts 0) }}",
            "{\"status\":\"firing\",\"labels\":{\"a\":\"1\",\"alertname\":\"Down\",\"instance\":\"i1\"},\"annotations\":{\"summary\":\"i1 is down\"},\"startsAt\":\"2026-11-20T10:00:00Z\",\"endsAt\":\"2026-11-20T11:00:00Z\",\"generatorURL\":\"http://t/graph\",\"fingerprint\":\"0123456789abcdef\"}",
        ),
        (
            "{{ if eq (len .Alerts.Resolved) 1 }}one{{ end }} {{ .NotificationReason }} {{ routeLabels \"x\" }}|",
            "one first |",
        ),
        (
            "{{ range $k, $v := .GroupLabels }}{{ $k }}:{{ $v }}{{ end }} {{ toJson .GroupLabels }}",
            "alertname:Down {\"alertname\":\"Down\"}",
        ),
    ];
    for (text, expected) in cases {
        let functions = crate::functions::Functions::go().with_alertmanager(super::NOW);
        let set = crate::set::TemplateSet::new(functions);
        assert_eq!(
            set.execute_text(text, &data, false).expect(text),
            expected,
            "{text}"
        );
    }
}
