//! EXTRACT: claims with their words, source chain, grade and doubt
