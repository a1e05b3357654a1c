//! Rules, alerts and messages of a real server, with real receivers: from a metric to the message about it,
//! through restarts, wrong files, receivers that fail and clocks that jump.

#[path = "alerting/bad_files.rs"]
mod bad_files;
#[path = "alerting/bad_requests.rs"]
mod bad_requests;
#[path = "alerting/channels.rs"]
mod channels;
#[path = "alerting/clock.rs"]
mod clock;
#[path = "alerting/end_to_end.rs"]
mod end_to_end;
#[path = "alerting/full_disk.rs"]
mod full_disk;
#[path = "alerting/restart.rs"]
mod restart;
#[path = "alerting/support.rs"]
mod support;
