//! The value store gives back what was put in, keeps repetitions once, and never believes wrong bytes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tacho_storage::columns::shared::LargeContent;
use tacho_storage::error::ErrorKind;
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::values::memory::MemoryValues;
use tacho_storage::values::partition::{PartitionValues, decode_index};
use tacho_storage::values::write::write_value_file;
use tacho_storage::values::{ValueFileFacts, ValueFileId};

fn content(bytes: &[u8]) -> LargeContent {
    LargeContent {
        hash: *blake3::hash(bytes).as_bytes(),
        bytes: bytes.into(),
    }
}

/// Numbers that look random but are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn text(&mut self, bytes: usize) -> String {
        const WORDS: [&str; 16] = [
            "the", "agent", "reads", "file", "and", "then", "writes", "a", "test", "that", "fails",
            "because", "of", "missing", "import", "error",
        ];
        let mut text = String::new();
        while text.len() < bytes {
            match self.next() % 6 {
                0 => text.push_str(&format!("{:x} ", self.next())),
                _ => {
                    text.push_str(WORDS[(self.next() % 16) as usize]);
                    text.push(' ');
                }
            }
        }
        text
    }
}

/// Bodies of a conversation: each turn repeats all before it, from 1 to about 200 KB.
fn conversation(seed: u64, turns: usize) -> Vec<String> {
    let mut noise = Noise(seed);
    let mut messages: Vec<String> = Vec::new();
    (0..turns)
        .map(|turn| {
            let role = if turn % 2 == 0 { "user" } else { "assistant" };
            let text = noise.text(700 + (noise.0 % 600) as usize);
            messages.push(format!("{{\"role\":\"{role}\",\"content\":\"{text}\"}}"));
            format!("{{\"model\":\"m\",\"messages\":[{}]}}", messages.join(","))
        })
        .collect()
}

struct Partition {
    temp: tempfile::TempDir,
    io: Arc<dyn Io>,
    ids: Vec<ValueFileId>,
    values: PartitionValues,
}

impl Partition {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let io: Arc<dyn Io> = Arc::new(StdIo);
        let values = PartitionValues::open(Arc::clone(&io), temp.path(), &[], None);
        Self {
            temp,
            io,
            ids: Vec::new(),
            values,
        }
    }

    fn dir(&self) -> &Path {
        self.temp.path()
    }

    fn flush(&mut self, contents: &[LargeContent]) -> Option<ValueFileFacts> {
        let mut memory = MemoryValues::default();
        for content in contents {
            memory.add(content);
        }
        let id = ValueFileId(self.ids.len() as u64 + 1);
        let facts = write_value_file(&*self.io, self.dir(), id, &memory, &self.values).unwrap();
        if facts.is_some() {
            self.ids.push(id);
            self.reopen();
        }
        facts
    }

    fn reopen(&mut self) {
        let io = Arc::clone(&self.io);
        self.values = PartitionValues::open(io, self.temp.path(), &self.ids, Some(&self.values));
    }
}

#[test]
fn a_conversation_costs_its_new_text_not_the_square_of_its_turns() {
    for flushes in [1, 8] {
        let bodies = conversation(7, 200);
        let compressed: usize = bodies
            .iter()
            .map(|body| zstd::bulk::compress(body.as_bytes(), 3).unwrap().len())
            .sum();
        let mut partition = Partition::new();
        let mut stored = 0;
        for part in bodies.chunks(200 / flushes) {
            // Bodies of 4 KiB and less stay in their rows.
            let contents: Vec<LargeContent> = part
                .iter()
                .filter(|body| body.len() > 4096)
                .map(|body| content(body.as_bytes()))
                .collect();
            stored += partition.flush(&contents).unwrap().file_bytes as usize;
        }
        println!("{flushes} flushes: {stored} of {compressed} bytes");
        assert!(stored * 10 <= compressed * 3, "{stored} of {compressed}");
        for body in bodies.iter().filter(|body| body.len() > 4096) {
            let hash = content(body.as_bytes()).hash;
            let found = partition.values.get(&hash).unwrap().unwrap();
            assert_eq!(found, body.as_bytes());
        }
        partition.values.verify().unwrap();
    }
}

