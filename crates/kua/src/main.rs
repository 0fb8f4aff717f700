//! The kua command line.
fn main() {}
