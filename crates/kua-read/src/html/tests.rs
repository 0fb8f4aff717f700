//! The tokenizer against `lol_html`, text for text.

use std::cell::RefCell;

use proptest::prelude::*;

use super::tokens::{Token, Tokens};

/// All text of the page outside scripts and styles, as our tokenizer sees it.
fn ours(page: &str) -> String {
    let mut out = String::new();
    let mut tokens = Tokens::new(page);
    let mut end = 0;
    while let Some(token) = tokens.next_token() {
        let range = match token {
            Token::Text(range) | Token::EscapableText(range) => range,
            Token::Raw { range, .. }
            | Token::Comment(range)
            | Token::Declaration(range)
            | Token::CutTag(range) => {
                assert!(range.start >= end, "tokens stand in order");
                end = range.end;
                continue;
            }
            Token::Start { .. } | Token::End { .. } => continue,
        };
        assert!(range.start >= end, "tokens stand in order");
        end = range.end;
        out.push_str(range.of(page).expect("whole characters"));
    }
    out
}

/// The same by `lol_html`.
fn theirs(page: &str) -> String {
    let out = RefCell::new(String::new());
    let text = |chunk: &mut lol_html::html_content::TextChunk<'_>| {
        use lol_html::html_content::TextType;
        if matches!(chunk.text_type(), TextType::Data | TextType::RCData) {
            out.borrow_mut().push_str(chunk.as_str());
        }
        Ok(())
    };
    let settings = lol_html::RewriteStrSettings::new()
        .append_document_content_handler(lol_html::doc_text!(text))
        .with_strict(false);
    lol_html::rewrite_str(page, settings).expect("small pages stay under its memory cap");
    out.into_inner()
}

#[test]
fn text_is_what_lol_html_calls_text() {
    let pages = [
        "a<b>c</b><!-- no --><!--> yes <!---> yes <!-- a -- b --!> yes",
        "1 < 2 and 3 <4 > 5 <5 </ x> </> <? no ?> <!x> <!DOCTYPE html> é<é>",
        "<p title='a > b' x=\"<\" y=a/b>text</p  x>end",
        "<script>if (a < b) '</p>' </script>shown<style>p > a {}</style >shown",
        "<script><!-- <script> </script> --> no </script>shown",
        "<script><!-- --> no </script>shown",
        "<script><!-- <b> no </script>shown",
        "<title>a &amp; <b> b</title>c<textarea></p></textarea>d",
        "<p>cut <b class='x",
        "<div<span>a</div><a/b=c>x</a>",
        "<SCRIPT>no</ScRiPt>shown<TITLE>x</tItLe>",
        "<p =x =\"y\">a<p a==b>c",
    ];
    for page in pages {
        assert_eq!(ours(page), theirs(page), "{page}");
    }
}

proptest! {
    #[test]
    fn any_soup_reads_alike(parts in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "/", "!", "--", "-", "<!--", "-->", "\"", "'", "=", " ", "\n", "a", "p", "é",
        "<p>", "</p>", "<b x=1>", "<script>", "</script>", "<style>", "</style>", "<title>",
        "</title>", "&amp;", "&", ";", "text", "<!doctype>", "<?x?>", "</", "<a href='",
    ]), 0..40)) {
        let page: String = parts.concat();
        prop_assert_eq!(ours(&page), theirs(&page));
    }
}
