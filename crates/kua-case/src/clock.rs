//! The one place where kua learns what time it is. Everything below is told.

use jiff::Timestamp;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// Now, RFC 3339 in UTC to the second: `2022-01-05T12:30:00Z`.
    fn now(&self) -> String;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> String {
        let now = Timestamp::now();
        let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
        whole.to_string()
    }
}

/// A clock that stands still, for cases that must come out byte for byte the same.
#[derive(Debug, Clone)]
pub struct StoppedClock(pub String);

impl Clock for StoppedClock {
    fn now(&self) -> String {
        self.0.clone()
    }
}

/// Seconds since 1970 of a time as a [`Clock`] gives it; 0 if it is none.
pub(crate) fn unix_seconds(now: &str) -> u64 {
    now.parse::<Timestamp>().ok().and_then(|t| u64::try_from(t.as_second()).ok()).unwrap_or(0)
}
