//! The series of the differential run: fixed times, values from formulas, so that a difference can
//! be looked at again. Counters with resets, gauges, gaps, stale markers, odd values, histograms.

use super::remote_write::Series;

/// The time of the first sample, in seconds: 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600;
/// Seconds between samples.
pub(crate) const STEP: i64 = 15;
/// Samples a series: two hours and a half.
pub(crate) const COUNT: i64 = 600;

type Formula = Box<dyn Fn(i64) -> Point>;

/// What a series has at a position.
enum Point {
    Value(f64),
    Stale,
    None,
}

/// All series with the samples of the positions in `range`; series without any are left out.
pub(crate) fn series(range: std::ops::Range<i64>) -> Vec<Series> {
    let mut out = Vec::new();
    for (labels, formula) in formulas() {
        let mut samples = Vec::new();
        for index in range.clone() {
            let millis = (START + index * STEP) * 1000;
            match formula(index) {
                Point::Value(value) => samples.push((millis, Some(value))),
                Point::Stale => samples.push((millis, None)),
                Point::None => {}
            }
        }
        if !samples.is_empty() {
            out.push(Series { labels, samples });
        }
    }
    out
}

/// A number in 0..1 that looks random and is always the same.
fn noise(seed: i64, index: i64) -> f64 {
    let mut random = crate::random::Random::new((seed * 1_000_003 + index).cast_unsigned());
    (random.next() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Rises by about `rate` a second; begins again at 0 every `reset` samples, if not 0.
fn counter(rate: f64, seed: i64, reset: i64) -> impl Fn(i64) -> f64 {
    move |index| {
        let since = if reset == 0 { index } else { index % reset };
        rate * (since * STEP) as f64 + rate * noise(seed, index / 2 * 2) * STEP as f64 / 2.0
    }
}

fn wave(index: i64, period: f64, phase: f64) -> f64 {
    (index as f64 / period + phase).sin()
}

struct Set(Vec<(Vec<(String, String)>, Formula)>);

impl Set {
    fn add(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        formula: impl Fn(i64) -> Point + 'static,
    ) {
        let mut all = vec![("__name__".to_owned(), name.to_owned())];
        for (key, value) in labels {
            all.push(((*key).to_owned(), (*value).to_owned()));
        }
        all.sort();
        self.0.push((all, Box::new(formula)));
    }

    fn values(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        formula: impl Fn(i64) -> f64 + 'static,
    ) {
        self.add(name, labels, move |index| Point::Value(formula(index)));
    }
}

fn formulas() -> Vec<(Vec<(String, String)>, Formula)> {
    let mut set = Set(Vec::new());
    for number in 0..3_i64 {
        let instance = format!("host-{number}:9100");
        let base = [("job", "peer"), ("instance", instance.as_str())];
        gauges(&mut set, &base, number);
        counters(&mut set, &base, number);
        histograms(&mut set, &base, number);
    }
    odd(&mut set);
    set.0
}

fn gauges(set: &mut Set, base: &[(&str, &str)], number: i64) {
    let phase = number as f64;
    for (position, kind) in ["free", "used", "cached", "ünïcode"]
        .into_iter()
        .enumerate()
    {
        let labels = [base, &[("kind", kind)]].concat();
        let weight = (position + 1) as f64;
        set.values("memory_bytes", &labels, move |index| {
            let base = 2e8 * weight * (1.0 + 0.3 * wave(index, 11.0 * weight, phase));
            (base + 1e6 * noise(number * 10, index)).round()
        });
    }
    set.values("temperature_celsius", base, move |index| {
        20.0 * wave(index, 37.0, phase) + noise(number + 50, index) - 3.0
    });
    set.values("cpu_count", base, move |_| 2.0 * phase + 2.0);
    set.values("flag", base, move |index| {
        f64::from(u8::from((index / (40 + number)) % 2 == 1))
    });
    set.values("queue_length", base, move |index| {
        (noise(number + 70, index) * 20.0).floor()
    });
    set.values("last_run_timestamp_seconds", base, move |index| {
        (START + (index - index % (37 + number)) * STEP) as f64 - 0.25
    });
    let version = [
        base,
        &[("version", ["1.0", "1.1", "2.0"][number as usize % 3])],
    ]
    .concat();
    set.values("build_info", &version, |_| 1.0);
    set.add("gaps", base, move |index| match (index + number * 5) % 60 {
        0..30 => Point::Value((index % 13) as f64),
        30 => Point::Stale,
        _ => Point::None,
    });
    // Short lives without an end mark, so that the look-back shows.
    set.add("lost", base, move |index| match index % 100 {
        0..20 => Point::Value(noise(number + 90, index)),
        _ => Point::None,
    });
}

fn counters(set: &mut Set, base: &[(&str, &str)], number: i64) {
    let statuses = [
        ("GET", "200"),
        ("GET", "404"),
        ("GET", "500"),
        ("POST", "200"),
        ("POST", "503"),
    ];
    for (position, (method, status)) in statuses.into_iter().enumerate() {
        let labels = [base, &[("method", method), ("status", status)]].concat();
        let rate = 7.0 / (position + 1) as f64 + number as f64;
        let reset = if position == 3 { 211 + number * 17 } else { 0 };
        let seed = number * 100 + 7 * i64::try_from(position).unwrap_or(0);
        set.values("http_requests_total", &labels, counter(rate, seed, reset));
    }
    for (position, mode) in ["user", "system", "idle"].into_iter().enumerate() {
        let labels = [base, &[("mode", mode)]].concat();
        let rate = 0.9 / (position + 1) as f64;
        set.values(
            "cpu_seconds_total",
            &labels,
            counter(rate, number * 31 + 5, 0),
        );
    }
    set.values("restarts_total", base, move |index| {
        (index / (90 + number)) as f64
    });
}

fn histograms(set: &mut Set, base: &[(&str, &str)], number: i64) {
    for (position, path) in ["/", "/api", "/slow"].into_iter().enumerate() {
        let scale = (position + 1) as f64 * 0.08;
        let total = counter(12.0 / (position + 1) as f64 + number as f64, number + 3, 0);
        let bounds = ["0.01", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"];
        let labels = [base, &[("path", path)]].concat();
        for le in bounds {
            let bound: f64 = le.parse().unwrap_or(f64::INFINITY);
            let share = 1.0 - (-bound / scale).exp();
            let total = counter(12.0 / (position + 1) as f64 + number as f64, number + 3, 0);
            let labels = [&labels[..], &[("le", le)]].concat();
            set.values("latency_seconds_bucket", &labels, move |index| {
                (total(index) * share).floor()
            });
        }
        let labels = [base, &[("path", path)]].concat();
        let count = counter(12.0 / (position + 1) as f64 + number as f64, number + 3, 0);
        set.values("latency_seconds_count", &labels, move |index| {
            total(index).floor()
        });
        set.values("latency_seconds_sum", &labels, move |index| {
            count(index).floor() * scale
        });
    }
}

/// Values at the edges of floating point, and a name of each of two jobs.
fn odd(set: &mut Set) {
    let constants = [
        ("nan", f64::NAN),
        ("inf", f64::INFINITY),
        ("minus_inf", f64::NEG_INFINITY),
        ("minus_zero", -0.0),
        ("tiny", 5e-324),
        ("huge", f64::MAX),
        ("third", 1.0 / 3.0),
        ("large_integer", 9_007_199_254_740_993.0),
    ];
    for (kind, value) in constants {
        set.values("odd_value", &[("kind", kind)], move |_| value);
    }
    set.values("mixed_value", &[("kind", "inf")], |index| match index % 7 {
        0 => f64::INFINITY,
        _ => index as f64,
    });
    set.values("mixed_value", &[("kind", "nan")], |index| match index % 5 {
        0 => f64::NAN,
        _ => index as f64 * 0.5,
    });
    for (job, factor) in [("left", 1.0), ("right", 3.0)] {
        for zone in ["a", "b", "c"] {
            if job == "right" && zone == "c" {
                continue;
            }
            let labels = [("job", job), ("zone", zone), ("path", "/srv/data.d")];
            let offset = f64::from(zone.as_bytes()[0]);
            set.values("disk_bytes", &labels, move |index| {
                factor * (offset * 1e6 + index as f64 * 4096.0)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::series;

    #[test]
    fn equal_positions_give_equal_samples() {
        let (whole, part) = (series(0..50), series(10..11));
        let find = |name: &str| part.iter().find(|one| one.labels[0].1 == name);
        let cpu = find("cpu_count").expect("a gauge without gaps");
        let same = whole.iter().find(|one| one.labels == cpu.labels);
        assert_eq!(same.expect("the same series").samples[10], cpu.samples[0]);
    }

    #[test]
    fn labels_are_sorted() {
        assert!(series(0..1).iter().all(|one| one.labels.is_sorted()));
    }
}
