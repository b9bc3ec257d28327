//! bkper-model
