//! How kua worked: conventions, grades, rules used in this case, and what these pages do not tell.
//! Generated from what was used, so it cannot drift from it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::layout::{self, Sheet};
use crate::site::View;
use crate::words;

pub(super) fn sheet(view: &View<'_>) -> Sheet {
    let chronicle = view.site.chronicle();
    let statements = &chronicle.statements;
    let grades = words::GRADES.map(|grade| {
        let count = statements.iter().filter(|s| s.claim.grade == grade).count();
        (words::grade(grade), words::grade_long(grade), count)
    });
    let modalities = words::MODALITIES.map(|modality| {
        let count = statements.iter().filter(|s| s.claim.modality == modality).count();
        (words::modality(modality), words::modality_long(modality), count)
    });
    let standings = words::STANDINGS.map(|standing| {
        let positions = chronicle.tolls.iter().flat_map(|toll| &toll.positions);
        let count = positions.filter(|position| position.standing == standing).count();
        (words::standing(standing), words::standing_long(standing), count)
    });
    let reasons = words::UNCOUNTED.map(|why| {
        let count = statements.iter().filter(|s| s.uncounted == Some(why)).count();
        (words::uncounted(why), words::uncounted_long(why), count)
    });
    let links = words::LINKS.map(|kind| {
        let count = chronicle.lineage.links.iter().filter(|link| link.kind == kind).count();
        (words::link_kind(kind), words::link_long(kind), count)
    });
    Sheet {
        title: "Method".to_owned(),
        body: html! {
            (layout::heading("Method", html! { "How these pages were made, and what they do not tell." }))
            section {
                h2 { "What kua does not tell" }
                dl.limits { @for (what, why) in words::LIMITS { dt { (what) } dd { (why) } } }
            }
            section {
                h2 { "How it works" }
                ol.steps {
                    li { strong { "Preserve. " } "Files are kept byte for byte and entered in a signed, append-only log." }
                    li { strong { "Read. " } "Text is taken out whole; what is not account (menus, captions, share buttons) is labelled, not thrown away." }
                    li { strong { "Trace. " } "Passages that copy or translate one another are found. They are one account, however often it is told." }
                    li { strong { "Extract. " } "What each sentence asserts is read by rules and word lists: what, how many, who, where, when, who says so and how they know." }
                    li { strong { "Reconcile. " } "Statements are followed back to the last named source. Corroboration is counted in origins, never in documents." }
                    li { strong { "Publish. " } "Every statement is shown with its exact words and their place." }
                }
                p { "The same files, word lists and judgements give the same pages, byte for byte. Word lists used here: " code.hash { (chronicle.lexicon_digest) } }
            }
            section {
                h2 { "Numbers" }
                table.stack { thead { tr { th scope="col" { "Words" } th scope="col" { "Read as" } } }
                    tbody { @for (words, read) in words::CONVENTIONS {
                        tr { th scope="row" data-label="Words" { (words) } td data-label="Read as" { (read) } } } } }
                (conventions(view))
            }
            (table("How the speaker knows", "Independent of how the event is put.", "Statements", &grades))
            (table("How the event is put", "Only what is put as fact may count as a plain statement of fact.", "Statements", &modalities))
            (table("Standing of a figure", "Every figure keeps its place; the label says what has become of it.", "Figures", &standings))
            (table("Why a statement is not in a toll", "Left out is not hidden: each is listed under Claims.", "Statements", &reasons))
            (table("How passages are related", "Found by comparing texts; reasons are given with each link.", "Links", &links))
            (rules(view))
        },
    }
}

fn table(title: &str, lead: &str, unit: &str, rows: &[(&str, &str, usize)]) -> Markup {
    html! {
        section {
            h2 { (title) }
            p { (lead) }
            table.stack {
                thead { tr { th scope="col" { "Label" } th scope="col" { "Meaning" } th.n scope="col" { (unit) " here" } } }
                tbody { @for (label, meaning, count) in rows {
                    tr { th scope="row" data-label="Label" { (label) } td data-label="Meaning" { (meaning) } td.n data-label=(unit) { (words::number(*count as u64)) } }
                } }
            }
        }
    }
}

/// Conventions that turned vague words into intervals in this case.
fn conventions(view: &View<'_>) -> Markup {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in &view.site.chronicle().statements {
        if let Some(name) = statement.claim.quantity.as_ref().and_then(|q| q.convention.as_deref())
        {
            *used.entry(name).or_default() += 1;
        }
    }
    html! {
        @if !used.is_empty() {
            p { "Conventions used in this case: "
                @for (at, (name, count)) in used.iter().enumerate() { @if at > 0 { ", " } (layout::plain(name)) " (" (count) ")" }
                "." }
        }
    }
}

/// Every rule and lexicon line that was used, commonest first.
fn rules(view: &View<'_>) -> Markup {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for why in view.site.chronicle().statements.iter().flat_map(|s| &s.claim.why) {
        *used.entry(&why.rule).or_default() += 1;
    }
    let mut used = used.into_iter().collect::<Vec<_>>();
    used.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    html! {
        @if !used.is_empty() {
            section {
                h2 { "Rules used" }
                p { "Every statement names the rules and lexicon lines that were used to read it." }
                details {
                    summary { (words::count(used.len(), "rule or lexicon line", "rules and lexicon lines")) }
                    table { thead { tr { th scope="col" { "Rule or lexicon line" } th.n scope="col" { "Times" } } }
                        tbody { @for (rule, count) in used.iter().take(1000) { tr { td { code { (layout::plain(rule)) } } td.n { (count) } } } } }
                    @if used.len() > 1000 { p.quiet { "and " (used.len() - 1000) " more" } }
                }
            }
        }
    }
}
