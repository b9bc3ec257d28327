//! A call that is being put together.

use bkper_model::Resource;
use bytes::Bytes;
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;

use super::{address, answer, send};
use crate::{Call, Client, Error};

/// A call with everything that goes with it. What is wrong with it comes up when it is sent.
pub(crate) struct Request {
    pub(super) client: Client,
    pub(super) call: Call,
    pub(super) url: String,
    /// The query string with its `?`, or nothing.
    pub(super) query: String,
    pub(super) cursor: Option<String>,
    pub(super) body: Option<Bytes>,
    /// Whether doing it twice is doing it once.
    pub(super) repeatable: bool,
    trouble: Option<Trouble>,
}

/// Why a call cannot be sent.
enum Trouble {
    NoAddress,
    Body(serde_json::Error),
}

impl Request {
    /// A call at the path of these segments, in which one is empty when what it is about refers to nothing. It can be
    /// repeated if its method says so.
    pub(crate) fn new(client: &Client, method: Method, segments: &[&str]) -> Self {
        let (path, trouble) = match address::path(segments.iter().copied()) {
            Ok(path) => (path, None),
            Err(until_gap) => (until_gap, Some(Trouble::NoAddress)),
        };
        Self {
            client: client.clone(),
            repeatable: method.is_idempotent(),
            url: client.url(&path),
            call: Call::new(method, path),
            query: String::new(),
            cursor: None,
            body: None,
            trouble,
        }
    }

    /// A call to another server, which is told nothing of who calls.
    pub(crate) fn elsewhere(client: &Client, url: &str) -> Self {
        let path = Url::parse(url).map_or_else(|_| String::new(), |url| url.path().to_owned());
        let call = Call::new(Method::GET, path);
        Self { client: client.anonymous(), call, url: url.to_owned(), ..Self::new(client, Method::GET, &[]) }
    }

    /// A parameter in the query string.
    pub(crate) fn parameter(mut self, name: &str, value: impl AsRef<str>) -> Self {
        address::add_parameter(&mut self.query, name, value.as_ref());
        self
    }

    /// The same, if there is a value.
    pub(crate) fn maybe(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.parameter(name, value),
            None => self,
        }
    }

    /// Where the page begins that is asked for.
    pub(crate) fn cursor(self, cursor: Option<&str>) -> Self {
        Self { cursor: cursor.map(str::to_owned), ..self }
    }

    pub(crate) fn body(mut self, resource: &impl Resource) -> Self {
        match serde_json::to_vec(resource) {
            Ok(body) => self.body = Some(body.into()),
            Err(error) => self.trouble = self.trouble.or(Some(Trouble::Body(error))),
        }
        self
    }

    /// Says of something in the body that it refers to nothing, if it is so.
    pub(crate) fn refusing(mut self, refers_to_nothing: bool) -> Self {
        if refers_to_nothing {
            self.trouble = Some(Trouble::NoAddress);
        }
        self
    }

    /// Whether doing it twice is doing it once, where the method does not tell.
    pub(crate) fn repeatable(self, repeatable: bool) -> Self {
        Self { repeatable, ..self }
    }

    /// Sends it, and reads the answer.
    pub(crate) async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        let request = self.checked()?;
        let body = send::until_answered(&request).await?;
        answer::json(request.call, &body)
    }

    /// Sends it; nothing comes back but that it was done.
    pub(crate) async fn send_only(self) -> Result<(), Error> {
        let request = self.checked()?;
        send::until_answered(&request).await?;
        Ok(())
    }

    /// The call, for errors about its answer.
    pub(crate) fn call(&self) -> Call {
        self.call.clone()
    }

    fn checked(mut self) -> Result<Self, Error> {
        match self.trouble.take() {
            None => Ok(self),
            Some(Trouble::NoAddress) => Err(Error::NoAddress { call: self.call }),
            Some(Trouble::Body(source)) => Err(Error::Body { call: self.call, source }),
        }
    }
}
