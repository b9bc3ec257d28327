//! Handlers behind a URL: the event is sent by POST as it came, and the answer is read.
//!
//! One request a run, on a connection that is kept for the next one. Nothing is followed (redirects), looked up in the
//! environment (proxies) or unpacked (compression), and no request is sent twice unless the connection is known never
//! to have taken the first: the handler may have done its work.
//!
//! This is hyper's own client, not one built upon it: every event of every `http` hook passes here, and the latter reads
//! the URL anew and copies all headers for each request. It took about 20 µs of CPU time a run against 30 to 40.

mod answer;
mod client;
mod request;
mod target;
mod trouble;

use std::fmt;

use bookhook_model::{Failure, RunEnd};

use crate::excerpt::Secrets;
use crate::{Handler, Invocation, Running};
use client::Client;
use target::Target;

pub use target::BadUrl;

/// A server that takes events by POST.
pub struct HttpHandler {
    target: Target,
    client: Client,
}

impl HttpHandler {
    /// A handler at an `http` or `https` URL. A user and password in it are sent as basic authentication.
    pub fn new(url: &str) -> Result<Self, BadUrl> {
        let target = Target::parse(url)?;
        let client = if target.is_secure() { Client::secure()? } else { Client::plain() };
        Ok(Self { target, client })
    }

    /// Whether its URL answers a GET with success.
    pub(crate) async fn is_well(&self) -> Result<(), Failure> {
        match self.client.send(request::question(&self.target)).await {
            Ok(answer) => answer::check(&self.target, answer).await,
            Err(error) => Err(trouble::explain(&self.target, &error)),
        }
    }

    /// One run.
    pub(crate) async fn run(&self, invocation: &Invocation) -> RunEnd {
        let request = request::build(&self.target, invocation);
        let secrets = Secrets { headers: &invocation.event.secrets, own: self.target.secrets().collect() };
        match self.client.send(request).await {
            Ok(answer) => answer::read(&self.target, &secrets, answer).await,
            Err(error) => RunEnd::Failed(trouble::explain(&self.target, &error)),
        }
    }
}

impl Handler for HttpHandler {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        Box::pin(async move { self.run(&invocation).await })
    }

    fn describe(&self) -> String {
        format!("http {}", self.target)
    }
}

impl fmt::Debug for HttpHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpHandler").field(&self.target).finish()
    }
}
