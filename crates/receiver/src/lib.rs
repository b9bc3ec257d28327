//! bookhook-receiver
