//! What an answer says.

use bkper_model::ErrorBody;
use serde::de::DeserializeOwned;

use crate::{Call, Error};

/// The resource in the body of a success.
pub(super) fn json<T: DeserializeOwned>(call: Call, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|source| Error::NotJson { call, source })
}

/// What a body with an error status says, as far as it is the API's.
pub(super) fn refusal(call: Call, status: u16, body: &[u8]) -> Error {
    let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let error = body.error.unwrap_or_default();
    let reason = error.errors.and_then(|parts| parts.into_iter().next()?.reason);
    Error::Refused { call, status, code: error.code.unwrap_or(status), reason, message: error.message }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;

    fn text(status: u16, body: &str) -> String {
        refusal(Call::new(Method::GET, "/v5/user".into()), status, body.as_bytes()).to_string()
    }

    #[test]
    fn code_reason_and_message_are_read_from_the_body() {
        let body = r#"{"error": {"code": 401, "message": "Login Required.",
            "errors": [{"domain": "global", "reason": "required", "message": "Login Required."}]}}"#;
        assert_eq!(
            text(404, body),
            "GET /v5/user was refused with 404 (code 401, required): Login Required."
        );
    }

    #[test]
    fn another_body_leaves_the_status() {
        for body in ["", "<html>Bad Gateway</html>", "[]", "{}", r#"{"error": "no"}"#, r#"{"error": {}}"#] {
            assert_eq!(text(502, body), "GET /v5/user was refused with 502", "{body}");
        }
    }
}
