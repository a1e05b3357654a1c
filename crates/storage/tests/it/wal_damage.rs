//! Damaged logs: torn ends, flipped bits, missing segments, frames that kill the replay.

use crate::wal_support::{DATA, by_caller, fill, ids, open, read_all, segment_path};
use std::path::Path;
use tacho_storage::error::{Error, ErrorKind};
use tacho_storage::io::{Io, SyncPoint, create_dir_durable, write_new};
use tacho_storage::wal::frame::WalPosition;
use tacho_storage::wal::{Config, SetAsideReason};
use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};

const START: WalPosition = WalPosition(0);
const HEADER_BYTES: u64 = 48;

fn small_segments() -> Config {
    Config {
        segment_bytes: 1000,
        ..by_caller()
    }
}

/// A log of frames 0 to `count`, each committed by itself, bodies of 200 bytes.
fn log_of(count: u64, config: Config) -> (FaultIo, Vec<WalPosition>) {
    let io = FaultIo::new(1);
    let wal = open(&io, config).unwrap();
    let positions = (0..count)
        .flat_map(|id| fill(&wal, id..id + 1, 200))
        .collect();
    wal.close().unwrap();
    (io, positions)
}

#[test]
fn an_end_torn_at_any_byte_is_cut_and_writing_goes_on() {
    let (io, positions) = log_of(3, by_caller());
    let whole = io.bytes(&segment_path(0)).unwrap();
    for length in 0..whole.len() {
        let io = FaultIo::new(1);
        let folder = Path::new(DATA).join("wal/logs");
        create_dir_durable(&io, Path::new(DATA), &folder, SyncPoint::DataDir).unwrap();
        write_new(&io, &segment_path(0), &whole[..length], SyncPoint::WalData).unwrap();
        io.sync_dir(&folder, SyncPoint::WalDir).unwrap();
        let kept = positions
            .iter()
            .filter(|position| position.0 + HEADER_BYTES + 64 + 7 + 7 + 200 <= length as u64)
            .count() as u64;
        let wal = open(&io, by_caller()).unwrap();
        let (seen, report) = read_all(&wal, START).unwrap();
        assert_eq!(ids(&seen), (0..kept).collect::<Vec<_>>(), "length {length}");
        assert_eq!(report.set_aside_count, 0);
        let kept_bytes = if kept == 0 && length < 48 {
            0
        } else {
            HEADER_BYTES + wal.end().0
        };
        assert_eq!(report.torn_bytes_cut, length as u64 - kept_bytes);
        fill(&wal, 90..91, 5);
        let io = io.crash();
        let wal = open(&io, by_caller()).unwrap();
        let (seen, report) = read_all(&wal, START).unwrap();
        assert_eq!(ids(&seen), (0..kept).chain([90]).collect::<Vec<_>>());
        assert_eq!((report.torn_bytes_cut, report.set_aside_count), (0, 0));
    }
}

#[test]
fn zeros_and_garbage_after_the_end_are_cut() {
    for tail in [vec![0u8; 3 << 20], vec![0xF7; 70], vec![1; 4096]] {
        let (io, _) = log_of(3, by_caller());
        io.corrupt(&segment_path(0), |bytes| bytes.extend_from_slice(&tail))
            .unwrap();
        let wal = open(&io, by_caller()).unwrap();
        let (seen, report) = read_all(&wal, START).unwrap();
        assert_eq!(ids(&seen), [0, 1, 2]);
        assert_eq!(report.torn_bytes_cut, tail.len() as u64);
        assert_eq!(report.set_aside_count, 0);
    }
}

#[test]
fn any_flipped_bit_costs_one_frame_at_most_and_is_reported() {
    let (io, positions) = log_of(4, by_caller());
    let length = io.bytes(&segment_path(0)).unwrap().len();
    // The last frame is left out: damage there cannot be told from a torn end.
    let last = positions[3].0 + HEADER_BYTES;
    for at in 0..usize::try_from(last).unwrap() {
        let (io, _) = log_of(4, by_caller());
        io.corrupt(&segment_path(0), |bytes| bytes[at] ^= 1 << (at % 8))
            .unwrap();
        let wal = open(&io, by_caller()).unwrap();
        let (seen, report) = read_all(&wal, START).unwrap();
        if at < 48 {
            assert_eq!(ids(&seen), [0, 1, 2, 3], "byte {at}");
            continue;
        }
        let hit = positions
            .iter()
            .rposition(|p| p.0 + 48 <= at as u64)
            .unwrap();
        let expected: Vec<u64> = (0..4).filter(|id| *id != hit as u64).collect();
        assert_eq!(ids(&seen), expected, "byte {at} of {length}");
        assert_eq!(report.set_aside_count, 1);
        let aside = &report.set_aside[0];
        assert_eq!(aside.position, positions[hit]);
        // The last commit before the one that is left cannot know whether it was durable.
        let settled = hit < 3;
        assert_eq!(aside.reason == SetAsideReason::Corrupt, settled);
        let copy = io.bytes(aside.file.as_ref().unwrap()).unwrap();
        assert_eq!(copy.len() as u64, aside.bytes);
        assert_eq!(read_all(&wal, START).unwrap(), (seen, report));
    }
}

