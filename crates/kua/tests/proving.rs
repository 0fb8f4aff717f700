//! The guide page "Proving it in court, without kua": every command on it is run as it stands
//! there, on a case like the one it speaks of. And `kua timestamp`, whose answers it checks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]
#![cfg(unix)]

mod common;
#[path = "../../kua-vault/tests/common/programs.rs"]
mod programs;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Bench, Ran};
use programs::{interop, python_with, skip};

#[test]
fn every_command_of_the_page_does_what_it_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/proving.md");
    let page = fs::read_to_string(page).unwrap();
    let bench = case_in_question();
    let stamped = stamped(&bench);
    let go = Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog").exists()
        && Command::new("go").arg("version").output().is_ok();
    let python = python_with("pymerkle");
    if !go {
        skip("go", "the commands of the Go project are not tried");
    }
    let mut script = String::from("set -eu\n");
    let mut count = 0;
    for block in page.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let wanted = [("go", go), ("pymerkle", python.is_some()), ("stamp", stamped)];
        let missing = wanted
            .iter()
            .any(|(tool, there)| !there && block.starts_with(&format!("# wants: {tool}\n")));
        if !missing {
            script += block;
            count += 1;
        }
    }
    assert!(count >= 6, "{count}");
    let run = || {
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(bench.dir.path());
        command.env("GOCACHE", std::env::temp_dir().join("kua-go-cache"));
        if let Some(python) = &python {
            command.env("PYTHON", python);
        }
        Ran::of(command.output().unwrap())
    };
    let ran = run();
    assert_eq!(ran.code, 0, "{ran:?}");
    for (words, there) in [
        (": OK", true),
        ("Signature Verified Successfully", true),
        ("verified: 4 entries of kua/", go || python.is_some()),
        ("the 3 entries signed before are the first of the 4", go),
        (r#""path":"letters/b.txt""#, true),
        ("Time stamp:", stamped),
    ] {
        assert!(!there || ran.out.contains(words), "{words}: {ran:?}");
    }
    // A file changed after it was signed, then the list itself.
    for changed in ["objects", "logs", "records"] {
        if changed == "logs" && !go && python.is_none() {
            continue;
        }
        let item = fs::read_to_string(bench.path("item-in-question.txt")).unwrap();
        let mut files = Vec::new();
        below(&bench.path(&format!("case/vault/{changed}")), &mut files);
        let of_item = |path: &Path| {
            let bytes = fs::read(path).unwrap();
            let named = path.display().to_string().contains(item.trim());
            named || String::from_utf8_lossy(&bytes).contains(item.trim())
        };
        let file = files.iter().find(|path| match changed {
            "logs" => path.ends_with("000.p/4") && path.display().to_string().contains("entries"),
            _ => of_item(path),
        });
        let file = file.unwrap();
        let bytes = fs::read(file).unwrap();
        let mut worse = bytes.clone();
        // In a record a digit of the time, in an entry one of a commitment.
        let at = match changed {
            "records" => {
                let object = find(&bytes, item.trim().as_bytes());
                let line = bytes[..object].iter().rposition(|b| *b == b'\n').unwrap_or(0);
                line + find(&bytes[line..], b"acquired_at") + 15
            }
            "logs" => bytes.len() - 70,
            _ => 3,
        };
        worse[at] ^= 1;
        fs::write(file, worse).unwrap();
        let ran = run();
        assert_ne!(ran.code, 0, "{changed}: {ran:?}");
        fs::write(file, bytes).unwrap();
    }
    assert_eq!(run().code, 0);
}

