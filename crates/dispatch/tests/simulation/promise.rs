//! A promise that was not kept.

/// What was to hold and does not.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

pub(crate) type Kept<T = ()> = Result<T, Broken>;

/// A promise: this holds, or the simulation ends here.
macro_rules! promise {
    ($holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err($crate::promise::Broken(format!($($what)+)));
        }
    };
}

pub(crate) use promise;
