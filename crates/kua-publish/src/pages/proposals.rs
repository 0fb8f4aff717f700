//! What a model proposes and nobody has decided on: apart from every claim, in no toll, and in no
//! published file.

use kua_model::{Beside, Proposal};
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;
use crate::{marks, words};

pub(super) fn sheet(view: &View<'_>, page: usize) -> Option<Sheet> {
    let all = &view.site.chronicle().proposals;
    // Nobody has vouched for any of it: it does not leave with a file.
    if all.is_empty() || view.offline {
        return None;
    }
    let (part, pager) = view.part(all, page, SIZES.claims, |page| Route::Proposals { page })?;
    Some(Sheet {
        title: "Proposed by a model".to_owned(),
        body: html! {
            (layout::heading("Proposed by a model", html! {
                (words::count(all.len(), "proposal", "proposals")) " for you to read. None is a claim, none is counted. "
                "The words stand in the document, and kua found figures, dates and names again by itself; "
                "whether the words mean that, only a person can tell."
            }))
            ul.claims.list { @for proposal in part { (entry(view, proposal)) } }
            (pager)
        },
    })
}

/// A line for the list of claims, which leads here.
pub(super) fn remark(view: &View<'_>) -> Markup {
    let count = view.site.chronicle().proposals.len();
    html! {
        @if count > 0 && !view.offline {
            p { a href=(view.href(&Route::Proposals { page: 1 })) {
                "Proposed by a model, decided by nobody: " (words::number(count as u64)) } }
        }
    }
}

fn entry(view: &View<'_>, proposal: &Proposal) -> Markup {
    let claim = &proposal.claim;
    let document = view.site.document(claim.document);
    let page = view.site.index.page_at(claim.document, claim.range.start);
    let sources = claim.sources.iter().map(|source| source.words.as_str()).collect::<Vec<_>>();
    let changed = proposal.changed.iter().map(|field| field.word()).collect::<Vec<_>>();
    html! {
        li.claim {
            p.gist {
                (layout::told(view, claim, false)) " " span.tag.doubt { "Proposed" }
                " " span.tag { (layout::capital(words::modality(claim.modality))) }
            }
            p.words {
                span.around { (marks::escaped(proposal.quote.prefix())) }
                q.said dir="auto" lang=[proposal.quote.language()] { (marks::escaped(proposal.quote.exact())) }
                span.around { (marks::escaped(proposal.quote.suffix())) }
            }
            p.by {
                @if sources.is_empty() { "The account itself" } @else { (layout::name(&sources.join(" ► "))) }
                " · " (words::grade(claim.grade))
                @if let Some(document) = document {
                    " · in " a href=(view.href(&Route::Document { id: document.id, page })) { (layout::name(&layout::short(document.title(), 80))) }
                }
            }
            @if let Beside::Differs { claim: other, fields } = &proposal.beside {
                @let fields = fields.iter().map(|field| field.word()).collect::<Vec<_>>();
                p { "The rules read these words otherwise (" (fields.join(", ")) ")"
                    @if let Some(other) = view.site.statement(*other) {
                        ": " a href=(view.href(&Route::Claim(other.claim.id))) { (layout::gist(view, other)) }
                    } "." }
            }
            @if !changed.is_empty() {
                p.quiet { "Not borne out by the text as the model gave it: " (changed.join(", ")) "." }
            }
            p.by { code { (claim.id) } " · " (layout::name(&proposal.proposed_by)) }
            p.by { "Decide: " code { "kua judge confirm " (claim.id) " …" } ", " code { "correct" } " or " code { "reject" } }
        }
    }
}
