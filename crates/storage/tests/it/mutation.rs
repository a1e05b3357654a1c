//! The mutation check: with any one sync of the ground switched off, a simulation must see a loss.
//! A sync that can be left out unnoticed is either useless or untested.

use crate::manifest::simulate as simulate_manifest;
use crate::wal_damage::simulate_quarantine;
use crate::wal_simulation::simulate as simulate_wal;
use tacho_storage::io::SyncPoint;

const SEEDS: u64 = 600;

fn some_seed_fails(simulate: fn(u64, Option<SyncPoint>) -> Result<(), String>, point: SyncPoint) {
    let found = (0..SEEDS).find_map(|seed| simulate(seed, Some(point)).err());
    assert!(
        found.is_some(),
        "{point:?} can be left out and nothing is lost"
    );
}

#[test]
fn the_wal_needs_its_data_sync() {
    some_seed_fails(simulate_wal, SyncPoint::WalData);
}

#[test]
fn the_wal_needs_its_folder_sync() {
    some_seed_fails(simulate_wal, SyncPoint::WalDir);
}

#[test]
fn the_wal_needs_the_sync_of_the_folders_above() {
    some_seed_fails(simulate_wal, SyncPoint::DataDir);
}

#[test]
fn the_manifest_needs_its_file_sync() {
    some_seed_fails(simulate_manifest, SyncPoint::ManifestFile);
}

#[test]
fn the_manifest_needs_its_folder_sync() {
    some_seed_fails(simulate_manifest, SyncPoint::ManifestDir);
}

#[test]
fn the_quarantine_needs_its_file_sync() {
    some_seed_fails(simulate_quarantine, SyncPoint::QuarantineFile);
}

#[test]
fn the_quarantine_needs_its_folder_sync() {
    some_seed_fails(simulate_quarantine, SyncPoint::QuarantineDir);
}
