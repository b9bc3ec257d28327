//! Bkper as it calls a handler: signed by a Google of our own, with the user's token and the app's id in headers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::OnceLock;

use bookhook_sandbox::google::{IdClaims, Signer};
use jiff::Timestamp;
use serde::Serialize;

use crate::wire::{Exchange, Reply};

/// The token of the user who installed the app. It must be found nowhere.
pub const OAUTH_TOKEN: &str = "ya29.the-users-own-token";

/// A Bkper that calls one URL, and the keys by which it is known.
#[derive(Debug)]
pub struct Bkper {
    audience: String,
    folder: tempfile::TempDir,
}

/// A request to a host that was not sent yet.
#[derive(Debug, Clone)]
pub struct Post {
    address: SocketAddr,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Bkper {
    /// Its calls are for `audience`, the public URL of the hook.
    pub fn calling(audience: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("jwks.json"), signer().jwks().to_string()).unwrap();
        Self { audience: audience.to_owned(), folder }
    }

    /// The file with the public key that its tokens are signed with.
    pub fn jwks_file(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    /// What its tokens say.
    pub fn claims(&self) -> IdClaims {
        IdClaims::bkper(&self.audience, Timestamp::now())
    }

    /// A token with these claims, signed with its key.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        signer().sign(claims)
    }

    /// The id of that key.
    pub fn key_id(&self) -> &str {
        signer().key_id()
    }

    /// A call with everything that Bkper sends but for the event.
    pub fn post(&self, address: SocketAddr, path: &str) -> Post {
        let call = Post::new(address, "POST", path)
            .header("content-type", "application/json")
            .header("bkper-oauth-token", OAUTH_TOKEN)
            .header("bkper-agent-id", "tax-bot");
        call.header("authorization", &format!("Bearer {}", self.sign(&self.claims())))
    }
}

/// One key for all tests of a process: to make one takes a while.
fn signer() -> &'static Signer {
    static SIGNER: OnceLock<Signer> = OnceLock::new();
    SIGNER.get_or_init(|| Signer::generate().unwrap())
}

impl Post {
    /// A bare request.
    pub fn new(address: SocketAddr, method: &'static str, path: &str) -> Self {
        Self { address, method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// With this method.
    #[must_use]
    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without this header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(given, _)| given != name);
        self
    }

    /// With this token instead of the right one.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.without("authorization").header("authorization", &format!("Bearer {token}"))
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it, and gives what is answered.
    pub async fn send(self) -> Reply {
        self.begin().await.reply().await
    }

    /// Sends it.
    pub async fn begin(self) -> Exchange {
        Exchange::send(self.address, &self.bytes()).await
    }

    /// Sends the head, and the body in one chunk without telling its length or its end.
    pub async fn begin_chunked(self) -> Exchange {
        let mut bytes = self.head("transfer-encoding: chunked");
        bytes.extend_from_slice(format!("{:x}\r\n", self.body.len()).as_bytes());
        bytes.extend_from_slice(&self.body);
        Exchange::send(self.address, &bytes).await
    }

    /// Sends the head, and announces a body of so many bytes that never comes.
    pub async fn begin_announcing(self, length: usize) -> Exchange {
        Exchange::send(self.address, &self.head(&format!("content-length: {length}"))).await
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head(&format!("content-length: {}", self.body.len()));
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn head(&self, framing: &str) -> Vec<u8> {
        let mut lines =
            vec![format!("{} {} HTTP/1.1", self.method, self.path), format!("host: {}", self.address)];
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.extend([framing.to_owned(), "\r\n".to_owned()]);
        lines.join("\r\n").into_bytes()
    }
}
