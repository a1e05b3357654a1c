//! The WAL as its callers see it: what is appended comes back, commits are grouped, failures are
//! final, space is given back.

use crate::wal_support::{by_caller, fill, header, ids, open, read_all, segment_path};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Barrier};
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_stdx::clock::SystemClock;
use tacho_storage::error::{Error, ErrorKind};
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::wal::frame::{FrameHeader, FrameKind, WalPosition};
use tacho_storage::wal::{Config, Durability, Wal};
use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};

const START: WalPosition = WalPosition(0);

#[test]
fn every_field_comes_back_from_a_real_disk() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let (io, clock) = (Arc::new(StdIo), Arc::new(SystemClock::new()));
        Wal::open(io, folder.path(), Signal::Spans, Config::standard(), clock).unwrap()
    };
    let wal = open();
    let mut sent = Vec::new();
    for (index, kind) in FrameKind::ALL.into_iter().enumerate() {
        let header = FrameHeader {
            kind,
            tenant: TenantId::new(&format!("tenant-{index}")).unwrap(),
            received: tacho_model::time::Timestamp(-5),
            ..header(index as u64)
        };
        let (verdict, body) = (vec![index as u8; index], vec![3; index * 1000]);
        let appended = wal.append(&header, &verdict, &body).unwrap();
        sent.push((appended.position, header, verdict, body));
    }
    wal.wait_durable(wal.end()).unwrap();
    assert_eq!(wal.durable(), wal.end());
    let end = wal.end();
    drop(wal);

    let wal = open();
    assert_eq!(wal.end(), end);
    let mut came = Vec::new();
    let report = wal
        .replay(START, &mut |position, frame| {
            came.push((
                position,
                frame.header.clone(),
                frame.verdict.to_vec(),
                frame.body.to_vec(),
            ));
            Ok(())
        })
        .unwrap();
    assert_eq!(came, sent);
    assert_eq!((report.frames, report.bytes), (9, end.0));
    assert_eq!(report.set_aside_count, 0);
}

#[test]
fn replay_is_idempotent_and_starts_anywhere() {
    let io = FaultIo::new(1);
    let wal = open(&io, by_caller()).unwrap();
    let positions = fill(&wal, 0..20, 100);
    drop(wal);
    let wal = open(&io, by_caller()).unwrap();
    let first = read_all(&wal, START).unwrap();
    assert_eq!(first, read_all(&wal, START).unwrap());
    for (index, position) in positions.iter().enumerate() {
        let (seen, _) = read_all(&wal, *position).unwrap();
        assert_eq!(ids(&seen), (index as u64..20).collect::<Vec<_>>());
    }
    let (seen, report) = read_all(&wal, wal.end()).unwrap();
    assert!(seen.is_empty());
    assert_eq!(report.set_aside_count, 0);
}

#[test]
fn group_commit_wakes_everybody_and_keeps_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let io: Arc<dyn Io> = Arc::new(StdIo);
    let clock = Arc::new(SystemClock::new());
    let config = Config::standard();
    let wal = Wal::open(io, folder.path(), Signal::Logs, config.clone(), clock).unwrap();
    let (threads, each) = (8u64, 50u64);
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (wal, barrier) = (&wal, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for index in 0..each {
                    let id = thread * each + index;
                    let appended = wal.append(&header(id), b"", &[1; 300]).unwrap();
                    wal.wait_durable(appended.end).unwrap();
                    assert!(wal.durable() >= appended.end);
                }
            });
        }
    });
    let stats = wal.stats();
    assert_eq!(stats.frames, threads * each);
    assert!(stats.commits <= stats.frames);
    drop(wal);
    let (io, clock) = (Arc::new(StdIo), Arc::new(SystemClock::new()));
    let wal = Wal::open(io, folder.path(), Signal::Logs, config, clock).unwrap();
    let (seen, _) = read_all(&wal, START).unwrap();
    assert!(
        seen.windows(2)
            .all(|pair| pair[0].position < pair[1].position)
    );
    for thread in 0..threads {
        let own = ids(&seen).into_iter().filter(|id| id / each == thread);
        let expected = thread * each..(thread + 1) * each;
        assert!(own.eq(expected), "frames of thread {thread}");
    }
}

