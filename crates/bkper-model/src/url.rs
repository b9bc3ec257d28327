//! Web addresses as answers.

use crate::wire::resource::resource;

resource! {
    /// A web address that the user is to be sent to.
    pub struct Url {
        /// The address.
        url: String = "url",
    }
}
