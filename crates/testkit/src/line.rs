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

/// A line to a server; it ends when this is dropped.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    state: watch::Sender<State>,
}

impl Line {
    /// To the server at this address.
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, state) = (listener.local_addr().unwrap(), watch::Sender::new(State::Good));
        let told = state.subscribe();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(carry(socket, server.clone(), told.clone()));
            }
        });
        Self { address, state }
    }

    /// Where it begins.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection, and lets no other through.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Lets nothing through any more, and ends nothing.
    pub fn silence(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Lets connections through again. Those that were silent go on.
    pub fn mend(&self) {
        self.state.send_replace(State::Good);
    }
}

async fn carry(mut socket: TcpStream, server: String, mut state: watch::Receiver<State>) {
    if *state.borrow() == State::Cut {
        return;
    }
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    loop {
        let Ok(now) = state.wait_for(|state| *state != State::Silent).await.map(|state| *state) else {
            return;
        };
        if now == State::Cut {
            return;
        }
        tokio::select! {
            biased;
            changed = state.changed() => if changed.is_err() { return },
            _ = copy_bidirectional(&mut socket, &mut server) => return,
        }
    }
}
