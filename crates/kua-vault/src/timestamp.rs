//! Time vouched for by others: RFC 3161 responses and OpenTimestamps proofs, proved offline.
//! Requests and answers are files, so that the machine with the evidence needs no network.
//! Pure: what is stamped, roots and headers are told.

mod bitcoin;
mod certificate;
mod der;
mod opentimestamps;
mod rfc3161;

pub use bitcoin::{HeaderFault, Headers};
pub use certificate::Roots;
pub use opentimestamps::{OtsBlock, OtsError, OtsProof, OtsStamp, is_ots, replay_ots, verify_ots};
pub use rfc3161::{Rfc3161Error, Rfc3161Stamp, rfc3161_request, verify_rfc3161};
