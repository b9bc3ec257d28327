//! Single values: from text to what it means, or why it means nothing.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use bookhook_model::{HookName, LaneRule, OnPark, Reply, units};
use url::{Host, Position, Url};

use super::JournalLocation;
use super::bkper::{Jwks, OwnEvents};
use super::problem::Misfit;

/// The longest duration: long enough for everything, and no time plus it is past the end of time.
const DURATION_MAX: Duration = Duration::from_hours(365 * 24);
/// The largest body: below what a journal can store in one row, with room for headers.
const SIZE_MAX: u64 = 256 << 20;

/// For how long deliveries may be kept.
const KEEP: RangeInclusive<Duration> = Duration::from_mins(1)..=Duration::from_hours(3650 * 24);
/// How long a host may be silent before others take over.
const LEASE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_mins(10);
/// In how many bytes.
const KEEP_MAX: RangeInclusive<u64> = 1 << 20..=1 << 40;

pub(super) fn duration(text: &str) -> Result<Duration, Misfit> {
    let duration = units::parse_duration(text)
        .map_err(|_| Misfit::Not("a duration such as `250ms`, `30s`, `15m`, `24h` or `30d`"))?;
    if duration.is_zero() || duration > DURATION_MAX {
        return Err(Misfit::DurationOutOfRange);
    }
    Ok(duration)
}

/// How long a host may be silent.
pub(super) fn lease(text: &str) -> Result<Duration, Misfit> {
    Some(duration(text)?).filter(|lease| LEASE.contains(lease)).ok_or(Misfit::LeaseOutOfRange)
}

/// A duration that is not longer than `max`.
pub(super) fn duration_up_to(max: Duration) -> impl FnOnce(&str) -> Result<Duration, Misfit> {
    move |text| match duration(text)? {
        longer if longer > max => Err(Misfit::LongerThanMax(units::show_duration(max))),
        fitting => Ok(fitting),
    }
}

pub(super) fn size(text: &str) -> Result<usize, Misfit> {
    let size =
        units::parse_size(text).map_err(|_| Misfit::Not("a size such as `512B`, `256KiB` or `1MiB`"))?;
    if !(1..=SIZE_MAX).contains(&size) {
        return Err(Misfit::SizeOutOfRange);
    }
    usize::try_from(size).map_err(|_| Misfit::SizeOutOfRange)
}

/// How long deliveries are kept, or `None` for `off`.
pub(super) fn keep(text: &str) -> Result<Option<Duration>, Misfit> {
    if text == "off" {
        return Ok(None);
    }
    let keep = units::parse_duration(text)
        .map_err(|_| Misfit::Not("a duration such as `12h` or `30d`, or `off`"))?;
    Some(keep).filter(|keep| KEEP.contains(keep)).map(Some).ok_or(Misfit::KeepOutOfRange)
}

/// In how many bytes deliveries are kept, or `None` for `off`.
pub(super) fn keep_max(text: &str) -> Result<Option<u64>, Misfit> {
    if text == "off" {
        return Ok(None);
    }
    let size =
        units::parse_size(text).map_err(|_| Misfit::Not("a size such as `512MiB` or `10GiB`, or `off`"))?;
    Some(size).filter(|size| KEEP_MAX.contains(size)).map(Some).ok_or(Misfit::KeepMaxOutOfRange)
}

/// A whole number from 1 to `max`.
pub(super) fn count<T: TryFrom<u64>>(max: u64) -> impl FnOnce(&str) -> Result<T, Misfit> {
    move |text| {
        let number: u64 = text.parse().map_err(|_| Misfit::Not("a whole number"))?;
        let fits = Some(number).filter(|number| (1..=max).contains(number));
        fits.and_then(|number| T::try_from(number).ok()).ok_or(Misfit::OutOfRange(1, max))
    }
}

pub(super) fn boolean(text: &str) -> Result<bool, Misfit> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Misfit::NotAmong(&["true", "false"])),
    }
}

pub(super) fn any_text(text: &str) -> Result<String, Misfit> {
    if text.trim().is_empty() {
        return Err(Misfit::Empty);
    }
    Ok(text.to_owned())
}

/// What only a shell would read: it is taken for a mistake, not for itself.
const OF_SHELLS: &[char] =
    &['\'', '"', '\\', '|', '&', ';', '<', '>', '(', ')', '$', '`', '*', '?', '~', '\n'];

/// The words of a command that is written as one text.
pub(super) fn words(text: &str) -> Result<Vec<String>, Misfit> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Misfit::Empty);
    }
    match text.chars().find(|c| OF_SHELLS.contains(c)) {
        Some(c) => Err(Misfit::NeedsShell(c)),
        None => Ok(text.split_whitespace().map(str::to_owned).collect()),
    }
}

/// The name of an environment variable that a handler may be given: none of the host's own.
pub(super) fn variable(reserved: &[&str]) -> impl FnOnce(&str) -> Result<String, Misfit> {
    move |text| {
        if text.is_empty() || text.contains(['=', '\0']) {
            return Err(Misfit::Not("the name of an environment variable"));
        }
        if text.starts_with("BOOKHOOK_") || reserved.contains(&text) {
            return Err(Misfit::HostsVariable);
        }
        Ok(text.to_owned())
    }
}

