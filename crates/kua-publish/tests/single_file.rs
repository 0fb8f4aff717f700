//! The single file against people who change it.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may stop at what it did not expect"
)]

mod fixture;

use kua_publish::Site;
use kua_publish::verify::{SingleFileError, read_single_file};

fn file() -> String {
    Site::new(&fixture::chronicle()).single_file()
}

#[test]
fn an_untouched_file_agrees_with_itself() {
    let chronicle = fixture::chronicle();
    let evidence = read_single_file(&Site::new(&chronicle).single_file()).unwrap();
    assert_eq!(evidence.statements.len(), chronicle.statements.len());
    assert_eq!(evidence.documents.len(), chronicle.documents.len());
    assert_eq!(evidence.checkpoint, chronicle.custody.checkpoint);
    assert_eq!(evidence.vkey, chronicle.custody.vkey);
    for (item, kept) in evidence.items.iter().zip(&chronicle.items) {
        let proof = &chronicle.custody.proofs[&kept.id];
        assert_eq!(item.sha256, Some(kept.id.0));
        assert_eq!(item.entry.as_deref(), Some(proof.entry.as_str()));
        assert_eq!(item.proof.as_deref(), Some(proof.proof.as_str()));
    }
    assert_eq!(evidence.signature, None);
}

#[test]
fn a_signature_binds_the_block_and_comes_back_as_it_was() {
    let chronicle = fixture::chronicle();
    let mut asked = String::new();
    let html = Site::new(&chronicle).single_file_signed(|text| {
        asked = text.to_owned();
        Some(format!("{text}\n— aru/desk/1 c2ln\n"))
    });
    let evidence = read_single_file(&html).unwrap();
    assert_eq!(evidence.signed_text, asked);
    assert_eq!(evidence.signature, Some(format!("{asked}\n— aru/desk/1 c2ln\n")));
}

#[test]
fn a_changed_figure_is_noticed() {
    let html = file().replacen("at least 18 dead", "at least 80 dead", 1);
    assert!(matches!(read_single_file(&html), Err(SingleFileError::PageChanged { .. })));
}

/// A forger who also repairs the digest is caught by the quotes; one who repairs everything is
/// caught by the signature, or by asking for the file.
#[test]
fn a_forger_who_mends_the_digest_is_caught_by_the_quotes() {
    let mended = |html: String| match read_single_file(&html) {
        Err(SingleFileError::PageChanged { expected, found }) => {
            html.replace(&expected.to_string(), &found.to_string())
        }
        other => panic!("{other:?}"),
    };
    let start = file().find("<main").unwrap();
    let (head, body) = (file()[..start].to_owned(), file()[start..].to_owned());
    let forged = mended(
        head.clone() + &body.replacen(">I counted at least 18", ">I counted at least 80", 1),
    );
    assert!(matches!(read_single_file(&forged), Err(SingleFileError::QuoteDiffers { .. })));
    let cut =
        mended(head + &body.replace("before the soldiers closed it", "before nobody closed it"));
    assert!(matches!(read_single_file(&cut), Err(SingleFileError::TextDiffers { .. })));
    let script = mended(file().replacen("<main", "<script>1</script><main", 1));
    assert_eq!(read_single_file(&script), Err(SingleFileError::Script));
}

#[test]
fn whatever_is_cut_or_doubled_is_refused_and_nothing_panics() {
    let html = file();
    let step = html.len() / 97;
    for at in (0..html.len()).step_by(step) {
        let at = (0..=at).rev().find(|at| html.is_char_boundary(*at)).unwrap();
        assert!(read_single_file(&html[..at]).is_err(), "cut at {at}");
        assert!(read_single_file(&html[at..]).is_err() || at == 0, "begun at {at}");
    }
    assert!(read_single_file(&(html.clone() + &html)).is_err());
    for odd in [
        "",
        "<",
        "<pre id=\"kua-proofs\" tabindex=\"0\">{}</pre>",
        "no page at all",
        "<q data-quote=\"",
    ] {
        assert!(read_single_file(odd).is_err(), "{odd}");
    }
    let empty = "<pre id=\"kua-proofs\" tabindex=\"0\">{}</pre><pre id=\"kua-signature\" tabindex=\"0\"></pre>";
    assert!(matches!(read_single_file(empty), Err(SingleFileError::BadProofs { .. })));
    let newer = html.replace("kua-single-file/1", "kua-single-file/9");
    assert!(matches!(read_single_file(&newer), Err(SingleFileError::UnknownFormat { .. })));
}

/// Takes a file of quote marks that never close no longer than its length suggests.
#[test]
fn hostile_files_take_linear_time() {
    let shell = |middle: String| {
        format!(
            "{middle}<pre id=\"kua-proofs\" tabindex=\"0\">{{}}</pre><pre id=\"kua-signature\" tabindex=\"0\"></pre>"
        )
    };
    for middle in
        ["<".repeat(400_000), "<q data-quote=\"c\">".repeat(40_000), "<a x=\"".repeat(60_000)]
    {
        assert!(read_single_file(&shell(middle)).is_err());
    }
}