#[test]
fn a_stamp_is_asked_for_attached_listed_and_verified_by_files_alone() {
    let bench = case_in_question();
    if !stamped(&bench) {
        return skip("openssl", "it cannot answer for an authority");
    }
    let ran = bench.kua(&["-C", "case", "timestamp", "list"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("not proved yet") && ran.out.contains("openssl ts -verify"),
        "{ran:?}"
    );
    fs::create_dir(bench.path("case/roots")).unwrap();
    fs::copy(bench.path("root.pem"), bench.path("case/roots/root.pem")).unwrap();
    let listed = bench.json(&["-C", "case", "timestamp", "list", "--json"]);
    assert_eq!(listed[0]["proved"], true, "{listed:?}");
    assert_eq!(listed[0]["of"], "the checkpoint of 3 entries");
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert!(
        ran.code == 0 && ran.out.contains("the checkpoint of 3 entries, says Stamps"),
        "{ran:?}"
    );

    // Of another file, of another log, and no stamp at all: refused, and nothing is recorded.
    let item = fs::read_to_string(bench.path("item-in-question.txt")).unwrap();
    let other = Bench::with_case();
    other.write("x.txt", "x");
    other.kua(&["-C", "case", "add", "x.txt"]);
    other.kua(&["-C", "case", "timestamp", "request", "--output", "."]);
    let strange = other.path("checkpoint-1").display().to_string();
    for (of, file, words) in [
        (item.trim(), "answer.tsr", "another file"),
        (strange.as_str(), "answer.tsr", "not a log of this vault"),
        ("checkpoint-stamped", "root.pem", "no time stamp"),
        ("0000", "answer.tsr", "0000"),
    ] {
        let ran = bench.kua(&["-C", "case", "timestamp", "attach", of, file]);
        assert!(ran.code != 0 && ran.err.contains(words), "{words}: {ran:?}");
    }
    // With the wrong roots the stamp of before no longer counts, and that is an answer of no.
    let elsewhere = Bench::with_case();
    elsewhere.write("x.txt", "x");
    elsewhere.kua(&["-C", "case", "add", "x.txt"]);
    assert!(stamped(&elsewhere));
    let roots = elsewhere.path("root.pem").display().to_string();
    let ran = bench.kua(&["-C", "case", "timestamp", "list", "--roots", &roots]);
    assert!(ran.code == 1 && ran.out.contains("WRONG"), "{ran:?}");

    // An OpenTimestamps proof that a calendar has promised to complete.
    let checkpoint = fs::read(bench.path("checkpoint-stamped")).unwrap();
    let digest = kua_case::Sha256::of(&checkpoint);
    let mut proof =
        b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08".to_vec();
    proof.extend(digest.as_bytes());
    proof.extend([0, 0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e, 5, 4]);
    proof.extend(b"here");
    bench.write("c.ots", proof);
    let ran = bench.kua(&["-C", "case", "timestamp", "attach", "checkpoint-stamped", "c.ots"]);
    assert!(ran.code == 0 && ran.out.contains("ots upgrade"), "{ran:?}");
    assert_eq!(bench.kua(&["-C", "case", "verify"]).code, 0);
}

/// What the technician of the page holds: a case of three letters and a stamp, the key, the
/// fingerprint of one letter, a checkpoint seen earlier, and our four programs.
fn case_in_question() -> Bench {
    let bench = Bench::with_case();
    for (name, words) in
        [("a", "They came at dawn."), ("b", "The bridge was closed."), ("c", "We stayed.")]
    {
        bench.write(&format!("letters/{name}.txt"), words);
    }
    assert_eq!(bench.kua(&["-C", "case", "add", "letters"]).code, 0);
    let ran = bench.kua(&["-C", "case", "timestamp", "request", "--output", "."]);
    assert_eq!(ran.code, 0, "{ran:?}");
    fs::copy(bench.path("checkpoint-3"), bench.path("checkpoint-seen-earlier")).unwrap();
    fs::rename(bench.path("checkpoint-3"), bench.path("checkpoint-stamped")).unwrap();
    let verified = bench.kua(&["-C", "case", "verify"]).out;
    let key = verified.lines().find_map(|line| line.strip_prefix("key   ")).unwrap();
    bench.write("key-from-the-keeper.txt", format!("{key}\n"));
    let item = kua_case::ItemId::of(b"The bridge was closed.");
    bench.write("item-in-question.txt", format!("{item}\n"));
    std::os::unix::fs::symlink(fs::canonicalize(interop("")).unwrap(), bench.path("interop"))
        .unwrap();
    bench
}

/// Answers the request for the first checkpoint with a local authority, and attaches the answer.
/// Without OpenSSL a fourth letter is added instead.
fn stamped(bench: &Bench) -> bool {
    let config = "[req]\ndistinguished_name = n\nprompt = no\n[n]\nCN = Stamps\n\
        [x]\nbasicConstraints = critical, CA:true\n\
        [y]\nextendedKeyUsage = critical, timeStamping\n\
        [tsa]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\n\
        default_policy = 1.2.3\ndigests = sha256\nsigner_digest = sha256\n";
    bench.write("tsa.cnf", config);
    bench.write("serial", "01\n");
    let size = if bench.path("checkpoint-stamped").exists() { 3 } else { 1 };
    if size == 1 {
        bench.kua(&["-C", "case", "timestamp", "request", "--output", "."]);
        fs::rename(bench.path("checkpoint-1"), bench.path("checkpoint-stamped")).unwrap();
    }
    let script = format!(
        "set -e; k='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config tsa.cnf'
        openssl req -x509 $k -keyout root.key -out root.pem -days 900 -extensions x
        openssl req -new $k -keyout own.key -out own.csr -subj /CN=Stamps
        openssl x509 -req -in own.csr -CA root.pem -CAkey root.key -CAcreateserial -days 800 -extfile tsa.cnf -extensions y -out own.pem
        openssl ts -reply -config tsa.cnf -queryfile checkpoint-{size}.tsq -signer own.pem -inkey own.key -out answer.tsr"
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(bench.dir.path()).output();
    let fine = output.as_ref().is_ok_and(|output| output.status.success());
    if !fine {
        bench.write("d.txt", "A fourth letter.");
        assert_eq!(bench.kua(&["-C", "case", "add", "d.txt"]).code, 0);
        return false;
    }
    let ran = bench.kua(&["-C", "case", "timestamp", "attach", "checkpoint-stamped", "answer.tsr"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    true
}

fn below(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { below(&path, files) } else { files.push(path) }
    }
}

fn find(bytes: &[u8], words: &[u8]) -> usize {
    bytes.windows(words.len()).position(|part| part == words).unwrap()
}
