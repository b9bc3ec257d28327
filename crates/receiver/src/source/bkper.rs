//! Bkper: a Google-signed ID token, one event in the body, the user's token and the app's id in headers.

use std::borrow::Cow;
use std::collections::HashSet;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use bookhook_dispatch::Purpose;
use bookhook_model::{Event, EventId, Header, LaneKey, LaneRule, Response, SecretHeader};

use crate::fingerprint::fingerprint;
use crate::identity::{IdentityVerifier, Refusal};

use super::NoEvent;

/// The header with the access token of the user who installed the app.
const OAUTH_TOKEN: &str = "bkper-oauth-token";

/// What Bkper changes between two sendings of one event.
const CHANGED_BETWEEN_SENDINGS: &[&str] = &["botResponses"];

/// A Bkper app as a source.
#[derive(Debug)]
pub struct Bkper {
    /// Who verifies the caller; `None` relies on the platform in front.
    pub verifier: Option<IdentityVerifier>,
    /// The app's id, the agent of its own events.
    pub app_id: Box<str>,
    /// The event types that the app declares.
    pub declared: HashSet<Box<str>>,
    /// What to do with events that the app caused itself.
    pub own_events: OwnEvents,
}

/// What to do with events that the app caused itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnEvents {
    /// Hand them to the handler, as Bkper does.
    Deliver,
    /// Answer `{"result": false}` without running it.
    Skip,
}

/// The few fields of an event that the host needs.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    event_type: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "bookId")]
    book_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    book: Option<Named<'a>>,
    #[serde(borrow)]
    agent: Option<Named<'a>>,
    #[serde(borrow)]
    user: Option<User<'a>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with an `id`")]
struct Named<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with a `username`")]
struct User<'a> {
    #[serde(borrow)]
    username: Option<Cow<'a, str>>,
}

impl Bkper {
    pub(super) async fn verify(&self, headers: &HeaderMap, now: Timestamp) -> Result<(), Refusal> {
        let Some(verifier) = &self.verifier else { return Ok(()) };
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let authorization = values.next().map(http::HeaderValue::as_bytes);
        if values.next().is_some() {
            return Err(Refusal::Several);
        }
        verifier.verify(authorization, now).await.map(drop)
    }

    pub(super) fn read(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        lane: &LaneRule,
    ) -> Result<(Event, Purpose), NoEvent> {
        // serde would read a list as the fields in order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(NoEvent::NotAnObject);
        }
        let text = std::str::from_utf8(body)?;
        let envelope: Envelope<'_> = serde_json::from_str(text)?;
        let book = envelope.book.ok_or(NoEvent::Missing("book"))?;
        let book_id: Option<Box<str>> = envelope.book_id.or(book.id).map(Into::into);
        let event = Event {
            id: envelope.id.map(|id| EventId(id.into())),
            event_type: envelope.event_type.ok_or(NoEvent::Missing("type"))?.into(),
            lane: lane_key(lane, book_id.as_deref(), body)?,
            book_id,
            agent_id: envelope.agent.and_then(|agent| agent.id).map(Into::into),
            user_id: envelope.user.and_then(|user| user.username).map(Into::into),
            headers: headers.iter().filter(|(name, _)| is_handed_on(name)).map(header_as_it_came).collect(),
            secrets: secrets(headers)?,
            fingerprint: fingerprint(text, CHANGED_BETWEEN_SENDINGS)?,
            body: body.clone(),
        };
        event.check()?;
        let purpose = self.purpose(&event);
        Ok((event, purpose))
    }

    fn purpose(&self, event: &Event) -> Purpose {
        let is_own = event.agent_id.as_ref() == Some(&self.app_id);
        if !self.declared.contains(&event.event_type) {
            Purpose::Unmatched
        } else if is_own && self.own_events == OwnEvents::Skip {
            Purpose::Settle(Response::suppressed())
        } else {
            Purpose::Run
        }
    }
}

fn lane_key(rule: &LaneRule, book_id: Option<&str>, body: &[u8]) -> Result<Option<LaneKey>, NoEvent> {
    let text = match rule {
        LaneRule::None => None,
        LaneRule::Book => book_id.map(Into::into),
        LaneRule::Pointer(pointer) => match serde_json::from_slice::<Value>(body)?.pointer(pointer) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.as_str().into()),
            Some(other) => Some(other.to_string().into()),
        },
    };
    Ok(text.map(LaneKey))
}

/// The headers that are part of the event; what else came belongs to the connection or to whoever stands between.
fn is_handed_on(name: &HeaderName) -> bool {
    *name == header::CONTENT_TYPE || (name.as_str().starts_with("bkper-") && name.as_str() != OAUTH_TOKEN)
}

fn header_as_it_came((name, value): (&HeaderName, &http::HeaderValue)) -> Header {
    Header { name: name.as_str().into(), value: Bytes::copy_from_slice(value.as_bytes()) }
}

