//! One HTTP/1.1 exchange at the level of bytes, so that a test can send what no client would, and leave early.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wait::in_time;

/// A request that was sent and whose answer was not read yet.
#[derive(Debug)]
pub struct Exchange {
    connection: TcpStream,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, byte for byte.
    pub body: Vec<u8>,
}

impl Exchange {
    /// Opens a connection and sends these bytes.
    pub async fn send(address: SocketAddr, request: &[u8]) -> Self {
        let mut connection = in_time("a connection", TcpStream::connect(address)).await.unwrap();
        in_time("sending a request", connection.write_all(request)).await.unwrap();
        Self { connection }
    }

    /// Sends more, as the beginning of a next request. The other side then reads no further, and does not notice when
    /// this side leaves.
    pub async fn send_more(&mut self, bytes: &[u8]) {
        in_time("sending more", self.connection.write_all(bytes)).await.unwrap();
    }

    /// The answer.
    pub async fn reply(mut self) -> Reply {
        in_time("a reply", read_reply(&mut self.connection)).await
    }

    /// Leaves, and waits until the other side has noticed: it closes the connection without an answer.
    pub async fn hang_up(mut self) {
        self.connection.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let read = in_time("the other side to close", self.connection.read_to_end(&mut rest)).await;
        assert!(rest.is_empty(), "{read:?} {}", String::from_utf8_lossy(&rest));
    }

    /// Leaves as a process does that is killed: whatever the other side writes from now on fails.
    pub fn break_off(self) {
        self.connection.set_zero_linger().unwrap();
    }
}

impl Reply {
    /// The value of a header that is there at most once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(given, _)| given == name).map(|(_, value)| &**value);
        let first = values.next();
        assert_eq!(values.next(), None, "{name} is there twice");
        first
    }

    /// The seconds in Retry-After.
    pub fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").map(|seconds| seconds.parse().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in the body of {}: {}", self.status, self.text()))
    }
}

async fn read_reply(connection: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    loop {
        if let Some(reply) = parse(&bytes) {
            return reply;
        }
        let read = connection.read_buf(&mut bytes).await.unwrap();
        assert!(read > 0, "the connection ended in {:?}", String::from_utf8_lossy(&bytes));
    }
}

/// The reply, if it is whole. Every reply of a host has a length.
fn parse(bytes: &[u8]) -> Option<Reply> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(bytes).unwrap() else { return None };
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
    let headers: Vec<(String, String)> =
        head.headers.iter().map(|header| (header.name.to_lowercase(), text(header.value))).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").expect("a content-length");
    let body = bytes.get(head_length..head_length + length.1.parse::<usize>().unwrap())?.to_vec();
    Some(Reply { status: head.code.unwrap(), headers, body })
}
