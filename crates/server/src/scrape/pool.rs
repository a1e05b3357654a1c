//! The targets of one job: what was found becomes targets, targets get tasks, and tasks of targets
//! that are gone are told so.

use super::counters::add;
use super::status::{ActiveTarget, TargetMetadata};
use super::target::{self, Common, Orders, Plan, TargetState};
use super::{Views, to_map};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tacho_export::dial::Dialer;
use tacho_ingest::scrape::config::discovery::targets::TargetGroup;
use tacho_ingest::scrape::config::job::Job;
use tacho_ingest::scrape::target::{Built, Target};
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;
use tacho_yaml::scalar::print_duration;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Targets of a job.
const TARGETS_MAX: usize = 100_000;
/// Dropped targets that are remembered where the job sets no limit.
const DROPPED_MAX: usize = 10_000;

/// The targets of one job.
pub(crate) struct Pool {
    pub(crate) job: Arc<Job>,
    pub(crate) dialer: Arc<Dialer>,
    /// What each discovery found.
    pub(crate) slots: Vec<Vec<TargetGroup>>,
    /// Which start of its discoveries it is.
    pub(crate) epoch: u64,
    pub(crate) discovery_tasks: Vec<AbortHandle>,
    running: HashMap<u64, Running>,
}

struct Running {
    plan: watch::Sender<Plan>,
    gone: watch::Sender<bool>,
    state: Arc<Mutex<TargetState>>,
}

/// What is known of a pool, for those who ask.
#[derive(Default)]
pub(crate) struct View {
    pub(crate) active: HashMap<u64, ViewEntry>,
    pub(crate) dropped: Vec<Labels>,
    pub(crate) dropped_count: usize,
}

/// What is known of a target.
pub(crate) struct ViewEntry {
    pub(crate) target: Arc<Target>,
    pub(crate) state: Arc<Mutex<TargetState>>,
}

/// What became of all that was found.
#[derive(Default)]
struct Sorted {
    active: HashMap<u64, Arc<Target>>,
    dropped: Vec<Labels>,
    dropped_count: usize,
    failed: u64,
}

impl Pool {
    pub(crate) fn new(job: Arc<Job>, dialer: Arc<Dialer>) -> Self {
        Self {
            job,
            dialer,
            slots: Vec::new(),
            epoch: 0,
            discovery_tasks: Vec::new(),
            running: HashMap::new(),
        }
    }

    /// Ends the tasks that look for targets.
    pub(crate) fn stop_discovery(&mut self) {
        for task in self.discovery_tasks.drain(..) {
            task.abort();
        }
    }

    /// The job is gone: all its targets are.
    pub(crate) fn end(&mut self) {
        self.stop_discovery();
        for running in self.running.values() {
            let _ = running.gone.send(true);
        }
    }

    /// Makes the tasks those of the targets that were found.
    pub(crate) fn sync(
        &mut self,
        common: &Arc<Common>,
        views: &Arc<Views>,
        tasks: &mut JoinSet<()>,
    ) {
        let sorted = self.sort();
        add(&common.counters.sync_failures, sorted.failed);
        let limit = self.job.limits.targets;
        let count = sorted.active.len();
        let forced = (limit > 0 && count as u64 > limit)
            .then(|| format!("target_limit exceeded (number of targets: {count}, limit: {limit})"));
        self.running.retain(|key, running| {
            let stays = sorted.active.contains_key(key);
            if !stays {
                let _ = running.gone.send(true);
            }
            stays
        });
        let mut view = View {
            active: HashMap::new(),
            dropped: sorted.dropped,
            dropped_count: sorted.dropped_count,
        };
        let mut new = Vec::new();
        for (key, target) in sorted.active {
            let plan = Plan {
                job: Arc::clone(&self.job),
                target: Arc::clone(&target),
                dialer: Arc::clone(&self.dialer),
                forced: forced.clone(),
            };
            let state = match self.running.get(&key) {
                Some(running) => {
                    running
                        .plan
                        .send_if_modified(|current| replace(current, plan));
                    Arc::clone(&running.state)
                }
                None => {
                    let (running, orders) = start(plan, views);
                    let state = Arc::clone(&running.state);
                    self.running.insert(key, running);
                    new.push((orders, Arc::clone(&state)));
                    state
                }
            };
            view.active.insert(key, ViewEntry { target, state });
        }
        views.write().insert(self.job.name.clone(), view);
        for (orders, state) in new {
            tasks.spawn(target::run(Arc::clone(common), orders, state));
        }
    }

