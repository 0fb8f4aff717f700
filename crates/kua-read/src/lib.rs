//! READ: bytes to documents, every visible character in one labelled block
