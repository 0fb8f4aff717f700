//! Checks any BagIt bag (RFC 8493, and the drafts 0.93 to 0.97 before it): a folder, a ZIP or a
//! tar, ours or not. Reads only; nothing is ever downloaded or extracted.

mod declaration;
mod digest;
mod listing;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use unicode_normalization::UnicodeNormalization as _;

use crate::container::Container;
use declaration::{Declaration, payload_oxum};
use digest::{Algorithm, digests};
use listing::{Fetch, Line, Listing, lines_of_fetch, lines_of_manifest};
use names::{refusal, strange};

/// Largest tag file that is read whole, in bytes.
const MOST: u64 = 1 << 29;

/// Something for which a bag is not valid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BagFault {
    /// The file concerned; empty for the bag as a whole.
    pub file: String,
    /// What is wrong: expected and found.
    pub what: String,
}

/// What a check of a bag found. It is valid if there are no faults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BagReport {
    /// Version the bag declares, like `1.0`; empty if it declares none.
    pub version: String,
    /// Names of the hash algorithms of its payload manifests.
    pub algorithms: Vec<String>,
    /// Payload files whose bytes were hashed.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Why it is not valid, sorted.
    pub faults: Vec<BagFault>,
    /// What is odd and may be lost on another system, sorted.
    pub warnings: Vec<String>,
}

impl BagReport {
    /// Whether the bag is complete and every byte has its hash.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, file: &str, what: impl Into<String>) {
        self.faults.push(BagFault { file: file.to_owned(), what: what.into() });
    }
}

/// Told how many bytes more were hashed, from any thread. Answers whether to go on.
pub type BagProgress<'a> = &'a (dyn Fn(u64) -> bool + Sync);

/// A bag in its container.
pub struct Bag {
    container: Container,
    /// Folder of the bag in the container, with `/` at its end, or empty.
    base: String,
}

impl Bag {
    /// The bag in `container`: at its root, or in its only folder as RFC 8493 section 4 has it.
    /// `None` if there is no `bagit.txt` in either place.
    #[must_use]
    pub fn find(container: Container) -> Option<Bag> {
        Some(Bag { base: base_of(&container)?, container })
    }

    /// The same, but a container without `bagit.txt` is taken for a bag that lacks it, so that a
    /// check says so.
    #[must_use]
    pub fn assumed(container: Container) -> Bag {
        Bag { base: base_of(&container).unwrap_or_default(), container }
    }

    /// The container with the bag's folder, for reading its payload.
    #[must_use]
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Name in the container of a file of the bag.
    #[must_use]
    pub fn inside(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.container.names().filter_map(|name| name.strip_prefix(&self.base))
    }

    fn has(&self, name: &str) -> bool {
        self.container.length(&self.inside(name)).is_some()
    }

    fn tag_file(&self, name: &str) -> std::io::Result<Vec<u8>> {
        self.container.read(&self.inside(name), MOST)
    }

    /// Checks the bag on `threads` threads (0: one for each processor). The report is the same
    /// for any number.
    #[must_use]
    pub fn check(&self, threads: usize, progress: Option<BagProgress<'_>>) -> BagReport {
        let mut report = BagReport::default();
        for refused in self.container.refused() {
            report.fault(&refused.name, refused.why);
        }
        for name in self.container.names().filter(|name| !name.starts_with(&self.base)) {
            report.fault(name, "it lies outside the bag's folder");
        }
        let declaration = self.declaration(&mut report);
        let listings = self.listings(&declaration, &mut report);
        let wanted = self.wanted(&declaration, &listings, &mut report);
        self.completeness(&declaration, &listings, &wanted, &mut report);
        self.fetches(&declaration, &wanted, &mut report);
        self.information(&declaration, &mut report);
        self.oddities(&wanted, &mut report);
        self.hash(&wanted, threads, progress, &mut report);
        report.faults.sort();
        report.faults.dedup();
        report.warnings.sort();
        report.warnings.dedup();
        report
    }

    fn declaration(&self, report: &mut BagReport) -> Declaration {
        let bytes = match self.tag_file("bagit.txt") {
            Ok(bytes) => bytes,
            Err(error) => {
                report.fault("bagit.txt", format!("it cannot be read, so this is no bag: {error}"));
                return Declaration::default();
            }
        };
        let (declaration, faults) = Declaration::parse(&bytes);
        report.version.clone_from(&declaration.version);
        for what in faults {
            report.fault("bagit.txt", what);
        }
        declaration
    }