    /// Makes targets of all groups.
    fn sort(&self) -> Sorted {
        let mut sorted = Sorted::default();
        let kept_max = match usize::try_from(self.job.limits.kept_dropped_targets) {
            Ok(0) | Err(_) => DROPPED_MAX,
            Ok(limit) => limit.min(DROPPED_MAX),
        };
        let mut left = TARGETS_MAX;
        for group in self.slots.iter().flatten() {
            for own in &group.targets {
                let Some(rest) = left.checked_sub(1) else {
                    sorted.failed += 1;
                    continue;
                };
                left = rest;
                match Target::build(&self.job, own, &group.labels) {
                    Ok(Built::Active(target)) => {
                        sorted
                            .active
                            .entry(target.key())
                            .or_insert_with(|| Arc::new(*target));
                    }
                    Ok(Built::Dropped { discovered }) => {
                        sorted.dropped_count += 1;
                        if sorted.dropped.len() < kept_max {
                            sorted.dropped.push(discovered);
                        }
                    }
                    Err(reason) => {
                        sorted.failed += 1;
                        tracing::warn!(job = self.job.name, target = %own, reason, "a target cannot be scraped");
                    }
                }
            }
        }
        sorted
    }
}

/// Takes over a plan; false if it is the one before.
fn replace(current: &mut Plan, plan: Plan) -> bool {
    let same = Arc::ptr_eq(&current.dialer, &plan.dialer)
        && current.forced == plan.forced
        && current.target == plan.target
        && current.job == plan.job;
    if !same {
        *current = plan;
    }
    !same
}

fn start(plan: Plan, views: &Arc<Views>) -> (Running, Orders) {
    let (gone, is_gone) = watch::channel(false);
    let (plan, plans) = watch::channel(plan);
    let views = Arc::clone(views);
    let orders = Orders {
        plan: plans,
        gone: is_gone,
        is_back: Box::new(move |target: &Target| {
            let views = views.read();
            let mut active = views.values().flat_map(|view| view.active.values());
            active.any(|entry| entry.target.public == target.public)
        }),
    };
    let running = Running {
        plan,
        gone,
        state: Arc::default(),
    };
    (running, orders)
}

/// The time that stands for never.
const NEVER: &str = "0001-01-01T00:00:00Z";

impl ViewEntry {
    /// The target as the API tells of it.
    pub(crate) fn to_status(&self, pool: &str) -> ActiveTarget {
        let target = &self.target;
        let state = self.state.lock();
        ActiveTarget {
            discovered_labels: to_map(&target.discovered),
            labels: to_map(&target.public),
            scrape_pool: pool.to_owned(),
            scrape_url: target.url.clone(),
            global_url: target.url.clone(),
            last_error: state.last_error.clone(),
            last_scrape: match state.last_scrape_ns {
                0 => NEVER.to_owned(),
                at => Timestamp(at).to_string(),
            },
            last_scrape_duration: state.last_duration.as_secs_f64(),
            health: state.health,
            scrape_interval: print_duration(target.interval),
            scrape_timeout: print_duration(target.timeout),
        }
    }

    /// What it tells about its metrics.
    pub(crate) fn metadata(&self, metric: Option<&str>) -> impl Iterator<Item = TargetMetadata> {
        let known = Arc::clone(&self.state.lock().metadata);
        let labels = to_map(&self.target.public);
        let wanted: Vec<usize> = known
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| metric.is_none_or(|metric| metric == name))
            .map(|(at, _)| at)
            .collect();
        let named = metric.is_some();
        wanted.into_iter().filter_map(move |at| {
            let (name, metadata) = known.get(at)?;
            Some(TargetMetadata {
                target: labels.clone(),
                metric: if named { String::new() } else { name.clone() },
                kind: metadata.kind.as_str(),
                help: metadata.help.clone(),
                unit: metadata.unit.clone(),
            })
        })
    }
}
