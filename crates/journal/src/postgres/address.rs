//! Where a journal on PostgreSQL is, and how to get in.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::location::BadLocation;

/// The port of a server that is told none.
const PORT: u16 = 5432;

/// The address of a database, as `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`. Its password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresAddress(Box<Parts>);

#[derive(Clone, PartialEq, Eq)]
struct Parts {
    config: Config,
    tls: Tls,
}

/// Whether and how the connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tls {
    /// Never.
    Disable,
    /// If the server can; whoever it is.
    Prefer,
    /// Always; whoever it is.
    Require,
    /// Always, with a server that shows a certificate for its name: of an authority in this file, or that the system
    /// trusts.
    VerifyFull(Option<PathBuf>),
}

impl PostgresAddress {
    /// Whether it says a password.
    pub fn has_password(&self) -> bool {
        self.0.config.get_password().is_some()
    }

    /// The same with this password.
    #[must_use]
    pub fn with_password(mut self, password: &SecretString) -> Self {
        self.0.config.password(password.expose_secret());
        self
    }

    pub(super) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(super) fn tls(&self) -> &Tls {
        &self.0.tls
    }
}

impl FromStr for PostgresAddress {
    type Err = BadLocation;

    /// What is wrong is told without the text, for there may be a password in it.
    fn from_str(text: &str) -> Result<Self, BadLocation> {
        let (address, parameters) = text.split_once('?').unwrap_or((text, ""));
        let (ours, others): (Vec<_>, Vec<_>) =
            parameters.split('&').filter(|one| !one.is_empty()).partition(|one| one.starts_with("ssl"));
        let tls = tls(&ours)?;
        let rest =
            if others.is_empty() { address.to_owned() } else { format!("{address}?{}", others.join("&")) };
        let mut config: Config = rest.parse().map_err(|_| BadLocation::Postgres)?;
        if config.get_hosts().is_empty() || config.get_user().is_none() {
            return Err(BadLocation::Postgres);
        }
        config.ssl_mode(match tls {
            Tls::Disable => SslMode::Disable,
            Tls::Prefer => SslMode::Prefer,
            Tls::Require | Tls::VerifyFull(_) => SslMode::Require,
        });
        Ok(Self(Box::new(Parts { config, tls })))
    }
}

fn tls(parameters: &[&str]) -> Result<Tls, BadLocation> {
    let (mut mode, mut roots) = ("prefer", None);
    for parameter in parameters {
        match parameter.split_once('=') {
            Some(("sslmode", value)) => mode = value,
            Some(("sslrootcert", value)) if !value.is_empty() => roots = Some(Path::new(value).to_owned()),
            _ => return Err(BadLocation::PostgresTls),
        }
    }
    match (mode, roots) {
        ("verify-full", roots) => Ok(Tls::VerifyFull(roots)),
        ("disable", None) => Ok(Tls::Disable),
        ("prefer", None) => Ok(Tls::Prefer),
        ("require", None) => Ok(Tls::Require),
        _ => Err(BadLocation::PostgresTls),
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = self.config();
        write!(f, "postgres://{}@", config.get_user().unwrap_or_default())?;
        for (at, host) in config.get_hosts().iter().enumerate() {
            let separator = if at == 0 { "" } else { "," };
            let ports = config.get_ports();
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(PORT);
            match host {
                Host::Tcp(host) => write!(f, "{separator}{host}:{port}")?,
                #[cfg(unix)]
                Host::Unix(folder) => write!(f, "{separator}{}:{port}", folder.display())?,
            }
        }
        write!(f, "/{}", config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> PostgresAddress {
        text.parse().unwrap()
    }

    #[test]
    fn no_password_is_shown() {
        let address = address("postgres://me:s3cret@db.example.com/bookhook?sslmode=require");
        assert!(address.has_password());
        for shown in [format!("{address}"), format!("{address:?}")] {
            assert_eq!(shown, "postgres://me@db.example.com:5432/bookhook");
        }
    }

    #[test]
    fn a_password_can_be_given_apart() {
        let address = address("postgres://me@localhost:6543/bookhook");
        assert!(!address.has_password());
        assert!(address.with_password(&"s3cret".into()).has_password());
    }

    #[test]
    fn encryption_is_as_asked_for() {
        let tls = |parameters: &str| address(&format!("postgres://me@h/db{parameters}")).0.tls;
        assert_eq!(tls(""), Tls::Prefer);
        assert_eq!(tls("?sslmode=disable"), Tls::Disable);
        assert_eq!(tls("?sslmode=require&connect_timeout=3"), Tls::Require);
        assert_eq!(tls("?sslmode=verify-full"), Tls::VerifyFull(None));
        let roots = Tls::VerifyFull(Some("/etc/ca.pem".into()));
        assert_eq!(tls("?sslmode=verify-full&sslrootcert=/etc/ca.pem"), roots);
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        let bad = |text: &str| text.parse::<PostgresAddress>().unwrap_err();
        for text in
            ["postgres://", "postgres:///db", "postgres://h/db", "postgres://me:s3cret@h/db?sslmode=x"]
        {
            assert!(!bad(text).to_string().contains("s3cret"), "{text}");
        }
        assert_eq!(bad("postgres://me@h/db?sslmode=verify-ca"), BadLocation::PostgresTls);
        assert_eq!(
            bad("postgres://me@h/db?sslmode=require&sslrootcert=/etc/ca.pem"),
            BadLocation::PostgresTls
        );
    }
}
