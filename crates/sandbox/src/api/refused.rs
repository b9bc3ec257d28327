//! How a refusal looks on the wire.

use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bkper_model::{ApiError, ApiErrorDetail, ErrorBody};

use crate::refusal::Refusal;

/// The reasons of Google's endpoint framework.
mod reason {
    pub(super) const BACKEND_ERROR: &str = "backendError";
    pub(super) const CONFLICT: &str = "conflict";
    pub(super) const FORBIDDEN: &str = "forbidden";
    pub(super) const INVALID_PARAMETER: &str = "invalidParameter";
    pub(super) const NOT_FOUND: &str = "notFound";
    pub(super) const REQUIRED: &str = "required";
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } | Self::NotACollaborator { .. } => StatusCode::NOT_FOUND,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::InvalidToken | Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::InvalidFormat { .. }
            | Self::Required { .. }
            | Self::Invalid { .. }
            | Self::TooManyDigits => StatusCode::BAD_REQUEST,
            Self::NameTaken { .. } => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => reason::NOT_FOUND,
            // Of a book that the user may not see, clients expect this one.
            Self::NotACollaborator { .. } => reason::REQUIRED,
            Self::Forbidden { .. } => reason::FORBIDDEN,
            Self::InvalidToken | Self::NoToken | Self::Required { .. } => reason::REQUIRED,
            Self::InvalidFormat { .. } | Self::Invalid { .. } | Self::TooManyDigits | Self::TooLarge => {
                reason::INVALID_PARAMETER
            }
            Self::NameTaken { .. } => reason::CONFLICT,
            Self::Storage(_) => reason::BACKEND_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::Storage(error) = &self {
            tracing::error!(%error, "the sandbox cannot read or write its data");
        }
        answer(self.status(), self.reason(), self.to_string())
    }
}

fn answer(status: StatusCode, reason: &str, message: String) -> Response {
    let detail = ApiErrorDetail {
        domain: Some("global".to_owned()),
        reason: Some(reason.to_owned()),
        message: Some(message.clone()),
        ..ApiErrorDetail::default()
    };
    let error = ApiError {
        code: Some(status.as_u16()),
        message: Some(message),
        errors: Some(vec![detail]),
        ..ApiError::default()
    };
    (status, Json(ErrorBody { error: Some(error), ..ErrorBody::default() })).into_response()
}

/// No route has this path.
pub(super) async fn no_such_method(method: Method, uri: Uri) -> Response {
    answer(
        StatusCode::NOT_FOUND,
        reason::NOT_FOUND,
        format!("the API has no {method} {}: not found", uri.path()),
    )
}

/// The path is there, with other methods.
pub(super) async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let message = format!("{} cannot be asked with {method}", uri.path());
    answer(StatusCode::METHOD_NOT_ALLOWED, reason::INVALID_PARAMETER, message)
}
