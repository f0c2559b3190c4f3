use std::fs;
use std::process::Command;
use std::thread;

use serde::Serialize;

/// Where a report was made, and of what.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    processor: String,
    processors: usize,
    memory: String,
    kernel: String,
    compiler: String,
    seaweedfs: String,
    revision: String,
    /// Processes that wanted to run in the minute before the start, on average: a quiet machine has
    /// none.
    load: String,
}

impl Machine {
    /// This one. What can't be told is `unknown`.
    pub(crate) fn here() -> Self {
        let line = |file: &str, key: &str| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find(|line| line.starts_with(key))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let load = fs::read_to_string("/proc/loadavg").ok();
        let weed = std::env::var_os("GROUPKEEPER_WEED").unwrap_or_else(|| "weed".into());
        let weed = said(Command::new(weed).arg("version"));
        Self {
            processor: known(line("/proc/cpuinfo", "model name")),
            processors: thread::available_parallelism().map_or(0, usize::from),
            memory: known(line("/proc/meminfo", "MemTotal")),
            kernel: known(fs::read_to_string("/proc/sys/kernel/osrelease").ok()),
            compiler: known(said(Command::new("rustc").arg("--version"))),
            seaweedfs: known(weed),
            revision: known(said(Command::new("git").args([
                "describe",
                "--always",
                "--dirty",
                "--abbrev=12",
            ]))),
            load: known(load.and_then(|load| load.split(' ').next().map(str::to_owned))),
        }
    }

    /// Names and values, for people.
    pub(crate) fn lines(&self) -> [(&'static str, String); 8] {
        [
            ("Processor", self.processor.clone()),
            ("Processors", self.processors.to_string()),
            ("Memory", self.memory.clone()),
            ("Linux", self.kernel.clone()),
            ("Compiler", self.compiler.clone()),
            ("SeaweedFS", self.seaweedfs.clone()),
            ("Revision", self.revision.clone()),
            ("Load at the start", self.load.clone()),
        ]
    }
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().to_owned())
}

fn known(text: Option<String>) -> String {
    let text = text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    text.unwrap_or_else(|| "unknown".to_owned())
}
