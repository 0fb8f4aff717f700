//! PUBLISH: pages as pure functions from a chronicle, the single file, exports
