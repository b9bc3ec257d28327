//! What the API answers when it refuses a request.

use crate::wire::resource::resource;

resource! {
    /// The body of every answer with an error status.
    pub struct ErrorBody {
        /// The error.
        error: ApiError = "error",
    }
}

resource! {
    /// An error of the API.
    pub struct ApiError {
        /// The HTTP status, or the one that it stands for: what a user may not see is answered 404 with the code 401.
        code: u16 = "code",
        /// Text that users see.
        message: String = "message",
        /// The same in parts, at least one.
        errors: Vec<ApiErrorDetail> = "errors",
    }
}

resource! {
    /// A part of an [`ApiError`].
    pub struct ApiErrorDetail {
        /// Always `global`.
        domain: String = "domain",
        /// Reason in one word, such as `notFound` or `required`.
        reason: String = "reason",
        /// Text that users see.
        message: String = "message",
    }
}
