//! The one shape of background work: a named thread that takes messages from a bounded queue,
//! ticks in between, and drains before it ends.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a background task does with its messages.
pub trait Work: Send + 'static {
    /// The closed set of its inputs.
    type Input: Send + 'static;
    /// Handles one message.
    fn handle(&mut self, input: Self::Input);
    /// Called when no message came for the tick's length, and at least that often.
    fn tick(&mut self);
    /// Called once, after the last message.
    fn finish(&mut self) {}
}

/// A running task. Dropping the handle drains the queue, finishes and joins the thread.
#[derive(Debug)]
pub struct Task<I: Send + 'static> {
    sender: Option<SyncSender<I>>,
    thread: Option<JoinHandle<()>>,
}

impl<I: Send + 'static> Task<I> {
    /// Starts a thread of that name; `depth` messages may wait.
    pub fn spawn<W: Work<Input = I>>(
        name: &str,
        depth: usize,
        tick: Duration,
        work: W,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(depth);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(work, &receiver, tick))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
        })
    }

    /// Hands a message over; false if the queue is full or the task has ended.
    pub fn try_send(&self, input: I) -> bool {
        match self.sender.as_ref().map(|sender| sender.try_send(input)) {
            Some(Ok(())) => true,
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => false,
        }
    }

    /// Hands a message over and waits while the queue is full; false if the task has ended.
    pub fn send(&self, input: I) -> bool {
        self.sender
            .as_ref()
            .is_some_and(|sender| sender.send(input).is_ok())
    }

    /// Drains, finishes and joins; false if the task had panicked.
    pub fn stop(&mut self) -> bool {
        self.sender = None;
        self.thread
            .take()
            .is_none_or(|thread| thread.join().is_ok())
    }
}

impl<I: Send + 'static> Drop for Task<I> {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run<W: Work>(mut work: W, receiver: &Receiver<W::Input>, tick: Duration) {
    // Ticks must come even while messages never stop: count handled messages in between.
    let mut since_tick = 0u32;
    loop {
        match receiver.recv_timeout(tick) {
            Ok(input) => {
                work.handle(input);
                since_tick += 1;
                if since_tick >= 64 {
                    work.tick();
                    since_tick = 0;
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                work.tick();
                since_tick = 0;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    work.finish();
}

#[cfg(test)]
mod tests {
    use super::{Task, Work};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    struct Sum(Arc<AtomicU32>, Arc<AtomicU32>);

    impl Work for Sum {
        type Input = u32;
        fn handle(&mut self, input: u32) {
            self.0.fetch_add(input, Ordering::SeqCst);
        }
        fn tick(&mut self) {}
        fn finish(&mut self) {
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn stop_drains_the_queue_and_finishes_once() {
        let (sum, finished) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let work = Sum(Arc::clone(&sum), Arc::clone(&finished));
        let mut task = Task::spawn("sum", 100, Duration::from_millis(5), work).unwrap();
        for _ in 0..50 {
            assert!(task.send(2));
        }
        assert!(task.stop());
        assert_eq!(sum.load(Ordering::SeqCst), 100);
        assert_eq!(finished.load(Ordering::SeqCst), 1);
        assert!(!task.try_send(1));
    }
}
