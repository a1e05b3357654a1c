//! `tacho demo`: the server and the example orchestrator in one process and one runtime. The
//! orchestrator ends first, so that the server gets its last spans.

mod alerts;
mod scrape;

use self::alerts::Places;
use self::scrape::{Listen, Target};
use super::serve::{ListenArgs, failure};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::counted;
use crate::output::escape;
use crate::output::screen::{Screen, Style};
use crate::stop;
use anyhow::Context as _;
use clap::Args;
use std::fmt::Write as _;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tacho_demo::Summary;
use tacho_demo::options::Options as DemoOptions;
use tacho_server::config::load::{Flag, Sources, find_file, load};
use tacho_server::config::settings::Config;
use tacho_server::error::Error;
use tacho_server::ready::Addresses;
use tacho_server::run::{Options, ProcessUse, run as run_server};
use tacho_server::telemetry::log;
use tokio::sync::oneshot;

/// By then the first spans are there.
const ADVICE_AFTER: Duration = Duration::from_secs(5);

/// The folder of the orchestrator, inside that of the data.
const WORK_FOLDER: &str = "demo";

/// The longest of the commands that are shown.
const FAILED: &str = "traces list --query '{ status = error }'";

/// Start a server with something to look at
///
/// Runs the server and, beside it, a small orchestrator whose agents read, search and edit files of a scratch
/// copy of a source tree and report over OpenTelemetry; only the language model is played. Some of its metrics
/// the server scrapes. Data go to $XDG_DATA_HOME/tachograph-demo unless --data-dir says otherwise. Ctrl-C ends
/// it; the data stay.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho demo
  tacho demo --once
  tacho demo --repo ~/src/my-project --rate 10
  tacho demo --http 127.0.0.1:0 --otlp-grpc 127.0.0.1:0 --listen 127.0.0.1:0 --metrics-listen off")]
pub(crate) struct DemoArgs {
    /// Source tree that the agents work on a copy of; a built-in one if absent
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// Run one request to its end and stop
    #[arg(long)]
    once: bool,
    /// Requests a minute that the orchestrator makes by itself; 0 for none
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    rate: f64,
    /// Address of the orchestrator's own API
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9002")]
    listen: SocketAddr,
    /// Address of the orchestrator's /metrics, which the server scrapes, or `off`
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9464")]
    metrics_listen: Listen,
    /// Decides everything that looks like chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Makes every pause so many times shorter
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    speed: f64,
    #[command(flatten)]
    server: ListenArgs,
}

