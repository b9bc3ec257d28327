//! The machine that the figures are of.

use std::fmt::Write;
use std::fs;

/// One line: processor, memory, system, and the version of Node if one is used.
pub(crate) fn describe(node: Option<&str>) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or("unknown processor".to_owned());
    let memory = field(&read("/proc/meminfo"), "MemTotal").and_then(|memory| gibibytes(&memory));
    let mut line = format!(
        "{cpus} × {model}, {} GiB, {} {}",
        memory.unwrap_or(0),
        std::env::consts::OS,
        read("/proc/sys/kernel/osrelease").trim(),
    );
    if let Some(node) = node {
        let _ = write!(line, ", Node {node}");
    }
    line + "; the load generator runs on the same processors.\n"
}

fn field(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn gibibytes(memory: &str) -> Option<u64> {
    let kibibytes: u64 = memory.strip_suffix("kB")?.trim().parse().ok()?;
    Some((kibibytes + (1 << 19)) >> 20)
}
