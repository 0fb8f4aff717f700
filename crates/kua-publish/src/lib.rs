//! PUBLISH: pages as pure functions of a [`Chronicle`](kua_model::Chronicle), the single offline
//! file, and JSON records.
//!
//! The steps, each word the type it yields: a chronicle becomes what may be [`Shown`]; [`Site`]
//! indexes that once; an address becomes a [`Route`]; [`Site::page`] turns a route into a
//! [`Page`]; [`Site::single_file`] lays all pages into one file, which
//! [`read_single_file`](verify::read_single_file) takes apart again and checks against itself.
//! [`json`] writes the same records for machines.
//!
//! Architecture invariants: no script on any page, and no inline style or SVG; nothing is shown
//! without its words; figures are never added, averaged or chosen; everything goes through
//! [`Shown`] first, so a withheld name cannot appear.

mod figure;
mod index;
mod layout;
mod marks;
mod pages;
mod route;
mod single;
mod site;
mod style;
mod withhold;

pub mod json;
pub mod verify;
pub mod words;

pub use figure::{figure, interval, quantity};
pub use pages::beside::{Row, side_by_side};
pub use pages::search::{Found, Passage};
pub use pages::toll::source_name;
pub use route::{ClaimFilter, Counting, OriginList, Route};
pub use site::{HEADERS, Page, Site};
pub use withhold::Shown;

/// Version of this stage: raised when its output may change.
pub const VERSION: u32 = 1;
