//! The case folder: pipeline, cache, search, configuration, judgements, progress
