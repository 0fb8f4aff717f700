//! Notices of all stages, in order, each oddity once. Stages do not know each other, so two of them
//! may notice the same words.

use kua_model::{Notice, NoticePlace};

/// What more than one stage notices: reading, which dates the document by it, and searching for
/// claims, which dates claims by it.
const NOTICED_TWICE: &[&str] = &["weekday-disagrees"];

/// Sorts `notices` and leaves one of each oddity: where two stages noticed the same words, the first
/// says what the others have to add.
pub(crate) fn each_once(notices: &mut Vec<Notice>) {
    notices.sort();
    notices.dedup();
    let mut kept: Vec<Notice> = Vec::with_capacity(notices.len());
    for notice in notices.drain(..) {
        // Words that overlap stand side by side in the order of places.
        match kept.iter_mut().rev().take(4).find(|before| is_same(before, &notice)) {
            Some(before) => {
                before.message.push(' ');
                before.message.push_str(&notice.message);
                before.severity = before.severity.max(notice.severity);
            }
            None => kept.push(notice),
        }
    }
    *notices = kept;
}

fn is_same(a: &Notice, b: &Notice) -> bool {
    let (NoticePlace::Span(x), NoticePlace::Span(y)) = (&a.place, &b.place) else { return false };
    a.code == b.code && x.overlaps(*y) && NOTICED_TWICE.contains(&a.code.as_str())
}

#[cfg(test)]
mod tests {
    use kua_model::{DocumentId, ItemId, Severity, Span, TextRange};

    use super::*;

    fn notice(code: &str, range: (usize, usize), message: &str) -> Notice {
        let document = DocumentId::new(ItemId::of(b"a letter"), 0);
        let span = Span::new(document, TextRange::new(range.0, range.1));
        Notice::new(Severity::Caution, code, NoticePlace::Span(span), message)
    }

    #[test]
    fn words_that_two_stages_found_odd_are_noticed_once() {
        let mut notices = vec![
            notice("weekday-disagrees", (52, 70), "Claims take it as 2022."),
            notice("weekday-disagrees", (45, 70), "The weekday fits 2022."),
            notice("weekday-disagrees", (145, 170), "The weekday fits 2023."),
            notice("weekday-disagrees", (145, 170), "The weekday fits 2023."),
            notice("ambiguous-date", (45, 70), "May have the day first."),
        ];
        each_once(&mut notices);
        let messages: Vec<&str> = notices.iter().map(|notice| notice.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "May have the day first.",
                "The weekday fits 2022. Claims take it as 2022.",
                "The weekday fits 2023.",
            ]
        );
    }
}
