//! The mutation check of the engine: with any one sync of blocks, sidecars, values or their
//! folders switched off, the simulation must see a loss.

use crate::engine_simulation::simulate;
use tacho_storage::io::SyncPoint;

const SEEDS: u64 = 1500;

fn some_seed_fails(point: SyncPoint) {
    let found = (0..SEEDS).find_map(|seed| simulate(seed, Some(point)).err());
    assert!(
        found.is_some(),
        "{point:?} can be left out and nothing is lost"
    );
}

#[test]
fn blocks_need_their_file_sync() {
    some_seed_fails(SyncPoint::BlockFile);
}

#[test]
fn blocks_need_their_folder_sync() {
    some_seed_fails(SyncPoint::BlockDir);
}

#[test]
fn sidecars_need_their_file_sync() {
    some_seed_fails(SyncPoint::SidecarFile);
}

#[test]
fn values_need_their_file_sync() {
    some_seed_fails(SyncPoint::ValueFile);
}

#[test]
fn the_engine_needs_the_sync_of_the_log() {
    some_seed_fails(SyncPoint::WalData);
}

#[test]
fn the_engine_needs_the_sync_of_the_manifest() {
    some_seed_fails(SyncPoint::ManifestFile);
}

#[test]
fn values_need_their_folder_sync() {
    some_seed_fails(SyncPoint::ValueDir);
}

#[test]
fn the_engine_needs_the_sync_of_the_manifests_folder() {
    some_seed_fails(SyncPoint::ManifestDir);
}

#[test]
fn backups_need_their_file_sync() {
    some_seed_fails(SyncPoint::BackupFile);
}

#[test]
fn backups_need_their_folder_sync() {
    some_seed_fails(SyncPoint::BackupDir);
}

#[test]
fn the_state_of_series_needs_its_file_sync() {
    some_seed_fails(SyncPoint::SampleStateFile);
}

#[test]
fn the_state_of_series_needs_its_folder_sync() {
    some_seed_fails(SyncPoint::SampleStateDir);
}
