//! The key with which this machine's sandbox signs calls in Google's place, and its public half beside it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use bookhook_sandbox::google::Signer;

const KEY: &str = "bookhook/sandbox-key.der";
const JWKS: &str = "sandbox-jwks.json";

/// The key, and where its public half is.
#[derive(Debug)]
pub(crate) struct SandboxKey {
    pub(crate) signer: Signer,
    /// The JWK set, for `jwks_url: file:…`.
    pub(crate) jwks: PathBuf,
}

impl SandboxKey {
    /// The key in `file`, or in the user's state folder; made when it is not there.
    pub(crate) fn open(file: Option<PathBuf>) -> anyhow::Result<Self> {
        let file = file.map_or_else(default_file, Ok)?;
        make_folder_of(&file)?;
        let signer = Signer::load_or_create(&file)?;
        let jwks = std::path::absolute(file.with_file_name(JWKS))?;
        publish(&signer, &jwks).with_context(|| format!("cannot write {}", jwks.display()))?;
        Ok(Self { signer, jwks })
    }
}

/// `$XDG_STATE_HOME/bookhook/sandbox-key.der`, or the same in `~/.local/state`.
fn default_file() -> anyhow::Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
    let state =
        state.context("there is no home folder to keep the sandbox's key in: name a file with --key")?;
    Ok(state.join(KEY))
}

fn make_folder_of(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Whole or not at all: a host may be reading it.
fn publish(signer: &Signer, path: &Path) -> io::Result<()> {
    let jwks = format!("{:#}\n", signer.jwks());
    if fs::read_to_string(path).is_ok_and(|there| there == jwks) {
        return Ok(());
    }
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(jwks.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
