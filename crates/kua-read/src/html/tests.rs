//! The tokenizer against `lol_html`, and pages made to break readers.
