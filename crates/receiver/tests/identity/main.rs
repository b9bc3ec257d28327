//! Verification of Google-signed ID tokens, through the public door, against a real key server.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod accepted;
mod attacks;
mod configured;
mod key_server;
mod keys;
mod remembered;
mod support;
