//! `cargo xtask crash`: the server is fed by a program that keeps a ledger of what was acknowledged,
//! killed at random moments (also while it flushes, merges or replays), started again on the same
//! folder, and asked: every acknowledged item must be there exactly once, nothing may be there in
//! part, nothing that was never sent may be there. A failing run prints its seed.

mod check;
mod ledger;
mod samples;
mod sender;

use crate::http::Client;
use crate::random::Random;
use crate::server::{self, Server};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use ledger::Ledger;
use sender::Sender;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many rounds, and which.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Kills
    #[arg(long, default_value_t = 20)]
    rounds: u32,
    /// The seed of a run that shall be repeated
    #[arg(long)]
    seed: Option<u64>,
    /// The same in every round, instead of what the seed says
    #[arg(long, value_enum)]
    disturbance: Option<Disturbance>,
}

/// What is done to the server in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Disturbance {
    /// Only killed.
    None,
    /// Flushed over and over while it is killed.
    Flush,
    /// Flushed and merged over and over while it is killed.
    Compact,
    /// Killed again while it starts.
    KillReplay,
}

/// Runs the rounds; false if anything is lost, doubled or torn.
///
/// # Errors
/// The server or the sender cannot be run at all.
#[expect(
    clippy::print_stdout,
    reason = "the report is the purpose of the command"
)]
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let seed = arguments.seed.unwrap_or_else(Random::fresh_seed) & 0xffff_ffff;
    println!("seed {seed}, {} rounds", arguments.rounds);
    let folder = workspace::target().join("xtask").join("crash");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut run = Run {
        random: Random::new(seed),
        seed,
        folder: &folder,
        ledger: Ledger::new(seed),
        disturbance: arguments.disturbance,
    };
    let (mut passed, mut failed) = (0, 0);
    for round in 0..arguments.rounds {
        let outcome = run.round(round);
        tell(&format!("round {round}"), outcome, &mut passed, &mut failed);
        if failed > 0 {
            break;
        }
    }
    if failed == 0 {
        tell(
            "two processes on one folder",
            run.second_process(),
            &mut passed,
            &mut failed,
        );
        tell(
            "SIGTERM, then all rounds again",
            run.ends_politely(),
            &mut passed,
            &mut failed,
        );
    }
    if failed > 0 {
        let kept = folder.with_file_name(format!("crash-failed-{seed}"));
        let _ = std::fs::remove_dir_all(&kept);
        std::fs::rename(&folder, &kept)?;
        println!(
            "repeat with `cargo xtask crash --rounds {} --seed {seed}`; data and log are kept in {}",
            arguments.rounds,
            kept.display()
        );
    }
    println!("{passed} passed, {failed} failed, 0 skipped");
    Ok(failed == 0)
}

#[expect(
    clippy::print_stdout,
    reason = "the report is the purpose of the command"
)]
fn tell(name: &str, outcome: Result<String>, passed: &mut u32, failed: &mut u32) {
    match outcome {
        Ok(what) => {
            println!("ok     {name}: {what}");
            *passed += 1;
        }
        Err(error) => {
            println!("FAILED {name}: {error:#}");
            *failed += 1;
        }
    }
}

struct Run<'a> {
    random: Random,
    seed: u64,
    folder: &'a Path,
    ledger: Ledger,
    disturbance: Option<Disturbance>,
}

impl Run<'_> {
    fn round(&mut self, round: u32) -> Result<String> {
        let drawn = match self.random.between(0, 6) {
            0 | 1 => Disturbance::Flush,
            2 => Disturbance::Compact,
            3 => Disturbance::KillReplay,
            _ => Disturbance::None,
        };
        let disturbance = self.disturbance.unwrap_or(drawn);
        let life = Duration::from_millis(self.random.between(150, 2_500));
        let server = Server::start(self.folder)?;
        let sender = Sender::start(&server, self.seed, round)?;
        let flushing = match disturbance {
            Disturbance::Flush => Some(Flushing::start(&server, false)?),
            Disturbance::Compact => Some(Flushing::start(&server, true)?),
            Disturbance::None | Disturbance::KillReplay => None,
        };
        std::thread::sleep(life);
        server.kill()?;
        let flushes = flushing.map_or(Ok(0), Flushing::stop)?;
        self.ledger.add(round, &sender.finish()?)?;
        if disturbance == Disturbance::KillReplay {
            self.kill_while_starting()?;
        }
        let server = Server::start(self.folder)?;
        let found = check::round(&server.client()?, &self.ledger, round)
            .with_context(|| format!("{disturbance:?} after {life:?}"))?;
        // The next start finds a killed server again, with a WAL that was replayed once already.
        server.kill()?;
        Ok(format!(
            "{disturbance:?} after {} ms, {flushes} flushes, {found}",
            life.as_millis()
        ))
    }

    fn kill_while_starting(&mut self) -> Result<()> {
        for _ in 0..3 {
            let delay = Duration::from_millis(self.random.between(1, 400));
            Server::start_and_kill(self.folder, delay)?;
        }
        Ok(())
    }

    /// Someone starts a second server on the folder by mistake: it ends, the first goes on.
    fn second_process(&self) -> Result<String> {
        let server = Server::start(self.folder)?;
        server::expect_refusal(self.folder)?;
        server.client()?.json("/api/v1/status")?;
        server.kill()?;
        Ok("the second is refused, the first goes on".to_owned())
    }

    fn ends_politely(&self) -> Result<String> {
        let server = Server::start(self.folder)?;
        let status = server.terminate()?;
        ensure!(
            status.code() == Some(0),
            "after SIGTERM it ended with {status}"
        );
        let server = Server::start(self.folder)?;
        let client = server.client()?;
        let mut total = check::Found::default();
        for round in self.ledger.rounds() {
            total.add(&check::round(&client, &self.ledger, round)?);
        }
        check::status(&client, &total)?;
        server
            .admin()?
            .send("POST", "/api/v1/admin/flush?compact=true")?;
        for round in self.ledger.rounds() {
            check::round(&client, &self.ledger, round).context("after flush and merge")?;
        }
        check::status(&client, &total)?;
        server.terminate()?;
        Ok(format!("{total}, also after flush and merge"))
    }
}

/// A thread that asks for flushes until the server is gone.
struct Flushing {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<u32>,
}

impl Flushing {
    fn start(server: &Server, compact: bool) -> Result<Self> {
        let client: Client = server.admin()?;
        let path = if compact {
            "/api/v1/admin/flush?compact=true"
        } else {
            "/api/v1/admin/flush"
        };
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut count = 0;
            while !flag.load(Ordering::Relaxed) {
                match client.send("POST", path) {
                    Ok(response) if response.status == 200 || response.status == 204 => count += 1,
                    _ => std::thread::sleep(Duration::from_millis(20)),
                }
            }
            count
        });
        Ok(Self { stop, thread })
    }

    fn stop(self) -> Result<u32> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the flushing thread died"))
    }
}
