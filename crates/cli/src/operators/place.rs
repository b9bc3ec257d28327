//! Where the host is, who it lets in, and who acts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use bookhook::config::{Config, ConsoleConfig};
use bookhook::model::Actor;
use reqwest::Url;
use secrecy::SecretString;

use crate::args::HostArgs;
use crate::exit::Complaint;

const CONFIG: &str = "bookhook.yaml";
const TOKEN: &str = "BOOKHOOK_CONSOLE_TOKEN";

/// A host's operators' door.
pub(super) struct Place {
    pub(super) url: Url,
    pub(super) token: Option<SecretString>,
}

impl Place {
    /// As the command line says, or the configuration, or the default.
    pub(super) fn of(args: &HostArgs) -> Result<Self, Complaint> {
        if let Some(url) = &args.url {
            return Ok(Self { url: read(url)?, token: token() });
        }
        let default = Path::new(CONFIG);
        let console = match args.config.as_deref().or_else(|| default.exists().then_some(default)) {
            Some(config) => of_config(config)?,
            None => ConsoleConfig::default(),
        };
        Ok(Self { url: url_of(console.listen)?, token: console.token.or_else(token) })
    }
}

/// Who acts, for the record: the user at this machine.
pub(super) fn actor() -> Actor {
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable);
    let system = rustix::system::uname();
    let machine = system.nodename().to_string_lossy();
    let named = format!("{}@{machine}", user.as_deref().unwrap_or("someone"));
    let plain: String = named.chars().filter(char::is_ascii_graphic).take(100).collect();
    plain.parse().unwrap_or_else(|_| Actor::host())
}

fn of_config(config: &Path) -> Result<ConsoleConfig, Complaint> {
    let console = Config::load(config, &|name| std::env::var(name).ok())?.config.console;
    console.ok_or_else(|| {
        let error = anyhow::anyhow!("the host of {} has no operators' door", config.display());
        Complaint::misused(error)
            .hint("open one with `console: {listen: 127.0.0.1:8081}`, and restart the host")
    })
}

/// The unspecified address is no place to go to.
fn url_of(address: SocketAddr) -> Result<Url, Complaint> {
    if address.port() == 0 {
        let error = anyhow::anyhow!("the configuration leaves the port of the operators' door open");
        return Err(Complaint::misused(error).hint("name the URL that the host told at its start: --url URL"));
    }
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    read(&format!("http://{}", SocketAddr::new(ip, address.port())))
}

fn read(text: &str) -> Result<Url, Complaint> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| {
        Complaint::misused(anyhow::anyhow!("--url: `{text}` is no URL of a host"))
            .hint("write the URL of its operators' door, as in http://127.0.0.1:8081")
    })
}

fn token() -> Option<SecretString> {
    variable(TOKEN).map(SecretString::from)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
