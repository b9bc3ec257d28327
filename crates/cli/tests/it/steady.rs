//! Output without what differs between two runs: times, durations, ids, ports and versions.

/// Each line with its words made steady, and their padding kept to one space where it depends on them.
pub(crate) fn steady(text: &str) -> String {
    let mut steady: Vec<String> = text.lines().map(line).collect();
    steady.push(String::new());
    steady.join("\n")
}

fn line(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let words: Vec<String> = line.split_whitespace().map(word).collect();
    format!("{}{}", &line[..indent], words.join(" "))
}

fn word(word: &str) -> String {
    let core = word.trim_matches(|c: char| matches!(c, ',' | ';' | '(' | ')'));
    let name = if core.starts_with("dlv_") && core.len() == 30 {
        "[delivery]"
    } else if core.starts_with("evt_") {
        "[event]"
    } else if is_time(core) {
        "[time]"
    } else if is_date(core) {
        "[date]"
    } else if is_duration(core) {
        "[span]"
    } else {
        return without_port(word);
    };
    word.replace(core, name)
}

fn is_time(word: &str) -> bool {
    word.len() == 12
        && word.chars().enumerate().all(|(at, c)| match at {
            2 | 5 => c == ':',
            8 => c == '.',
            _ => c.is_ascii_digit(),
        })
}

fn is_date(word: &str) -> bool {
    word.len() == 10
        && word.chars().enumerate().all(|(at, c)| match at {
            4 | 7 => c == '-',
            _ => c.is_ascii_digit(),
        })
}

fn is_duration(word: &str) -> bool {
    let word = word.strip_prefix('+').unwrap_or(word);
    let number = word.strip_suffix("ms").or_else(|| word.strip_suffix('s'));
    number.is_some_and(|number| number.parse::<f64>().is_ok())
}

fn without_port(word: &str) -> String {
    const HERE: &str = "127.0.0.1:";
    let Some((before, after)) = word.split_once(HERE) else { return word.to_owned() };
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}{HERE}[port]{}", without_port(rest))
}
