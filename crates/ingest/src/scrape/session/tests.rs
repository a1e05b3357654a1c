//! What becomes of answers: labels, staleness, limits, and the series about the scrape.

use super::{Counts, FailureKind, Session, Taken, format_of, schema_of_factor};
use crate::scrape::config::job::Job;
use crate::scrape::config::load::{Sources, load_text};
use crate::scrape::config::protocol::Protocol;
use crate::scrape::target::{Built, Target};
use std::sync::Arc;
use std::time::Duration;
use tacho_model::labels::Labels;
use tacho_model::metric::MetricKind;
use tacho_model::sample::is_stale;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::samples::batch::{PointValue, SampleBatch};
use tacho_wire::exposition::Format;

const NOW: i64 = 1_700_000_000_000;

/// A target of a job with these fields.
fn parts(fields: &str) -> (Arc<Job>, Arc<Target>) {
    let text = format!("scrape_configs:\n  - job_name: j\n{fields}");
    let sources = Sources {
        io: &StdIo,
        env: &|_| None,
        agent: false,
    };
    let config = load_text(&text, &sources).unwrap();
    let job = config.jobs.into_iter().next().unwrap();
    let own = Labels::from_pairs([("__address__", "h:1")]);
    let group = Labels::default();
    let Built::Active(target) = Target::build(&job, &own, &group).unwrap() else {
        panic!("the target was dropped");
    };
    (Arc::new(job), Arc::new(*target))
}

fn session(fields: &str) -> Session {
    let (job, target) = parts(fields);
    Session::new(job, target)
}

fn take(session: &mut Session, text: &str, now_ms: i64) -> Taken {
    session.take(text.as_bytes(), Format::PrometheusText, now_ms)
}

/// `labels value@offset`, sorted, without the job and instance that all have; `stale` for markers.
fn print(batch: &SampleBatch) -> Vec<String> {
    let mut lines: Vec<String> = batch
        .points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            let labels = batch.labels.labels(at).unwrap();
            let labels = labels.filtered(|name| name != "job" && name != "instance");
            let value = match point.value {
                PointValue::Float(value) if is_stale(value) => "stale".to_owned(),
                PointValue::Float(value) => value.to_string(),
                PointValue::Histogram(at) => {
                    let histogram = &batch.histograms[at as usize];
                    if is_stale(histogram.sum) {
                        "stale histogram".to_owned()
                    } else {
                        format!("histogram of {}", histogram.count)
                    }
                }
            };
            format!("{labels} {value}@{}", point.time_ms - NOW)
        })
        .collect();
    lines.sort();
    lines
}

/// Samples of a scrape without those about it.
fn samples(taken: Taken) -> Vec<String> {
    print(&taken.output.into_batch())
}

#[track_caller]
fn check(session: &mut Session, text: &str, now_ms: i64, expected: &[&str]) -> Counts {
    let taken = take(session, text, now_ms);
    assert_eq!(taken.failure, None);
    let counts = taken.counts;
    assert_eq!(samples(taken), expected);
    counts
}

#[track_caller]
fn check_failure(fields: &str, text: &str, kind: FailureKind, message: &str) -> Counts {
    let mut session = session(fields);
    let taken = take(&mut session, text, NOW);
    let failure = taken.failure.clone().unwrap();
    assert_eq!(failure.kind, kind);
    assert_eq!(failure.message, message);
    let counts = taken.counts;
    assert_eq!(
        samples(taken),
        [""; 0],
        "nothing of a failed scrape is written"
    );
    counts
}

