//! Words of human languages, loaded from plain text folders and checked
