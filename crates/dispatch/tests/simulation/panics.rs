//! Panics in the dispatcher's own tasks, which tokio would swallow.

use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From now on every panic is noted by the thread that it happens in.
pub(crate) fn note() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            SEEN.with_borrow_mut(|seen| seen.push(panic.to_string()));
            told(panic);
        }));
    });
    SEEN.take();
}

/// One that was noted.
pub(crate) fn noted() -> Option<String> {
    SEEN.with_borrow_mut(Vec::pop)
}
