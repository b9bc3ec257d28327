//! What a stranger cannot do to the door by doing nothing.
#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::sync::Arc;
use std::time::Duration;

use bookhook_dispatch::Dispatcher;
use bookhook_journal::{Journal, Location};
use bookhook_receiver::{Counters, Door, Server, ServerLimits};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A door without hooks, with little patience and room for one.
async fn serve() -> (std::net::SocketAddr, Arc<Counters>) {
    let journal = Journal::open(&Location::Memory, None).await.unwrap();
    let dispatcher = Dispatcher::start(journal.clone(), Vec::new(), Timestamp::now).await.unwrap();
    let counters = Arc::new(Counters::default());
    let door = Door::new(dispatcher, journal, Vec::new(), Arc::clone(&counters), Timestamp::now).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = ServerLimits { connections_max: 1, head_time: Duration::from_millis(200) };
    tokio::spawn(Server::new(listener, door, limits).run(std::future::pending(), Duration::ZERO));
    (address, counters)
}

async fn is_closed_after(said: &[u8]) {
    let (address, _) = serve().await;
    let mut stranger = TcpStream::connect(address).await.unwrap();
    stranger.write_all(said).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stranger.read_to_end(&mut answer)).await;
    // Closed or reset, with or without a word: only not kept.
    let _ = read.expect("the connection is not kept for ever");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    is_closed_after(b"").await;
}

#[tokio::test]
async fn a_connection_that_stops_in_the_middle_of_a_head_is_closed() {
    is_closed_after(b"P").await;
    is_closed_after(b"POST /hooks/x HTTP/1.1\r\nhost: x\r\nx-").await;
    is_closed_after(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
}

#[tokio::test]
async fn who_waits_for_a_connection_gets_one_when_another_is_given_up() {
    let (address, counters) = serve().await;
    let _silent = TcpStream::connect(address).await.unwrap();
    let mut caller = TcpStream::connect(address).await.unwrap();
    caller.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(20), caller.read_to_string(&mut answer)).await;
    read.expect("it is answered in the end").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(counters.refused().iter().any(|line| line.reason == "connections_full"));
}