    /// Every manifest that can be read.
    fn listings(&self, declaration: &Declaration, report: &mut BagReport) -> Vec<Listing> {
        let mut listings = Vec::new();
        let mut payload = 0;
        for name in self.names().filter(|name| !name.contains('/')) {
            let lower = name.to_lowercase();
            let Some(word) = lower.strip_suffix(".txt") else { continue };
            let (is_payload, word) =
                match (word.strip_prefix("manifest-"), word.strip_prefix("tagmanifest-")) {
                    (Some(word), _) => (true, word),
                    (_, Some(word)) => (false, word),
                    _ => continue,
                };
            payload += usize::from(is_payload);
            let Some(algorithm) = Algorithm::named(word) else {
                report.warnings.push(format!(
                    "{name}: kua knows no algorithm {word:?}, so this manifest was not checked"
                ));
                continue;
            };
            let text = match self.tag_file(name).map(|bytes| declaration.decode(&bytes)) {
                Ok(Ok(text)) => text,
                Ok(Err(what)) => {
                    report.fault(name, what);
                    continue;
                }
                Err(error) => {
                    report.fault(name, format!("it cannot be read: {error}"));
                    continue;
                }
            };
            let (lines, wrong) = lines_of_manifest(&text, algorithm);
            for number in wrong {
                report.fault(name, format!("line {number} is not a checksum of {word} and a name"));
            }
            if is_payload {
                report.algorithms.push(algorithm.name().to_owned());
            }
            listings.push(Listing { name: name.to_owned(), is_payload, algorithm, lines });
        }
        if payload == 0 {
            report.fault("", "there is no payload manifest (manifest-<algorithm>.txt)");
        } else if !listings.iter().any(|listing| listing.is_payload) {
            report.fault(
                "",
                "no payload manifest is of an algorithm kua knows, so nothing can be checked",
            );
        }
        listings
    }

    /// What each file must hash to, by its name in the bag.
    fn wanted(
        &self,
        declaration: &Declaration,
        listings: &[Listing],
        report: &mut BagReport,
    ) -> Wanted {
        let mut wanted = Wanted::new();
        for listing in listings {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for line in &listing.lines {
                let Some(name) = self.resolve(declaration, listing, line, report) else { continue };
                match seen.insert(name.clone(), &line.checksum) {
                    None => {
                        wanted.entry(name).or_default().push(Want {
                            algorithm: listing.algorithm,
                            checksum: line.checksum.to_lowercase(),
                            manifest: listing.name.clone(),
                        });
                    }
                    Some(other) if !other.eq_ignore_ascii_case(&line.checksum) => {
                        report.fault(
                            &listing.name,
                            format!("{name:?} is listed twice with different checksums"),
                        );
                    }
                    Some(_) if declaration.is_final() => {
                        report.fault(&listing.name, format!("{name:?} is listed twice"));
                    }
                    Some(_) => {
                        report.warnings.push(format!("{}: {name:?} is listed twice", listing.name));
                    }
                }
            }
        }
        wanted
    }

    /// The file of the bag that a line of a manifest means; `None` if it may mean none.
    fn resolve(
        &self,
        declaration: &Declaration,
        listing: &Listing,
        line: &Line,
        report: &mut BagReport,
    ) -> Option<String> {
        let manifest = &listing.name;
        let mut name = declaration.unescape(&line.name);
        if !self.has(&name)
            && let Some(rest) = name.strip_prefix('*')
        {
            report.warnings.push(format!("{manifest}: names are written with the * of md5sum"));
            name = rest.to_owned();
        }
        if let Some(why) = refusal(&name) {
            report.fault(manifest, format!("line {} names {name:?}: {why}", line.number));
            return None;
        }
        while let Some(rest) = name.strip_prefix("./") {
            report.warnings.push(format!("{manifest}: names are written with ./ before them"));
            name = rest.to_owned();
        }
        if name.starts_with("data/") != listing.is_payload {
            let where_to = if listing.is_payload { "outside data/" } else { "a payload file" };
            report.fault(manifest, format!("line {} names {name:?}, {where_to}", line.number));
            return None;
        }
        if !self.has(&name) && name != line.name && self.has(&line.name) {
            report
                .warnings
                .push(format!("{manifest}: {:?} is not escaped as BagIt 1.0 wants", line.name));
            return Some(line.name.clone());
        }
        Some(name)
    }