#[test]
fn series_that_are_gone_get_stale_markers_once() {
    let mut session = session("");
    let counts = check(
        &mut session,
        "a 1\nb{x=\"1\"} 2\n",
        NOW,
        &["a 1@0", "b{x=\"1\"} 2@0"],
    );
    assert_eq!((counts.scraped, counts.kept, counts.added), (2, 2, 2));
    let expected = ["a 3@1000", "b{x=\"1\"} stale@1000", "c 1@1000"];
    let counts = check(&mut session, "a 3\nc 1\n", NOW + 1000, &expected);
    assert_eq!((counts.scraped, counts.added), (2, 1));
    check(
        &mut session,
        "a 3\nc 1\n",
        NOW + 2000,
        &["a 3@2000", "c 1@2000"],
    );
    check(
        &mut session,
        "",
        NOW + 3000,
        &["a stale@3000", "c stale@3000"],
    );
    check(&mut session, "", NOW + 4000, &[]);
}

#[test]
fn a_target_that_is_down_ends_its_series_and_is_reported() {
    let mut session = session("    extra_scrape_metrics: true\n    sample_limit: 5\n");
    let taken = take(&mut session, "a 1\n", NOW);
    let batch = session.report(taken, Duration::from_millis(250), NOW);
    let expected = [
        "a 1@0",
        "scrape_body_size_bytes 4@0",
        "scrape_duration_seconds 0.25@0",
        "scrape_sample_limit 5@0",
        "scrape_samples_post_metric_relabeling 1@0",
        "scrape_samples_scraped 1@0",
        "scrape_series_added 1@0",
        "scrape_timeout_seconds 10@0",
        "up 1@0",
    ];
    assert_eq!(print(&batch), expected);
    assert_eq!(
        batch.labels.labels(1).unwrap().to_string(),
        "up{instance=\"h:1\", job=\"j\"}"
    );
    let failure = super::Failure::new(FailureKind::BodySize, "body size limit exceeded");
    let taken = session.take_nothing(Some(failure), NOW + 1000);
    let down = print(&session.report(taken, Duration::from_secs(1), NOW + 1000));
    for line in [
        "a stale@1000",
        "up 0@1000",
        "scrape_body_size_bytes -1@1000",
    ] {
        assert!(down.contains(&line.to_owned()), "{line}: {down:?}");
    }
    let ended = print(&session.end(NOW + 2000).unwrap());
    assert_eq!(ended.len(), 8);
    assert!(
        ended.iter().all(|line| line.ends_with(" stale@2000")),
        "{ended:?}"
    );
}

#[test]
fn a_target_that_was_never_scraped_has_nothing_to_end() {
    assert!(session("").end(NOW).is_none());
}

#[test]
fn an_answer_that_cannot_be_read_writes_nothing_and_ends_what_was_there() {
    let mut session = session("");
    check(&mut session, "a 1\nb 1\n", NOW, &["a 1@0", "b 1@0"]);
    let taken = take(&mut session, "a 2\nc 1\nthis is no metric\n", NOW + 1000);
    let failure = taken.failure.clone().unwrap();
    assert_eq!(failure.kind, FailureKind::Format);
    assert!(failure.message.starts_with("line 3: "), "{failure:?}");
    assert_eq!(samples(taken), ["a stale@1000", "b stale@1000"]);
    check(&mut session, "a 2\n", NOW + 2000, &["a 2@2000"]);
}

#[test]
fn labels_of_the_target_win_unless_the_job_honors_others() {
    let text = "a{job=\"mine\",instance=\"i\",exported_job=\"x\"} 1\n";
    let labels = |fields: &str| {
        let taken = take(&mut session(fields), text, NOW);
        let batch = taken.output.into_batch();
        batch.labels.labels(0).unwrap().to_string()
    };
    assert_eq!(
        labels(""),
        r#"a{exported_exported_job="mine", exported_instance="i", exported_job="x", instance="h:1", job="j"}"#
    );
    assert_eq!(
        labels("    honor_labels: true\n"),
        r#"a{exported_job="x", instance="i", job="mine"}"#
    );
}

