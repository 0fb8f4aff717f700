//! The lexicon files that were in the repository when kua was built.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
