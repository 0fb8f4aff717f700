//! From what a model writes to the claims in it. Nothing in it is acted on: it is only read.

use kua_model::ProposedClaim;
use serde_json::Value;

use super::NoAnswer;

/// Claims taken from one answer at most: more than a passage asserts.
const MOST: usize = 40;
/// Longest text of one field, in bytes; a longer one is no field of a claim.
const LONGEST: usize = 4_000;
/// Sources of one claim at most.
const SOURCES: usize = 8;

/// The claims in `text`: a JSON object with `claims`, which may stand in a fence or between other
/// words. What is not shaped as a claim is left out.
pub(super) fn claims_in(text: &str) -> Result<Vec<ProposedClaim>, NoAnswer> {
    let object = text.find('{').zip(text.rfind('}'));
    let object = object.and_then(|(from, to)| text.get(from..=to)).ok_or(NoAnswer::Garbage)?;
    let mut value: Value = serde_json::from_str(object).map_err(|_| NoAnswer::Garbage)?;
    let Some(Value::Array(claims)) = value.get_mut("claims").map(Value::take) else {
        return Err(NoAnswer::Garbage);
    };
    let claims = claims.into_iter().take(MOST);
    Ok(claims.filter_map(|claim| serde_json::from_value(claim).ok()).filter(fits).collect())
}

fn fits(claim: &ProposedClaim) -> bool {
    let fields = [&claim.affected, &claim.by, &claim.place, &claim.when, &claim.modality];
    [&claim.quote, &claim.trigger, &claim.event]
        .into_iter()
        .chain(fields.into_iter().flatten())
        .chain(&claim.sources)
        .all(|text| text.len() <= LONGEST)
        && claim.sources.len() <= SOURCES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_far_as_it_can_be() {
        let whole = r#"{"claims": [{"quote": "two died", "trigger": "died", "event": "killed",
            "figure": {"low": 2, "high": 2}, "affected": null, "sources": [], "mood": 7}]}"#;
        let fenced = format!("Here you are:\n```json\n{whole}\n```");
        for text in [whole, fenced.as_str()] {
            let claims = claims_in(text).unwrap();
            assert_eq!(claims.len(), 1);
            assert_eq!(claims[0].figure.unwrap().low, Some(2));
        }
        assert_eq!(claims_in(r#"{"claims": []}"#), Ok(Vec::new()));
        let mixed = r#"{"claims": [7, {"quote": 3}, null, {"quote": "a"}, {"figure": {"low": -1}},
            {"figure": {"low": 1.5}}, {"sources": "x"}]}"#;
        assert_eq!(claims_in(mixed).unwrap().len(), 1);
    }

    #[test]
    fn garbage_is_garbage() {
        let deep = format!("{{\"claims\":{}", "[".repeat(100_000));
        for text in ["", "I cannot help with that.", "{", "}{", "{\"claims\": [{\"quo", "[]", "{}"]
        {
            assert_eq!(claims_in(text), Err(NoAnswer::Garbage), "{text:?}");
        }
        assert_eq!(claims_in(&format!("{deep}}}")), Err(NoAnswer::Garbage));
        assert_eq!(claims_in("{\"claims\": {\"quote\": \"a\"}}"), Err(NoAnswer::Garbage));
    }

    #[test]
    fn an_answer_without_end_ends() {
        let long = format!(r#"{{"claims": [{{"quote": "{}"}}]}}"#, "a".repeat(5_000));
        assert_eq!(claims_in(&long), Ok(Vec::new()));
        let many = format!(r#"{{"claims": [{}]}}"#, vec![r#"{"quote": "a"}"#; 500].join(","));
        assert_eq!(claims_in(&many).unwrap().len(), MOST);
    }
}
