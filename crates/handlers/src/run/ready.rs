//! How a server tells that it is ready.

use std::net::Ipv4Addr;
use std::time::Duration;

use bookhook_model::units::show_duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::HttpHandler;
use crate::http::BadUrl;

/// How often is asked.
const PACE: Duration = Duration::from_millis(25);
/// So long one answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// How a server tells that it is ready, and how long that may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// A path that answers a GET with 2xx as soon as it is ready. Without one it is when its port accepts a connection.
    pub path: Option<String>,
    /// So long it may take.
    pub timeout: Duration,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { path: None, timeout: Duration::from_secs(30) }
    }
}

impl Readiness {
    /// Waits until the server at this port is ready. An error is a sentence about the server.
    pub(super) async fn wait(&self, port: u16) -> Result<(), String> {
        let probe = match &self.path {
            None => Probe::Connects(port),
            Some(path) => {
                let server = super::at(port, path).map_err(|error| format!("cannot be asked: {error}"))?;
                Probe::Asks(Box::new(server))
            }
        };
        let mut last = None;
        let ready = async {
            while let Err(why) = probe.try_once().await {
                last = Some(why);
                sleep(PACE).await;
            }
        };
        let in_time = timeout(self.timeout, ready).await;
        in_time.map_err(|_elapsed| {
            let why = last.map(|why| format!(": {why}")).unwrap_or_default();
            format!("was not ready within {}{why}", show_duration(self.timeout))
        })
    }
}

enum Probe {
    Connects(u16),
    Asks(Box<HttpHandler>),
}

impl Probe {
    async fn try_once(&self) -> Result<(), String> {
        match self {
            Self::Connects(port) => match TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).await {
                Ok(_) => Ok(()),
                Err(error) => Err(format!(
                    "127.0.0.1:{port} accepts no connection ({error}); does it listen on the port in PORT?"
                )),
            },
            Self::Asks(server) => match timeout(ANSWER_TIME, server.is_well()).await {
                Ok(well) => well.map_err(|failure| failure.message),
                Err(_) => Err(format!("it did not answer within {}", show_duration(ANSWER_TIME))),
            },
        }
    }
}

/// Whether a path can be asked at all.
pub(super) fn check(path: &str) -> Result<(), BadUrl> {
    super::at(1, path).map(drop)
}