pub(crate) async fn run(context: &Context, args: &DemoArgs) -> anyhow::Result<Exit> {
    let data_dir = data_dir(context)?;
    let mut options = args.server.options(context, Some(&data_dir))?;
    let config = start_log(&options)?;
    let target = args.metrics_listen.open()?;
    if let Some(target) = &target {
        let folder = data_dir.join(WORK_FOLDER);
        announce(context, &mut options, &config, &folder, target)?;
    }
    let places = match args.once {
        true => None,
        false => Some(Places::open(args.listen)?),
    };
    if let Some(places) = &places
        && config.alerting.alertmanager_file.is_none()
        && config.alerting.routing_block.is_none()
    {
        let path = places.write_config(&data_dir.join(WORK_FOLDER))?;
        tell(
            &mut options,
            "--listen",
            "alerting.alertmanager_config",
            &path,
        )?;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let stopping = stop::on_signal()?;
    let (server, mut link) = start_server(options);
    let mut server = std::pin::pin!(server);
    let addresses = tokio::select! {
        ready = &mut link.ready => match ready {
            Ok(addresses) => addresses,
            // It ended before it was ready: it says why.
            Err(_) => return end(server.await),
        },
        ended = &mut server => return end(ended),
        () = stop::wait(stopping.clone()) => {
            link.stop();
            return end(server.await);
        }
    };
    let demo = Demo {
        context,
        args,
        data_dir: &data_dir,
        addresses,
    };
    let outcome = tokio::select! {
        summary = Box::pin(demo.work(target, places, stop::wait(stopping))) => summary,
        // Without a server the spans of the orchestrator have nowhere to go.
        ended = &mut server => {
            end(ended)?;
            return Err(Failure::failed("the server stopped").into());
        }
    };
    // Whatever became of the work, the server is closed in order.
    link.stop();
    let ended = end(server.await);
    demo.conclude(&outcome?)?;
    ended
}

fn end(ended: Result<(), Error>) -> anyhow::Result<Exit> {
    ended.map_err(|error| failure(&error))?;
    Ok(Exit::Done)
}

/// The folder of the data: the given one, else one beside that of `tacho serve`, else a temporary one.
fn data_dir(context: &Context) -> anyhow::Result<PathBuf> {
    let dir = match (&context.global.data_dir, context.data_home()) {
        (Some(dir), _) => dir.clone(),
        (None, Some(home)) => home.join("tachograph-demo"),
        (None, None) => std::env::temp_dir().join("tachograph-demo"),
    };
    std::path::absolute(&dir).with_context(|| format!("failed to find {}", dir.display()))
}

/// Tells the server where the orchestrator's metrics are, unless it was told already what to scrape.
fn announce(
    context: &Context,
    options: &mut Options,
    config: &Config,
    folder: &Path,
    target: &Target,
) -> anyhow::Result<()> {
    if let Some(file) = &config.scrape.file {
        return context.screen().print(&format!(
            "{} decides what is scraped; the metrics of the demo at http://{}/metrics are not added to it\n",
            escape::line(&file.display().to_string()),
            target.address
        ));
    }
    let path = scrape::write_config(folder, target.address)?;
    tell(
        options,
        "--metrics-listen",
        "scrape.prometheus_config",
        &path,
    )
}

/// Sets a key of the server's configuration to a path.
fn tell(options: &mut Options, flag: &str, key: &str, path: &Path) -> anyhow::Result<()> {
    let Some(value) = path.to_str() else {
        return Err(
            Failure::usage(format!("--data-dir {} is no UTF-8 text", path.display())).into(),
        );
    };
    options.flags.push(Flag {
        name: flag.to_owned(),
        path: key.to_owned(),
        value: value.to_owned(),
    });
    Ok(())
}

/// A server inside another program leaves the log to it. Returns what is configured.
fn start_log(options: &Options) -> anyhow::Result<Config> {
    let file = find_file(
        options.io.as_ref(),
        options.config_path.as_deref(),
        &options.env,
    )
    .map_err(|problem| Failure::usage(problem.to_string()))?;
    let sources = Sources {
        file,
        env: options.env.clone(),
        flags: options.flags.clone(),
    };
    let loaded = load(&sources).map_err(|problems| failure(&Error::config(&problems)))?;
    log::start(&loaded.config.logging, None, &options.io).map_err(|error| failure(&error))?;
    Ok(loaded.config)
}

/// What connects the demo with its server.
struct Link {
    ready: oneshot::Receiver<Addresses>,
    stop: oneshot::Sender<()>,
}

impl Link {
    fn stop(self) {
        // It has stopped already if nobody listens.
        let _ = self.stop.send(());
    }
}

fn start_server(mut options: Options) -> (impl Future<Output = Result<(), Error>>, Link) {
    let (tell, ready) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    options.process = ProcessUse::Inside;
    options.shutdown = Some(Box::pin(async move {
        let _ = stopped.await;
    }));
    options.on_ready = Some(Box::new(move |addresses: &Addresses| {
        addresses.announce();
        // Nobody waits any more if the demo is stopping.
        let _ = tell.send(*addresses);
    }));
    (Box::pin(run_server(options)), Link { ready, stop })
}

struct Demo<'a> {
    context: &'a Context,
    args: &'a DemoArgs,
    data_dir: &'a Path,
    addresses: Addresses,
}

