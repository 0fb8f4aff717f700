//! Stub.
/// p
pub struct NameParts;
/// v
pub enum Verdict {}
/// c
pub fn compare() {}
