//! Every route of the door, and what every request passes on its way to one.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use http::{HeaderValue, Method, header};

use crate::console::Console;
use crate::problem::Problem;
use crate::{access, acts, deliveries, erasures, hooks, metrics, openapi, record, replays, stream};

/// One operation: what it is asked with, and what does it.
struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "the description is compared with it"))]
    method: Method,
    path: &'static str,
    handler: MethodRouter<Console>,
}

/// The table of routes.
fn table() -> Vec<Route> {
    let read = |path, handler| Route { method: Method::GET, path, handler };
    let act = |path, handler| Route { method: Method::POST, path, handler };
    vec![
        read("/api/v1/deliveries", get(deliveries::list)),
        read("/api/v1/deliveries/{id}", get(deliveries::one)),
        read("/api/v1/deliveries/{id}/payload", get(deliveries::payload)),
        read("/api/v1/deliveries/{id}/explain", get(acts::explain)),
        act("/api/v1/deliveries/{id}/replay", post(acts::replay)),
        act("/api/v1/deliveries/{id}/park", post(acts::park)),
        act("/api/v1/deliveries/{id}/unpark", post(acts::unpark)),
        act("/api/v1/deliveries/{id}/skip", post(acts::skip)),
        read("/api/v1/replays", get(replays::list)),
        act("/api/v1/replays", post(replays::start)),
        read("/api/v1/replays/{replays}", get(replays::one)),
        act("/api/v1/replays/{replays}/cancel", post(replays::cancel)),
        read("/api/v1/hooks", get(hooks::list)),
        act("/api/v1/hooks/{name}/pause", post(hooks::pause)),
        act("/api/v1/hooks/{name}/resume", post(hooks::resume)),
        read("/api/v1/acts", get(record::list)),
        act("/api/v1/erasures", post(erasures::erase)),
        read("/api/v1/stream", get(stream::stream)),
        read("/api/v1/openapi.json", get(openapi::openapi)),
        read("/metrics", get(metrics::metrics)),
    ]
}

/// The routes, with who may come in before them.
pub(crate) fn router(console: Console) -> Router {
    let routes = table()
        .into_iter()
        .fold(Router::new(), |router, Route { path, handler, .. }| router.route(path, handler));
    routes
        .fallback(async || Problem::no_such_path())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        // The last one is met first.
        .layer(middleware::from_fn_with_state(console.clone(), access::guard))
        .layer(middleware::from_fn(inert))
        .with_state(console)
}

/// What is answered is data: never kept, never taken for something else.
async fn inert(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::openapi::OPENAPI;

    use super::*;

    #[test]
    fn every_route_is_described_and_every_description_is_a_route() {
        let document: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let described: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| (path.clone(), method.to_uppercase()))
            })
            .collect();
        let routed: BTreeSet<(String, String)> =
            table().iter().map(|route| (route.path.to_owned(), route.method.to_string())).collect();
        assert_eq!(described, routed);
    }
}
