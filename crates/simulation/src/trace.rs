use crate::clock::Time;

/// What happened, for people. Off, it costs nothing: a run that failed is run again with it.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    on: bool,
    lines: Vec<String>,
}

impl Trace {
    pub(crate) fn new(on: bool) -> Self {
        Self {
            on,
            lines: Vec::new(),
        }
    }

    pub(crate) fn note(&mut self, now: Time, text: impl FnOnce() -> String) {
        if self.on {
            let (seconds, micros) = (now / 1_000_000, now % 1_000_000);
            self.lines
                .push(format!("{seconds:>4}.{micros:06} {}", text()));
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
