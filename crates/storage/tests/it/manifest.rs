//! The manifest file, the lock, the disk reserve and the small helpers over the I/O trait.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::{Clock, ManualClock};
use tacho_storage::error::ErrorKind;
use tacho_storage::io::{Io, SyncPoint, create_dir_durable, read_limited, write_new};
use tacho_storage::lock::lock_folder;
use tacho_storage::manifest_file::{MANIFEST_SEAL, ManifestFile};
use tacho_storage::reserve::DiskReserve;
use tacho_testkit::fault_fs::random::Random;
use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};

const DATA: &str = "/data";

fn new_folder(seed: u64) -> FaultIo {
    let io = FaultIo::new(seed);
    let folder = Path::new(DATA);
    create_dir_durable(&io, folder, folder, SyncPoint::DataDir).unwrap();
    io
}

fn open(io: &FaultIo) -> ManifestFile {
    let io: Arc<dyn Io> = Arc::new(io.clone());
    ManifestFile::open(io, Path::new(DATA), "manifest", MANIFEST_SEAL).unwrap()
}

/// Stores versions, loses power, and looks whether the last stored one (or the one that was being
/// stored) is there.
pub(crate) fn simulate(seed: u64, disabled: Option<SyncPoint>) -> Result<(), String> {
    let mut io = new_folder(seed);
    if let Some(point) = disabled {
        io.disable_sync(point);
    }
    let mut random = Random::new(seed);
    let (mut stored, mut attempted) = (0u64, 0u64);
    for life in 0..5 {
        let manifest = open(&io);
        let found = match manifest.load() {
            Ok(None) => 0,
            Ok(Some(loaded)) => {
                let first = loaded.payload.first_chunk::<8>();
                first.copied().map_or(u64::MAX, u64::from_le_bytes)
            }
            Err(error) => return Err(format!("seed {seed}, life {life}: {error}")),
        };
        if found < stored || found > attempted {
            return Err(format!(
                "seed {seed}, life {life}: version {found}, stored {stored}, attempted {attempted}"
            ));
        }
        (stored, attempted) = (found, found);
        io.crash_after_ops(random.below(25));
        for _ in 0..random.below(6) {
            attempted += 1;
            let mut payload = attempted.to_le_bytes().to_vec();
            let length = random.between(0, 3000);
            payload.extend(random.bytes(length));
            if manifest.store(&payload).is_err() {
                break;
            }
            stored = attempted;
        }
        io = io.crash();
    }
    Ok(())
}

#[test]
fn a_stored_manifest_survives_power_loss_whole() {
    for seed in 0..600 {
        if let Err(wrong) = simulate(seed, None) {
            panic!("{wrong}");
        }
    }
}

#[test]
fn a_damaged_manifest_is_corrupt_and_names_the_file() {
    let io = new_folder(1);
    let manifest = open(&io);
    assert_eq!(manifest.load().unwrap(), None);
    manifest.store(b"{}").unwrap();
    assert_eq!(manifest.load().unwrap().unwrap().payload, b"{}");
    io.corrupt(manifest.path(), |bytes| {
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
    })
    .unwrap();
    let error = manifest.load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("/data/manifest"), "{error}");
}

#[test]
fn a_store_that_fails_keeps_the_old_content_and_can_be_tried_again() {
    let io = new_folder(1);
    let manifest = open(&io);
    manifest.store(b"old").unwrap();
    for operation in [Operation::Create, Operation::Write, Operation::SyncFile] {
        io.fail_nth(operation, 1, Fault::Enospc);
        assert!(manifest.store(b"new").unwrap_err().is_disk_full());
        assert_eq!(manifest.load().unwrap().unwrap().payload, b"old");
    }
    manifest.store(b"new").unwrap();
    // Leftovers go at the next open.
    let leftover = Path::new("/data/manifest.tmp");
    write_new(&io, leftover, b"half", SyncPoint::ManifestFile).unwrap();
    let manifest = open(&io);
    assert!(!io.exists(leftover).unwrap());
    assert_eq!(manifest.load().unwrap().unwrap().payload, b"new");
}

#[test]
fn the_lock_dies_with_its_process() {
    let io = new_folder(1);
    let held = lock_folder(&io, Path::new(DATA), 1).unwrap();
    let error = lock_folder(&io, Path::new(DATA), 2).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let next = io.kill();
    let _second = lock_folder(&next, Path::new(DATA), 3).unwrap();
    // The dead process's guard must not free the lock of the living one.
    drop(held);
    assert!(lock_folder(&next, Path::new(DATA), 4).is_err());
}

#[test]
fn the_disk_reserve_refuses_in_time_and_lets_go_by_itself() {
    let io = new_folder(1);
    io.set_capacity(Some(10_000));
    let clock = Arc::new(ManualClock::at(0));
    let shared: Arc<dyn Io> = Arc::new(io.clone());
    let time: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
    let reserve = DiskReserve::new(shared, time, Path::new(DATA), 4_000);
    reserve.check(5_000).unwrap();
    // What was let through counts at once, before the system is asked again.
    let error = reserve.check(5_000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("4000"), "{error}");
    assert_eq!(reserve.refused_count(), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(reserve.available_bytes().unwrap(), 10_000);
    reserve.check(5_000).unwrap();
    // Once full, a little more than the reserve must be free.
    assert!(reserve.check(2_000).is_err());
    clock.advance(Duration::from_secs(1));
    assert!(reserve.check(5_900).is_err());
    reserve.check(5_800).unwrap();
}

#[test]
fn reading_is_bounded() {
    let io = new_folder(1);
    let path = Path::new("/data/file");
    write_new(&io, path, &[1; 100], SyncPoint::SecretFile).unwrap();
    assert_eq!(read_limited(&io, path, 100).unwrap().len(), 100);
    let error = read_limited(&io, path, 99).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    let error = write_new(&io, path, b"x", SyncPoint::SecretFile).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}
