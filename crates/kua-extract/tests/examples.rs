//! The examples of every language folder, and a language nobody compiled in.

mod support;

use kua_extract::check_language;

#[test]
fn every_language_passes_its_own_examples() {
    let lexicons = support::lexicons();
    let mut wrong = Vec::new();
    for lang in lexicons.languages() {
        let report = check_language(&lexicons, lang);
        println!(
            "{lang}: {} examples, {} failing, {} unused lines",
            report.examples,
            report.failing.len(),
            report.unused.len()
        );
        for error in &report.errors {
            wrong.push(error.to_string());
        }
        for failing in &report.failing {
            wrong.push(format!(
                "{}: {}\n    expected {}\n    found    {}",
                failing.origin,
                failing.example,
                failing.expected,
                failing.found.replace('\n', "\n             ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
