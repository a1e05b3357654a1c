//! Protobuf: what `opentelemetry-proto` encodes, we decode and encode, and it decodes, is what it
//! was, but for the documented normalisations.

use crate::mangle::{Message, mangle};
use crate::random::Random;
use crate::{generate, normal};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message as _;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::otlp::encode::protobuf;
use tacho_wire::otlp::{DecodeOptions, count_items, decode_logs, decode_traces};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn traces_survive_decoding_and_encoding(mut request in generate::traces(), seed: u64) {
        let sent = mangle(&request.encode_to_vec(), Message::Traces, &mut Random(seed));
        let mut sink = SpanCollector::default();
        let stats = decode_traces::decode_traces(&sent, &DecodeOptions::default(), &mut sink)
            .unwrap();
        prop_assert_eq!(count_items(&sent), Ok(stats.items));

        let refused = normal::traces(&mut request);
        prop_assert_eq!(sink.refused_count, refused);
        let encoded = protobuf::encode_traces(&sink.groups);
        let given = ExportTraceServiceRequest::decode(encoded.as_slice()).unwrap();
        // bytes, because NaN is not equal to itself
        prop_assert_eq!(given.encode_to_vec(), request.encode_to_vec(), "{:#?} {:#?}", given, request);
    }

    #[test]
    fn logs_survive_decoding_and_encoding(mut request in generate::logs(), seed: u64) {
        let sent = mangle(&request.encode_to_vec(), Message::Logs, &mut Random(seed));
        let mut sink = LogCollector::default();
        let stats = decode_logs::decode_logs(&sent, &DecodeOptions::default(), &mut sink).unwrap();
        prop_assert_eq!(count_items(&sent), Ok(stats.items));

        let refused = normal::logs(&mut request);
        prop_assert_eq!(sink.refused_count, refused);
        let encoded = protobuf::encode_logs(&sink.groups);
        let given = ExportLogsServiceRequest::decode(encoded.as_slice()).unwrap();
        prop_assert_eq!(given.encode_to_vec(), request.encode_to_vec(), "{:#?} {:#?}", given, request);
    }
}
