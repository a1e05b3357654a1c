//! Shapes of the HTTP API and its OpenAPI document
