//! A line to a server that a test can cut, and mend.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How it is with the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Connections end, and no other is to be had.
    Cut,
    /// Connections stay, and nothing comes through.
    Silent,
}

/// With how often it was cut so far: who looks late knows it too.
#[derive(Debug, Clone, Copy)]
struct Condition {
    state: State,
    cuts: usize,
}

/// A line to a server; it ends when this is dropped.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    condition: watch::Sender<Condition>,
}

impl Line {
    /// To the server at this address.
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let condition = watch::Sender::new(Condition { state: State::Good, cuts: 0 });
        let (address, told) = (listener.local_addr().unwrap(), condition.subscribe());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(carry(socket, server.clone(), told.clone()));
            }
        });
        Self { address, condition }
    }

    /// Where it begins.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection, and lets no other through.
    pub fn cut(&self) {
        self.condition.send_modify(|now| *now = Condition { state: State::Cut, cuts: now.cuts + 1 });
    }

    /// Lets nothing through any more, and ends nothing.
    pub fn silence(&self) {
        self.condition.send_modify(|now| now.state = State::Silent);
    }

    /// Lets connections through again. Those that were silent go on.
    pub fn mend(&self) {
        self.condition.send_modify(|now| now.state = State::Good);
    }
}

async fn carry(mut socket: TcpStream, server: String, mut condition: watch::Receiver<Condition>) {
    let begun = *condition.borrow();
    if begun.state == State::Cut {
        return;
    }
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    loop {
        let now = condition.wait_for(|now| now.state != State::Silent).await.map(|now| *now);
        let Ok(now) = now else { return };
        if now.state == State::Cut || now.cuts != begun.cuts {
            return;
        }
        tokio::select! {
            biased;
            changed = condition.changed() => if changed.is_err() { return },
            _ = copy_bidirectional(&mut socket, &mut server) => return,
        }
    }
}
