//! The parts of the orchestrator put together: one request and the end, or the HTTP side, the
//! scheduler and the maker of requests side by side until a stop.

use std::future::{Future, IntoFuture as _};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection::CountedListener;
use crate::http::{self, Api};
use crate::inbox::{self, Inbox};
use crate::options::Options;
use crate::orchestrator::Orchestrator;
use crate::plan::Workflow;
use crate::probe;
use crate::queue::Queue;
use crate::scheduler::{self, IdSource, Tally, own_run};

const PART_BROKE_OFF: &str = "a part of the demo broke off";
/// Open connections get this long to end after a stop.
const GRACE: Duration = Duration::from_secs(2);

/// What a run of the orchestrator is made of.
pub(crate) struct Parts {
    pub(crate) orchestrator: Arc<Orchestrator>,
    pub(crate) queue: Queue,
    pub(crate) tally: Arc<Tally>,
    pub(crate) ids: Arc<IdSource>,
}

impl Parts {
    /// Carries out one request.
    pub(crate) async fn run_once(
        &self,
        stop: &watch::Sender<bool>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<()> {
        let text = "repair what may end the process and prove it";
        let run = own_run(&self.ids, Workflow::FixAndTest, text, "cli");
        let id = run.id.clone();
        if !self.queue.push(run).await? {
            bail!("too many runs are waiting in the queue");
        }
        let run = self
            .queue
            .claim(Some(id))
            .await?
            .context("the run is gone from the queue")?;
        let mut work = pin!(scheduler::carry_out(
            &self.orchestrator,
            &self.queue,
            &self.tally,
            &run
        ));
        tokio::select! {
            done = &mut work => done,
            () = shutdown => {
                stop.send_replace(true);
                work.await
            }
        }
    }

    /// Works until told to stop; returns where the HTTP side listened.
    pub(crate) async fn serve(
        self,
        mut options: Options,
        stop: watch::Sender<bool>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<SocketAddr> {
        let listener = listen(&mut options).await?;
        let address = listener.local_addr()?;
        let pace = self.orchestrator.pace.clone();
        let mut tasks: JoinSet<anyhow::Result<()>> = JoinSet::new();
        let api = Api {
            queue: self.queue.clone(),
            ids: Arc::clone(&self.ids),
            telemetry: Arc::clone(&self.orchestrator.telemetry),
            loopback: address.ip().is_loopback(),
            inbox: Inbox::default(),
        };
        if let Some(mail) = open_mail(options.mail.take())? {
            let (inbox, pace) = (api.inbox.clone(), pace.clone());
            tasks.spawn(async move {
                tokio::select! {
                    () = inbox::receive_mail(mail, inbox) => {}
                    () = pace.stopped() => {}
                }
                Ok(())
            });
        }
        let metrics = Arc::clone(&self.orchestrator.telemetry.metrics);
        tasks.spawn(probe::watch(address, pace.clone(), metrics));
        let (draining, overdue) = (pace.clone(), pace);
        tasks.spawn(async move {
            let listener = CountedListener {
                inner: listener,
                metrics: Arc::clone(&api.telemetry.metrics),
            };
            let server = axum::serve(listener, http::router(api))
                .with_graceful_shutdown(async move { draining.stopped().await })
                .into_future();
            let late = async {
                overdue.stopped().await;
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                done = server => done.context("the HTTP side of the demo failed"),
                () = late => Ok(()),
            }
        });
        let Self {
            orchestrator,
            queue,
            tally,
            ids,
        } = self;
        tasks.spawn(Box::pin(scheduler::work(
            Arc::clone(&orchestrator),
            queue.clone(),
            tally,
            options.concurrency,
        )));
        tasks.spawn(scheduler::generate(orchestrator, queue, ids, options.rate));
        if let Some(announce) = options.on_listening {
            announce(address);
        }
        // Whatever ends first, be it the wish to stop or a broken part, ends the others.
        let mut result = tokio::select! {
            () = shutdown => Ok(()),
            Some(joined) = tasks.join_next() => joined.context(PART_BROKE_OFF).flatten(),
        };
        stop.send_replace(true);
        while let Some(joined) = tasks.join_next().await {
            result = result.and(joined.context(PART_BROKE_OFF).flatten());
        }
        result.map(|()| address)
    }
}

async fn listen(options: &mut Options) -> anyhow::Result<TcpListener> {
    if let Some(listener) = options.listener.take() {
        listener.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(listener)?);
    }
    TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("failed to listen on {}", options.listen))
}

fn open_mail(listener: Option<std::net::TcpListener>) -> anyhow::Result<Option<TcpListener>> {
    let Some(listener) = listener else {
        return Ok(None);
    };
    listener.set_nonblocking(true)?;
    Ok(Some(TcpListener::from_std(listener)?))
}
