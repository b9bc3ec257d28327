//! The last words of a process.

use std::collections::VecDeque;

use crate::excerpt::{Secrets, ending};

/// So much is kept. A sentence shows less, but must not begin within a secret.
const BYTES_MAX: usize = 16 * 1024;

/// The end of what a process said, where it says what went wrong.
#[derive(Debug, Default)]
pub(crate) struct Words(VecDeque<u8>);

impl Words {
    pub(crate) fn add(&mut self, line: &[u8]) {
        self.0.extend(line.iter().chain(b"\n"));
        self.0.drain(..self.0.len().saturating_sub(BYTES_MAX));
    }

    /// As the end of a sentence: `: no such module`, or nothing.
    pub(crate) fn told(mut self, secrets: &Secrets<'_>) -> String {
        ending(self.0.make_contiguous(), secrets).map(|words| format!(": {words}")).unwrap_or_default()
    }
}