    fn completeness(
        &self,
        declaration: &Declaration,
        listings: &[Listing],
        wanted: &Wanted,
        report: &mut BagReport,
    ) {
        if self.container.is_folder() && !self.container.folders().any(|name| name == "data") {
            report.fault("data", "the payload folder is missing");
        }
        for (name, wants) in wanted {
            if !self.has(name) {
                let listed = wants.first().map_or("", |want| want.manifest.as_str());
                report.fault(name, format!("{listed} lists it, but it is not there"));
            }
        }
        let payload: Vec<&Listing> = listings.iter().filter(|listing| listing.is_payload).collect();
        for name in self.names().filter(|name| name.starts_with("data/")) {
            let in_manifest = |listing: &Listing| {
                wanted
                    .get(name)
                    .is_some_and(|wants| wants.iter().any(|want| want.manifest == listing.name))
            };
            if !payload.iter().any(|listing| in_manifest(listing)) {
                report.fault(name, "no manifest lists it");
                continue;
            }
            for listing in payload.iter().filter(|listing| !in_manifest(listing)) {
                let what = format!("{} does not list it, but another manifest does", listing.name);
                if declaration.is_final() {
                    report.fault(name, what);
                } else {
                    report.warnings.push(format!("{name}: {what}"));
                }
            }
        }
        for tags in listings.iter().filter(|listing| !listing.is_payload) {
            for manifest in &payload {
                let listed = wanted.get(&manifest.name);
                if !listed.is_some_and(|wants| wants.iter().any(|want| want.manifest == tags.name))
                {
                    let what = format!("it does not list {}", manifest.name);
                    if declaration.is_final() {
                        report.fault(&tags.name, what);
                    } else {
                        report.warnings.push(format!("{}: {what}", tags.name));
                    }
                }
            }
        }
    }

    /// Names in fetch.txt are judged like those of manifests. Nothing is fetched: what is there
    /// is checked, what is not there is missing.
    fn fetches(&self, declaration: &Declaration, wanted: &Wanted, report: &mut BagReport) {
        if !self.has("fetch.txt") {
            return;
        }
        let text = match self.tag_file("fetch.txt").map(|bytes| declaration.decode(&bytes)) {
            Ok(Ok(text)) => text,
            Ok(Err(what)) => return report.fault("fetch.txt", what),
            Err(error) => return report.fault("fetch.txt", format!("it cannot be read: {error}")),
        };
        let (fetches, wrong) = lines_of_fetch(&text);
        for number in wrong {
            report.fault(
                "fetch.txt",
                format!("line {number} is not an address, a length and a name"),
            );
        }
        let mut missing = 0;
        for Fetch { number, name } in fetches {
            let name = declaration.unescape(&name);
            if let Some(why) = refusal(&name) {
                report.fault("fetch.txt", format!("line {number} names {name:?}: {why}"));
                continue;
            }
            let name = name.trim_start_matches("./");
            missing += usize::from(!self.has(name));
            if !name.starts_with("data/") || !wanted.contains_key(name) {
                report.fault(
                    "fetch.txt",
                    format!("line {number} names {name:?}, which no manifest lists"),
                );
            }
        }
        if missing > 0 {
            report.warnings.push(format!(
                "fetch.txt: {missing} files lie elsewhere. kua downloads nothing: put them in place by hand"
            ));
        }
    }

    /// `bag-info.txt` is for people, but its Payload-Oxum is a promise.
    fn information(&self, declaration: &Declaration, report: &mut BagReport) {
        if !self.has("bag-info.txt") {
            return;
        }
        let text = match self.tag_file("bag-info.txt").map(|bytes| declaration.decode(&bytes)) {
            Ok(Ok(text)) => text,
            Ok(Err(what)) => return report.fault("bag-info.txt", what),
            Err(error) => {
                return report.fault("bag-info.txt", format!("it cannot be read: {error}"));
            }
        };
        let Some(oxum) = payload_oxum(&text) else { return };
        let mut found = (0u64, 0u64);
        for name in self.names().filter(|name| name.starts_with("data/")) {
            found.0 += self.container.length(&self.inside(name)).unwrap_or(0);
            found.1 += 1;
        }
        let found = format!("{}.{}", found.0, found.1);
        if oxum != found {
            report.fault(
                "bag-info.txt",
                format!("Payload-Oxum promises {oxum} (bytes.files), found {found}"),
            );
        }
    }

