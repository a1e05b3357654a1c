//! Bytes to model and back: OTLP protobuf and JSON
