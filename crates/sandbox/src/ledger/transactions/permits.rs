//! What it takes to do something with a transaction.

use super::life::Deed;
use crate::ledger::Right;

/// The right that a deed takes: with a transaction that is posted or a draft, and that the user created or another one.
pub(super) fn right(deed: Deed, is_posted: bool, is_own: bool) -> Right {
    match (deed, is_posted, is_own) {
        (Deed::Post, _, _) => Right::Post,
        (Deed::Check | Deed::Uncheck, _, _) => Right::Check,
        (Deed::Update { .. } | Deed::Trash { .. } | Deed::Restore | Deed::Remove, false, true) => {
            Right::Draft
        }
        // Who posted something can take it back.
        (Deed::Trash { .. } | Deed::Restore, true, true) => Right::Post,
        (Deed::Update { .. } | Deed::Trash { .. } | Deed::Restore | Deed::Remove, _, _) => Right::Check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Permission::{self, Editor, Poster, Recorder};

    #[test]
    fn each_deed_takes_its_permission() {
        let update = Deed::Update { checked_too: false };
        let trash = Deed::Trash { checked_too: false };
        #[rustfmt::skip]
        let table: [(Deed, [Permission; 4]); 7] = [
            //               own draft, other's draft, own posted, other's posted
            (Deed::Post,    [Poster,    Poster,        Poster,     Poster]),
            (Deed::Check,   [Editor,    Editor,        Editor,     Editor]),
            (Deed::Uncheck, [Editor,    Editor,        Editor,     Editor]),
            (update,        [Recorder,  Editor,        Editor,     Editor]),
            (trash,         [Recorder,  Editor,        Poster,     Editor]),
            (Deed::Restore, [Recorder,  Editor,        Poster,     Editor]),
            (Deed::Remove,  [Recorder,  Editor,        Editor,     Editor]),
        ];
        for (deed, expected) in table {
            let least = [(false, true), (false, false), (true, true), (true, false)]
                .map(|(is_posted, is_own)| right(deed, is_posted, is_own).least());
            assert_eq!(least, expected, "{deed:?}");
        }
    }
}
