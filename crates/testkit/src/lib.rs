//! bookhook-testkit
