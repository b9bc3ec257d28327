//! What a sandbox begins with: users, apps and books from a readable file.
//!
//! A seed is read in two steps: the file into what it says (`read`), which finds what can be wrong with a file, and that
//! into the ledger (`plant`), by the rules that clients are held to. Both go on after a mistake, so that all mistakes are told at
//! once. The format is described in `docs/sandbox.md`.

mod day;
mod model;
mod place;
mod plant;
mod read;
mod section;

use std::fmt;
use std::path::{Path, PathBuf};

use bkper_model::AgentId;
use jiff::Timestamp;
use rusqlite::Connection;

use self::model::World;
use self::place::Placed;
pub use self::place::{Mistake, SeedProblem};
use crate::identity;
use crate::yaml::{self, YamlError};

/// What a sandbox begins with.
#[derive(Clone, Default)]
pub struct Seed {
    name: PathBuf,
    world: World,
}

/// Without the tokens in it.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A seed cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The file cannot be read.
    #[error("cannot read the seed {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no YAML, and so no JSON.
    #[error("the seed {} cannot be read", path.display())]
    Yaml {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: YamlError,
    },
    /// The file says something that no sandbox can begin with.
    #[error("{}", lines(.0))]
    Mistakes(
        /// In the order of the file.
        Vec<Mistake>,
    ),
    /// The sandbox's data cannot be written.
    #[error("cannot write the sandbox's data")]
    Storage(#[from] rusqlite::Error),
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const DEMO: &str = include_str!("demo.yaml");

impl Seed {
    /// Aurora Ventures: a company that trades, with a book in dollars, one in euros, one of its stock and one of what
    /// customers owe. It has a year behind it, which ends today.
    pub fn demo() -> Self {
        Self::parse("the demo company", DEMO).expect("a test reads it")
    }

    /// The seed in the file: YAML or JSON.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SeedError> {
        let path = path.as_ref();
        let unreadable = |source| SeedError::Unreadable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(path, &text)
    }

    /// The seed in the text. Messages call it by its name; the files that it mentions stand beside a file of this name.
    pub fn parse(name: impl AsRef<Path>, text: &str) -> Result<Self, SeedError> {
        let name = name.as_ref();
        let node = yaml::read(text).map_err(|source| SeedError::Yaml { path: name.to_owned(), source })?;
        let world = read::world(&node, name.parent().unwrap_or(Path::new("")))
            .map_err(|mistakes| told(name, mistakes))?;
        Ok(Self { name: name.to_owned(), world })
    }

    /// Installs the app in every book.
    #[must_use]
    pub fn install(mut self, app: impl Into<AgentId>) -> Self {
        let app = app.into();
        for book in &mut self.world.books {
            book.value.apps.push(Placed { place: book.place.clone(), value: app.clone() });
        }
        self
    }

    /// The first user that it names: the one who is meant when nobody is named.
    pub(crate) fn default_user(&self) -> &str {
        let user = self.world.users.first().map(|user| &user.value.username);
        let owner = || self.world.books.first().map(|book| &book.value.owner);
        user.or_else(owner).map_or(identity::YOU, String::as_str)
    }

    /// Puts its users into the sandbox.
    pub(crate) fn plant_users(&self, db: &Connection) -> rusqlite::Result<()> {
        plant::users(&self.world, db)
    }

    /// Puts its apps and books into the sandbox, without an event.
    pub(crate) fn plant_books(&self, db: &Connection, now: Timestamp) -> Result<(), SeedError> {
        plant::books(&self.world, db, now).map_err(|mistakes| told(&self.name, mistakes))
    }
}

fn told(name: &Path, mistakes: Vec<(place::Place, SeedProblem)>) -> SeedError {
    let mut mistakes: Vec<_> =
        mistakes.into_iter().map(|(place, problem)| place.mistake(name, problem)).collect();
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    SeedError::Mistakes(mistakes)
}
