//! Names of accounts and groups.

use bkper_model::normalize_name;

use crate::refusal::Refusal;

/// The name that a client gives, as it is written. One of nothing but what separates words could not be looked up.
pub(super) fn name_given(name: &str) -> Result<String, Refusal> {
    if normalize_name(name).is_empty() {
        return Err(Refusal::Required { field: "name" });
    }
    Ok(name.to_owned())
}
