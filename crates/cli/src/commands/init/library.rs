//! Where a new project in Rust finds the library.
//!
//! The library is not published. But whoever has this program has built it, from a checkout that has the library too: so a
//! project names its place there.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::exit::Complaint;

/// The checkout that this program was built from.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A checkout of Bookhook.
pub(super) struct Checkout(PathBuf);

/// The one that this program was built from.
pub(super) fn find() -> Result<Checkout, Complaint> {
    find_at(Path::new(CHECKOUT))
}

fn find_at(place: &Path) -> Result<Checkout, Complaint> {
    let found = place.canonicalize().ok().map(Checkout).filter(|checkout| checkout.manifest().is_file());
    found.ok_or_else(|| {
        let error = anyhow::anyhow!(
            "the library is not where this program was built: {} is no checkout of Bookhook any more",
            place.display()
        );
        Complaint::misused(error).hint(
            "the library is not published yet, and a project in Rust names its place: build this program in a checkout \
             that stays, with `cargo install --path crates/cli`",
        )
    })
}

impl Checkout {
    /// The folder of the library.
    pub(super) fn library(&self) -> PathBuf {
        self.0.join("crates/bookhook")
    }

    fn manifest(&self) -> PathBuf {
        self.library().join("Cargo.toml")
    }

    /// The versions that the library was tested with; Cargo leaves out what a project does not need.
    pub(super) fn lock(&self) -> anyhow::Result<String> {
        let path = self.0.join("Cargo.lock");
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_of_this_program_has_the_library() {
        assert!(find().unwrap().manifest().is_file());
    }

    #[test]
    fn a_checkout_that_is_gone_is_told() {
        let folder = tempfile::tempdir().unwrap();
        for place in [folder.path().to_owned(), folder.path().join("gone")] {
            let Err(complaint) = find_at(&place) else {
                panic!("there is no library in {}", place.display())
            };
            assert!(complaint.errors[0].contains("is no checkout of Bookhook any more"), "{complaint:?}");
            assert!(complaint.hint.unwrap().contains("cargo install --path crates/cli"));
        }
    }
}
