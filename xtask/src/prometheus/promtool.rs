//! `promtool` asks both servers the same: its output must be the same. It also lints the metrics
//! that we give out.

use super::data::START;
use super::install::Peers;
use super::process::Peer;
use crate::report::Report;
use crate::server::Server;
use anyhow::{Context, Result, bail, ensure};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs all of it against a reference and a server with the same data.
///
/// # Errors
/// Our server cannot be reached at all.
pub(crate) fn run(
    peers: &Peers,
    report: &mut Report,
    prometheus: &Peer,
    server: &Server,
) -> Result<()> {
    let reference = format!("http://{}", prometheus.address);
    let ours = format!("http://{}/prometheus", server.ready.http);
    for (name, arguments) in questions() {
        let ask = |url: &str| {
            let arguments = arguments.iter().map(|one| match one.as_str() {
                "URL" => url.to_owned(),
                _ => one.clone(),
            });
            output(&peers.promtool, &arguments.collect::<Vec<_>>())
        };
        let outcome = ask(&reference)
            .context("of the reference")
            .and_then(|left| Ok((left, ask(&ours).context("of ours")?)))
            .and_then(|(left, right)| same_lines(&left, &right));
        report.check(&format!("promtool {name}"), outcome);
    }
    let client = server.client()?;
    let outcome = client.send("GET", "/metrics").and_then(|page| {
        let complaints = lint(&peers.promtool, &page.body)?;
        ensure!(complaints.is_empty(), "{}", complaints.join("; "));
        Ok(String::new())
    });
    report.check("promtool check metrics < /metrics", outcome);
    Ok(())
}

/// What `promtool check metrics` has to say of a page.
///
/// # Errors
/// The page cannot be parsed, or is empty.
pub(crate) fn lint(program: &Path, page: &[u8]) -> Result<Vec<String>> {
    ensure!(!page.is_empty(), "the page is empty");
    let mut child = Command::new(program)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("no input")?;
    let page = page.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&page));
    let output = child.wait_with_output()?;
    let _ = writer.join();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(Vec::new()),
        // It was read; what follows is advice.
        Some(3) => Ok(text.lines().map(str::to_owned).collect()),
        _ => bail!("{}: {}", output.status, text.trim()),
    }
}

/// Name and arguments; `URL` stands for the server.
fn questions() -> Vec<(&'static str, Vec<String>)> {
    let at = |offset: i64| format!("{}.5", START + offset);
    let own = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let time = format!("--time={}", at(4021));
    let (start, end) = (
        format!("--start={}", at(1800)),
        format!("--end={}", at(3600)),
    );
    let rate = "sum by (job, method) (rate(http_requests_total[5m])) > 0.1";
    let quantile = "histogram_quantile(0.9, sum by (le, path) (rate(latency_seconds_bucket[5m])))";
    let labels = |name| ["query", "labels", &start, &end, "URL", name];
    let series = [
        "query",
        "series",
        "--match=memory_bytes{kind=~\"f.*|ü.*\"}",
        "--match=disk_bytes",
        &start,
        &end,
        "URL",
    ];
    vec![
        (
            "query instant",
            own(&["query", "instant", &time, "URL", rate]),
        ),
        (
            "query instant of a scalar",
            own(&["query", "instant", &time, "URL", "scalar(sum(cpu_count))"]),
        ),
        (
            "query instant as JSON",
            own(&[
                "query",
                "instant",
                &time,
                "--format=json",
                "URL",
                "cpu_count",
            ]),
        ),
        (
            "query range",
            own(&["query", "range", &start, &end, "--step=1m", "URL", quantile]),
        ),
        (
            "query range as JSON",
            own(&[
                "query",
                "range",
                &start,
                &end,
                "--format=json",
                "URL",
                "flag",
            ]),
        ),
        ("query series", own(&series)),
        ("query labels", own(&labels("kind"))),
        ("query labels of names", own(&labels("__name__"))),
    ]
}

fn output(program: &Path, arguments: &[String]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}", output.status, error.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The same lines in any order: only some answers have one. The last digits of a float may differ,
/// so numbers are cut to twelve.
fn same_lines(left: &str, right: &str) -> Result<String> {
    ensure!(!left.trim().is_empty(), "the reference printed nothing");
    let (left_lines, right_lines) = (sorted(left), sorted(right));
    for (one, other) in left_lines.iter().zip(&right_lines) {
        ensure!(one == other, "`{one}` there, `{other}` here");
    }
    ensure!(
        left_lines.len() == right_lines.len(),
        "{} lines there, {} here",
        left_lines.len(),
        right_lines.len()
    );
    Ok(format!("{} lines", left_lines.len()))
}

fn sorted(text: &str) -> Vec<String> {
    let cut = |word: &str| match word.parse::<f64>() {
        Ok(number) if word.contains('.') => format!("{number:.11e}"),
        _ => word.to_owned(),
    };
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.split(' ').map(cut).collect::<Vec<_>>().join(" "))
        .collect();
    lines.sort();
    lines
}

#[cfg(test)]
mod tests {
    use super::same_lines;

    #[test]
    fn order_and_last_digits_do_not_matter() {
        assert!(same_lines("a 1.0000000000000002\nb 2", "b 2\na 1.0").is_ok());
        assert!(same_lines("a 1.5", "a 1.6").is_err());
        assert!(same_lines("a", "a\nb").is_err());
        assert!(same_lines("", "").is_err());
    }
}
