//! One try: reads the secrets, writes the message, sends it, judges the answer. Whatever takes too
//! long counts as failed, even if the service had begun to say yes.

use super::http::{self, Failure};
use super::preview::shown;
use super::{Attempt, PREVIEW_BYTES_MAX, Shared, command, mail};
use crate::channel::{self, Letter, Secrets, Verdict};
use crate::dial::Dialer;
use crate::message::Writer;
use crate::notification::Notification;
use crate::receiver::{Integration, Settings};
use std::sync::Arc;
use std::time::Duration;
use tacho_model::severity::Severity;

/// Longest time that an integration may ask for.
const TIMEOUT_MAX: Duration = Duration::from_secs(120);

/// How a try ended.
pub(super) struct Trial {
    pub(super) verdict: Verdict,
    pub(super) attempt: Attempt,
}

/// Sends the messages of one integration.
pub(super) struct Sender {
    shared: Arc<Shared>,
    /// The clients of the integration as it was configured last.
    dialer: Option<(Arc<Integration>, Arc<Dialer>)>,
}

impl Sender {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            dialer: None,
        }
    }

    /// Tries to send a notification.
    pub(super) async fn send(
        &mut self,
        notification: &Notification,
        integration: &Arc<Integration>,
    ) -> Trial {
        let started_ms = self.shared.now_ms();
        let started_ns = self.shared.clock.monotonic_ns();
        let (verdict, preview) = self.try_send(notification, integration).await;
        let took = self.shared.clock.monotonic_ns().saturating_sub(started_ns);
        Trial {
            verdict,
            attempt: Attempt {
                started_ms,
                duration_ms: took / 1_000_000,
                preview,
            },
        }
    }

    async fn try_send(
        &mut self,
        notification: &Notification,
        integration: &Arc<Integration>,
    ) -> (Verdict, String) {
        let told = only(notification, &integration.severities);
        if told.alerts.is_empty() && !notification.alerts.is_empty() {
            let preview = "nothing was sent: no alert of the severities that this receiver takes";
            return (Verdict::Sent { thread: None }, preview.to_owned());
        }
        let written = self.write(&told, integration).await;
        let (letter, secrets) = match written {
            Ok(written) => written,
            Err(verdict) => return (verdict, String::new()),
        };
        let preview = shown(&letter, &secrets, PREVIEW_BYTES_MAX);
        let usual = match &integration.settings {
            Settings::Command(command) => command.timeout,
            _ => self.shared.policy.try_timeout,
        };
        let timeout = integration.timeout.unwrap_or(usual).min(TIMEOUT_MAX);
        let dispatch = self.dispatch(&letter, integration, told.thread.as_deref());
        let verdict = match tokio::time::timeout(timeout, Box::pin(dispatch)).await {
            Ok(verdict) => verdict,
            Err(_) => Verdict::Retry {
                after: None,
                error: format!("no complete answer within {} s", timeout.as_secs_f64()),
            },
        };
        (masked(verdict, &secrets), preview)
    }

    /// The message and the secrets of this moment. Files are read and templates expanded, so that it
    /// is done where it may take time.
    async fn write(
        &self,
        notification: &Notification,
        integration: &Arc<Integration>,
    ) -> Result<(Letter, Secrets), Verdict> {
        let shared = Arc::clone(&self.shared);
        let notification = notification.clone();
        let integration = Arc::clone(integration);
        let written = tokio::task::spawn_blocking(move || {
            let files = shared.surroundings.files.as_ref();
            let secrets = Secrets::read(&integration.settings, files);
            // the file may be there the next time
            let secrets = secrets.map_err(|error| Verdict::Retry { after: None, error })?;
            let context = shared.context();
            let markup = channel::markup(&integration.settings);
            let writer = Writer::new(&notification, &context, markup);
            let letter = channel::compose(&integration, &writer, &secrets);
            let letter = letter.map_err(|error| Verdict::Refused {
                error: secrets.mask(&error),
            })?;
            Ok((letter, secrets))
        });
        written.await.unwrap_or_else(|_| {
            Err(Verdict::Retry {
                after: None,
                error: "the message could not be written".to_owned(),
            })
        })
    }

    async fn dispatch(
        &mut self,
        letter: &Letter,
        integration: &Arc<Integration>,
        thread: Option<&str>,
    ) -> Verdict {
        let sent = Verdict::Sent { thread: None };
        match letter {
            Letter::Http(plan) => {
                let dialer = self.dialer(integration);
                let judge = |answer: &channel::Answer<'_>| {
                    channel::verdict(&integration.settings, answer, thread)
                };
                http::send(&dialer, plan, &judge).await
            }
            Letter::Mail(letter) => match &integration.settings {
                Settings::Email(settings) => {
                    mail::send(settings, letter, &self.shared.surroundings).await
                }
                _ => sent,
            },
            Letter::Command(run) => command::run(run, &self.shared.surroundings.env).await,
            Letter::Line(line) => {
                self.shared.console.line(line);
                sent
            }
            Letter::Log(line) => {
                let receiver = &integration.key.receiver;
                tracing::info!(%receiver, text = %line, "alert");
                sent
            }
        }
    }

    fn dialer(&mut self, integration: &Arc<Integration>) -> Arc<Dialer> {
        if let Some((known, dialer)) = &self.dialer
            && Arc::ptr_eq(known, integration)
        {
            return Arc::clone(dialer);
        }
        let surroundings = self.shared.surroundings.clone();
        let dialer = Arc::new(Dialer::new(integration.http.clone(), surroundings));
        self.dialer = Some((Arc::clone(integration), Arc::clone(&dialer)));
        dialer
    }
}

/// The notification with the alerts of these severities; all if none is named.
fn only(notification: &Notification, severities: &[Severity]) -> Notification {
    let mut told = notification.clone();
    if !severities.is_empty() {
        told.alerts
            .retain(|one| severities.contains(&one.alert.severity()));
    }
    told
}

/// A verdict whose words hold no secret.
fn masked(verdict: Verdict, secrets: &Secrets) -> Verdict {
    match verdict {
        Verdict::Retry { after, error } => Verdict::Retry {
            after,
            error: secrets.mask(&error),
        },
        Verdict::Refused { error } => Verdict::Refused {
            error: secrets.mask(&error),
        },
        other => other,
    }
}

impl From<Failure> for Verdict {
    fn from(failure: Failure) -> Self {
        match failure.is_final {
            true => Self::Refused {
                error: failure.error,
            },
            false => Self::Retry {
                after: None,
                error: failure.error,
            },
        }
    }
}
