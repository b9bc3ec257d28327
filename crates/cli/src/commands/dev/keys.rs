//! What is typed while it runs.

use std::future::pending;
use std::io::stdin;
use std::thread;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// `r`
    Replay,
    /// `q`
    Quit,
}

impl Key {
    fn of(line: &str) -> Option<Self> {
        match line.trim() {
            "r" => Some(Self::Replay),
            "q" => Some(Self::Quit),
            _ => None,
        }
    }
}

/// The lines of standard input that mean something.
pub(super) struct Keys(UnboundedReceiver<Key>);

impl Keys {
    /// On a thread of its own: nothing ends a read of a terminal, and the program is not to wait for it.
    pub(super) fn listen() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        thread::spawn(move || read(&sender));
        Self(receiver)
    }

    /// Never comes where nothing can be typed.
    pub(super) async fn next(&mut self) -> Key {
        match self.0.recv().await {
            Some(key) => key,
            None => pending().await,
        }
    }
}

fn read(to: &UnboundedSender<Key>) {
    for line in stdin().lines().map_while(Result::ok) {
        if let Some(key) = Key::of(&line)
            && to.send(key).is_err()
        {
            return;
        }
    }
}