/// Sets a frame aside, gives its segment up and loses power: the copy must be there.
pub(crate) fn simulate_quarantine(seed: u64, disabled: Option<SyncPoint>) -> Result<(), String> {
    let io = FaultIo::new(seed);
    if let Some(point) = disabled {
        io.disable_sync(point);
    }
    let wal = open(&io, by_caller()).unwrap();
    for id in 0..3 {
        fill(&wal, id..id + 1, 200);
    }
    wal.close().unwrap();
    let damage = |bytes: &mut Vec<u8>| {
        if let Some(byte) = bytes.get_mut(148) {
            *byte ^= 1;
        }
    };
    io.corrupt(&segment_path(0), damage).unwrap();
    let wal = open(&io, by_caller()).unwrap();
    let (_, report) = read_all(&wal, START).unwrap();
    let aside = report.set_aside.first().ok_or("nothing was set aside")?;
    let end = wal.rotate().unwrap();
    wal.truncate_before(end).unwrap();
    let file = aside.file.clone().ok_or("no copy was made")?;
    let kept = io.crash().bytes(&file).map_err(|error| error.to_string())?;
    if kept.len() as u64 == aside.bytes && kept.iter().any(|byte| *byte != 0) {
        Ok(())
    } else {
        Err(format!("seed {seed}: the copy has {} bytes", kept.len()))
    }
}

#[test]
fn what_was_set_aside_survives_power_loss_after_the_segment_is_gone() {
    for seed in 0..100 {
        simulate_quarantine(seed, None).unwrap();
    }
}

#[test]
fn a_lost_segment_or_end_of_one_is_reported_missing() {
    let (io, positions) = log_of(12, small_segments());
    let names = io.list(&Path::new(DATA).join("wal/logs")).unwrap();
    assert!(names.len() >= 4, "{names:?}");
    let second = positions[3].0;
    io.remove_file(&segment_path(second)).unwrap();
    let wal = open(&io, small_segments()).unwrap();
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!(ids(&seen), (0..3).chain(6..12).collect::<Vec<_>>());
    let lost = &report.set_aside[0];
    assert_eq!(lost.reason, SetAsideReason::Missing);
    assert_eq!(
        (lost.position, lost.bytes),
        (positions[3], positions[6].0 - second)
    );
    // Whoever has these frames in blocks is not bothered.
    assert_eq!(read_all(&wal, positions[6]).unwrap().1.set_aside_count, 0);
    drop(wal);
    io.corrupt(&segment_path(0), |bytes| bytes.truncate(bytes.len() - 5))
        .unwrap();
    let wal = open(&io, small_segments()).unwrap();
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!(ids(&seen), (0..2).chain(6..12).collect::<Vec<_>>());
    assert_eq!(report.set_aside_count, 2);
}

#[test]
fn a_frame_inside_a_body_is_no_frame() {
    let (io, _) = log_of(2, by_caller());
    let inner = io.bytes(&segment_path(0)).unwrap();
    let io = FaultIo::new(2);
    let wal = open(&io, by_caller()).unwrap();
    for _ in 0..3 {
        let header = crate::wal_support::header(5);
        wal.append(&header, b"", &inner).unwrap();
        wal.commit().unwrap();
    }
    drop(wal);
    // The first frame's fixed part is gone: the search walks through its body.
    io.corrupt(&segment_path(0), |bytes| bytes[48] = 0).unwrap();
    let wal = open(&io, by_caller()).unwrap();
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!((ids(&seen), report.set_aside_count), (vec![5, 5], 1));
}

/// Rewrites a byte of the first frame's fixed part and makes its checksum right again.
fn patch_first_frame(io: &FaultIo, at: usize, value: u8) {
    io.corrupt(&segment_path(0), |bytes| {
        bytes[48 + at] = value;
        let crc = crc32c::crc32c(&bytes[48..48 + 60]);
        bytes[48 + 60..48 + 64].copy_from_slice(&crc.to_le_bytes());
    })
    .unwrap();
}