/// A path on a server of the host's own, perhaps with a query, as it goes into a request.
pub(super) fn server_path(text: &str) -> Result<String, Misfit> {
    let url = Url::parse("http://127.0.0.1/").and_then(|base| base.join(text)).ok();
    let url = url.filter(|url| text.starts_with('/') && !text.starts_with("//") && url.fragment().is_none());
    let url = url.ok_or(Misfit::Not("a path such as `/events`"))?;
    Ok(url[Position::BeforePath..].to_owned())
}

pub(super) fn address(text: &str) -> Result<SocketAddr, Misfit> {
    text.parse().map_err(|_| Misfit::Not("an address and port such as `0.0.0.0:8080` or `[::1]:8080`"))
}

pub(super) fn port(text: &str) -> Result<u16, Misfit> {
    text.parse().map_err(|_| Misfit::Not("a port: a number from 0 to 65535"))
}

/// The address of the operators' door, or `None` for `off`.
pub(super) fn console_address(text: &str) -> Result<Option<SocketAddr>, Misfit> {
    if text == "off" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Misfit::Not("an address and port such as `127.0.0.1:8081`, or `off`"))
}

/// Where a handler is.
pub(super) fn http_url(text: &str) -> Result<Url, Misfit> {
    url_like("a URL such as `http://127.0.0.1:3003/`", text)
}

fn url_like(form: &'static str, text: &str) -> Result<Url, Misfit> {
    let url = Url::parse(text).map_err(|_| Misfit::Not(form))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Misfit::Not(form));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Misfit::Credentials);
    }
    Ok(url)
}

/// The base of the URLs that callers use.
pub(super) fn base_url(text: &str) -> Result<Url, Misfit> {
    base("a URL such as `https://hooks.example.com`", text)
}

/// The base of the URLs of Bkper's API.
pub(super) fn api_url(text: &str) -> Result<Url, Misfit> {
    base("a URL such as `https://api.bkper.app`", text)
}

/// No query, no fragment.
fn base(form: &'static str, text: &str) -> Result<Url, Misfit> {
    let url = url_like(form, text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Misfit::Not("a base to put paths behind: leave out `?` and `#`"));
    }
    Ok(url)
}

pub(super) fn jwks(text: &str) -> Result<Jwks, Misfit> {
    const FORM: &str = "a URL such as `https://www.googleapis.com/oauth2/v3/certs`, or `file:PATH`";
    match text.strip_prefix("file:") {
        Some("") => return Err(Misfit::Not(FORM)),
        Some(path) => return Ok(Jwks::File(PathBuf::from(path))),
        None => {}
    }
    let url = url_like(FORM, text)?;
    if url.scheme() == "https" || is_loopback(&url) { Ok(Jwks::Url(url)) } else { Err(Misfit::Insecure) }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

pub(super) fn journal(text: &str) -> Result<JournalLocation, Misfit> {
    match text.split_once(':') {
        None if text == "memory" => Ok(JournalLocation::Memory),
        Some(("postgres" | "postgresql", _)) => {
            text.parse().map(JournalLocation::Postgres).map_err(Misfit::Journal)
        }
        Some(("sqlite", path)) if !path.is_empty() => Ok(JournalLocation::Sqlite(PathBuf::from(path))),
        _ => Err(Misfit::Not("a journal such as `sqlite:bookhook.db` or `postgres://user@host/database`")),
    }
}

pub(super) fn hook_name(text: &str) -> Result<HookName, Misfit> {
    text.parse().map_err(|_| {
        Misfit::Not(
            "a hook name: use 1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter or a digit",
        )
    })
}

/// The path of a hook, of characters that mean nothing but themselves in a URL and in a router.
pub(super) fn path(text: &str) -> Result<String, Misfit> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._~/".contains(&c);
    if !text.starts_with('/') || !text.bytes().all(plain) {
        return Err(Misfit::Not(
            "a path: begin with `/` and use letters, digits, `-`, `.`, `_`, `~` and `/`",
        ));
    }
    if matches!(text, "/livez" | "/readyz") {
        return Err(Misfit::ReservedPath);
    }
    Ok(text.to_owned())
}

pub(super) fn own_events(text: &str) -> Result<OwnEvents, Misfit> {
    match text {
        "deliver" => Ok(OwnEvents::Deliver),
        "skip" => Ok(OwnEvents::Skip),
        _ => Err(Misfit::NotAmong(&["deliver", "skip"])),
    }
}

pub(super) fn on_park(text: &str) -> Result<OnPark, Misfit> {
    match text {
        "continue" => Ok(OnPark::Continue),
        "hold" => Ok(OnPark::Hold),
        _ => Err(Misfit::NotAmong(&["continue", "hold"])),
    }
}

