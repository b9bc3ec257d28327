//! How a refusal looks on the wire.

use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bkper_model::{ApiError, ApiErrorDetail, ErrorBody};

use crate::refusal::Refusal;

/// The reasons of Google's endpoint framework.
mod reason {
    pub(super) const BACKEND_ERROR: &str = "backendError";
    pub(super) const BAD_REQUEST: &str = "badRequest";
    pub(super) const CONFLICT: &str = "conflict";
    pub(super) const FORBIDDEN: &str = "forbidden";
    pub(super) const INVALID_PARAMETER: &str = "invalidParameter";
    pub(super) const NOT_FOUND: &str = "notFound";
    pub(super) const RATE_LIMIT_EXCEEDED: &str = "rateLimitExceeded";
    pub(super) const REQUIRED: &str = "required";
}

impl Refusal {
    fn status_and_reason(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound { .. } => (StatusCode::NOT_FOUND, reason::NOT_FOUND),
            // Of a book that the user may not see, clients expect this reason.
            Self::NotACollaborator { .. } => (StatusCode::NOT_FOUND, reason::REQUIRED),
            Self::Forbidden { .. } => (StatusCode::FORBIDDEN, reason::FORBIDDEN),
            Self::OwnerStays { .. } => (StatusCode::CONFLICT, reason::CONFLICT),
            Self::NotTheOwner { .. } => (StatusCode::FORBIDDEN, reason::FORBIDDEN),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, reason::REQUIRED),
            Self::NoToken => (StatusCode::UNAUTHORIZED, reason::REQUIRED),
            Self::InvalidFormat { .. } => (StatusCode::BAD_REQUEST, reason::INVALID_PARAMETER),
            Self::Required { .. } => (StatusCode::BAD_REQUEST, reason::REQUIRED),
            Self::Invalid { .. } => (StatusCode::BAD_REQUEST, reason::INVALID_PARAMETER),
            Self::Query(_) => (StatusCode::BAD_REQUEST, reason::INVALID_PARAMETER),
            Self::TooManyPeriods => (StatusCode::BAD_REQUEST, reason::INVALID_PARAMETER),
            Self::TooManyDigits => (StatusCode::BAD_REQUEST, reason::INVALID_PARAMETER),
            // Not 409, which older clients repeat.
            Self::WrongStatus { .. }
            | Self::Locked { .. }
            | Self::SameAccount
            | Self::NotTwo { .. }
            | Self::SameTransaction { .. } => (StatusCode::BAD_REQUEST, reason::BAD_REQUEST),
            Self::Item { refusal, .. } => refusal.status_and_reason(),
            Self::GroupCycle { .. } => (StatusCode::BAD_REQUEST, reason::INVALID_PARAMETER),
            Self::NameTaken { .. } => (StatusCode::CONFLICT, reason::CONFLICT),
            Self::AccountInUse { .. } => (StatusCode::CONFLICT, reason::CONFLICT),
            Self::GroupInUse { .. } => (StatusCode::CONFLICT, reason::CONFLICT),
            Self::UnknownApp { .. } => (StatusCode::NOT_FOUND, reason::NOT_FOUND),
            Self::AppExists { .. } => (StatusCode::CONFLICT, reason::CONFLICT),
            Self::NotADeveloper { .. } => (StatusCode::FORBIDDEN, reason::FORBIDDEN),
            Self::NotForUser { .. } => (StatusCode::FORBIDDEN, reason::FORBIDDEN),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, reason::RATE_LIMIT_EXCEEDED),
            Self::Failure => (StatusCode::INTERNAL_SERVER_ERROR, reason::BACKEND_ERROR),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, reason::INVALID_PARAMETER),
            Self::Storage(_) => (StatusCode::INTERNAL_SERVER_ERROR, reason::BACKEND_ERROR),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::Storage(error) = &self {
            tracing::error!(%error, "the sandbox cannot read or write its data");
        }
        let (status, reason) = self.status_and_reason();
        // What the user may not see says so by its code, and has the status of what is not there: clients repeat 401.
        let code =
            if matches!(self, Self::NotACollaborator { .. }) { StatusCode::UNAUTHORIZED } else { status };
        answer_with_code(status, code, reason, self.to_string())
    }
}

fn answer(status: StatusCode, reason: &str, message: String) -> Response {
    answer_with_code(status, status, reason, message)
}

fn answer_with_code(status: StatusCode, code: StatusCode, reason: &str, message: String) -> Response {
    let detail = ApiErrorDetail {
        domain: Some("global".to_owned()),
        reason: Some(reason.to_owned()),
        message: Some(message.clone()),
        ..ApiErrorDetail::default()
    };
    let error = ApiError {
        code: Some(code.as_u16()),
        message: Some(message),
        errors: Some(vec![detail]),
        ..ApiError::default()
    };
    (status, Json(ErrorBody { error: Some(error), ..ErrorBody::default() })).into_response()
}

/// No route has this path.
pub(super) async fn no_such_path(method: Method, uri: Uri) -> Response {
    let message = format!(
        "there is no {method} {}: not found. The API is below /v5, the sandbox's own door below /sandbox",
        uri.path()
    );
    answer(StatusCode::NOT_FOUND, reason::NOT_FOUND, message)
}

/// The path is there, with other methods.
pub(crate) async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let message = format!("{} cannot be asked with {method}", uri.path());
    answer(StatusCode::METHOD_NOT_ALLOWED, reason::INVALID_PARAMETER, message)
}
