//! Reading what the door is asked.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

/// What is asked for, in the body.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let refused = |message: String| Refusal::InvalidFormat { message };
        let bytes = Bytes::from_request(request, state).await.map_err(|error| refused(error.body_text()))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| refused(error.to_string()))
    }
}
