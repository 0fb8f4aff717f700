//! How a stranger checks all this: the signed checkpoint, the key, commands for kua and for other
//! people's tools, and what is and is not proved.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;
use crate::words;

/// Files listed here; the others are on the pages of their documents.
const LISTED: usize = 200;

pub(super) fn sheet(view: &View<'_>) -> Sheet {
    let custody = &view.site.chronicle().custody;
    Sheet {
        title: "Verify".to_owned(),
        body: html! {
            (layout::heading("Verify", html! { "You need not believe these pages. This is how to check them." }))
            @if custody.checkpoint.is_empty() {
                p.empty { "This case was built without its log, so nothing here can be proved." }
            } @else {
                (proved(view))
                (checkpoint(view))
                (by_hand(view))
            }
            (items(view))
        },
    }
}

fn proved(view: &View<'_>) -> Markup {
    html! {
        section {
            h2 { "What can be proved" }
            @if view.offline {
                p { "Check this file with " code { "kua verify FILE" } ". It needs nothing but the file, and shows:" }
                ul {
                    li { "that the file has not been damaged or cut since it was written;" }
                    li { "that every quote shown is character for character what the file records, and stands in the text shown;" }
                    li { "that the log’s key signed the checkpoint below, and that an entry for each cited file is in that log;" }
                    li { "if the file is signed, that the keeper of the log’s key published exactly this file." }
                }
                p { "Ask whoever gave you the file to tell you the key by another way, and compare." }
            } @else {
                p { "Check the whole case with " code { "kua verify" } " in its folder. It re-reads every preserved file and shows:" }
                ul {
                    li { "that no preserved file has changed by a single byte;" }
                    li { "that the log only grew, and that its key signed every checkpoint;" }
                    li { "that every quote stands in its document, character for character." }
                }
            }
            h2 { "What cannot" }
            ul {
                @if view.offline {
                    li { "That a quote stands in the preserved file: the files themselves are not in here. Ask for the file, compare its SHA-256, and look at the place given with each statement." }
                }
                li { "That what the accounts say is true." }
                li { "When a file was acquired: the time is the collector’s clock. Only the order in the log is proved." }
                li { "That nothing was left out before it was preserved." }
            }
        }
    }
}

fn checkpoint(view: &View<'_>) -> Markup {
    let custody = &view.site.chronicle().custody;
    html! {
        section {
            h2 { "Checkpoint" }
            p { "A C2SP signed note: name of the log, number of entries, root of its Merkle tree, and the signature." }
            pre tabindex="0" { code { (custody.checkpoint) } }
            h2 { "Key" }
            p { "Whose signature counts (a C2SP verifier key):" }
            pre tabindex="0" { code { (custody.vkey) } }
        }
    }
}

/// With openssl and coreutils.
fn by_hand(view: &View<'_>) -> Markup {
    let custody = &view.site.chronicle().custody;
    html! {
        @if let Some(pem) = public_key(&custody.vkey) {
            section {
                h2 { "With other people’s tools" }
                details {
                    summary { "The signature, with openssl" }
                    p { "Save the checkpoint above as " code { "checkpoint" } ", the following as " code { "key.pem" } ":" }
                    pre tabindex="0" { code { (pem) } }
                    pre tabindex="0" { code {
                        "sed '/^$/,$d' checkpoint > body\n"
                        "grep '^— ' checkpoint | head -n 1 | cut -d ' ' -f 3 | base64 -d | tail -c 64 > signature\n"
                        "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile signature"
                    } }
                }
                details {
                    summary { "A preserved file, with sha256sum" }
                    p { "Each document names the SHA-256 of its file:" }
                    pre tabindex="0" { code { "sha256sum FILE" } }
                }
                details {
                    summary { "The log, with any C2SP tool" }
                    p { "The log is kept as c2sp.org/tlog-tiles, and each cited file has a c2sp.org/tlog-proof. Leaf hashes follow RFC 6962: SHA-256 of a zero byte and the log entry." }
                }
            }
        }
    }
}

/// The Ed25519 key of a C2SP verifier key (`name+hash+base64(1 ‖ key)`) as PEM (RFC 8410).
pub(crate) fn public_key(vkey: &str) -> Option<String> {
    let bytes = STANDARD.decode(vkey.trim().splitn(3, '+').nth(2)?).ok()?;
    let (1, key) = bytes.split_first().filter(|(_, key)| key.len() == 32).map(|(t, k)| (*t, k))?
    else {
        return None;
    };
    let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    der.extend_from_slice(key);
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", STANDARD.encode(der)))
}

fn items(view: &View<'_>) -> Markup {
    let site = view.site;
    let items = &site.chronicle().items;
    let most = if view.offline { usize::MAX } else { LISTED };
    html! {
        section {
            h2 { "Preserved files" }
            div.wide tabindex="0" role="group" aria-label="Preserved files" {
                table {
                    thead { tr { th.n scope="col" { "Log entry" } th scope="col" { "File, as it was added" } th.n scope="col" { "Bytes" } th scope="col" { "SHA-256" } } }
                    tbody { @for item in items.iter().take(most) {
                        @let hidden = view.offline && site.shown.masked.contains(&item.id);
                        tr {
                            td.n { (item.log_index) }
                            td { (layout::name(&item.path)) }
                            td.n { @if hidden { "–" } @else { (words::number(item.size)) } }
                            td { @if hidden { "not shown: its words are partly withheld" } @else { code.hash { (item.id) } } }
                        }
                    } }
                }
            }
            @if items.len() > most {
                p.quiet { (words::count(items.len() - most, "further file is", "further files are")) " named on the pages of their "
                    a href=(view.href(&Route::Documents { page: 1 })) { "documents" } "." }
            }
        }
    }
}
