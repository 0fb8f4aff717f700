//! Progress on the terminal: nothing for the first second, then a bar on stderr. Only where
//! stderr is a terminal.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kua_case::{Progress, Step};

/// Shows one bar at a time.
pub(crate) struct Bars {
    live: bool,
    bar: Mutex<Option<(ProgressBar, std::time::Instant)>>,
}

impl Bars {
    pub(crate) fn new(live: bool) -> Self {
        Self { live, bar: Mutex::new(None) }
    }

    fn with(&self, act: impl FnOnce(&mut Option<(ProgressBar, std::time::Instant)>)) {
        // A panic elsewhere must not silence the rest of the run.
        act(&mut self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for Bars {
    fn begin(&self, step: Step, total: Option<u64>) {
        if !self.live {
            return;
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if total.is_some() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        let style = match (step, total) {
            (_, None) => "{msg} {spinner} {elapsed}",
            (Step::Verify, _) => "{msg} {bar:30} {percent} %  {eta} left",
            _ => "{msg} {bar:30} {human_pos}/{human_len}  {eta} left",
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("█▌ "));
        }
        bar.set_message(name(step));
        self.with(|slot| *slot = Some((bar, std::time::Instant::now())));
    }

    fn advance(&self, pieces: u64) {
        self.with(|slot| {
            let Some((bar, since)) = slot else { return };
            if bar.is_hidden() && since.elapsed() > Duration::from_secs(1) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.inc(pieces);
        });
    }

    fn end(&self) {
        self.with(|slot| {
            if let Some((bar, _)) = slot.take() {
                bar.finish_and_clear();
            }
        });
    }
}

fn name(step: Step) -> &'static str {
    match step {
        Step::Look => "looking for files",
        Step::Add => "preserving",
        Step::Read => "reading",
        Step::Trace => "looking for copies and translations",
        Step::Reconcile => "bringing claims together",
        Step::Index => "indexing for search",
        Step::Verify => "proving",
        Step::Publish => "writing",
        Step::Pack => "packing",
        Step::Merge => "taking in",
        Step::Open => "opening",
        Step::Ask => "asking",
    }
}