fn secrets(headers: &HeaderMap) -> Result<Vec<SecretHeader>, NoEvent> {
    let text = |value: &http::HeaderValue| {
        let text = value.to_str().map_err(|_| NoEvent::HeaderNotText(OAUTH_TOKEN))?;
        Ok(SecretHeader { name: OAUTH_TOKEN.into(), value: SecretString::from(text) })
    };
    headers.get_all(OAUTH_TOKEN).iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use secrecy::ExposeSecret;

    use super::*;

    fn app(own_events: OwnEvents) -> Bkper {
        let declared = HashSet::from(["TRANSACTION_CHECKED".into()]);
        Bkper { verifier: None, app_id: "tax-bot".into(), declared, own_events }
    }

    fn read(body: &'static str) -> Result<(Event, Purpose), NoEvent> {
        app(OwnEvents::Skip).read(&HeaderMap::new(), &Bytes::from_static(body.as_bytes()), &LaneRule::Book)
    }

    #[test]
    fn the_envelope_is_read_and_the_body_is_kept() {
        let body = r#"{"id":"e1","type":"TRANSACTION_CHECKED","bookId":"b1","book":{"id":"b1"},"agent":{"id":"cli"},"user":{"username":"mia","name":"Mia"}}"#;
        let (event, purpose) = read(body).unwrap();
        assert_eq!(event.id, Some(EventId("e1".into())));
        assert_eq!(event.lane, Some(LaneKey("b1".into())));
        assert_eq!(event.agent_id.as_deref(), Some("cli"));
        assert_eq!(event.user_id.as_deref(), Some("mia"));
        assert_eq!(event.body, body);
        assert_eq!(purpose, Purpose::Run);
    }

    #[test]
    fn what_is_no_event_is_refused_with_what_is_missing() {
        let refusals = [
            ("{not json", "not JSON"),
            ("[]", "object"),
            (r#"{"type":"X"}"#, "`book`"),
            (r#"{"book":{}}"#, "`type`"),
            (r#"{"type":"X","book":{"id":"a\u0000b"}}"#, "the event's lane has a NUL"),
            (r#"{"type":"X","book":{},"id":"\u0000"}"#, "the event's id has a NUL"),
            (r#"{"type":"X","book":{},"user":{"username":"\u0000"}}"#, "the event's user id has a NUL"),
            (r#"{"type":"X","book":{},"user":"mia"}"#, "an object with a `username`"),
        ];
        for (body, said) in refusals {
            let refusal = read(body).unwrap_err().to_string();
            assert!(refusal.contains(said), "{body}: {refusal}");
        }
    }

    #[test]
    fn own_events_and_undeclared_types_do_not_run() {
        let own = r#"{"type":"TRANSACTION_CHECKED","book":{"id":"b"},"agent":{"id":"tax-bot"}}"#;
        assert_eq!(read(own).unwrap().1, Purpose::Settle(Response::suppressed()));
        let delivered =
            app(OwnEvents::Deliver).read(&HeaderMap::new(), &Bytes::from(own), &LaneRule::Book).unwrap();
        assert_eq!(delivered.1, Purpose::Run);
        let undeclared = r#"{"type":"BOOK_AUDITED","book":{"id":"b"},"agent":{"id":"tax-bot"}}"#;
        assert_eq!(read(undeclared).unwrap().1, Purpose::Unmatched);
    }

    #[test]
    fn a_lane_can_be_any_value_of_the_payload_or_none() {
        let body = br#"{"book":{"id":"b"},"data":{"object":{"id":7,"name":"x"}}}"#;
        let key = |rule| lane_key(&rule, Some("b"), body).unwrap().map(|key| key.to_string());
        assert_eq!(key(LaneRule::Book).as_deref(), Some("b"));
        assert_eq!(key(LaneRule::None), None);
        assert_eq!(key(LaneRule::Pointer("/data/object/id".into())).as_deref(), Some("7"));
        assert_eq!(key(LaneRule::Pointer("/data/object/name".into())).as_deref(), Some("x"));
        assert_eq!(key(LaneRule::Pointer("/nowhere".into())), None);
    }

    #[test]
    fn only_the_events_own_headers_are_handed_on_and_the_token_apart() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json; charset=utf-8"),
            ("bkper-agent-id", "tax-bot"),
            ("bkper-oauth-token", "ya29.secret"),
            ("authorization", "Bearer x"),
            ("cookie", "c"),
            ("x-forwarded-for", "1.2.3.4"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let body = Bytes::from_static(br#"{"type":"TRANSACTION_CHECKED","book":{}}"#);
        let (event, _) = app(OwnEvents::Deliver).read(&headers, &body, &LaneRule::Book).unwrap();
        let names: HashSet<&str> = event.headers.iter().map(|header| &*header.name).collect();
        assert_eq!(names, HashSet::from(["content-type", "bkper-agent-id"]));
        assert_eq!(event.secrets[0].value.expose_secret(), "ya29.secret");
        assert!(!format!("{event:?}").contains("secret\""));
    }
}
