//! Work over many series in several threads. The parts are in order and joined in order, so that the
//! result does not depend on the number of threads.

use crate::error::Result;
use crate::promql::failure;
use std::ops::Range;
use std::thread;

/// Work below this is done by the caller's thread: about as many samples.
const WORK_MIN: u64 = 200_000;

/// Runs `work` over parts of `0..items` and gives the results in order. `cost` is the number of
/// samples to look at in all.
pub(crate) fn over_parts<T: Send>(
    items: usize,
    workers: usize,
    cost: u64,
    work: impl Fn(Range<usize>) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let by_cost = usize::try_from(cost / WORK_MIN).unwrap_or(usize::MAX);
    let workers = workers.min(by_cost).min(items).max(1);
    if workers == 1 {
        return Ok(vec![work(0..items)?]);
    }
    let bound = |part: usize| items * part / workers;
    thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> = (1..workers)
            .map(|part| scope.spawn(move || work(bound(part)..bound(part + 1))))
            .collect();
        let mut results = vec![work(0..bound(1))];
        results.extend(handles.into_iter().map(|handle| {
            handle
                .join()
                .unwrap_or_else(|_| Err(failure::internal("a worker of the query panicked")))
        }));
        results.into_iter().collect()
    })
}
