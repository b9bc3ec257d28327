//! The road from the sandbox to the host: one address that stays, while hosts come and go behind it.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// It leads to the host.
    To(SocketAddr),
    /// It waits until it leads somewhere.
    Held,
    /// It is closed.
    Closed,
}

/// See above. It is closed until it leads somewhere.
pub(crate) struct Road {
    address: SocketAddr,
    lead: watch::Sender<Lead>,
    accepting: JoinHandle<()>,
}

impl Road {
    pub(crate) async fn build() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let lead = watch::Sender::new(Lead::Closed);
        let accepting = tokio::spawn(accept(listener, lead.subscribe()));
        Self { address, lead, accepting }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to this host from now on.
    pub(crate) fn lead_to(&self, host: SocketAddr) {
        self.lead.send_replace(Lead::To(host));
    }

    /// From now on every connection breaks, those that are open too.
    pub(crate) fn close(&self) {
        self.lead.send_replace(Lead::Closed);
    }

    /// What is open breaks, and what comes from now on waits for the next host.
    pub(crate) fn hold(&self) {
        self.lead.send_replace(Lead::Held);
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, lead: watch::Receiver<Lead>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (connection, _) = accepted.unwrap();
                connections.spawn(carry(connection, lead.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Carries one connection until the road leads elsewhere.
async fn carry(mut connection: TcpStream, mut lead: watch::Receiver<Lead>) {
    let Ok(found) = lead.wait_for(|lead| *lead != Lead::Held).await.map(|lead| *lead) else { return };
    let Lead::To(address) = found else { return };
    let Ok(mut host) = TcpStream::connect(address).await else { return };
    tokio::select! {
        // Whoever breaks off has broken off on both sides.
        _ = tokio::io::copy_bidirectional(&mut connection, &mut host) => {}
        _ = lead.changed() => {}
    }
}
