//! Web pages to blocks: one linear pass over tags and text, no tree.

mod builder;
mod context;
mod elements;
mod entities;
mod meta;
mod page;
mod tokens;

pub(crate) use entities::read_run;
pub(crate) use page::page;

#[cfg(test)]
mod tests;
