//! A server on loopback that does to a connection exactly what a test tells it to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// What the server does with a request.
pub(crate) enum Act {
    /// Answers and waits for the next one.
    Answer(Vec<u8>),
    /// Answers and closes, without having announced it.
    AnswerAndClose(Vec<u8>),
    /// Sends something and breaks the connection off, so that the other side gets a reset.
    Reset(Vec<u8>),
    /// Keeps the connection open and says nothing more.
    Silence,
    /// Sends a head and then bytes for as long as anyone takes them.
    Flood(Vec<u8>),
}

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// All values of a header, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&[u8]> {
        self.headers.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_slice()).collect()
    }

    /// The value of a header that is there once.
    pub(crate) fn one(&self, name: &str) -> &str {
        let values = self.all(name);
        assert_eq!(values.len(), 1, "{name} in {:?}", self.headers);
        std::str::from_utf8(values[0]).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Server {
    place: String,
    requests: Arc<Mutex<Vec<Seen>>>,
    opened: watch::Sender<usize>,
    closed: watch::Sender<usize>,
}

impl Server {
    /// Starts a server that acts on each request, numbered from 0, as `script` says.
    pub(crate) async fn start(script: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            place: listener.local_addr().unwrap().to_string(),
            requests: Arc::default(),
            opened: watch::Sender::new(0),
            closed: watch::Sender::new(0),
        };
        let script = Arc::new(script);
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                accepting.opened.send_modify(|count| *count += 1);
                let (server, script) = (accepting.clone(), Arc::clone(&script));
                tokio::spawn(async move {
                    server.serve(connection, script.as_ref()).await;
                    server.closed.send_modify(|count| *count += 1);
                });
            }
        });
        server
    }

    /// Starts a server that always answers the same.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_| Act::Answer(answer.clone())).await
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.place)
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.opened.borrow()
    }

    /// Waits until so many connections have been closed, by both sides.
    pub(crate) async fn until_closed(&self, count: usize) {
        let mut closed = self.closed.subscribe();
        let waiting = closed.wait_for(|closed| *closed >= count);
        timeout(Duration::from_secs(20), waiting).await.expect("connections were kept").unwrap();
    }

    async fn serve(&self, mut connection: TcpStream, script: &(dyn Fn(usize) -> Act + Send + Sync)) {
        while let Some(request) = read_request(&mut connection).await {
            let number = {
                let mut requests = self.requests.lock().unwrap();
                requests.push(request);
                requests.len() - 1
            };
            match script(number) {
                Act::Answer(bytes) => connection.write_all(&bytes).await.unwrap(),
                Act::AnswerAndClose(bytes) => {
                    connection.write_all(&bytes).await.unwrap();
                    connection.shutdown().await.unwrap();
                }
                Act::Reset(bytes) => {
                    connection.write_all(&bytes).await.unwrap();
                    connection.set_zero_linger().unwrap();
                    return;
                }
                Act::Silence => {}
                Act::Flood(head) => {
                    connection.write_all(&head).await.unwrap();
                    while connection.write_all(&[b'x'; 8192]).await.is_ok() {}
                    return;
                }
            }
        }
    }
}

/// The next request; `None` when the other side is gone.
async fn read_request(connection: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end + 4);
    let mut lines = bytes[..end].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let line = String::from_utf8(lines.next()?.to_vec()).unwrap();
    let headers: Vec<_> = lines.map(split_header).collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| std::str::from_utf8(value).unwrap().parse().unwrap());
    let had = body.len();
    body.resize(length, 0);
    connection.read_exact(&mut body[had..]).await.ok()?;
    Some(Seen { line, headers, body })
}

fn split_header(line: &[u8]) -> (String, Vec<u8>) {
    let colon = line.iter().position(|byte| *byte == b':').unwrap();
    let name = String::from_utf8(line[..colon].to_vec()).unwrap();
    (name, line[colon + 1..].trim_ascii().to_vec())
}

/// An answer with a body of known length.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// 200 with a body.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", body)
}
