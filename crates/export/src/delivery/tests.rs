//! Delivery against receivers on this machine.
