//! How far a long step has come, and whether to stop. Knows nothing of screens or signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A step that may take longer than a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Looking for files below the paths that were given.
    Look,
    /// Preserving files.
    Add,
    /// Reading items and finding claims in them.
    Read,
    /// Finding copies and translations.
    Trace,
    /// Bringing claims together.
    Reconcile,
    /// Writing the search index.
    Index,
    /// Proving the vault.
    Verify,
    /// Writing pages.
    Publish,
    /// Packing a bundle.
    Pack,
    /// Taking a bundle in.
    Merge,
    /// Opening sealed items.
    Open,
    /// Asking a model.
    Ask,
}

/// Told how far a step has come, from any thread.
pub trait Progress: Sync {
    /// `step` begins; `total` pieces of work are expected, if that is known.
    fn begin(&self, step: Step, total: Option<u64>);
    /// `pieces` more are done.
    fn advance(&self, pieces: u64);
    /// The step is over.
    fn end(&self);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _step: Step, _total: Option<u64>) {}
    fn advance(&self, _pieces: u64) {}
    fn end(&self) {}
}

/// A request to stop at the next safe place. Clones share one flag.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks every holder to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
