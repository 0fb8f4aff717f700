//! What is odd in the material, worst first, and what people decided.

use std::cmp::Reverse;

use kua_model::{Decision, Judgement, Notice, NoticePlace};
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;
use crate::words;

pub(super) fn sheet(view: &View<'_>, page: usize) -> Option<Sheet> {
    let chronicle = view.site.chronicle();
    let mut notices = chronicle.notices.iter().collect::<Vec<_>>();
    notices.sort_by_key(|notice| Reverse(notice.severity));
    let (part, pager) = view.part(&notices, page, SIZES.notices, |page| Route::Notices { page })?;
    let mut groups: Vec<(kua_model::Severity, Vec<&Notice>)> = Vec::new();
    for notice in part.iter().copied() {
        match groups.last_mut() {
            Some((severity, list)) if *severity == notice.severity => list.push(notice),
            _ => groups.push((notice.severity, vec![notice])),
        }
    }
    Some(Sheet {
        title: "Notices".to_owned(),
        body: html! {
            (layout::heading("Notices and decisions", html! {
                "What is odd in the material, so that nobody is misled by it, and what people decided about this case."
            }))
            @if notices.is_empty() { p.empty { "Nothing odd was found." } }
            @for (severity, list) in &groups {
                section {
                    h2 { (words::severity(*severity)) }
                    ul.notices { @for notice in list { (entry(view, notice)) } }
                }
            }
            (pager)
            @if page == 1 { (decisions(view)) }
        },
    })
}

fn entry(view: &View<'_>, notice: &Notice) -> Markup {
    let site = view.site;
    html! {
        li {
            p { (layout::name(&notice.message)) }
            p.by {
                code { (layout::plain(&notice.code)) }
                @match &notice.place {
                    NoticePlace::Case => { " · the whole case" }
                    NoticePlace::Item(id) => {
                        @if let Some(item) = site.index.items.get(id).and_then(|at| site.chronicle().items.get(*at)) {
                            " · file " (layout::name(&item.path))
                        }
                    }
                    NoticePlace::Span(span) => {
                        @if let Some(document) = site.document(span.document) {
                            @let page = site.index.page_at(document.id, span.range.start);
                            " · in " a href=(view.href(&Route::Document { id: document.id, page })) { (layout::name(&layout::short(document.title(), 90))) }
                            @if let Some(words) = span.range.of(&document.text).filter(|words| !words.trim().is_empty()) {
                                " " q dir="auto" lang=[document.language_at(span.range)] { (layout::short(words, 160)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn decisions(view: &View<'_>) -> Markup {
    let judgements = &view.site.chronicle().judgements;
    html! {
        section {
            h2 { "Decisions people took" }
            @if judgements.is_empty() { p.empty { "None. Everything on these pages was proposed by rules." } }
            @if !judgements.is_empty() {
                ol.decisions start="0" { @for judgement in judgements.iter().filter(|j| j.log.is_none()) { (decision(view, judgement)) } }
            }
            @if judgements.iter().any(|judgement| judgement.log.is_some()) {
                p { "Decided by other collectors, and holding here:" }
                ul.decisions { @for judgement in judgements.iter().filter(|j| j.log.is_some()) { (decision(view, judgement)) } }
            }
        }
    }
}

fn decision(view: &View<'_>, judgement: &Judgement) -> Markup {
    let statement = |id: &kua_model::ClaimId| {
        html! { @match view.site.statement(*id) {
            Some(statement) => { a href=(view.href(&Route::Claim(*id))) { (layout::gist(view, statement)) } }
            None => { "a statement that is no longer there (" code { (id) } ")" }
        } }
    };
    let origins = |ids: &[kua_model::OriginId]| {
        html! { @for (at, id) in ids.iter().enumerate() {
            @if at > 0 { ", " }
            @match view.site.origin(*id) {
                Some(origin) => { (layout::origin(view, origin)) }
                None => { code { (id) } }
            }
        } }
    };
    let names = |names: &[String]| {
        html! { @for (at, name) in names.iter().enumerate() { @if at > 0 { ", " } (layout::name(name)) } }
    };
    let passage = |span: &kua_model::Span| {
        html! { @match view.site.document(span.document) {
            Some(document) => { a href=(view.href(&Route::document(document.id))) { (layout::name(&layout::short(document.title(), 80))) } }
            None => { code { (span) } }
        } }
    };
    html! {
        li {
            p { @match &judgement.decision {
                Decision::SameOrigin { origins: ids } => { "One origin: " (origins(ids)) }
                Decision::NotSameAccount { a, b } => { "Not one account: " (passage(a)) " and " (passage(b)) }
                Decision::RejectClaim { claim, .. } => { "Rejected, read wrongly by the machine: " (statement(claim)) }
                Decision::ConfirmClaim { claim, .. } => { "Confirmed: " (statement(claim)) }
                Decision::CorrectClaim { claim, .. } => { "Corrected: " (statement(claim)) }
                Decision::ConfirmProposal { proposal, instead_of, .. } => {
                    "Confirmed, as a model proposed: "
                    (statement(&instead_of.as_ref().map_or(*proposal, |otherwise| otherwise.claim)))
                }
                Decision::RejectProposal { proposal, .. } => {
                    "Rejected what a model proposed (" code { (proposal) } ")."
                }
                Decision::SameName { names: list } => { "One name: " (names(list)) }
                Decision::NotSameName { names: list } => { "Not one name: " (names(list)) }
                Decision::Withhold { .. } => { "A name is withheld." }
                Decision::Undo { judgement } => { "Decision " (judgement) " no longer holds." }
                Decision::Release { .. } => { "A name that another collector withholds may be shown here." }
            } }
            p.by { "By " (layout::name(&judgement.by)) ", " (layout::plain(&judgement.at))
                @if let Some(log) = &judgement.log { ", in the log " code { (layout::name(log)) } }
                @if !judgement.reason.is_empty() { ": " (layout::name(&judgement.reason)) } }
        }
    }
}