#[test]
fn callbacks_come_in_order_after_the_commit() {
    let io = FaultIo::new(2);
    let wal = open(&io, by_caller()).unwrap();
    let (sender, receiver) = sync_channel(10);
    for id in 0..5 {
        let appended = wal.append(&header(id), b"", b"body").unwrap();
        let sender = sender.clone();
        let callback = move |result: Result<(), Error>| sender.send((id, result.is_ok())).unwrap();
        wal.on_durable(appended.end, Box::new(callback));
    }
    assert!(receiver.try_recv().is_err());
    wal.commit().unwrap();
    let came: Vec<_> = receiver.try_iter().collect();
    assert_eq!(came, (0..5).map(|id| (id, true)).collect::<Vec<_>>());
    // What is durable already is answered at once.
    let late = sender.clone();
    wal.on_durable(
        wal.end(),
        Box::new(move |result| late.send((9, result.is_ok())).unwrap()),
    );
    assert_eq!(receiver.try_recv(), Ok((9, true)));
    // A position that was never given out is a mistake, not a long wait.
    let beyond = wal.end().plus(1);
    assert_eq!(
        wal.wait_durable(beyond).unwrap_err().kind(),
        ErrorKind::Invalid
    );
}

#[test]
fn waiting_callbacks_are_bounded() {
    let io = FaultIo::new(2);
    let config = Config {
        waiters_max: 1,
        ..by_caller()
    };
    let wal = open(&io, config).unwrap();
    let end = wal.append(&header(0), b"", b"body").unwrap().end;
    let (sender, receiver) = sync_channel(10);
    for _ in 0..2 {
        let sender = sender.clone();
        let callback = move |result: Result<(), Error>| {
            sender.send(result.map_err(|error| error.kind())).unwrap();
        };
        wal.on_durable(end, Box::new(callback));
    }
    assert_eq!(receiver.try_recv(), Ok(Err(ErrorKind::Unavailable)));
    wal.commit().unwrap();
    assert_eq!(receiver.try_recv(), Ok(Ok(())));
}

#[test]
fn a_failed_write_or_sync_is_final_and_acknowledges_nothing() {
    for operation in [
        Operation::Write,
        Operation::SyncFile,
        Operation::SyncDir,
        Operation::Create,
    ] {
        for fault in [Fault::Eio, Fault::Enospc] {
            let io = FaultIo::new(3);
            let wal = open(&io, by_caller()).unwrap();
            let (sender, receiver) = sync_channel(10);
            let fatal = sender.clone();
            wal.on_fatal(Box::new(move |_| fatal.send("fatal").unwrap()));
            let end = wal.append(&header(0), b"", &[5; 2000]).unwrap().end;
            let callback = move |result: Result<(), Error>| {
                sender
                    .send(if result.is_ok() { "ok" } else { "failed" })
                    .unwrap();
            };
            wal.on_durable(end, Box::new(callback));
            io.fail_nth(operation, 1, fault);
            let error = wal.wait_durable(end).unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Unavailable,
                "{operation:?} {fault:?}"
            );
            let told: Vec<_> = receiver.try_iter().collect();
            assert_eq!(told, ["failed", "fatal"]);
            // The device works again, but the log never tries.
            assert!(wal.failed().is_some());
            assert!(wal.wait_durable(end).is_err());
            let error = wal.append(&header(1), b"", b"x").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            assert!(wal.rotate().is_err());
            assert!(wal.truncate_before(end).is_err());
        }
    }
}

