//! A disk that is small enough to be filled, and can be made read-only: a file system in memory, mounted in a namespace of
//! its own, so that no privileges are needed where the system lets users have such namespaces, and nothing is left behind.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Mounts, says so, and keeps the namespace until it is killed.
const HOLD: &str = r#"mount -t tmpfs -o size=48m,mode=700 tmpfs "$0" && echo mounted && exec cat"#;

pub(crate) struct SmallDisk {
    holder: Child,
    /// Where it is mounted, in its namespace.
    folder: PathBuf,
}

impl SmallDisk {
    /// `None` where this user may not: that is told, and fails the test where `CI` is set.
    pub(crate) async fn mount(folder: &Path) -> Option<Self> {
        let mut holder = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", HOLD])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut said = String::new();
        BufReader::new(holder.stdout.take()?).read_line(&mut said).await.unwrap();
        if said.trim() == "mounted" {
            return Some(Self { holder, folder: folder.to_owned() });
        }
        println!(
            "SKIPPED: this test fills a small disk, and may not mount one here: run it as root, or allow user \
             namespaces (`sysctl kernel.apparmor_restrict_unprivileged_userns=0` on Ubuntu)"
        );
        assert!(std::env::var_os("CI").is_none(), "in CI, no test is skipped");
        None
    }

    /// The program, started where the disk is seen.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--user", "--mount", "--preserve-credentials", "--target"]).arg(self.holder_id());
        command.arg("--").arg(program);
        command
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        for size in [1 << 16, 1] {
            while filler.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    pub(crate) fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    pub(crate) async fn make_read_only(&self) {
        let remount = ["-o", "remount,ro", self.folder.to_str().unwrap()];
        assert!(self.command("mount").args(remount).status().await.unwrap().success());
    }

    /// What is on it, for somebody who does not see it.
    pub(crate) fn copy_to(&self, folder: &Path) {
        for entry in fs::read_dir(self.seen_from_outside()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }

    fn filler(&self) -> PathBuf {
        self.seen_from_outside().join("filler")
    }

    fn seen_from_outside(&self) -> PathBuf {
        let within = self.folder.strip_prefix("/").unwrap();
        Path::new("/proc").join(self.holder_id()).join("root").join(within)
    }

    fn holder_id(&self) -> String {
        self.holder.id().unwrap().to_string()
    }
}