#[test]
fn rules_drop_and_rename_samples() {
    let fields = "    metric_relabel_configs:
      - {source_labels: [__name__], regex: 'go_.*', action: drop}
      - {source_labels: [__name__], regex: 'my_(.*)', target_label: __name__, replacement: 'our_$1'}
      - {regex: secret, action: labeldrop}
";
    let mut session = session(fields);
    let text = "go_x 1\nmy_y{secret=\"s\",a=\"1\"} 2\ngo_z 3\n";
    for round in 0..2 {
        let expected = format!("our_y{{a=\"1\"}} 2@{round}");
        let counts = check(&mut session, text, NOW + round, &[&expected]);
        assert_eq!((counts.scraped, counts.kept), (3, 1));
    }
}

#[test]
fn times_of_the_answer_count_if_they_are_honored() {
    let text = format!("a 1 {}\nb 2\n", NOW - 5000);
    let mut honest = session("");
    check(&mut honest, &text, NOW, &["a 1@-5000", "b 2@0"]);
    // no marker for a series with times of its own
    check(&mut honest, "", NOW + 1000, &["b stale@1000"]);
    let mut tracked = session("    track_timestamps_staleness: true\n");
    check(&mut tracked, &text, NOW, &["a 1@-5000", "b 2@0"]);
    check(
        &mut tracked,
        "",
        NOW + 1000,
        &["a stale@1000", "b stale@1000"],
    );
    let mut ours = session("    honor_timestamps: false\n");
    check(&mut ours, &text, NOW, &["a 1@0", "b 2@0"]);
    check(&mut ours, "", NOW + 1000, &["a stale@1000", "b stale@1000"]);
    let ahead = format!("a 1 {}\nb 2\n", NOW + 3_600_000);
    let counts = check(&mut session(""), &ahead, NOW, &["b 2@0"]);
    assert_eq!(counts.out_of_bounds, 1);
}

#[test]
fn a_series_that_comes_twice_is_taken_once() {
    let counts = check(
        &mut session(""),
        "a 1\na 2\nb 3\n",
        NOW,
        &["a 1@0", "b 3@0"],
    );
    assert_eq!((counts.duplicates, counts.scraped, counts.kept), (1, 3, 3));
}

#[test]
fn limits_fail_the_whole_scrape() {
    let counts = check_failure(
        "    sample_limit: 2\n",
        "a 1\nb 1\nc 1\nd 1\n",
        FailureKind::Samples,
        "sample limit exceeded",
    );
    assert_eq!((counts.scraped, counts.kept, counts.added), (4, 4, 2));
    check(
        &mut session("    sample_limit: 2\n"),
        "a 1\nb 1\n",
        NOW,
        &["a 1@0", "b 1@0"],
    );
    check_failure(
        "    label_limit: 3\n",
        "a{x=\"1\"} 1\n",
        FailureKind::Labels,
        "label_limit exceeded (metric: a, number of labels: 4, limit: 3)",
    );
    check_failure(
        "    label_name_length_limit: 8\n",
        "a{a_long_name=\"1\"} 1\n",
        FailureKind::Labels,
        "label_name_length_limit exceeded (metric: a, label name: a_long_name, length: 11, limit: 8)",
    );
    check_failure(
        "    label_value_length_limit: 3\n",
        "a{x=\"long\"} 1\n",
        FailureKind::Labels,
        "label_value_length_limit exceeded (metric: a, label name: x, value: \"long\", length: 4, limit: 3)",
    );
}

#[test]
fn names_beyond_the_legacy_scheme_are_refused_if_it_is_in_force() {
    let text = "{\"my.metric\"} 1\n";
    check(&mut session(""), text, NOW, &["{\"my.metric\"} 1@0"]);
    let kind = FailureKind::Format;
    let message =
        "invalid metric name or label names: {\"my.metric\", instance=\"h:1\", job=\"j\"}";
    check_failure(
        "    metric_name_validation_scheme: legacy\n",
        text,
        kind,
        message,
    );
}

