//! Who acts: as the header `bookhook-actor` says it.

use axum::extract::FromRequestParts;
use http::request::Parts;

use bookhook_model::Actor;

use crate::problem::Problem;

const HEADER: &str = "bookhook-actor";
/// Who does not say.
const UNNAMED: &str = "api";

/// Who acts.
pub(crate) struct Who(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let named = parts.headers.get(HEADER).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let named = named.as_deref().unwrap_or(UNNAMED);
        let bad = |_| Problem::bad_value(HEADER, named, "a name of 1 to 100 characters on one line");
        named.parse().map(Self).map_err(bad)
    }
}
