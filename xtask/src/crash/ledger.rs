//! What was sent and what was acknowledged, by round, lane and request.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// A stream of requests one after the other: one signal by one transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    SpansGrpc,
    SpansProtobuf,
    SpansJson,
    LogsGrpc,
    LogsProtobuf,
    LogsJson,
    SamplesWrite,
    SumsProtobuf,
}

/// What a lane sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// A trace a request.
    Spans,
    /// Log records.
    Records,
    /// A series an item, by remote write.
    Samples,
    /// Delta points of one counter, which lives over all rounds.
    Sums,
}

impl Lane {
    /// All of them; the position is the number that goes into ids.
    pub(crate) const ALL: [Lane; 8] = [
        Lane::SpansGrpc,
        Lane::SpansProtobuf,
        Lane::SpansJson,
        Lane::LogsGrpc,
        Lane::LogsProtobuf,
        Lane::LogsJson,
        Lane::SamplesWrite,
        Lane::SumsProtobuf,
    ];

    /// The name that the sender uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Lane::SpansGrpc => "spans-grpc",
            Lane::SpansProtobuf => "spans-protobuf",
            Lane::SpansJson => "spans-json",
            Lane::LogsGrpc => "logs-grpc",
            Lane::LogsProtobuf => "logs-protobuf",
            Lane::LogsJson => "logs-json",
            Lane::SamplesWrite => "samples-write",
            Lane::SumsProtobuf => "sums-protobuf",
        }
    }

    /// What it sends.
    pub(crate) fn signal(self) -> Signal {
        match self {
            Lane::SpansGrpc | Lane::SpansProtobuf | Lane::SpansJson => Signal::Spans,
            Lane::LogsGrpc | Lane::LogsProtobuf | Lane::LogsJson => Signal::Records,
            Lane::SamplesWrite => Signal::Samples,
            Lane::SumsProtobuf => Signal::Sums,
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.name() == name)
    }
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    /// How many spans, records or series; how much the counter grows.
    pub items: u64,
    /// The server said that it has it.
    pub acknowledged: bool,
}

/// The requests of a lane in a round, by number.
pub(crate) type Requests = BTreeMap<u64, Request>;

/// Everything that was sent in a run.
pub(crate) struct Ledger {
    seed: u64,
    requests: BTreeMap<(u32, Lane), Requests>,
}

impl Ledger {
    /// An empty ledger.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            requests: BTreeMap::new(),
        }
    }

    /// Adds the lines of a sender: `sent LANE NUMBER ITEMS` before a request, `ack LANE NUMBER`
    /// after its acknowledgement.
    ///
    /// # Errors
    /// A line is none of these.
    pub(crate) fn add(&mut self, round: u32, lines: &str) -> Result<()> {
        for line in lines.lines() {
            self.add_line(round, line)
                .with_context(|| format!("ledger line `{line}`"))?;
        }
        Ok(())
    }

    fn add_line(&mut self, round: u32, line: &str) -> Result<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let lane = words
            .get(1)
            .and_then(|name| Lane::parse(name))
            .context("no lane")?;
        let number: u64 = words.get(2).context("no number")?.parse()?;
        let requests = self.requests.entry((round, lane)).or_default();
        match words.as_slice() {
            ["sent", _, _, items] => {
                requests.insert(
                    number,
                    Request {
                        items: items.parse()?,
                        acknowledged: false,
                    },
                );
            }
            ["ack", _, _] => {
                requests
                    .get_mut(&number)
                    .context("acknowledged before sent")?
                    .acknowledged = true;
            }
            _ => bail!("neither `sent` nor `ack`"),
        }
        Ok(())
    }

    /// The rounds so far.
    pub(crate) fn rounds(&self) -> Vec<u32> {
        let mut rounds: Vec<u32> = self.requests.keys().map(|(round, _)| *round).collect();
        rounds.dedup();
        rounds
    }

    /// The requests of a lane.
    pub(crate) fn requests(&self, round: u32, lane: Lane) -> Option<&Requests> {
        self.requests.get(&(round, lane))
    }

    /// The service name under which a lane sends in a round.
    pub(crate) fn service(&self, round: u32, lane: Lane) -> String {
        if lane.signal() == Signal::Sums {
            return format!("crash-{:08x}-{}", self.seed, lane.name());
        }
        format!("crash-{:08x}-{round}-{}", self.seed, lane.name())
    }

    /// The trace id of a request.
    pub(crate) fn trace_id(&self, round: u32, lane: Lane, number: u64) -> String {
        let position = Lane::ALL
            .iter()
            .position(|other| *other == lane)
            .unwrap_or(0);
        format!("{:08x}{round:04x}{position:04x}{number:016x}", self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Lane, Ledger};

    #[test]
    fn a_request_is_acknowledged_only_by_its_line() {
        let mut ledger = Ledger::new(7);
        let lines = "sent spans-grpc 1 3\nsent logs-json 1 2\nack spans-grpc 1\n";
        ledger.add(0, lines).expect("the lines are good");
        let request = |lane| ledger.requests(0, lane).expect("it sent")[&1];
        assert!(request(Lane::SpansGrpc).acknowledged);
        assert!(!request(Lane::LogsJson).acknowledged);
        assert_eq!(ledger.rounds(), [0]);
    }

    #[test]
    fn unknown_lines_are_errors() {
        let mut ledger = Ledger::new(7);
        assert!(ledger.add(0, "ack spans-grpc 9").is_err());
        assert!(ledger.add(0, "sent nothing 1 1").is_err());
        assert!(ledger.add(0, "lost spans-grpc 1").is_err());
    }

    #[test]
    fn trace_ids_have_32_digits_and_differ() {
        let ledger = Ledger::new(0xffff_ffff);
        let id = ledger.trace_id(3, Lane::LogsJson, 9);
        assert_eq!(id, "ffffffff000300050000000000000009");
    }
}
