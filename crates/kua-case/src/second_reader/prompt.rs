//! What a second reader is told. The words stand in `second-reader/`, not here; their hash goes
//! beside everything that was proposed because of them.

use kua_lexicon::Lexicons;
use kua_model::Sha256;
use serde_json::{Value, json};

use super::{NoAnswer, Question, SecondReader};

const INSTRUCTIONS: &str = include_str!("../../second-reader/instructions.txt");
const SCHEMA: &str = include_str!("../../second-reader/answer.schema.json");

/// Instructions with the events the lexicons know.
pub(crate) struct Prompt {
    instructions: String,
    schema: Value,
    /// Of instructions and schema.
    pub(crate) hash: Sha256,
}

impl Prompt {
    pub(crate) fn of(lexicons: &Lexicons) -> Self {
        let events = lexicons.shared().section("claims.txt", "events");
        let events: Vec<&str> = events.iter().map(|entry| entry.key.as_str()).collect();
        let instructions = INSTRUCTIONS.replace("{events}", &events.join(", "));
        let hash = Sha256::of(format!("{instructions}\n{SCHEMA}").as_bytes());
        // A test holds that the file is JSON.
        let schema = serde_json::from_str(SCHEMA).unwrap_or(Value::Null);
        Self { instructions, schema, hash }
    }

    /// Asks `reader` about a passage, which travels as a JSON string: its quotation marks and line
    /// ends are escaped, so it cannot end where it does not.
    pub(crate) fn ask(&self, reader: &dyn SecondReader, words: &str) -> Result<String, NoAnswer> {
        let passage = json!({ "passage": words }).to_string();
        let Self { instructions, schema, .. } = self;
        reader.answer(&Question { instructions, schema, passage: &passage })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_json_and_the_events_are_named() {
        let prompt = Prompt::of(&Lexicons::embedded());
        assert!(prompt.schema.is_object());
        assert!(prompt.instructions.contains("killed, wounded"));
        assert!(!prompt.instructions.contains("{events}"));
    }
}