#[test]
fn values_of_all_kinds_come_back_from_several_files() {
    let mut noise = Noise(1);
    let mut partition = Partition::new();
    let mut all: BTreeMap<[u8; 32], Vec<u8>> = BTreeMap::new();
    for round in 0..5u64 {
        let mut contents = vec![content(b""), content(b"x"), content(&vec![0; 100_000])];
        for length in [1, 1023, 1024, 1025, 16_384, 16_385, 70_000] {
            let bytes: Vec<u8> = (0..length).map(|_| noise.next() as u8).collect();
            contents.push(content(&bytes));
            contents.push(content(&[&bytes[..], &round.to_le_bytes()].concat()));
        }
        for one in &contents {
            all.insert(one.hash, one.bytes.to_vec());
        }
        partition.flush(&contents).unwrap();
        // What is there already makes no file.
        assert_eq!(partition.flush(&contents), None);
    }
    for (hash, bytes) in &all {
        assert!(partition.values.contains(hash).unwrap());
        assert_eq!(partition.values.get(hash).unwrap().as_ref(), Some(bytes));
    }
    assert_eq!(partition.values.get(&[1; 32]).unwrap(), None);
    assert!(partition.values.memory() > 0);
    partition.values.drop_caches();
    assert_eq!(partition.values.memory(), 0);
}

#[test]
fn a_rewrite_keeps_what_lives_and_stands_alone() {
    let mut partition = Partition::new();
    let bodies = conversation(3, 60);
    let contents: Vec<LargeContent> = bodies.iter().map(|body| content(body.as_bytes())).collect();
    for part in contents.chunks(20) {
        partition.flush(part);
    }
    let live = |hash: &[u8; 32]| contents[40..].iter().any(|content| content.hash == *hash);
    let id = ValueFileId(99);
    let facts = partition.values.rewrite(id, &live).unwrap().unwrap();
    assert_eq!(facts.values, 20);
    for old in std::mem::take(&mut partition.ids) {
        partition
            .io
            .remove_file(&old.path(partition.dir()))
            .unwrap();
    }
    partition.ids.push(id);
    partition.reopen();
    for (place, content) in contents.iter().enumerate() {
        let found = partition.values.get(&content.hash).unwrap();
        assert_eq!(found.as_deref(), (place >= 40).then_some(&*content.bytes));
    }
    partition.values.verify().unwrap();
    assert_eq!(
        partition
            .values
            .rewrite(ValueFileId(100), &|_| false)
            .unwrap(),
        None
    );
}

#[test]
fn flipped_bits_are_found_or_do_no_harm() {
    let mut partition = Partition::new();
    let bodies = conversation(5, 30);
    let contents: Vec<LargeContent> = bodies.iter().map(|body| content(body.as_bytes())).collect();
    partition.flush(&contents);
    let path = ValueFileId(1).path(partition.dir());
    let good = std::fs::read(&path).unwrap();
    let mut noise = Noise(11);
    for round in 0..300 {
        let mut bad = good.clone();
        // Each byte of both ends, then anywhere.
        let at = match round {
            0..48 => good.len() - 1 - round,
            48..80 => round - 48,
            _ => noise.next() as usize % good.len(),
        };
        bad[at] ^= 1 << (noise.next() % 8);
        std::fs::write(&path, &bad).unwrap();
        partition.values.drop_caches();
        for content in &contents {
            match partition.values.get(&content.hash) {
                Ok(found) => assert_eq!(found.as_deref(), Some(&*content.bytes)),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
            }
        }
        let verified = partition.values.verify();
        // The four zero bytes in the header and in the trailer are covered by checksums too.
        assert!(verified.is_err(), "byte {at}");
    }
    for length in (0..good.len()).step_by(211) {
        std::fs::write(&path, &good[..length]).unwrap();
        partition.values.drop_caches();
        let error = partition.values.get(&contents[0].hash).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn any_bytes_are_an_index_or_an_error() {
    let mut noise = Noise(17);
    for round in 0..3000u64 {
        let length = noise.next() % 200;
        let limit = 1 + round % 255;
        let bytes: Vec<u8> = (0..length).map(|_| (noise.next() % limit) as u8).collect();
        let _ = decode_index(&bytes);
    }
}