#[test]
fn an_unknown_kind_or_version_stops_replay_and_loses_nothing() {
    for (at, value, words) in [(5, 200, "unknown kind 200"), (4, 2, "version 2")] {
        let (io, _) = log_of(3, by_caller());
        patch_first_frame(&io, at, value);
        let wal = open(&io, by_caller()).unwrap();
        let error = read_all(&wal, START).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains("position 0"), "{error}");
        assert!(!io.exists(&Path::new(DATA).join("quarantine")).unwrap());
    }
    let (io, _) = log_of(3, by_caller());
    io.corrupt(&segment_path(0), |bytes| {
        bytes[8] = 9;
        let crc = crc32c::crc32c(&bytes[..44]);
        bytes[44..48].copy_from_slice(&crc.to_le_bytes());
    })
    .unwrap();
    let error = open(&io, by_caller()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[test]
fn a_refused_frame_is_set_aside_and_other_errors_stop() {
    let (io, positions) = log_of(3, by_caller());
    let wal = open(&io, by_caller()).unwrap();
    let mut count = 0;
    let report = wal
        .replay(START, &mut |position, _| {
            count += 1;
            if position == positions[1] {
                return Err(Error::corrupt("decode the body"));
            }
            Ok(())
        })
        .unwrap();
    assert_eq!((count, report.frames), (3, 2));
    assert_eq!(report.set_aside[0].reason, SetAsideReason::Refused);
    let stop = wal.replay(START, &mut |_, _| Err(Error::unavailable("take it")));
    assert_eq!(stop.unwrap_err().kind(), ErrorKind::Unavailable);
    // It is tried again, perhaps by a better program.
    assert_eq!(ids(&read_all(&wal, START).unwrap().0), [0, 1, 2]);
}

/// Replays until the frame at that position kills the process.
fn replay_killed_at(io: &FaultIo, position: WalPosition) -> FaultIo {
    let wal = open(io, by_caller()).unwrap();
    let replay = || {
        wal.replay(START, &mut |at, _| {
            assert!(at != position, "the process dies");
            Ok(())
        })
    };
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(replay));
    assert!(died.is_err(), "the replay did not die");
    io.kill()
}

#[test]
fn a_frame_that_kills_replay_again_and_again_is_set_aside() {
    let (mut io, positions) = log_of(5, by_caller());
    // The first death makes the next attempts note every frame; three of these must agree.
    for _ in 0..4 {
        io = replay_killed_at(&io, positions[2]);
    }
    for _ in 0..2 {
        let wal = open(&io, by_caller()).unwrap();
        let (seen, report) = read_all(&wal, START).unwrap();
        assert_eq!(ids(&seen), [0, 1, 3, 4]);
        assert_eq!(report.set_aside.len(), 1);
        assert_eq!(report.set_aside[0].reason, SetAsideReason::Killed);
        let copy = io
            .bytes(report.set_aside[0].file.as_ref().unwrap())
            .unwrap();
        assert_eq!(copy.len() as u64, positions[3].0 - positions[2].0);
    }
}

#[test]
fn replays_that_die_at_different_places_cost_no_frame() {
    let (io, positions) = log_of(5, by_caller());
    let mut io = io;
    for index in [2, 3, 3, 1, 3, 1, 1, 2] {
        io = replay_killed_at(&io, positions[index]);
    }
    let wal = open(&io, by_caller()).unwrap();
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!(
        (ids(&seen), report.set_aside_count),
        (vec![0, 1, 2, 3, 4], 0)
    );
}

#[test]
fn a_frame_that_kills_is_found_beyond_the_first_mark_too() {
    let io = FaultIo::new(3);
    let wal = open(&io, by_caller()).unwrap();
    let positions = fill(&wal, 0..40, 100_000);
    drop(wal);
    let mut io = io;
    for _ in 0..4 {
        io = replay_killed_at(&io, positions[33]);
    }
    let wal = open(&io, by_caller()).unwrap();
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!(seen.len(), 39);
    assert_eq!(report.set_aside[0].position, positions[33]);
}

#[test]
fn bytes_that_a_failed_sync_left_in_the_cache_only_are_saved_by_the_next_start() {
    for seed in 0..50 {
        let io = FaultIo::new(seed);
        let wal = open(&io, by_caller()).unwrap();
        fill(&wal, 0..3, 3000);
        io.fail_nth(Operation::SyncFile, 1, Fault::Eio);
        let header = crate::wal_support::header(3);
        wal.append(&header, b"", &[9; 3000]).unwrap();
        assert!(wal.commit().is_err());
        let io = io.kill();
        let wal = open(&io, by_caller()).unwrap();
        assert_eq!(ids(&read_all(&wal, START).unwrap().0), [0, 1, 2, 3]);
        let io = io.crash();
        let wal = open(&io, by_caller()).unwrap();
        let (seen, report) = read_all(&wal, START).unwrap();
        assert_eq!((ids(&seen), report.set_aside_count), (vec![0, 1, 2, 3], 0));
    }
}

#[test]
fn replay_goes_on_when_the_disk_is_full() {
    let (io, _) = log_of(4, by_caller());
    io.corrupt(&segment_path(0), |bytes| bytes[48 + 100] ^= 1)
        .unwrap();
    io.set_capacity(Some(0));
    let wal = open(&io, by_caller()).unwrap();
    let (seen, report) = read_all(&wal, START).unwrap();
    assert_eq!(ids(&seen), [1, 2, 3]);
    assert_eq!(report.set_aside[0].file, None);
}
