//! bookhook-sandbox
