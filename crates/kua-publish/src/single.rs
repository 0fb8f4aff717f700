//! All pages in one offline HTML file, with the proofs of everything it cites. The format and
//! what it proves: `docs/formats/single-file.md`. Taken apart again by [`crate::verify`].

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kua_model::{NameKind, Sha256};
use maud::{DOCTYPE, Markup, html};

use crate::route::{ClaimFilter, OriginList, Route};
use crate::site::{Site, View};
use crate::verify::{
    self, CLOSE, DocumentEvidence, FORMAT, ItemEvidence, PROOFS_OPEN, SIGNATURE_OPEN,
    SingleFileEvidence, StatementEvidence,
};
use crate::{layout, pages, style};

/// The file. `sign` gets the text to sign and returns a signed note, if it can.
pub(crate) fn file(site: &Site<'_>, sign: impl FnOnce(&str) -> Option<String>) -> String {
    // Ids of masked items are kept for those who work on the case, but must not leave with a file.
    match site.shown.for_strangers() {
        None => write(site, sign),
        Some(shown) => write(&Site::of(shown), sign),
    }
}

fn write(site: &Site<'_>, sign: impl FnOnce(&str) -> Option<String>) -> String {
    let view = View { site, offline: true };
    let before = head(&view).into_string() + PROOFS_OPEN;
    let between = format!("{CLOSE}<h3>Signature</h3>{SIGNATURE_OPEN}");
    let after = format!(
        "{CLOSE}</details></section></main>{}</body></html>\n",
        layout::foot(&view).into_string()
    );
    let evidence = evidence(site, verify::page_digest(&before, &between, &after));
    let proofs = json(&evidence);
    let signature = sign(&verify::signed_text(&proofs)).unwrap_or_default();
    let signature = html! { (signature) }.into_string();
    [before, proofs, between, signature, after].concat()
}

/// Everything up to the contents of the block of proofs.
fn head(view: &View<'_>) -> Markup {
    let sheet = style::sheet();
    let digest = STANDARD.encode(Sha256::of(sheet.as_bytes()).as_bytes());
    let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; img-src data:");
    let open = html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex, nofollow";
                title { (layout::case_title(view)) }
                style { (layout::raw(sheet.to_owned())) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (layout::top(view, None))
                main #main tabindex="-1" {
                    @for (n, route) in leaves(view.site).iter().enumerate() { (leaf(view, route, n == 0)) }
                    section.leaf #proofs {
                        h2 { "Proofs" }
                        p { "For machines: what " code { "kua verify" } " checks this file with." }
                        details { summary { "Show" } (layout::raw("<!-- proofs -->".to_owned())) }
                    }
                }
            }
        }
    }
    .into_string();
    // What follows the proofs is written apart, so that the block can stand between.
    let cut = open.find("<!-- proofs -->").unwrap_or(open.len());
    layout::raw(open.get(..cut).unwrap_or_default().to_owned())
}

/// Every page in reading order, lists whole.
fn leaves(site: &Site<'_>) -> Vec<Route> {
    let chronicle = site.chronicle();
    let mut out = vec![Route::Overview, Route::Chronicle { page: 1 }, Route::Tolls { page: 1 }];
    out.extend(chronicle.tolls.iter().map(|toll| pages::toll::route(toll, 1)));
    out.extend(
        [OriginList::Shared, OriginList::Sources, OriginList::Single]
            .map(|list| Route::Origins { list, page: 1 }),
    );
    out.extend(chronicle.origins.iter().map(|origin| Route::Origin(origin.id)));
    out.push(Route::Documents { page: 1 });
    out.extend(chronicle.documents.iter().map(|document| Route::document(document.id)));
    out.extend(site.index.beside.keys().map(|(a, b)| Route::Beside { a: *a, b: *b, page: 1 }));
    out.push(Route::claims(ClaimFilter::default()));
    out.extend(chronicle.statements.iter().map(|statement| Route::Claim(statement.claim.id)));
    out.extend(
        [NameKind::Person, NameKind::Place, NameKind::Organisation]
            .map(|kind| Route::Names { kind, page: 1 }),
    );
    out.extend([Route::Method, Route::Notices { page: 1 }, Route::Verify]);
    // Tolls whose places are withheld may share an address; a page stands here once.
    let mut seen = BTreeSet::new();
    out.retain(|route| seen.insert(route.path()));
    out
}

fn leaf(view: &View<'_>, route: &Route, first: bool) -> Markup {
    let class = match route {
        _ if first => "leaf first",
        Route::Claim(_) | Route::Origin(_) => "leaf claim-leaf",
        _ => "leaf",
    };
    html! {
        @if let Some(sheet) = pages::sheet(view, route) {
            section class=(class) id=(view.anchor(route)) { (sheet.body) }
        }
    }
}

fn evidence(site: &Site<'_>, page_sha256: Sha256) -> SingleFileEvidence {
    let chronicle = site.chronicle();
    let custody = &chronicle.custody;
    let items = chronicle
        .items
        .iter()
        .map(|item| {
            let masked = site.shown.masked.contains(&item.id);
            let proof = custody.proofs.get(&item.id).filter(|_| !masked);
            ItemEvidence {
                path: item.path.clone(),
                log: chronicle.other_log(item).unwrap_or_default().to_owned(),
                log_index: item.log_index,
                sha256: (!masked).then_some(item.id.0),
                size: (!masked).then_some(item.size),
                entry: proof.map(|proof| proof.entry.clone()),
                proof: proof.map(|proof| proof.proof.clone()),
            }
        })
        .collect();
    let item_of = |id| site.index.items.get(&id).and_then(|at| chronicle.items.get(*at));
    let log_index = |id| item_of(id).map_or(0, |item| item.log_index);
    SingleFileEvidence {
        format: FORMAT.to_owned(),
        case: chronicle.case.title.clone(),
        page_sha256,
        vkey: custody.vkey.clone(),
        checkpoint: custody.checkpoint.clone(),
        logs: custody.logs.clone(),
        items,
        documents: chronicle
            .documents
            .iter()
            .map(|document| DocumentEvidence {
                id: document.id,
                log: item_of(document.item)
                    .and_then(|item| chronicle.other_log(item))
                    .unwrap_or_default()
                    .to_owned(),
                log_index: log_index(document.item),
                text_sha256: Sha256::of(document.text.as_bytes()),
                bytes: document.text.len(),
                masked: site.shown.is_masked(document.id),
            })
            .collect(),
        statements: chronicle
            .statements
            .iter()
            .map(|statement| StatementEvidence {
                id: statement.claim.id,
                document: statement.quote.span().document,
                start: statement.quote.span().range.start,
                end: statement.quote.span().range.end,
                exact: statement.quote.exact().to_owned(),
            })
            .collect(),
        signature: None,
        signed_text: String::new(),
    }
}

/// JSON whose strings hold no `<`, `>` or `&`, so that it stands in HTML as it is.
fn json(evidence: &SingleFileEvidence) -> String {
    // Only maps with keys that are not text could fail, and there are none.
    let text = serde_json::to_string(evidence).unwrap_or_default();
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
