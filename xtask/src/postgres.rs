//! A PostgreSQL server for one run of the tests: a cluster in a temporary folder, on a free port of the loopback
//! address, gone afterwards. As in production, every commit is synced; and it speaks TLS, with a certificate of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{run, say};

/// Where the tests find the server: the address of a database whose user may make others.
const ADDRESS: &str = "BOOKHOOK_TEST_POSTGRES";
/// Where they find the certificate that it shows.
const CERTIFICATE: &str = "BOOKHOOK_TEST_POSTGRES_CERTIFICATE";

/// The user of the cluster, who may do everything in it.
const USER: &str = "bookhook";
const PASSWORD: &str = "for-the-tests";
/// Who runs the server where root may not.
const SERVER_USER: &str = "postgres";
/// So long a server may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs `command` with a server to test against; without one, serves until Enter.
pub(crate) fn with_server(command: &[String]) -> Result<()> {
    let server = Server::start()?;
    let Some((program, arguments)) = command.split_first() else {
        return server.serve_until_enter();
    };
    run(server.tell(Command::new(program).args(arguments)))
}

/// A server that ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
    folder: Folder,
}

impl Server {
    /// Makes a cluster and starts a server on it.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs().context("there is no PostgreSQL here; `cargo xtask test` installs it")?;
        let folder = Folder::make()?;
        make_cluster(&programs, &folder.0)?;
        make_certificate(&folder.0)?;
        let port = free_port()?;
        let process = start(&programs, &folder.0, port)?;
        let mut server = Self { process, port, folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Tells the command where it is.
    pub(crate) fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(ADDRESS, self.address()).env(CERTIFICATE, self.certificate())
    }

    fn serve_until_enter(&self) -> Result<()> {
        say(&format!("export {ADDRESS}={}", self.address()));
        say(&format!("export {CERTIFICATE}={}", self.certificate().display()));
        say("PostgreSQL for the tests, until you press Enter");
        std::io::stdin().read_line(&mut String::new()).map(drop).context("there is nobody to press Enter")
    }

    fn address(&self) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }

    fn certificate(&self) -> PathBuf {
        self.folder.0.join("server.crt")
    }

    /// It is when it says so in its file: it takes connections earlier, and turns them away.
    #[expect(
        clippy::disallowed_methods,
        reason = "what is waited for is another program's, and tells nobody"
    )]
    fn wait_until_ready(&mut self) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while !self.is_ready() {
            if self.process.try_wait()?.is_some() || Instant::now() > until {
                bail!("PostgreSQL does not start; its log:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The eighth line tells the server's state, filled up with blanks.
    fn is_ready(&self) -> bool {
        let told = fs::read_to_string(self.folder.0.join("data/postmaster.pid")).unwrap_or_default();
        told.lines().nth(7).is_some_and(|state| state.trim_end() == "ready")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.0.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A fast shutdown is asked for by SIGINT; the server, and not the program that changed the user for it.
        let pid = fs::read_to_string(self.folder.0.join("data/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = pid.lines().next() {
            let _ = Command::new("kill").args(["-INT", pid]).status();
        }
        let _ = self.process.wait();
    }
}

/// A temporary folder of the server's user, gone when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self> {
        let name = format!("bookhook-postgres-{}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0).with_context(|| format!("cannot make {}", folder.0.display()))?;
        if is_root() {
            run(Command::new("chown").arg(SERVER_USER).arg(&folder.0))?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The folder of the server's programs: on the path, or where Debian has them, the latest version.
pub(crate) fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    debian.sort();
    on_path.into_iter().chain(debian.into_iter().rev()).find(|bin| bin.join("initdb").exists())
}

fn make_cluster(programs: &Path, folder: &Path) -> Result<()> {
    let password = folder.join("password");
    fs::write(&password, PASSWORD).context("cannot write the cluster's password")?;
    let mut initdb = as_server(&programs.join("initdb"));
    initdb
        .args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--username", USER])
        .arg("--pwfile")
        .arg(&password)
        .arg("--pgdata")
        .arg(folder.join("data"))
        .stdout(Stdio::null())
        .current_dir("/");
    run(&mut initdb)
}

/// Self-signed, for `localhost` and the loopback address.
fn make_certificate(folder: &Path) -> Result<()> {
    let mut openssl = as_server(Path::new("openssl"));
    openssl
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("server.key"))
        .arg("-out")
        .arg(folder.join("server.crt"))
        .stderr(Stdio::null())
        .current_dir("/");
    run(&mut openssl)
}

fn start(programs: &Path, folder: &Path, port: u16) -> Result<Child> {
    let log = fs::File::create(folder.join("log")).context("cannot make the server's log")?;
    let setting = |name: &str, file: &str| format!("{name}={}", folder.join(file).display());
    let mut postgres = as_server(&programs.join("postgres"));
    postgres.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1".to_owned(),
        "max_connections=500".to_owned(),
        "ssl=on".to_owned(),
        setting("ssl_cert_file", "server.crt"),
        setting("ssl_key_file", "server.key"),
        setting("unix_socket_directories", ""),
    ] {
        postgres.arg("-c").arg(setting);
    }
    postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).current_dir("/");
    postgres.spawn().context("cannot start PostgreSQL")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port")?;
    Ok(listener.local_addr()?.port())
}

/// PostgreSQL refuses to be run by root.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", SERVER_USER, "--"]).arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
