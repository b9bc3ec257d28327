//! The request: the event as it came, and the host's own headers.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use secrecy::ExposeSecret;

use super::target::Target;
use crate::Invocation;
use crate::traceparent::traceparent;

static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
static DELIVERY: HeaderName = HeaderName::from_static("bookhook-delivery");
static RUN: HeaderName = HeaderName::from_static("bookhook-run");
static CAUSE: HeaderName = HeaderName::from_static("bookhook-cause");

/// The POST of an event to a handler.
pub(super) fn build(target: &Target, invocation: &Invocation) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(invocation.event.body.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = target.uri().clone();
    *request.headers_mut() = headers(target, invocation);
    request
}

/// A GET that asks how a handler is.
pub(super) fn question(target: &Target) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::default());
    *request.uri_mut() = target.uri().clone();
    request
}

fn headers(target: &Target, invocation: &Invocation) -> HeaderMap {
    let event = &invocation.event;
    let mut headers = HeaderMap::with_capacity(event.headers.len() + event.secrets.len() + 8);
    for header in &event.headers {
        pass_on(&mut headers, &header.name, HeaderValue::from_maybe_shared(header.value.clone()).ok());
    }
    for header in &event.secrets {
        pass_on(&mut headers, &header.name, secret(header.value.expose_secret()));
    }
    if let Some(authorization) = target.authorization() {
        headers.insert(AUTHORIZATION, authorization.clone());
    }
    // Left out for an empty body otherwise, and some servers insist on it.
    headers.insert(CONTENT_LENGTH, event.body.len().into());
    headers.insert(&TRACEPARENT, ascii(traceparent(invocation.delivery, invocation.run)));
    headers.insert(&DELIVERY, ascii(invocation.delivery.to_string()));
    headers.insert(&RUN, invocation.run.0.into());
    headers.insert(&CAUSE, HeaderValue::from_static(invocation.cause.as_str()));
    headers
}

/// Adds one of the event's headers, unless it has to stay behind.
fn pass_on(headers: &mut HeaderMap, name: &str, value: Option<HeaderValue>) {
    let (Ok(header), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), value) else {
        tracing::warn!(header = name, "a header of the event cannot be sent: it is not valid in HTTP");
        return;
    };
    if stays_behind(header.as_str()) {
        return;
    }
    if headers.try_append(header, value).is_err() {
        tracing::warn!(header = name, "a header of the event cannot be sent: there are too many");
    }
}

/// Headers that concern the source's connection to the host, its credentials for the host, or are the host's to set.
fn stays_behind(name: &str) -> bool {
    match name {
        "authorization" | "proxy-authorization" | "proxy-authenticate" => true,
        "connection" | "keep-alive" | "proxy-connection" | "te" | "trailer" | "transfer-encoding"
        | "upgrade" => true,
        "host" | "content-length" | "expect" => true,
        // Answers are read as they are, so nobody is to compress them.
        "accept-encoding" => true,
        "traceparent" | "tracestate" => true,
        _ => name.starts_with("bookhook-"),
    }
}

fn secret(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("ids are visible ASCII")
}