    /// Names that another system would change, hide or take for one.
    fn oddities(&self, wanted: &Wanted, report: &mut BagReport) {
        let mut all: BTreeSet<&str> = self.names().collect();
        all.extend(wanted.keys().map(String::as_str));
        let mut twins: BTreeMap<String, &str> = BTreeMap::new();
        for name in all {
            let folded: String = name.nfc().collect::<String>().to_lowercase().nfc().collect();
            if let Some(other) = twins.insert(folded, name) {
                report.warnings.push(format!(
                    "{other:?} and {name:?} differ only in letter case or in how accents are written: many systems keep only one of them"
                ));
            }
            if let Some(why) = strange(name) {
                report.warnings.push(format!("{name:?}: {why}"));
            }
        }
    }

    fn hash(
        &self,
        wanted: &Wanted,
        threads: usize,
        progress: Option<BagProgress<'_>>,
        report: &mut BagReport,
    ) {
        let work: Vec<(&String, &Vec<Want>)> =
            wanted.iter().filter(|(name, _)| self.has(name)).collect();
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (files, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let found: Mutex<Vec<BagFault>> = Mutex::default();
        let run = || {
            let mut buffer = vec![0; 256 * 1024];
            while let Some((name, wants)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let algorithms: Vec<Algorithm> = wants.iter().map(|want| want.algorithm).collect();
                let mut tell = |count: u64| {
                    if progress.is_some_and(|progress| !progress(count)) {
                        stop.store(true, Ordering::Relaxed);
                    }
                };
                let reader = self.container.open(&self.inside(name));
                let hashed = reader.and_then(|mut reader| {
                    digests(reader.as_mut(), &algorithms, &mut buffer, &mut tell)
                });
                let mut faults = Vec::new();
                let mut fault =
                    |what: String| faults.push(BagFault { file: (*name).clone(), what });
                match hashed {
                    Ok((length, sums)) => {
                        if name.starts_with("data/") {
                            files.fetch_add(1, Ordering::Relaxed);
                            bytes.fetch_add(length, Ordering::Relaxed);
                        }
                        for (want, sum) in
                            wants.iter().zip(sums).filter(|(want, sum)| want.checksum != *sum)
                        {
                            fault(format!(
                                "it was changed: {} wants {} {}, found {sum}",
                                want.manifest,
                                want.algorithm.name(),
                                want.checksum
                            ));
                        }
                    }
                    Err(error) => fault(format!("it cannot be read: {error}")),
                }
                found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(faults);
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 1..if threads == 0 { cores } else { threads } {
                scope.spawn(run);
            }
            run();
        });
        if stop.into_inner() {
            report.fault("", "the check was stopped before its end");
        }
        (report.files, report.bytes) = (files.into_inner(), bytes.into_inner());
        report.faults.extend(found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// Checks the bag at `path`, whatever it is in.
///
/// # Errors
/// The system's, and [`std::io::ErrorKind::InvalidData`] for an archive that is damaged.
pub fn check_bag(path: &Path) -> std::io::Result<Option<BagReport>> {
    Ok(Container::at(path)?.and_then(Bag::find).map(|bag| bag.check(0, None)))
}

/// Folder of the bag in a container.
fn base_of(container: &Container) -> Option<String> {
    if container.length("bagit.txt").is_some() {
        return Some(String::new());
    }
    let mut inside = container.names().filter_map(|name| {
        let (folder, file) = name.split_once('/')?;
        (file == "bagit.txt").then(|| format!("{folder}/"))
    });
    let base = inside.next().filter(|_| !container.is_folder())?;
    if inside.next().is_some() { None } else { Some(base) }
}

/// By name in the bag.
type Wanted = BTreeMap<String, Vec<Want>>;

/// What one manifest says of one file.
struct Want {
    algorithm: Algorithm,
    /// Lower-case hexadecimal.
    checksum: String,
    manifest: String,
}
