//! The task that owns all pools. Its inputs are messages: a configuration, groups that a discovery
//! found, the end.

use super::Outside;
use super::Views;
use super::discovery::{self, Outlet};
use super::pool::Pool;
use super::target::Common;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_export::dial::Dialer;
use tacho_ingest::scrape::config::discovery::Discovery;
use tacho_ingest::scrape::config::discovery::targets::TargetGroup;
use tacho_ingest::scrape::config::job::Job;
use tacho_ingest::scrape::config::load::PrometheusConfig;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// What the manager is told.
pub(crate) enum Message {
    /// Put this configuration in force.
    Apply {
        config: Arc<PrometheusConfig>,
        done: oneshot::Sender<()>,
    },
    /// A discovery found these groups.
    Found {
        pool: String,
        epoch: u64,
        slot: usize,
        groups: Vec<TargetGroup>,
    },
    /// End everything.
    Stop { done: oneshot::Sender<()> },
}

/// Owns all pools.
pub(crate) struct Manager {
    common: Arc<Common>,
    outside: Outside,
    views: Arc<Views>,
    messages: mpsc::Sender<Message>,
    pools: BTreeMap<String, Pool>,
    /// Tasks of targets; they end when their target is gone.
    tasks: JoinSet<()>,
    epoch: u64,
}

impl Manager {
    pub(crate) fn new(
        common: Arc<Common>,
        outside: Outside,
        views: Arc<Views>,
        messages: mpsc::Sender<Message>,
    ) -> Self {
        Self {
            common,
            outside,
            views,
            messages,
            pools: BTreeMap::new(),
            tasks: JoinSet::new(),
            epoch: 0,
        }
    }

    /// Runs until it is told to stop or nobody can tell it anything any more.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        loop {
            let message = tokio::select! {
                message = inbox.recv() => message,
                Some(_) = self.tasks.join_next() => continue,
            };
            match message {
                Some(Message::Apply { config, done }) => {
                    self.apply(&config);
                    let _ = done.send(());
                }
                Some(Message::Found {
                    pool,
                    epoch,
                    slot,
                    groups,
                }) => self.found(&pool, epoch, slot, groups),
                Some(Message::Stop { done }) => {
                    self.stop().await;
                    let _ = done.send(());
                    return;
                }
                None => {
                    self.stop().await;
                    return;
                }
            }
        }
    }

    async fn stop(&mut self) {
        for pool in self.pools.values_mut() {
            pool.stop_discovery();
        }
        self.tasks.shutdown().await;
        self.pools.clear();
    }

    fn apply(&mut self, config: &PrometheusConfig) {
        let names: Vec<&str> = config.jobs.iter().map(|job| job.name.as_str()).collect();
        self.pools.retain(|name, pool| {
            let stays = names.contains(&name.as_str());
            if !stays {
                pool.end();
                self.views.write().remove(name);
            }
            stays
        });
        for job in &config.jobs {
            let same = self
                .pools
                .get(&job.name)
                .is_some_and(|pool| *pool.job == *job);
            if !same {
                self.apply_job(Arc::new(job.clone()));
            }
        }
    }

    fn apply_job(&mut self, job: Arc<Job>) {
        self.epoch += 1;
        let name = job.name.clone();
        let dialer = Dialer::new(job.client.clone(), self.outside.dial.clone());
        let mut old = self.pools.remove(&name);
        let slots = first_groups(&job, old.as_mut());
        let mut pool = match old {
            Some(mut pool) => {
                pool.stop_discovery();
                pool.job = Arc::clone(&job);
                pool.dialer = Arc::new(dialer);
                pool
            }
            None => Pool::new(Arc::clone(&job), Arc::new(dialer)),
        };
        pool.slots = slots;
        pool.epoch = self.epoch;
        for (slot, discovery) in job.discoveries.iter().enumerate() {
            let outlet = Outlet {
                pool: name.clone(),
                epoch: self.epoch,
                slot,
                messages: self.messages.clone(),
                counters: Arc::clone(&self.common.counters),
            };
            let task = discovery::start(discovery, outlet, &self.outside);
            pool.discovery_tasks.extend(task);
        }
        pool.sync(&self.common, &self.views, &mut self.tasks);
        self.pools.insert(name, pool);
    }

    fn found(&mut self, pool: &str, epoch: u64, slot: usize, groups: Vec<TargetGroup>) {
        // what a discovery of an older configuration found does not count
        let Some(pool) = self.pools.get_mut(pool).filter(|pool| pool.epoch == epoch) else {
            return;
        };
        if let Some(place) = pool.slots.get_mut(slot) {
            *place = groups;
        }
        pool.sync(&self.common, &self.views, &mut self.tasks);
    }
}

/// Groups to begin with: those of the configuration, and what the same discovery found before.
fn first_groups(job: &Job, old: Option<&mut Pool>) -> Vec<Vec<TargetGroup>> {
    let mut known: Vec<(Discovery, Vec<TargetGroup>)> = Vec::new();
    if let Some(pool) = old {
        let slots = std::mem::take(&mut pool.slots);
        known.extend(pool.job.discoveries.iter().cloned().zip(slots));
    }
    let find = |discovery: &Discovery| match discovery {
        Discovery::Static(groups) => groups.clone(),
        other => {
            let before = known.iter().find(|(known, _)| known == other);
            before.map_or_else(Vec::new, |(_, groups)| groups.clone())
        }
    };
    job.discoveries.iter().map(find).collect()
}
