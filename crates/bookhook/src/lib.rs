//! bookhook
