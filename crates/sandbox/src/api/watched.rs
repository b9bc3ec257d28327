//! Every call of the API is told to whoever watches the sandbox.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;
use super::request::agent;
use crate::happening::{Call, Happening, NameTag};

/// Parameters that nobody should see.
const KEYS: [&str; 3] = ["key=", "access_token=", "oauth_token="];

/// Answers the call, and tells about it.
pub(super) async fn watched(State(world): Shared, mut request: Request, next: Next) -> Response {
    let (at, start) = (world.clock.now(), Instant::now());
    let tag = NameTag::default();
    request.extensions_mut().insert(tag.clone());
    let method = request.method().to_string();
    let path = without_keys(request.uri().path(), request.uri().query());
    let agent = agent(request.headers());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let call = Call { at, user: tag.name(), agent, method, path, status, took: start.elapsed() };
    world.teller.tell(Happening::Call(call));
    response
}

/// The path with its query, without the keys that old clients put there.
fn without_keys(path: &str, query: Option<&str>) -> String {
    let is_key = |part: &str| KEYS.iter().any(|key| part.starts_with(key));
    let is_shown = |part: &&str| !part.is_empty() && !is_key(part);
    let query: Vec<_> = query.unwrap_or_default().split('&').filter(is_shown).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_told_as_it_was_sent_without_keys() {
        let told = |query| without_keys("/v5/books", query);
        assert_eq!(told(None), "/v5/books");
        assert_eq!(told(Some("")), "/v5/books");
        assert_eq!(told(Some("&&limit=5&key=secret&query=a%20b")), "/v5/books?limit=5&query=a%20b");
    }
}
