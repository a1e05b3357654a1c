//! What the reader takes and refuses, and that the writer's bytes come back.

use super::{FieldValue, Reader, Writer};
use crate::error::{Malformed, Problem};
use proptest::prelude::*;

fn first_error(bytes: &[u8]) -> Malformed {
    Reader::new(bytes)
        .find_map(Result::err)
        .expect("an error was expected")
}

#[test]
fn every_wire_type_is_read() {
    let bytes = [
        0x08, 0x96, 0x01, // 1: varint 150
        0x11, 1, 0, 0, 0, 0, 0, 0, 0, // 2: fixed64 1
        0x1a, 3, b'a', b'b', b'c', // 3: "abc"
        0x25, 2, 0, 0, 0, // 4: fixed32 2
    ];
    let fields: Vec<_> = Reader::new(&bytes).map(Result::unwrap).collect();
    assert_eq!(fields.len(), 4);
    assert_eq!(fields[0].varint(), Ok(150));
    assert_eq!(fields[1].fixed64(), Ok(1));
    assert_eq!(fields[2].bytes(), Ok(&b"abc"[..]));
    assert_eq!(fields[3].fixed32(), Ok(2));
}

#[test]
fn a_length_beyond_the_message_names_its_offset() {
    let error = first_error(&[0x08, 0x01, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x03, b'x']);
    assert_eq!(
        error,
        Malformed {
            offset: 8,
            problem: Problem::Length {
                declared: 1_073_741_823,
                left: 1
            }
        }
    );
}

#[test]
fn lengths_in_inner_messages_count_from_the_start_of_the_body() {
    let outer = [0x08, 0x01, 0x0a, 3, 0x0a, 9, b'x'];
    let inner = Reader::new(&outer)
        .nth(1)
        .unwrap()
        .unwrap()
        .message()
        .unwrap();
    let error = inner.clone().next().unwrap().unwrap_err();
    assert_eq!(error.offset, 6);
}

#[test]
fn groups_field_zero_and_overlong_varints_are_refused() {
    assert_eq!(
        first_error(&[0x0b]).problem,
        Problem::WireType {
            field: 1,
            wire_type: 3
        }
    );
    assert!(matches!(
        first_error(&[0x00, 0x00]).problem,
        Problem::Expected(_)
    ));
    assert!(matches!(
        first_error(&[0x08, 0x80]).problem,
        Problem::Expected(_)
    ));
    let mut overlong = vec![0x08];
    overlong.extend([0xff; 10]);
    overlong.push(0x01);
    assert!(matches!(
        first_error(&overlong).problem,
        Problem::Expected(_)
    ));
    assert!(matches!(
        first_error(&[0x09, 1, 2]).problem,
        Problem::Expected(_)
    ));
    assert!(matches!(
        first_error(&[0x0d, 1, 2]).problem,
        Problem::Expected(_)
    ));
}

#[test]
fn a_reader_ends_after_an_error() {
    assert_eq!(Reader::new(&[0x0b, 0x08, 0x01]).count(), 1);
}

#[test]
fn a_field_of_another_type_is_an_error_not_a_guess() {
    let field = Reader::new(&[0x08, 0x01]).next().unwrap().unwrap();
    assert!(field.message().is_err());
    assert!(field.bytes().is_err());
    assert!(field.fixed32().is_err());
    assert!(field.fixed64().is_err());
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        number in 1u32..536_870_912, varint: u64, fixed64: u64, fixed32: u32,
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut writer = Writer::new();
        writer.message(number, |inner| {
            inner.varint(1, varint);
            inner.fixed64(2, fixed64);
            inner.bytes(3, &bytes);
            inner.fixed32(4, fixed32);
        });
        let written = writer.into_bytes();
        let outer = Reader::new(&written).next().unwrap().unwrap();
        prop_assert_eq!(outer.number, number);
        let inner: Vec<_> = outer.message().unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(inner[0].varint(), Ok(varint));
        prop_assert_eq!(inner[1].fixed64(), Ok(fixed64));
        prop_assert!(matches!(inner[2].value, FieldValue::Len(content) if content == bytes));
        prop_assert_eq!(inner[3].fixed32(), Ok(fixed32));
    }

    #[test]
    fn arbitrary_bytes_end_in_fields_or_one_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut last_end = 0;
        for field in Reader::new(&bytes).flatten() {
            prop_assert!(field.end > last_end && field.end <= bytes.len());
            last_end = field.end;
        }
    }
}
