//! A balancer that knows nothing of what it carries: each connection goes to the next host that takes it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// Listens here, until the test ends.
pub(crate) async fn before(hosts: Vec<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (hosts, turn): (Arc<[SocketAddr]>, _) = (hosts.into(), AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((caller, _)) = listener.accept().await {
            tokio::spawn(carry(caller, Arc::clone(&hosts), turn.fetch_add(1, Ordering::Relaxed)));
        }
    });
    address
}

/// Where nobody takes it, the caller's connection ends.
async fn carry(mut caller: TcpStream, hosts: Arc<[SocketAddr]>, turn: usize) {
    for at in 0..hosts.len() {
        if let Ok(mut host) = TcpStream::connect(hosts[(turn + at) % hosts.len()]).await {
            let _ = copy_bidirectional(&mut caller, &mut host).await;
            return;
        }
    }
}
