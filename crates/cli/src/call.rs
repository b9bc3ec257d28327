//! One call as Bkper makes it, and its reply.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url, header};

const OAUTH_TOKEN: &str = "bkper-oauth-token";
const AGENT_ID: &str = "bkper-agent-id";

const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Longer than any host lets a caller wait.
const REPLY_TIME: Duration = Duration::from_mins(20);

/// Calls one URL, in the name of one app.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    client: Client,
    url: Url,
    pub(crate) app: String,
    pub(crate) oauth_token: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
    /// Seconds after which to come again, as the host says it.
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Caller {
    /// Calls `url` in the name of `app`, or of the app that the URL's path ends with.
    pub(crate) fn new(url: &str, app: Option<String>, oauth_token: String) -> anyhow::Result<Self> {
        let url = read_url(url)?;
        let last = url.path_segments().and_then(Iterator::last).filter(|last| !last.is_empty());
        let app = app.unwrap_or_else(|| last.unwrap_or("bookhook").to_owned());
        check_header("--app", &app)?;
        check_header("--token", &oauth_token)?;
        let client = client_for(&url)?;
        Ok(Self { client, url, app, oauth_token })
    }

    /// Posts an event.
    pub(crate) async fn post(
        &self,
        body: Vec<u8>,
        authorization: Option<&str>,
    ) -> Result<Reply, reqwest::Error> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json; charset=UTF-8")
            .header(OAUTH_TOKEN, &self.oauth_token)
            .header(AGENT_ID, &self.app);
        if let Some(token) = authorization {
            request = request.bearer_auth(token);
        }
        let start = Instant::now();
        let response = request.body(body).send().await?;
        let status = response.status();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.text().await?;
        let took = start.elapsed();
        let reason = status.canonical_reason().unwrap_or_default();
        Ok(Reply { status: status.as_u16(), reason, retry_after, body, took })
    }
}

fn read_url(text: &str) -> anyhow::Result<Url> {
    const EXPECTED: &str = "write a hook's URL, as in http://127.0.0.1:8080/hooks/tax-bot";
    let url = Url::parse(text).with_context(|| format!("--to: `{text}` is no URL; {EXPECTED}"))?;
    anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "--to: `{text}` is not http; {EXPECTED}");
    Ok(url)
}

/// The value is not shown: it may be somebody's token.
fn check_header(option: &str, value: &str) -> anyhow::Result<()> {
    let is_sendable = header::HeaderValue::from_str(value).is_ok();
    anyhow::ensure!(
        is_sendable,
        "{option}: it cannot be sent in a header: leave out line ends and control characters"
    );
    Ok(())
}

/// A client of the server at this URL.
pub(crate) fn client_for(url: &Url) -> anyhow::Result<Client> {
    if is_here(url) { client_here() } else { built(builder()) }
}

/// A client of servers on this machine: no proxy leads there.
pub(crate) fn client_here() -> anyhow::Result<Client> {
    built(builder().no_proxy())
}

fn builder() -> ClientBuilder {
    Client::builder()
        .connect_timeout(CONNECT_TIME)
        .timeout(REPLY_TIME)
        .redirect(Policy::none())
        .user_agent(concat!("bookhook/", env!("CARGO_PKG_VERSION")))
}

fn built(builder: ClientBuilder) -> anyhow::Result<Client> {
    builder.build().context("cannot set up HTTP")
}

/// Whether the URL is one of this machine, which no proxy can reach.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
