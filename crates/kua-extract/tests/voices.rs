//! Who speaks where nobody is named, and how they know.

mod support;

use kua_extract::{ExtractConfig, extract};
use kua_model::Grade;

/// The grades of the claims of a text, in order.
fn grades(text: &str, lang: &str) -> Vec<Grade> {
    let document = support::plain(text, lang, Some("2019-03-06"));
    let claims = extract(&document, &support::lexicons(), &ExtractConfig::default()).value;
    claims.iter().map(|claim| claim.grade).collect()
}

#[test]
fn what_an_outlet_is_told_by_somebody_is_asserted_and_what_a_neighbour_is_told_is_heard() {
    let told = "A police source said nine people were killed.";
    let article = format!("Nine dead\nThe Harbour Gazette, 6 March 2019\n{told}\n");
    assert_eq!(grades(&article, "en").last(), Some(&Grade::Asserted));
    let stamps = ["23:48", "23:51", "23:57"];
    let chat: String = stamps.map(|at| format!("[05.03.2019, {at}] Lena: {told}\n")).concat();
    assert!(grades(&chat, "en").iter().all(|grade| *grade == Grade::Heard), "{chat}");
    // Cut short, it is no chat, and the text of nobody knows no better.
    assert_eq!(grades(told, "en"), [Grade::Heard]);
}

#[test]
fn nobody_sees_that_somebody_is_missing() {
    let text = "I saw the soldiers come. I saw three bodies with my own eyes. I was there.\n\
                Two of my neighbours have been missing since that night.\n";
    assert_eq!(grades(text, "en").last(), Some(&Grade::Asserted));
}
