//! The nouns of kua: items, documents, quotes, links, origins, claims, tolls
