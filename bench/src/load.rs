//! A closed loop over HTTP: every connection sends its next event when the last one is answered.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::latencies::Latencies;
use crate::request::{Request, Template};
use crate::window::Window;

/// Which book an event is in, and so which events must wait for each other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Books {
    /// One of so many, at random.
    Random(u32),
    /// A book for each connection: nothing waits for another.
    Own,
}

/// Who sends what to whom.
pub(crate) struct Load<'a> {
    /// The connections take turns with these.
    pub(crate) addresses: &'a [SocketAddr],
    pub(crate) template: &'a Template,
    pub(crate) connections: usize,
    pub(crate) books: Books,
}

impl Load<'_> {
    /// Opens the connections, so that all are there before the clock starts.
    pub(crate) async fn connect(&self) -> Result<Senders> {
        let mut senders = Vec::with_capacity(self.connections);
        let addresses = self.addresses.iter().cycle();
        for (number, &address) in (1..=self.connections).zip(addresses) {
            let connection = Connection::open(address).await.context("cannot connect")?;
            let request = self.template.request(number);
            senders.push(Sender { connection, request, books: Shuffle::new(self.books, number) });
        }
        Ok(Senders(senders))
    }
}

/// Connections that are ready to send.
pub(crate) struct Senders(Vec<Sender>);

impl Senders {
    /// Has all of them send until the window is over.
    pub(crate) fn start(self, window: Window) -> Sending {
        let mut tasks = JoinSet::new();
        for sender in self.0 {
            tasks.spawn(sender.run(window));
        }
        Sending(tasks)
    }
}

/// Connections that are sending.
pub(crate) struct Sending(JoinSet<Result<Latencies>>);

impl Sending {
    pub(crate) async fn finish(mut self) -> Result<Latencies> {
        let mut all = Latencies::default();
        while let Some(done) = self.0.join_next().await {
            all.merge(done??);
        }
        Ok(all)
    }
}

struct Sender {
    connection: Connection,
    request: Request,
    books: Shuffle,
}

impl Sender {
    async fn run(mut self, window: Window) -> Result<Latencies> {
        let mut latencies = Latencies::default();
        let mut begun = Instant::now();
        while !window.is_over(begun) {
            let reply = self.connection.exchange(self.request.next(self.books.next())).await?;
            ensure!(
                reply.status == 200,
                "an event was answered {}: {}",
                reply.status,
                String::from_utf8_lossy(reply.body)
            );
            let answered = Instant::now();
            if window.counts(answered) {
                latencies.record(answered - begun);
            }
            begun = answered;
        }
        Ok(latencies)
    }
}

/// The books of one connection's events: the same ones in every run.
struct Shuffle {
    books: Books,
    connection: u32,
    state: u64,
}

impl Shuffle {
    fn new(books: Books, connection: usize) -> Self {
        let connection = u32::try_from(connection).unwrap_or(u32::MAX);
        Self { books, connection, state: 0x9e37_79b9_7f4a_7c15 ^ (u64::from(connection) << 32) }
    }

    fn next(&mut self) -> u32 {
        match self.books {
            Books::Own => self.connection,
            Books::Random(count) => self.random() % count.max(1),
        }
    }

    /// Xorshift: random enough, and costs nothing.
    fn random(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 32) as u32
    }
}
