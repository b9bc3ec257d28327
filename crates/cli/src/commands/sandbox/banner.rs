//! What a person wants to know at the start.

use bookhook_sandbox::{About, ShownApp, Time};
use jiff::{SignedDuration, Timestamp, Unit};

use crate::inert::one_line;
use crate::printer::Printer;
use crate::style::{BOLD, DIM, painted};

/// Between asking one clock and the other.
const AS_GOOD_AS_EQUAL: SignedDuration = SignedDuration::from_secs(1);

/// More books are not listed one by one.
const BOOKS_MAX: usize = 12;

/// What is in the sandbox, as lines.
pub(super) struct Banner {
    api: String,
    jwks: String,
    data: String,
    /// What it shows, unless that is the machine's time.
    clock: Option<String>,
    books: Vec<[String; 3]>,
    left_out: usize,
    apps: Vec<String>,
    users: Vec<String>,
}

impl Banner {
    pub(super) fn of(about: &About) -> Self {
        let books =
            about.books.iter().map(|book| [&book.id, &book.name, &book.owner].map(|text| one_line(text)));
        Self {
            api: about.facts.api.clone(),
            jwks: about.facts.jwks.clone(),
            data: about.facts.data.as_ref().map_or_else(
                || "in memory: it is gone when this ends".to_owned(),
                |file| one_line(&file.display().to_string()),
            ),
            clock: clock_line(about.clock, Timestamp::now()),
            books: books.take(BOOKS_MAX).collect(),
            left_out: about.books.len().saturating_sub(BOOKS_MAX),
            apps: about.apps.iter().map(app_line).collect(),
            users: about.users.iter().map(|user| one_line(&user.username)).collect(),
        }
    }

    pub(super) fn print(&self, printer: Printer) {
        let api = &self.api;
        printer.note(format_args!("{} listens on {api}", painted("bookhook sandbox", BOLD)));
        let line = |name: &str, text: &str| {
            printer.note(format_args!("  {}  {text}", painted(format_args!("{name:<7}"), DIM)));
        };
        line("API", &format!("{api}  {}", painted("the base URL: BKPER_API_URL, apiBaseUrl", DIM)));
        line("", &format!("{api}/_ah/api/bkper  {}", painted("the same, for older clients", DIM)));
        line("keys", &format!("{}  {}", self.jwks, painted("verify calls of apps", DIM)));
        line(
            "control",
            &format!("{api}/sandbox  {}", painted("clock, tokens, faults, reset, snapshots", DIM)),
        );
        line("data", &self.data);
        if let Some(clock) = &self.clock {
            line("clock", clock);
        }
        line("tokens", &self.tokens());
        self.books(line);
        for (at, app) in self.apps.iter().enumerate() {
            line(if at == 0 { "apps" } else { "" }, app);
        }
        line("try", &self.curl());
    }

    fn books(&self, line: impl Fn(&str, &str)) {
        let width =
            |at: usize| self.books.iter().map(|book| book[at].chars().count()).max().unwrap_or_default();
        let (ids, names) = (width(0), width(1));
        for (at, [id, name, owner]) in self.books.iter().enumerate() {
            let title = if at == 0 { "books" } else { "" };
            line(title, &format!("{id:<ids$}  {name:<names$}  {}", painted(format_args!("of {owner}"), DIM)));
        }
        if self.left_out > 0 {
            line("", &format!("and {} more", self.left_out));
        }
    }

    fn tokens(&self) -> String {
        match &*self.users {
            [] => "any name: who calls with the token mia is the user mia".to_owned(),
            users => format!("{}; any other name is a new user", users.join(", ")),
        }
    }

    /// A line that works when it is pasted into a shell.
    fn curl(&self) -> String {
        let (token, path) = match self.books.first() {
            Some([id, _, owner]) => (owner.as_str(), format!("/v5/books/{id}/transactions?limit=3")),
            None => (self.users.first().map_or("mia", String::as_str), "/v5/books".to_owned()),
        };
        format!("curl -H 'Authorization: Bearer {token}' '{}{path}'", self.api)
    }
}

/// A clock that is not the machine's was set when the data was used before: whoever does not know it is misled.
fn clock_line(clock: Time, machine: Timestamp) -> Option<String> {
    let now = clock.now.round(Unit::Second).unwrap_or(clock.now);
    match clock.running {
        false => Some(format!("stands at {now}")),
        true if clock.now.duration_since(machine).abs() > AS_GOOD_AS_EQUAL => {
            Some(format!("goes on from {now}"))
        }
        true => None,
    }
}

/// The app, and where it is told of what happens.
fn app_line(app: &ShownApp) -> String {
    let to = |url: &Option<String>, whose: &str| {
        url.as_ref()
            .map(|url| format!("{} {}", one_line(url), painted(format_args!("for what {whose}"), DIM)))
    };
    let owner = format!("{} does", one_line(&app.owner));
    let urls = match &app.webhook_url_dev {
        Some(_) => [to(&app.webhook_url_dev, &owner), to(&app.webhook_url, "others do")],
        None => [to(&app.webhook_url, "anybody does"), None],
    };
    let urls = urls.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let urls =
        if urls.is_empty() { "nowhere: it has no webhookUrl and no webhookUrlDev".to_owned() } else { urls };
    format!("{} → {urls}", one_line(app.id.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_told_that_is_not_the_machines() {
        let machine: Timestamp = "2026-03-02T10:00:00.4Z".parse().unwrap();
        let told = |ahead, running| {
            let now = machine.saturating_add(SignedDuration::from_millis(ahead)).unwrap();
            clock_line(Time { now, running }, machine)
        };
        assert_eq!(told(-3, true), None);
        assert_eq!(told(3_600_000, true).as_deref(), Some("goes on from 2026-03-02T11:00:00Z"));
        assert_eq!(told(0, false).as_deref(), Some("stands at 2026-03-02T10:00:00Z"));
    }
}
