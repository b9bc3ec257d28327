//! Reading lines of any length, without end, in little memory.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::sleep;

/// Longer lines are cut here.
const LINE_BYTES_MAX: usize = 4096;

/// So much is read at once. A process that always fills this is read so much a [`PACE`]: it neither stalls nor keeps
/// the host's processor busy.
const READ_BYTES: usize = 16 * 1024;
const PACE: Duration = Duration::from_millis(1);

/// Reads to the end, and gives each line without its line break to `heard`; of an overlong one, the beginning.
pub(crate) async fn read_lines(mut from: impl AsyncRead + Unpin, mut heard: impl FnMut(&[u8])) {
    let mut bytes = vec![0; READ_BYTES];
    let mut line = Vec::new();
    // What cannot be read any more has ended.
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        take(&bytes[..count], &mut line, &mut heard);
        if count == READ_BYTES {
            sleep(PACE).await;
        }
    }
    if !line.is_empty() {
        heard(&line);
    }
}

fn take(bytes: &[u8], line: &mut Vec<u8>, heard: &mut impl FnMut(&[u8])) {
    let mut pieces = bytes.split(|byte| *byte == b'\n');
    let rest = pieces.next_back().unwrap_or_default();
    for piece in pieces {
        extend(line, piece);
        heard(line.strip_suffix(b"\r").unwrap_or(line));
        line.clear();
    }
    extend(line, rest);
}

fn extend(line: &mut Vec<u8>, piece: &[u8]) {
    let room = LINE_BYTES_MAX - line.len();
    line.extend_from_slice(&piece[..piece.len().min(room)]);
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    /// The lines of something that is read in pieces.
    async fn lines(text: &[u8]) -> Vec<String> {
        let (reading, mut writing) = tokio::io::duplex(7);
        let mut lines = Vec::new();
        let write = async {
            writing.write_all(text).await.unwrap();
            drop(writing);
        };
        let read = read_lines(reading, |line| lines.push(String::from_utf8(line.to_vec()).unwrap()));
        tokio::join!(write, read);
        lines
    }

    #[tokio::test]
    async fn lines_come_whole_and_the_last_one_needs_no_end() {
        assert_eq!(lines(b"one\nforty-two\r\n\nthree").await, ["one", "forty-two", "", "three"]);
        assert!(lines(b"").await.is_empty());
    }

    #[tokio::test]
    async fn an_endless_line_fills_no_memory() {
        let mut text = vec![b'x'; 10 * LINE_BYTES_MAX];
        text.extend_from_slice(b"\nnext\n");
        assert_eq!(lines(&text).await, ["x".repeat(LINE_BYTES_MAX), "next".to_owned()]);
    }
}
