//! TRACE: copies, quotations and translations, with spans, direction and reasons
