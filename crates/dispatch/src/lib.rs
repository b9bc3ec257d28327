//! bookhook-dispatch
