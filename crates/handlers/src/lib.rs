//! bookhook-handlers
