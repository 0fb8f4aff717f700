//! Bad input and bad days: what came broken, went missing or was interrupted. A clear message, the
//! exit code as designed, nothing acknowledged lost, and the next run goes on.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

mod common;

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Bench, Ran};

const NOTE: &str = "Two people were killed in the harbour\n\nPolice said on 4 May 2023 that two people were killed and five wounded in the harbour.\n";

fn items(bench: &Bench) -> u64 {
    bench.json(&["-C", "case", "status", "--json"])[0]["items"].as_u64().unwrap()
}

fn assert_vault_is_sound(bench: &Bench) {
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

fn notices(bench: &Bench) -> Vec<String> {
    let lines = bench.json(&["-C", "case", "notices", "--json"]);
    lines.iter().map(|notice| notice["notice"].as_str().unwrap().to_owned()).collect()
}

/// Adds one file beside a sound note, builds, and gives the codes of its notices. The note must
/// come out whatever stands beside it.
fn beside_a_sound_note(name: &str, bytes: impl AsRef<[u8]>) -> (Bench, Vec<String>) {
    let bench = Bench::with_case();
    bench.write("in/note.txt", NOTE);
    bench.write(&format!("in/{name}"), bytes);
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Preserved 2 files"), "{}", ran.out);
    let ran = bench.kua(&["-C", "case", "build"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let documents = bench.json(&["-C", "case", "documents", "--json"]);
    assert!(documents.iter().any(|document| document["item"] == "in/note.txt"));
    assert_vault_is_sound(&bench);
    let codes = notices(&bench);
    (bench, codes)
}

#[test]
fn an_empty_folder_has_nothing_to_add_and_says_so() {
    let bench = Bench::with_case();
    std::fs::create_dir(bench.path("in")).unwrap();
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("no files to add"), "{}", ran.out);
    let ran = bench.kua(&["-C", "case", "build"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("nothing in this case"), "{}", ran.out);
}

#[test]
fn an_empty_file_is_preserved_and_noticed() {
    let (_bench, codes) = beside_a_sound_note("empty.txt", "");
    assert!(codes.contains(&"empty-file".to_owned()), "{codes:?}");
}

#[test]
fn a_binary_is_preserved_and_noticed() {
    let mut bytes = b"\x7fELF\x02\x01\x01\0".to_vec();
    bytes.extend((0..40_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()));
    let (_bench, codes) = beside_a_sound_note("program", bytes);
    assert!(!codes.is_empty(), "{codes:?}");
}

#[test]
fn broken_utf8_loses_no_letter_around_it() {
    let mut bytes = NOTE.as_bytes().to_vec();
    bytes.splice(60..60, [0xc3, 0x28, 0xff, 0xfe, 0xe2, 0x82]);
    let (bench, _codes) = beside_a_sound_note("broken.txt", bytes);
    let documents = bench.json(&["-C", "case", "documents", "--json"]);
    assert_eq!(documents.len(), 2);
    let found = bench.kua(&["-C", "case", "search", "harbour"]);
    assert!(found.out.contains("in/broken.txt"), "{}", found.out);
}

#[test]
fn a_charset_that_lies_is_found_out() {
    let page = "<html><head><meta charset=\"windows-1251\"><title>Гавань</title></head><body><p>Двое погибших в гавани, пятеро раненых.</p></body></html>";
    let (bench, _codes) = beside_a_sound_note("lying.html", page);
    let found = bench.kua(&["-C", "case", "search", "гавани"]);
    assert_eq!(found.code, 0, "{}", found.err);
    assert!(found.out.contains("in/lying.html"), "{}", found.out);
}

#[test]
fn html_cut_in_the_middle_is_read_as_far_as_it_goes() {
    let page = "<html><body><article><h1>Harbour</h1><p>Two people were killed in the harbour, <b>said the pol";
    let (bench, _codes) = beside_a_sound_note("cut.html", page);
    let found = bench.kua(&["-C", "case", "search", "said"]);
    assert!(found.out.contains("in/cut.html"), "{}", found.out);
}

#[test]
fn html_nested_a_hundred_thousand_deep_is_read() {
    let mut page = String::from("<html><body>");
    page.push_str(&"<div>".repeat(100_000));
    page.push_str("<p>Two people were killed in the quarry.</p>");
    let (bench, _codes) = beside_a_sound_note("deep.html", page);
    let found = bench.kua(&["-C", "case", "search", "quarry"]);
    assert!(found.out.contains("in/deep.html"), "{}", found.out);
}

#[test]
fn two_hundred_megabytes_of_text_are_preserved_and_what_is_not_read_is_said() {
    let bench = Bench::with_case();
    let file = std::fs::File::create(bench.path("large.txt")).unwrap();
    let mut out = std::io::BufWriter::new(file);
    let line = "The convoy left the harbour in the morning and nobody was hurt on the way.\n";
    let block = line.repeat(1_000);
    for _ in 0..(200_000_000 / block.len() + 1) {
        out.write_all(block.as_bytes()).unwrap();
    }
    out.into_inner().unwrap();
    bench.write("note.txt", NOTE);
    let ran = bench.kua(&["-C", "case", "add", "large.txt", "note.txt"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = bench.kua(&["-C", "case", "build"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(notices(&bench).contains(&"too-large-to-read".to_owned()));
    assert_eq!(bench.json(&["-C", "case", "documents", "--json"]).len(), 1);
    assert_vault_is_sound(&bench);
}

#[test]
fn a_name_with_line_breaks_and_direction_marks_is_kept_and_shown_harmlessly() {
    let bench = Bench::with_case();
    let name = "note\n\u{202e}txt.exe\u{2066}\u{1b}[2J";
    bench.write(&format!("in/{name}"), NOTE);
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench.kua(&["-C", "case", "build"]);
    let ran = bench.kua(&["-C", "case", "documents"]);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert!(ran.out.contains("\\u{202e}"), "{}", ran.out);
    assert!(!ran.out.contains('\u{202e}') && !ran.out.contains('\u{1b}'));
    let documents = bench.json(&["-C", "case", "documents", "--json"]);
    assert_eq!(documents[0]["item"], format!("in/{name}"));
}

#[test]
fn a_file_that_is_gone_is_named_and_the_rest_is_added() {
    let bench = Bench::with_case();
    bench.write("note.txt", NOTE);
    let ran = bench.kua(&["-C", "case", "add", "gone.txt", "note.txt"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("Preserved 1 file"), "{}", ran.out);
    assert!(ran.err.contains("gone.txt: it is not there"), "{}", ran.err);
    assert_eq!(items(&bench), 1);
}

/// The folder is listed while the file stands there; when it is opened it leads nowhere.
#[cfg(unix)]
#[test]
fn a_file_that_disappears_between_listing_and_reading_is_named() {
    let bench = Bench::with_case();
    bench.write("in/a.txt", NOTE);
    std::os::unix::fs::symlink(bench.path("nowhere"), bench.path("in/b.txt")).unwrap();
    bench.write("in/c.txt", "Something else entirely.\n");
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("Preserved 2 files"), "{}", ran.out);
    assert!(ran.err.contains("in/b.txt"), "{}", ran.err);
}

/// A source that fails in the middle: a folder cannot be read as a file, and /proc has files that
/// fail on reading.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_being_read_is_named_and_the_rest_is_added() {
    let failing = std::path::Path::new("/proc/self/mem");
    if !failing.exists() {
        eprintln!("skipped: no /proc here");
        return;
    }
    let bench = Bench::with_case();
    bench.write("note.txt", NOTE);
    let ran = bench.kua(&["-C", "case", "add", "/proc/self/mem", "note.txt"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("Preserved 1 file"), "{}", ran.out);
    assert_vault_is_sound(&bench);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_named_and_the_rest_is_added() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::with_case();
    let closed = bench.write("in/closed.txt", "You may not read this.\n");
    bench.write("in/note.txt", NOTE);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&closed).is_ok() {
        eprintln!("skipped: this user may read everything (root)");
        return;
    }
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("in/closed.txt: no permission"), "{}", ran.err);
    assert!(ran.out.contains("Preserved 1 file"), "{}", ran.out);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_pipes_and_loops_are_passed_by() {
    let bench = Bench::with_case();
    bench.write("secret.txt", "Not to be added.\n");
    bench.write("in/note.txt", NOTE);
    std::os::unix::fs::symlink(bench.path("secret.txt"), bench.path("in/out.txt")).unwrap();
    std::os::unix::fs::symlink(bench.path("in"), bench.path("in/loop")).unwrap();
    let made = Command::new("mkfifo").arg(bench.path("in/pipe")).status();
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Preserved 1 file"), "{}", ran.out);
    assert!(ran.out.contains("passed by in/out.txt: a link that leads out"), "{}", ran.out);
    if made.is_ok_and(|status| status.success()) {
        assert!(ran.out.contains("passed by in/pipe"), "{}", ran.out);
    }
}

#[test]
fn the_same_bytes_under_two_names_are_one_item_and_adding_again_adds_nothing() {
    let bench = Bench::with_case();
    bench.write("in/a.txt", NOTE);
    bench.write("in/b.txt", NOTE);
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("same bytes as in/a.txt: in/b.txt"), "{}", ran.out);
    assert_eq!(items(&bench), 1);
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert!(ran.out.contains("2 files already in the vault"), "{}", ran.out);
    assert_eq!(items(&bench), 1);
}

/// A limit on the size of files is to the writer what a full disk is.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged_and_the_next_run_goes_on() {
    let bench = Bench::with_case();
    bench.write("in/a.txt", NOTE);
    bench.write("in/b.txt", "x".repeat(3_000_000));
    let kua = env!("CARGO_BIN_EXE_kua");
    let script = format!("trap '' XFSZ; ulimit -f 1024; exec '{kua}' -C case add in");
    let output = Command::new("bash").args(["-c", &script]).current_dir(bench.dir.path()).output();
    let ran = Ran::of(output.unwrap());
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("The disk is full"), "{}", ran.err);
    assert_vault_is_sound(&bench);
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(items(&bench), 2);
    assert_vault_is_sound(&bench);
}

#[test]
fn two_adds_at_once_do_not_mix_and_the_second_says_what_to_do() {
    let bench = Bench::with_case();
    for number in 0..3000 {
        bench.write(&format!("in/{number:04}.txt"), format!("Note {number}\n{NOTE}"));
    }
    let mut first = bench
        .command(&["-C", "case", "add", "in"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut refused = Vec::new();
    while first.try_wait().unwrap().is_none() && refused.is_empty() {
        let ran = bench.kua(&["-C", "case", "add", "in"]);
        if ran.code == 3 {
            refused.push(ran.err);
        }
    }
    // Whichever came first went on; the one that started first may have been second at the lock.
    let first = Ran::of(first.wait_with_output().unwrap());
    if first.code != 0 {
        assert_eq!(first.code, 3, "{}", first.err);
        refused.push(first.err);
    }
    for message in refused {
        assert!(message.contains("another kua"), "{message}");
    }
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(items(&bench), 3000);
    assert_vault_is_sound(&bench);
}

#[cfg(unix)]
#[test]
fn ctrl_c_while_adding_loses_nothing_acknowledged_and_the_next_run_goes_on() {
    let bench = Bench::with_case();
    for number in 0..4000 {
        bench.write(&format!("in/{number:04}.txt"), format!("Note {number}\n{NOTE}"));
    }
    let child = bench
        .command(&["-C", "case", "add", "in"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ran = interrupted(child, Duration::from_millis(60));
    if ran.code == 0 {
        eprintln!("adding was faster than the interruption");
    } else {
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.err.contains("run the same command again"), "{}", ran.err);
        let said: u64 = ran.out.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert_eq!(items(&bench), said, "as many as were acknowledged");
    }
    assert_vault_is_sound(&bench);
    let ran = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(items(&bench), 4000);
    assert_vault_is_sound(&bench);
}

#[cfg(unix)]
#[test]
fn ctrl_c_while_building_keeps_what_was_read_and_the_next_build_gives_the_same() {
    let bench = Bench::with_case();
    for number in 0..600 {
        let text = format!(
            "Report {number}\n\nPolice said that {} people were killed in the harbour of town {number}.\n",
            number + 2
        );
        bench.write(&format!("in/{number:04}.txt"), text);
    }
    assert_eq!(bench.kua(&["-C", "case", "add", "in"]).code, 0);
    let child = bench
        .command(&["-C", "case", "build"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ran = interrupted(child, Duration::from_millis(700));
    if ran.code == 0 {
        eprintln!("building was faster than the interruption");
    } else {
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.err.contains("kua build"), "{}", ran.err);
    }
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    let interrupted = bench.kua(&["-C", "case", "claims", "--json"]).out;
    std::fs::remove_dir_all(bench.path("case/derived")).unwrap();
    assert_eq!(bench.kua(&["-C", "case", "build", "--threads", "1"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "claims", "--json"]).out, interrupted);
}

/// Sends Ctrl-C after a while and waits for the end.
#[cfg(unix)]
fn interrupted(child: Child, after: Duration) -> Ran {
    sleep(after);
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let start = Instant::now();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(120), "it did not stop");
    ran
}

#[test]
fn a_damaged_cache_comes_back_from_the_vault() {
    let bench = Bench::with_case();
    bench.write("note.txt", NOTE);
    bench.kua(&["-C", "case", "add", "note.txt"]);
    bench.kua(&["-C", "case", "build"]);
    let before = bench.kua(&["-C", "case", "documents", "--json"]).out;
    std::fs::write(bench.path("case/derived/case.sqlite"), "this is no database at all").unwrap();
    let ran = bench.kua(&["-C", "case", "build"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bench.kua(&["-C", "case", "documents", "--json"]).out, before);
}

#[test]
fn a_changed_item_is_named_by_verify_and_the_exit_code_says_no() {
    let bench = Bench::with_case();
    bench.write("note.txt", NOTE);
    bench.kua(&["-C", "case", "add", "note.txt"]);
    let mut objects = Vec::new();
    let mut folders = vec![bench.path("case/vault/objects")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { objects.push(path) }
        }
    }
    std::fs::write(&objects[0], "Nobody was killed.\n").unwrap();
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("note.txt"), "{}", ran.out);
}
