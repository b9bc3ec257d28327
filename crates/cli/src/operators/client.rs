//! One request to a host, and what it says.

use std::time::Duration;

use anyhow::{Context, anyhow};
use bookhook::model::{Delivery, DeliveryId};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::place::{self, Place};
use crate::args::HostArgs;
use crate::call;
use crate::exit::Complaint;
use crate::inert;
use crate::journal::SHORT_ID;

const API: &str = "/api/v1";
/// Erasing a large book takes a while.
const TIME: Duration = Duration::from_mins(10);
/// How many pages of the newest deliveries are looked through for the end of an id.
const PAGES_MAX: usize = 40;
const PAGE: usize = 500;

/// A host that runs.
pub(crate) struct Host {
    client: reqwest::Client,
    place: Place,
}

/// Some things, and where the next ones begin.
#[derive(Debug, Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// What a host says when it does not do what it was asked for.
#[derive(Debug, Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

impl Host {
    /// The host that the command line means.
    pub(crate) fn of(args: &HostArgs) -> Result<Self, Complaint> {
        let place = Place::of(args)?;
        let client = call::client_for(&place.url).map_err(Complaint::failed)?;
        Ok(Self { client, place })
    }

    /// What is at this path of the API.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Complaint> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(self.client.request(Method::GET, url)).await
    }

    /// What comes of this act.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Complaint> {
        let request = self.client.request(Method::POST, self.url(path)?);
        self.send(request.header("bookhook-actor", place::actor().as_str()).json(body)).await
    }

    /// The delivery with this id, with this end of an id, or the newest one of the event with this id.
    pub(crate) async fn find(&self, id: &str) -> Result<Delivery, Complaint> {
        if let Ok(id) = id.parse::<DeliveryId>() {
            return self.get(&format!("/deliveries/{id}"), &[]).await;
        }
        let of_event = [("event_id", id.to_owned())];
        let end = id.to_ascii_uppercase();
        let found = match id.len() {
            0 => None,
            _ => match self.newest(&of_event, |_| true).await? {
                None if end.len() >= SHORT_ID => {
                    self.newest(&[], |delivery| delivery.id.to_string().ends_with(&end)).await?
                }
                found => found,
            },
        };
        found.ok_or_else(|| {
            let shown = inert::shortened(&inert::one_line(id), 80);
            Complaint::failed(anyhow!("this host has no delivery `{shown}`"))
                .hint("`bookhook activity` lists what there is")
        })
    }

    /// The newest delivery that fits, of those that are looked through. A page may be short, and still not be the last.
    async fn newest(
        &self,
        filter: &[(&'static str, String)],
        fits: impl Fn(&Delivery) -> bool,
    ) -> Result<Option<Delivery>, Complaint> {
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", PAGE.to_string())];
            query.extend(filter.iter().cloned());
            query.extend(cursor.map(|cursor| ("cursor", cursor)));
            let page: Page<Delivery> = self.get("/deliveries", &query).await?;
            if let Some(delivery) = page.items.into_iter().find(|delivery| fits(delivery)) {
                return Ok(Some(delivery));
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(None)
    }

    fn url(&self, path: &str) -> Result<Url, Complaint> {
        let base = self.place.url.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{API}{path}")).context("--url");
        url.map_err(Complaint::misused)
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Complaint> {
        let request = match &self.place.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        };
        let answer = request.timeout(TIME).send().await.map_err(|error| self.unanswered(&error))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| self.unanswered(&error))?;
        if !status.is_success() {
            return Err(self.refused(status, &body));
        }
        serde_json::from_slice(&body).map_err(|error| {
            let error = anyhow::Error::new(error)
                .context(format!("{} answers otherwise than a host", self.place.url));
            Complaint::failed(error).hint("is that the operators' door of a host of this version?")
        })
    }

    fn unanswered(&self, error: &reqwest::Error) -> Complaint {
        if error.is_connect() {
            return Complaint::failed(anyhow!("no host answers at {}", self.place.url)).hint(
                "start one with `bookhook serve`, or say where it is: --config FILE, or --url URL with the URL of its \
                 operators' door, which it told at its start",
            );
        }
        Complaint::failed(anyhow!("{}: {}", self.place.url, crate::exit::chain(error)))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Complaint {
        let Ok(Problem { code, detail }) = serde_json::from_slice(body) else {
            let error = anyhow!("{} answers {status}", self.place.url);
            return Complaint::failed(error).hint("is that the operators' door of a host?");
        };
        let error = anyhow!(inert::one_line(&detail));
        let complaint = match status {
            StatusCode::BAD_REQUEST => Complaint::misused(error),
            _ => Complaint::failed(error),
        };
        match hint(&code) {
            Some(hint) => complaint.hint(hint),
            None => complaint,
        }
    }
}

/// What to do about a problem, in terms of this program.
fn hint(code: &str) -> Option<&'static str> {
    match code {
        "unauthorized" => Some("put the console's token into the environment: BOOKHOOK_CONSOLE_TOKEN"),
        "token_gone" => Some(
            "`--via bkper` has Bkper send the event again, with a fresh token (your own one is to be in BKPER_TOKEN); \
             `--without-token` runs it without one",
        ),
        "wrong_key" => Some("`--without-token` runs it without one"),
        "no_such_delivery" => Some("`bookhook activity` lists what there is"),
        "no_such_replays" | "replays_running" => Some("`bookhook replays` lists the jobs, and cancels one"),
        "no_such_hook" => Some("`bookhook hooks` lists those that there are"),
        "no_such_path" => Some("is the host of this version?"),
        _ => None,
    }
}
