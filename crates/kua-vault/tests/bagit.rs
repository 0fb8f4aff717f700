//! BagIt bags of others: the whole conformance suite where it is present, and bags written here
//! with their ugly twins, in a folder, a ZIP and a tar.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use kua_vault::{Bag, BagReport, Container, ReadSeek, Source, check_bag};

const WORDS: &[u8] = b"They crossed at the mill.\n";
/// `printf 'They crossed at the mill.\n' | sha256sum`, worked out by the test itself below.
fn sum() -> String {
    kua_model::Sha256::of(WORDS).to_string()
}

/// A bag as files: name, bytes.
fn bag() -> Vec<(String, Vec<u8>)> {
    vec![
        ("bagit.txt".into(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec()),
        ("data/mill.txt".into(), WORDS.to_vec()),
        ("manifest-sha256.txt".into(), format!("{}  data/mill.txt\n", sum()).into_bytes()),
    ]
}

fn with(
    mut files: Vec<(String, Vec<u8>)>,
    name: &str,
    bytes: impl Into<Vec<u8>>,
) -> Vec<(String, Vec<u8>)> {
    files.retain(|(other, _)| other != name);
    files.push((name.to_owned(), bytes.into()));
    files
}

fn on_disk(dir: &Path, files: &[(String, Vec<u8>)]) {
    for (name, bytes) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn check(files: &[(String, Vec<u8>)]) -> BagReport {
    let folder = tempfile::tempdir().unwrap();
    on_disk(folder.path(), files);
    check_bag(folder.path()).unwrap().unwrap()
}

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn open(&self) -> std::io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(std::io::Cursor::new(self.0.clone())))
    }
}

fn archive(bytes: Vec<u8>) -> std::io::Result<Option<Container>> {
    Container::archive(Arc::new(Bytes(bytes)))
}

