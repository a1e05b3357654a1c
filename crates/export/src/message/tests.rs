//! Texts of messages, and the notifications that tests of channels share.