impl Demo<'_> {
    /// Runs the orchestrator until its request is done or it is told to stop.
    async fn work(
        &self,
        target: Option<Target>,
        places: Option<Places>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<Summary> {
        let Some(otlp) = self.addresses.otlp_grpc else {
            return Err(
                Failure::usage("the demo sends over OTLP/gRPC, and that listener is off")
                    .hint("leave --otlp-grpc away, or give it an address")
                    .into(),
            );
        };
        let screen = self.context.screen();
        let (told, listening) = oneshot::channel();
        let (listener, mail) = places.map(|places| (places.http, places.mail)).unzip();
        let options = DemoOptions {
            listen: self.args.listen,
            listener,
            mail,
            repo: self.args.repo.clone(),
            otlp_endpoint: format!("http://{otlp}"),
            once: self.args.once,
            rate: self.args.rate,
            seed: self.args.seed,
            speed: self.args.speed,
            environment: self
                .context
                .env
                .get("ENVIRONMENT")
                .filter(|name| !name.is_empty())
                .cloned()
                .unwrap_or_else(|| "development".to_owned()),
            metrics_listen: scrape::handed_over(target),
            on_listening: Some(Box::new(move |address| {
                let _ = told.send(address);
            })),
            on_message: Some(Box::new(move |message| {
                let _ = screen.print(&format!("{message}\n"));
            })),
            ..DemoOptions::new(self.data_dir.join(WORK_FOLDER))
        };
        if self.args.once {
            screen.print("one request is carried out; that takes about a minute\n")?;
        }
        let advise = async {
            if let Ok(address) = listening.await {
                tokio::time::sleep(ADVICE_AFTER).await;
                // Nobody who reads it is no reason to stop.
                let _ = screen.print(&self.advice(address, screen));
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            summary = Box::pin(tacho_demo::run(options, shutdown)) => summary,
            () = advise => Ok(Summary::default()),
        }
    }

    /// Where to look.
    fn advice(&self, address: SocketAddr, screen: Screen) -> String {
        let mut out = String::new();
        let title = "The agents are at work. Look at them from another terminal:";
        let _ = writeln!(out, "\n{}\n", screen.look.paint(Style::Bold, title));
        let width = self.command(FAILED).len();
        for (command, what) in [
            ("status", "what is held"),
            ("traces list", "the newest requests"),
            ("traces get ID", "one of them, span by span"),
            (
                "traces list --query '{ status = error }'",
                "those that went wrong",
            ),
            ("logs tail", "what is logged, as it happens"),
            ("metrics --watch", "what is counted, as it changes"),
            ("alerts list", "what is wrong"),
        ] {
            let command = self.command(command);
            let _ = writeln!(out, "  {command:<width$}  # {what}");
        }
        let _ = writeln!(
            out,
            "\nMore work for them:\n\n  curl -X POST http://{address}/api/workflows/fix-and-test/trigger\n\n\
             Break something, and see the message arrive: http://{address}/inbox\n\n\
             The data lie in {}. Ctrl-C ends the demo.\n",
            escape::line(&self.data_dir.display().to_string())
        );
        out
    }

    /// A command as it reaches this server.
    fn command(&self, words: &str) -> String {
        match self.addresses.http {
            Some(http) if http.port() != 3000 => format!("tacho --server http://{http} {words}"),
            _ => format!("tacho {words}"),
        }
    }

    /// What became of the work.
    fn conclude(&self, summary: &Summary) -> anyhow::Result<()> {
        let mut out = format!(
            "{} succeeded, {} failed, {} still wait\n",
            counted(summary.succeeded_count, "run"),
            summary.failed_count,
            summary.pending_count
        );
        if self.args.once {
            let dir = escape::line(&self.data_dir.display().to_string()).into_owned();
            let _ = write!(
                out,
                "the data are kept; look at them with\n  tacho serve --data-dir {dir}\nand from another terminal\n  \
                 tacho traces list\n"
            );
        }
        self.context.screen().print(&out)
    }
}
