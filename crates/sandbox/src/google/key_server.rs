//! Publishes a signer's public key over HTTP, as Google does.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use super::signer::Signer;

/// Where the key set is served; the path is Google's.
pub const JWKS_PATH: &str = "/oauth2/v3/certs";

/// Google allows about six hours. A local key may be thrown away sooner.
const CACHING: &str = "public, max-age=3600, must-revalidate, no-transform";

/// Routes that serve the signer's JWK set at [`JWKS_PATH`].
pub fn key_server(signer: &Signer) -> Router {
    let key_set = key_set(signer);
    Router::new().route(JWKS_PATH, get(async move || key_set.clone()))
}

/// The answer at [`JWKS_PATH`].
pub(crate) fn key_set(signer: &Signer) -> impl IntoResponse + Clone + use<> {
    let headers = [(CONTENT_TYPE, "application/json; charset=UTF-8"), (CACHE_CONTROL, CACHING)];
    (headers, signer.jwks().to_string())
}
