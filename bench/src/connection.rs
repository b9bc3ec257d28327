//! One connection to a server: as little HTTP/1.1 as a client needs, so that the server is what is measured.

use std::io::ErrorKind;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use httparse::{EMPTY_HEADER, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BUFFER_BYTES: usize = 16 << 10;
const HEADERS_MAX: usize = 32;

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Box<[u8]>,
}

/// What the server answered.
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES].into() })
    }

    /// Sends a request and reads the answer to it.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Reply<'_>> {
        self.stream.write_all(request).await.context("cannot send the request")?;
        let (head, filled) = self.read().await?;
        Ok(Reply { status: head.status, body: &self.buffer[head.bytes..filled] })
    }

    async fn read(&mut self) -> Result<(Head, usize)> {
        let mut filled = 0;
        loop {
            let more =
                self.stream.read(&mut self.buffer[filled..]).await.context("cannot read the answer")?;
            if more == 0 {
                return Err(std::io::Error::from(ErrorKind::UnexpectedEof))
                    .context("the connection ended within an answer");
            }
            filled += more;
            if let Some(head) = Head::parse(&self.buffer[..filled])? {
                let end = head.bytes + head.body_bytes;
                ensure!(end <= self.buffer.len(), "an answer of {end} bytes is too long for this client");
                if filled >= end {
                    return Ok((head, end));
                }
            }
        }
    }
}

/// What matters of an answer's first lines.
struct Head {
    status: u16,
    bytes: usize,
    body_bytes: usize,
}

impl Head {
    /// `None` while it is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>> {
        let mut headers = [EMPTY_HEADER; HEADERS_MAX];
        let mut response = httparse::Response::new(&mut headers);
        let Status::Complete(length) = response.parse(bytes).context("the answer is no HTTP/1.1")? else {
            return Ok(None);
        };
        let status = response.code.context("an answer without a status")?;
        let body_bytes = match header(response.headers, "content-length") {
            Some(length) => length.parse().context("a content-length that is no number")?,
            None => bail!("an answer {status} without a content-length: this client reads no other"),
        };
        Ok(Some(Self { status, bytes: length, body_bytes }))
    }
}

fn header<'a>(headers: &[httparse::Header<'a>], name: &str) -> Option<&'a str> {
    let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(header.value).ok()
}
