//! A command: what to start, where, and with which environment.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;

/// The host's own variables, its keys and tokens among them, begin so. No handler gets them.
const OF_THE_HOST: &str = "BOOKHOOK_";

/// Where programs are looked for when nothing says where.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A command that can be started again and again. No shell reads it.
#[derive(Clone)]
pub struct CommandLine {
    /// The program: its name, which is looked for in `PATH`, or a path, which begins at `folder` if it is relative.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder that it runs in.
    pub folder: PathBuf,
    /// Variables on top of the host's environment.
    pub environment: Vec<(String, SecretString)>,
}

/// Why a command cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum NotRunnable {
    /// The folder is none.
    #[error("{} is not a folder", .0.display())]
    NoFolder(PathBuf),
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// No folder of `PATH` has such a program.
    #[error("no folder of PATH has a program `{0}`; a file beside the configuration is written `./{0}`")]
    NotInPath(String),
    /// The file is there, and no program.
    #[error("{} is not executable: `chmod +x` makes it so", .0.display())]
    NotExecutable(PathBuf),
}

impl CommandLine {
    /// Where the program is, if it can be started.
    pub fn find(&self) -> Result<PathBuf, NotRunnable> {
        if !self.folder.is_dir() {
            return Err(NotRunnable::NoFolder(self.folder.clone()));
        }
        match self.path() {
            Some(path) => executable(path),
            None => self.in_path(),
        }
    }

    /// The process to be; its standard streams are still to be said.
    pub(crate) fn to_process(&self) -> Command {
        let path = self.path();
        let mut command = Command::new(path.as_deref().map_or(OsStr::new(&self.program), Path::as_os_str));
        command.arg0(&self.program).args(&self.arguments).current_dir(&self.folder);
        for (name, _) in env::vars_os().filter(|(name, _)| is_the_hosts(name)) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value.expose_secret())));
        command
    }

    /// Why it did not start, better than the system says it.
    pub(crate) fn why_not(&self, error: &io::Error) -> String {
        self.find().map_or_else(|reason| reason.to_string(), |_| error.to_string())
    }

    /// The program's path, unless it is a name to be looked for.
    fn path(&self) -> Option<PathBuf> {
        // Absolute: a relative one would begin at the host's folder or at the command's, as the system pleases.
        let folder = || std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        self.program.contains('/').then(|| folder().join(&self.program).components().collect())
    }

    fn in_path(&self) -> Result<PathBuf, NotRunnable> {
        let own = self.environment.iter().rev().find(|(name, _)| name == "PATH");
        let own = own.map(|(_, value)| value.expose_secret().into());
        let path = own.or_else(|| env::var_os("PATH")).unwrap_or_else(|| USUAL_PATH.into());
        let found = env::split_paths(&path).find_map(|folder| executable(folder.join(&self.program)).ok());
        found.ok_or_else(|| NotRunnable::NotInPath(self.program.clone()))
    }
}

/// As people see it: the program, without its arguments, which may hold secrets.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.arguments.is_empty() { "" } else { " …" };
        write!(f, "{}{more}", self.program)
    }
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}` in {}", self.folder.display())
    }
}

fn is_the_hosts(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(OF_THE_HOST.as_bytes())
}

fn executable(path: PathBuf) -> Result<PathBuf, NotRunnable> {
    match path.metadata() {
        Ok(file) if file.is_file() && file.permissions().mode() & 0o111 != 0 => Ok(path),
        Ok(_) => Err(NotRunnable::NotExecutable(path)),
        Err(_) => Err(NotRunnable::Missing(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(program: &str, folder: &Path) -> CommandLine {
        CommandLine {
            program: program.to_owned(),
            arguments: vec!["--key=s3cret".to_owned()],
            folder: folder.to_owned(),
            environment: vec![("TOKEN".to_owned(), "s3cret".into())],
        }
    }

    #[test]
    fn a_program_is_found_as_it_would_be_started() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("deploy.sh");
        let why = |program: &str| command(program, folder.path()).find().unwrap_err().to_string();
        assert_eq!(why("./deploy.sh"), format!("there is no file {}", script.display()));
        std::fs::write(&script, "#!/bin/sh\n").unwrap();
        assert!(why("./deploy.sh").ends_with("is not executable: `chmod +x` makes it so"));
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        assert!(command("./deploy.sh", folder.path()).find().is_ok());
        assert!(command(script.to_str().unwrap(), Path::new("/")).find().is_ok());
        assert!(command("sh", folder.path()).find().is_ok());
        assert!(why("deploy.sh").contains("a file beside the configuration is written `./deploy.sh`"));
        let gone = command("sh", Path::new("/nowhere")).find().unwrap_err();
        assert_eq!(gone.to_string(), "/nowhere is not a folder");
    }

    #[test]
    fn a_path_of_its_own_is_where_it_is_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command("sh", folder.path());
        command.environment.push(("PATH".to_owned(), "/nowhere".into()));
        assert!(matches!(command.find(), Err(NotRunnable::NotInPath(_))));
    }

    #[test]
    fn neither_arguments_nor_environment_are_shown() {
        let command = command("sh", Path::new("/"));
        assert_eq!(command.to_string(), "sh …");
        assert!(!format!("{command:?}").contains("s3cret"));
    }
}