fn tar_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        // Written past the checks of the crate: hostile names are the point.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A ZIP by hand, stored or deflated.
fn zip_of(files: &[(String, Vec<u8>)], deflate: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut packed = bytes.clone();
        if deflate {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes).unwrap();
            packed = encoder.finish().unwrap();
        }
        let offset = u32::try_from(out.len()).unwrap();
        let method = if deflate { 8u16 } else { 0 };
        let common = |fields: &mut Vec<u8>| {
            fields.extend(20u16.to_le_bytes());
            fields.extend(0x800u16.to_le_bytes());
            fields.extend(method.to_le_bytes());
            fields.extend([0; 8]);
            fields.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
            fields.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            fields.extend(0u16.to_le_bytes());
        };
        out.extend(b"PK\x03\x04");
        common(&mut out);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        common(&mut directory);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = out.len();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    out.extend([count, count].concat());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(u32::try_from(start).unwrap().to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn the_conformance_suite_is_judged_as_it_wants_to_be() {
    let Some(suite) = common::shared("conformance/bagit") else { return };
    let (mut right, mut all) = (0, 0);
    for version in folders(&suite) {
        for kind in folders(&version) {
            let word = kind.file_name().unwrap().to_str().unwrap().to_owned();
            for bag in folders(&kind) {
                all += 1;
                let container = Container::folder(&bag).unwrap();
                let report = Bag::find(container)
                    .unwrap_or_else(|| Bag::assumed(Container::folder(&bag).unwrap()))
                    .check(0, None);
                let good = match word.as_str() {
                    "valid" => report.is_valid(),
                    "warning" => !report.warnings.is_empty(),
                    _ => !report.is_valid(),
                };
                right += usize::from(good);
                if !good {
                    println!("{}: {report:#?}", bag.display());
                }
            }
        }
    }
    println!("bagit conformance suite: {right}/{all}");
    assert_eq!((right, all), (60, 60));
}

fn folders(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

#[test]
fn a_good_bag_is_valid_in_every_container() {
    assert_eq!(check(&bag()).faults, []);
    let inside: Vec<_> =
        bag().into_iter().map(|(name, bytes)| (format!("gift/{name}"), bytes)).collect();
    for files in [&bag(), &inside] {
        for bytes in [tar_of(files), zip_of(files, false), zip_of(files, true)] {
            let bag = Bag::find(archive(bytes).unwrap().unwrap()).unwrap();
            let report = bag.check(0, None);
            assert_eq!(
                (report.faults.as_slice(), report.files, report.bytes),
                (&[][..], 1, WORDS.len() as u64)
            );
        }
    }
}

#[test]
fn ugly_twins_of_a_good_bag_are_named() {
    let other = "0".repeat(64);
    for (what, files) in [
        ("changed", with(bag(), "data/mill.txt", "They crossed at the weir.\n")),
        ("no manifest lists it", with(bag(), "data/more.txt", "x")),
        (
            "not there",
            with(
                bag(),
                "manifest-sha256.txt",
                format!("{}  data/mill.txt\n{other}  data/gone\n", sum()),
            ),
        ),
        (
            "line 2 is not",
            with(
                bag(),
                "manifest-sha256.txt",
                format!("{}  data/mill.txt\nabc data/mill.txt\n", sum()),
            ),
        ),
        (
            "listed twice",
            with(
                bag(),
                "manifest-sha256.txt",
                format!("{0}  data/mill.txt\n{0}  ./data/mill.txt\n", sum()),
            ),
        ),
        (
            "climbs",
            with(
                bag(),
                "manifest-sha256.txt",
                format!("{0}  data/mill.txt\n{0}  data/../../x\n", sum()),
            ),
        ),
        (
            "outside data/",
            with(
                bag(),
                "manifest-sha256.txt",
                format!("{0}  data/mill.txt\n{0}  mill.txt\n", sum()),
            ),
        ),
        (
            "payload file",
            with(bag(), "tagmanifest-sha256.txt", format!("{}  data/mill.txt\n", sum())),
        ),
        ("Payload-Oxum", with(bag(), "bag-info.txt", "Payload-Oxum: 5.1\n")),
        ("no payload manifest lists", with(bag(), "fetch.txt", "http://localhost/x 5 data/x\n")),
        ("no algorithm", with(bag(), "manifest-sha256.txt", "")),
    ] {
        let report = check(&files);
        if what == "no payload manifest lists" {
            assert!(
                report.faults.iter().any(|f| f.what.contains("no manifest lists")),
                "{report:#?}"
            );
            assert!(report.warnings.iter().any(|w| w.contains("downloads nothing")), "{report:#?}");
        } else if what == "no algorithm" {
            assert!(!report.is_valid(), "{report:#?}");
        } else {
            assert!(report.faults.iter().any(|f| f.what.contains(what)), "{what}: {report:#?}");
        }
    }
    let mut files = bag();
    files.retain(|(name, _)| name != "manifest-sha256.txt");
    assert!(!check(&with(files, "manifest-blake9.txt", "x  data/mill.txt\n")).is_valid());
    assert!(check(&with(bag(), "bag-info.txt", "Payload-Oxum : 26.1\n")).is_valid());
}

#[test]
fn a_bag_cut_short_at_any_length_is_refused() {
    for bytes in [tar_of(&bag()), zip_of(&bag(), false), zip_of(&bag(), true)] {
        let is_tar = !bytes.starts_with(b"PK");
        // The blocks of zeros that end a tar carry nothing.
        let full = if is_tar { bytes.len() - 1024 - 486 } else { bytes.len() };
        for length in 0..full {
            let container = archive(bytes[..length].to_vec());
            let valid = container.is_ok_and(|container| {
                container.and_then(Bag::find).is_some_and(|bag| bag.check(1, None).is_valid())
            });
            assert!(!valid, "tar {is_tar}, cut at {length} of {}", bytes.len());
        }
    }
}

#[test]
fn a_bit_flipped_anywhere_in_a_payload_or_manifest_is_found() {
    for name in ["data/mill.txt", "manifest-sha256.txt"] {
        let bytes = bag().into_iter().find(|(other, _)| other == name).unwrap().1;
        // The last byte is only a line end.
        let end = if name.starts_with("data") { bytes.len() } else { bytes.len() - 1 };
        for at in 0..end {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            // A space for another white space, an upper-case digit: the same words.
            let same = changed[at].is_ascii_whitespace();
            assert!(same || !check(&with(bag(), name, changed)).is_valid(), "{name} byte {at}");
        }
    }
}

#[test]
fn names_in_archives_never_lead_outside() {
    for name in
        ["../evil.txt", "/tmp/evil.txt", "data/../../evil", "C:evil", "data\\evil", "data//evil"]
    {
        let files = with(bag(), name, "x");
        for bytes in [tar_of(&files), zip_of(&files, false)] {
            let container = archive(bytes).unwrap().unwrap();
            assert_eq!(container.refused().len(), 1, "{name}");
            assert!(container.names().all(|found| !found.contains("evil")), "{name}");
            assert!(!Bag::find(container).unwrap().check(1, None).is_valid(), "{name}");
        }
    }
}

#[test]
fn archives_made_to_do_harm_are_refused() {
    // The same name twice: two readers would see two different files.
    let mut twice = bag();
    twice.push(("data/mill.txt".into(), b"Another story.\n".to_vec()));
    for bytes in [tar_of(&twice), zip_of(&twice, false)] {
        assert!(!Bag::find(archive(bytes).unwrap().unwrap()).unwrap().check(1, None).is_valid());
    }
    // A file that unpacks to more than the directory says.
    let mut bomb = zip_of(&with(bag(), "data/mill.txt", vec![0; 1 << 20]), true);
    let sizes: Vec<usize> = bomb
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == (1u32 << 20).to_le_bytes())
        .map(|(at, _)| at)
        .collect();
    for at in sizes {
        bomb[at..at + 4].copy_from_slice(&26u32.to_le_bytes());
    }
    let report = Bag::find(archive(bomb).unwrap().unwrap()).unwrap().check(1, None);
    assert!(
        report.faults.iter().any(|f| f.what.contains("longer than the archive says")),
        "{report:#?}"
    );
    // Two entries over the same bytes.
    let files = with(bag(), "data/b", "x");
    let bytes = zip_of(&files, false);
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let mut overlapping = bytes.clone();
    let mut at = directory;
    for _ in 0..2 {
        let name = usize::from(u16::from_le_bytes([overlapping[at + 28], overlapping[at + 29]]));
        at += 46 + name;
    }
    overlapping[at + 42..at + 46].copy_from_slice(&[0; 4]);
    assert!(archive(overlapping).is_err());
}

#[cfg(unix)]
#[test]
fn links_in_a_bag_are_refused_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    on_disk(folder.path(), &bag());
    fs::remove_file(folder.path().join("data/mill.txt")).unwrap();
    fs::write(folder.path().join("outside"), WORDS).unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside"), folder.path().join("data/mill.txt"))
        .unwrap();
    let report = check_bag(folder.path()).unwrap().unwrap();
    assert!(report.faults.iter().any(|f| f.what.contains("link")), "{report:#?}");
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "data/mill.txt", "/etc/passwd").unwrap();
    let container = archive(builder.into_inner().unwrap()).unwrap().unwrap();
    assert_eq!(container.refused().len(), 1);
}

#[test]
fn zips_of_other_programs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    on_disk(&folder.path().join("gift"), &bag());
    let script = "import shutil,sys; shutil.make_archive(sys.argv[1]+'/g','zip',sys.argv[1],'gift'); shutil.make_archive(sys.argv[1]+'/g','tar',sys.argv[1],'gift')";
    let ran = Command::new("python3").args(["-c", script]).arg(folder.path()).status();
    if !ran.is_ok_and(|status| status.success()) {
        println!("skipped: python3 is not on this machine");
        return;
    }
    for name in ["g.zip", "g.tar"] {
        let report = check_bag(&folder.path().join(name)).unwrap().unwrap();
        assert_eq!(report.faults, [], "{name}");
    }
}