pub(super) fn reply(text: &str) -> Result<Reply, Misfit> {
    match text {
        "result" => Ok(Reply::Result),
        "accepted" => Ok(Reply::Accepted),
        _ => Err(Misfit::NotAmong(&["result", "accepted"])),
    }
}

pub(super) fn lane(text: &str) -> Result<LaneRule, Misfit> {
    match text {
        "book" => Ok(LaneRule::Book),
        "none" => Ok(LaneRule::None),
        pointer if is_json_pointer(pointer) => Ok(LaneRule::Pointer(pointer.into())),
        _ => Err(Misfit::Not("a lane: `book`, `none`, or a JSON pointer such as `/data/id`")),
    }
}

/// RFC 6901; the empty pointer (the whole payload) is no use as a lane.
fn is_json_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1);
    text.starts_with('/') && escapes.into_iter().all(|rest| rest.starts_with(['0', '1']))
}

/// The id of an app.
pub(super) fn app_id(text: &str) -> Result<String, Misfit> {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if text.is_empty() || !text.bytes().all(plain) {
        return Err(Misfit::Not("an app's id: use lower-case letters, digits and `-`"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_range() {
        assert_eq!(count::<u32>(9)("9"), Ok(9));
        for bad in ["0", "10", "-1", "1.5", "", "nine", "18446744073709551616"] {
            assert!(count::<u32>(9)(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_and_sizes_have_a_range() {
        assert_eq!(duration("365d"), Ok(DURATION_MAX));
        for bad in ["0s", "366d", "30", "99999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(lease("1s"), Ok(Duration::from_secs(1)));
        for bad in ["999ms", "11m"] {
            assert_eq!(lease(bad), Err(Misfit::LeaseOutOfRange), "{bad}");
        }
        assert_eq!(size("256MiB"), Ok(256 << 20));
        for bad in ["0B", "257MiB", "1MB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_command_in_one_text_is_split_at_white_space_and_needs_no_shell() {
        assert_eq!(words(" npm  run start:dev\t--x=1 ").unwrap(), ["npm", "run", "start:dev", "--x=1"]);
        assert_eq!(words("python3 -c \"print(1)\""), Err(Misfit::NeedsShell('"')));
        for bad in ["a && b", "a | b", "echo $HOME", "a 'b'", "a; b", "a > b", "ls *", "~/run", "a\nb"] {
            assert!(matches!(words(bad), Err(Misfit::NeedsShell(_))), "{bad}");
        }
        assert_eq!(words("  "), Err(Misfit::Empty));
    }

    #[test]
    fn deliveries_are_kept_for_a_time_and_in_a_size_or_for_ever() {
        assert_eq!(keep("30d").unwrap(), Some(Duration::from_hours(720)));
        assert_eq!(keep("off").unwrap(), None);
        assert_eq!(keep_max("10GiB").unwrap(), Some(10 << 30));
        assert_eq!(keep_max("off").unwrap(), None);
        for bad in ["", "30", "1s", "9999d", "never", "OFF"] {
            assert!(keep(bad).is_err(), "{bad}");
        }
        for bad in ["", "10", "10GB", "1KiB", "9999GiB", "unlimited"] {
            assert!(keep_max(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_hosts_own_variables_are_not_to_be_set() {
        assert_eq!(variable(&["PORT"])("NODE_ENV").unwrap(), "NODE_ENV");
        for bad in ["", "A=B", "A\0", "BOOKHOOK_KEY", "PORT"] {
            assert!(variable(&["PORT"])(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_path_on_a_server_is_one_that_can_be_asked_for() {
        for (text, path) in
            [("/", "/"), ("/events?a=b c", "/events?a=b%20c"), ("/ü", "/%C3%BC"), ("/a/../b", "/b")]
        {
            assert_eq!(server_path(text).unwrap(), path);
        }
        for bad in ["", "events", "//other.example/", "/#part", "http://other.example/"] {
            assert!(server_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_jwk_set_comes_safely() {
        for good in [
            "https://keys.example/jwks",
            "http://localhost:1/",
            "http://127.0.0.9/",
            "http://[::1]:9/x",
            "file:k.json",
        ] {
            assert!(jwks(good).is_ok(), "{good}");
        }
        for bad in [
            "http://keys.example/",
            "http://localhost.example/",
            "ftp://x/",
            "keys",
            "file:",
            "https://u:p@x/",
        ] {
            assert!(jwks(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lanes_are_words_or_pointers() {
        assert_eq!(lane("/a~1b/~0/0"), Ok(LaneRule::Pointer("/a~1b/~0/0".into())));
        for bad in ["", "data", "/a~", "/a~2", "Book"] {
            assert!(lane(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_hold_nothing_that_a_router_reads() {
        for good in ["/", "/hooks/tax-bot", "/a.b_c~d/e"] {
            assert!(path(good).is_ok(), "{good}");
        }
        for bad in ["", "hooks", "/{id}", "/a b", "/a?b", "/a#b", "/*x", "/ü", "/livez", "/readyz"] {
            assert!(path(bad).is_err(), "{bad}");
        }
    }
}
