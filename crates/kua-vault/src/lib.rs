//! PRESERVE: objects by hash, an append-only signed log, proofs, verification
