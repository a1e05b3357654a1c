//! Counters of HTTP requests by route and status, and how long they took.

use super::exposition::{Exposition, Type};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::time::Duration;

/// Upper bounds in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 60.0];
/// Routes and statuses are closed sets; this is a net below them.
const ROWS_MAX: usize = 2_000;

/// Counters of requests.
#[derive(Debug, Default)]
pub struct Requests {
    rows: Mutex<BTreeMap<(String, &'static str, u16), u64>>,
    times: Mutex<BTreeMap<String, Times>>,
}

#[derive(Debug, Default, Clone)]
struct Times {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

impl Requests {
    /// A request was answered. `route` is a template, never a path.
    pub fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let mut rows = self.rows.lock();
        let key = (route.to_owned(), method, status);
        if rows.len() < ROWS_MAX || rows.contains_key(&key) {
            *rows.entry(key).or_default() += 1;
        }
        drop(rows);
        let mut times = self.times.lock();
        if times.len() < ROWS_MAX || times.contains_key(route) {
            let row = times.entry(route.to_owned()).or_default();
            let seconds = took.as_secs_f64();
            row.count += 1;
            row.sum += seconds;
            for (bucket, bound) in row.buckets.iter_mut().zip(BOUNDS) {
                *bucket += u64::from(seconds <= bound);
            }
        }
    }

    /// Prints the counters.
    pub fn write(&self, out: &mut Exposition) {
        let rows = self.rows.lock().clone();
        let name = "tacho_server_http_requests_answered";
        out.family(
            name,
            Type::Counter,
            "Requests that were answered, by route, method and status.",
        );
        for ((route, method, status), count) in &rows {
            let status = status.to_string();
            let labels = [
                ("route", route.as_str()),
                ("method", method),
                ("status", status.as_str()),
            ];
            out.sample(name, &labels, *count as f64);
        }
        let times = self.times.lock().clone();
        let name = "tacho_server_http_request_duration_seconds";
        out.family(
            name,
            Type::Histogram,
            "Time from a request's head to the head of its answer.",
        );
        for (route, row) in &times {
            for (bucket, bound) in row.buckets.iter().zip(BOUNDS) {
                let bound = bound.to_string();
                let labels = [("route", route.as_str()), ("le", bound.as_str())];
                out.sample(&format!("{name}_bucket"), &labels, *bucket as f64);
            }
            let labels = [("route", route.as_str()), ("le", "+Inf")];
            out.sample(&format!("{name}_bucket"), &labels, row.count as f64);
            out.sample(&format!("{name}_sum"), &[("route", route)], row.sum);
            out.sample(
                &format!("{name}_count"),
                &[("route", route)],
                row.count as f64,
            );
        }
    }
}
