//! bookhook-journal