#[test]
fn metadata_are_kept_and_given_out_when_they_change() {
    let mut session = session("");
    let text = "# HELP a What a is.\n# TYPE a counter\na 1\n";
    let taken = take(&mut session, text, NOW);
    let batch = taken.output.into_batch();
    let (name, metadata) = &batch.metadata[0];
    assert_eq!((name.as_str(), metadata.kind), ("a", MetricKind::Counter));
    assert_eq!(metadata.help, "What a is.");
    let again = take(&mut session, text, NOW + 1).output.into_batch();
    assert!(again.metadata.is_empty());
    let changed = text.replace("What", "That");
    let batch = take(&mut session, &changed, NOW + 2).output.into_batch();
    assert_eq!(batch.metadata.len(), 1);
    for round in 0..12 {
        take(&mut session, "b 1\n", NOW + 10 + round);
    }
    assert!(session.metadata().is_empty());
}

#[test]
fn exemplars_follow_their_sample() {
    let text = "# TYPE a counter\na_total 5 # {trace_id=\"t\"} 3 1.5\n# EOF\n";
    let taken = session("").take(text.as_bytes(), Format::OpenMetrics, NOW);
    assert_eq!(taken.failure, None);
    let batch = taken.output.into_batch();
    let (series, exemplar) = &batch.exemplars[0];
    assert_eq!(
        (*series, exemplar.value, exemplar.time_ns),
        (0, 3.0, 1_500_000_000)
    );
}

#[test]
fn classic_histograms_become_native_ones_if_wanted() {
    let text = "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3\nh_sum 4\nh_count 3\n# TYPE g gauge\ng_sum 1\n";
    let mut only = session("    convert_classic_histograms_to_nhcb: true\n");
    let counts = check(&mut only, text, NOW, &["g_sum 1@0", "h histogram of 3@0"]);
    assert_eq!((counts.scraped, counts.kept), (2, 2));
    check(
        &mut only,
        "",
        NOW + 1,
        &["g_sum stale@1", "h stale histogram@1"],
    );
    let both = "    convert_classic_histograms_to_nhcb: true\n    always_scrape_classic_histograms: true\n";
    let taken = take(&mut session(both), text, NOW);
    assert_eq!(samples(taken).len(), 6);
}

#[test]
fn another_configuration_ends_what_it_does_not_give() {
    let mut session = session("");
    check(&mut session, "a 1\nb 1\n", NOW, &["a 1@0", "b 1@0"]);
    let (job, target) = parts(
        "    metric_relabel_configs:\n      - {source_labels: [__name__], regex: b, action: drop}\n",
    );
    session.reconfigure(job, target);
    check(&mut session, "a 1\nb 1\n", NOW + 1, &["a 1@1", "b stale@1"]);
}

#[test]
fn texts_of_failing_targets_do_not_pile_up() {
    let mut session = session("    sample_limit: 100\n");
    for round in 0..40i64 {
        let text: String = (0..100)
            .map(|at| format!("m{{a=\"{round}-{at}\"}} 1\n"))
            .collect();
        let taken = take(&mut session, &(text + "bad line\n"), NOW + round);
        assert!(taken.failure.is_some());
    }
    assert!(session.known.len() <= 1_200, "{}", session.known.len());
    assert!(session.live.is_empty());
}

#[test]
fn the_content_type_says_how_to_read() {
    let of = |header: &str| format_of(header, None);
    assert_eq!(of("text/plain; version=0.0.4"), Ok(Format::PrometheusText));
    assert_eq!(of("application/openmetrics-text"), Ok(Format::OpenMetrics));
    assert!(of("").unwrap_err().contains("blank Content-Type"));
    assert!(
        of("text/html")
            .unwrap_err()
            .contains("unsupported Content-Type \"text/html\"")
    );
    let fallback = Some(Protocol::PrometheusText004);
    assert_eq!(format_of("text/html", fallback), Ok(Format::PrometheusText));
}

#[test]
fn factors_choose_schemas() {
    for (factor, schema) in [
        (0.0, 8),
        (1.5, 0),
        (1.1, 2),
        (2.0, 0),
        (65536.0, -4),
        (1.0027, 8),
    ] {
        assert_eq!(schema_of_factor(factor), schema, "{factor}");
    }
}
