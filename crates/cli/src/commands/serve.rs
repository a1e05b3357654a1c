//! `tacho serve`: the server as a program. The arguments that it shares with `tacho demo` are here.

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::stop;
use clap::Args;
use std::path::{Path, PathBuf};
use tacho_server::config::load::Flag;
use tacho_server::error::{Error, ErrorKind};
use tacho_server::run::{Options, run as run_server};

/// Start the server
///
/// Receives OpenTelemetry traces and logs and answers the HTTP API. The configuration is the file of --config,
/// else ./tacho.yaml, $XDG_CONFIG_HOME/tachograph/tacho.yaml, /etc/tachograph/tacho.yaml, else the defaults; TACHO_…
/// variables win over it, flags over both. One line on standard output tells the addresses; the own log goes to
/// standard error. Ctrl-C or SIGTERM stops it, SIGHUP reads the configuration again.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho serve
  tacho serve --data-dir /var/lib/tachograph --set storage.retention.spans.age=14d
  tacho serve --http 127.0.0.1:0 --otlp-http off --ready-file ready.json
  tacho serve --config observability.yaml --http 0.0.0.0:3000")]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    listen: ListenArgs,
}

/// Configuration and listeners.
#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address of the HTTP listener: every API, OTLP/HTTP too [default: 127.0.0.1:3000]
    ///
    /// Port 0 takes any free one.
    #[arg(long, value_name = "HOST:PORT")]
    http: Option<String>,
    /// Address of the OTLP/gRPC listener, or `off` [default: 127.0.0.1:4317]
    #[arg(long, value_name = "HOST:PORT")]
    otlp_grpc: Option<String>,
    /// Address of the OTLP/HTTP listener, or `off` [default: 127.0.0.1:4318]
    #[arg(long, value_name = "HOST:PORT")]
    otlp_http: Option<String>,
    /// File that gets the real addresses as JSON once queries are answered
    ///
    /// Removed at start and at the end, renamed into place when everything answers.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Open listeners beyond loopback although there are no tokens
    ///
    /// For networks that nobody else can reach.
    #[arg(long)]
    insecure: bool,
    /// Any key of the configuration, such as storage.durability=buffered; repeat it for more
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::args::key_value)]
    set: Vec<String>,
}

impl ListenArgs {
    /// The server's options, with its data in this folder if one is given.
    pub(super) fn options(
        &self,
        context: &Context,
        data_dir: Option<&Path>,
    ) -> anyhow::Result<Options> {
        let mut flags = Vec::new();
        let mut flag = |name: &str, path: &str, value: &str| {
            flags.push(Flag {
                name: name.to_owned(),
                path: path.to_owned(),
                value: value.to_owned(),
            });
        };
        for setting in &self.set {
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            flag("--set", key, value);
        }
        let listeners = [
            ("--http", "http.listen", &self.http),
            ("--otlp-grpc", "otlp.grpc.listen", &self.otlp_grpc),
            ("--otlp-http", "otlp.http.listen", &self.otlp_http),
        ];
        for (name, path, value) in listeners {
            if let Some(value) = value {
                flag(name, path, value);
            }
        }
        if let Some(dir) = data_dir {
            let Some(text) = dir.to_str() else {
                return Err(Failure::usage(format!(
                    "--data-dir {} is no UTF-8 text",
                    dir.display()
                ))
                .into());
            };
            flag("--data-dir", "storage.data_dir", text);
        }
        Ok(Options {
            config_path: self.config.clone(),
            flags,
            ready_file: self.ready_file.clone(),
            insecure: self.insecure,
            ..Options::standard(context.env.clone())
        })
    }
}

pub(crate) async fn run(context: &Context, args: &ServeArgs) -> anyhow::Result<Exit> {
    let mut options = args
        .listen
        .options(context, context.global.data_dir.as_deref())?;
    // Signals count from the first moment, not only from when the server looks for them.
    options.shutdown = Some(Box::pin(stop::wait(stop::on_signal()?)));
    // The server dials out on request (own spans); its TLS needs a provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Box::pin(run_server(options))
        .await
        .map_err(|error| failure(&error))?;
    Ok(Exit::Done)
}

/// Why the server did not start or had to stop.
pub(super) fn failure(error: &Error) -> Failure {
    let exit = if error.kind() == ErrorKind::Invalid {
        Exit::Usage
    } else {
        Exit::Failed
    };
    Failure {
        exit,
        message: error.to_string(),
        hint: error.hint().map(str::to_owned),
    }
}
