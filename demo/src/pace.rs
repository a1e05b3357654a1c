//! Waiting: every pause of the orchestrator is divided by the time compression and ends early when
//! it is stopped.

use std::time::Duration;

use tokio::sync::watch;

use crate::error::TaskError;

/// How fast time passes, and whether to stop.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    speed: f64,
    stopped: watch::Receiver<bool>,
}

impl Pace {
    pub(crate) fn new(speed: f64, stopped: watch::Receiver<bool>) -> Self {
        Self { speed, stopped }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Waits for `duration`, in compressed time.
    pub(crate) async fn sleep(&self, duration: Duration) -> Result<(), TaskError> {
        tokio::select! {
            () = tokio::time::sleep(duration.div_f64(self.speed)) => Ok(()),
            () = self.stopped() => Err(TaskError::cancelled()),
        }
    }

    /// Returns once the orchestrator is being stopped.
    pub(crate) async fn stopped(&self) {
        let mut stopped = self.stopped.clone();
        // A sender that is gone means the same as a stop.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }
}