#[test]
fn the_committers_thread_reports_a_failure_too() {
    let io = FaultIo::new(4);
    let wal = open(&io, Config::standard()).unwrap();
    io.fail_nth(Operation::SyncFile, 1, Fault::Eio);
    let end = wal.append(&header(0), b"", b"body").unwrap().end;
    assert_eq!(
        wal.wait_durable(end).unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    let (sender, receiver) = sync_channel(1);
    wal.on_fatal(Box::new(move |reason| {
        sender.send(reason.to_owned()).unwrap();
    }));
    assert!(receiver.recv().unwrap().contains("sync"));
}

#[test]
fn buffered_mode_answers_before_the_sync_and_survives_the_process() {
    let io = FaultIo::new(5);
    let config = Config {
        durability: Durability::Buffered,
        sync_interval: Duration::from_secs(3600),
        ..by_caller()
    };
    let wal = open(&io, config.clone()).unwrap();
    let end = wal.append(&header(0), b"", b"body").unwrap().end;
    wal.wait_durable(end).unwrap();
    assert_eq!(wal.durable(), START);
    assert_eq!(wal.stats().syncs, 0);
    let io = io.kill();
    let next = open(&io, config).unwrap();
    assert_eq!(ids(&read_all(&next, START).unwrap().0), [0]);
    // A manifest may name a position only after this.
    next.append(&header(1), b"", b"body").unwrap();
    next.commit_and_sync().unwrap();
    assert_eq!(next.durable(), next.end());
}

#[test]
fn segments_rotate_by_size_and_go_when_covered() {
    let io = FaultIo::new(6);
    let config = Config {
        segment_bytes: 1000,
        ..by_caller()
    };
    let wal = open(&io, config.clone()).unwrap();
    let positions = fill(&wal, 0..20, 300);
    assert!(wal.stats().segments >= 7);
    let before = wal.size_bytes();
    assert_eq!(before, wal.end().0);
    let middle = positions[10];
    let freed = wal.truncate_before(middle).unwrap();
    assert!(freed > 0 && freed <= middle.0);
    assert_eq!(wal.size_bytes(), before - freed);
    drop(wal);
    let wal = open(&io, config.clone()).unwrap();
    assert_eq!(wal.size_bytes(), before - freed);
    let (seen, report) = read_all(&wal, middle).unwrap();
    assert_eq!(ids(&seen), (10..20).collect::<Vec<_>>());
    assert_eq!(report.set_aside_count, 0);

    let end = wal.rotate().unwrap();
    assert_eq!(end, wal.end());
    assert_eq!(wal.rotate().unwrap(), end);
    wal.truncate_before(end).unwrap();
    assert_eq!((wal.size_bytes(), wal.stats().segments), (0, 1));
    drop(wal);
    // The position survives although no frame does.
    let wal = open(&io, config).unwrap();
    assert_eq!(wal.end(), end);
    assert_eq!(fill(&wal, 20..21, 10), [end]);
    drop(wal);
    let wal = open(&io, by_caller()).unwrap();
    let (seen, report) = read_all(&wal, end).unwrap();
    assert_eq!((ids(&seen), report.set_aside_count), (vec![20], 0));
}

#[test]
fn a_new_log_begins_after_what_the_manifest_covers() {
    let io = FaultIo::new(7);
    let wal = open(&io, by_caller()).unwrap();
    fill(&wal, 0..3, 10);
    let covered = wal.end().plus(500);
    drop(wal);
    let config = Config {
        start: covered,
        ..by_caller()
    };
    let wal = open(&io, config.clone()).unwrap();
    assert_eq!(wal.end(), covered);
    assert_eq!(fill(&wal, 3..4, 10), [covered]);
    drop(wal);
    let wal = open(&io, config).unwrap();
    let (seen, report) = read_all(&wal, covered).unwrap();
    assert_eq!((ids(&seen), report.set_aside_count), (vec![3], 0));
    // The jump is no loss either.
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!((ids(&seen), report.set_aside_count), (vec![0, 1, 2, 3], 0));
}

#[test]
fn what_is_too_long_is_refused_and_a_full_buffer_waits() {
    let io = FaultIo::new(8);
    let config = Config {
        frame_bytes_max: 5000,
        buffer_bytes: 2000,
        ..by_caller()
    };
    let wal = open(&io, config).unwrap();
    let error = wal.append(&header(0), b"", &[0; 5000]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    // Longer than the buffer, but alone; the next ones commit what is before them.
    wal.append(&header(1), b"", &[0; 4000]).unwrap();
    wal.append(&header(2), b"", &[0; 1500]).unwrap();
    wal.append(&header(3), b"", &[0; 1500]).unwrap();
    assert!(wal.stats().buffered_bytes <= 2000);
    wal.commit().unwrap();
    assert_eq!(wal.durable(), wal.end());
}

#[test]
fn a_closed_log_takes_nothing_but_has_everything() {
    let io = FaultIo::new(9);
    let wal = open(&io, Config::standard()).unwrap();
    wal.append(&header(0), b"", b"body").unwrap();
    wal.close().unwrap();
    assert_eq!(wal.durable(), wal.end());
    let error = wal.append(&header(1), b"", b"body").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let io = io.crash();
    let wal = open(&io, by_caller()).unwrap();
    assert_eq!(ids(&read_all(&wal, START).unwrap().0), [0]);
}

#[test]
fn the_first_bytes_of_a_log_stay_as_documented() {
    let io = FaultIo::new(10);
    let wal = open(&io, by_caller()).unwrap();
    wal.append(&header(1), b"vv", b"body").unwrap();
    wal.commit().unwrap();
    let bytes = io.bytes(&segment_path(0)).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wal-v1.wal");
    let expected = std::fs::read(&golden).unwrap();
    assert_eq!(
        bytes, expected,
        "docs/formats/wal.md binds: a change needs a new version"
    );
    let io = FaultIo::new(11);
    let folder = segment_path(0);
    io.create_dir_all(folder.parent().unwrap()).unwrap();
    io.create(&folder).unwrap().write_all(&expected).unwrap();
    let wal = open(&io, by_caller()).unwrap();
    let (seen, _) = read_all(&wal, START).unwrap();
    assert_eq!((seen[0].id, &seen[0].body[..]), (1, &b"body"[..]));
}
