//! `kua build`: runs the stages that are out of date. Items are read and searched for claims side
//! by side, each result kept under everything it depends on; tracing and reconciling look at the
//! whole case at once. An interrupted build goes on where it was.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kua_lexicon::Lexicons;
use kua_model::{
    Chronicle, Claim, Document, DocumentId, Item, ItemId, Lineage, Noted, Notice, NoticePlace,
    Severity, Sha256,
};
use kua_reconcile::{Documents, Voices};
use rayon::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::cache::{Cache, Kept, Passage};
use crate::error::CaseError;
use crate::fold;
use crate::folder::{Case, alone};
use crate::kept::KeptChronicle;
use crate::memo::CacheMemo;
use crate::oddities::each_once;
use crate::progress::{Progress, Step, Stop};
use crate::proposals::{Drawer, KeptProposals, proposals_of, unread};

/// Of more items than this, all results are read in one go.
const MANY: usize = 64;
/// Items whose results are written in one transaction.
const BATCH: usize = 256;
/// Stack of a worker: hostile nesting must not reach its end.
const STACK: usize = 64 * 1024 * 1024;

/// What a build did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Built {
    /// Items in the vault.
    pub items: usize,
    /// Items that were read or searched for claims now.
    pub fresh: usize,
    /// Documents of all items.
    pub documents: usize,
    /// Claims in them.
    pub claims: usize,
    /// Notices of the chronicle.
    pub notices: usize,
    /// Notices about something that was not read.
    pub losses: usize,
    /// Whether it stopped early because it was asked to; the next build goes on.
    pub stopped: bool,
    /// Whether the cache was damaged or of another version, and was made anew.
    pub cache_rebuilt: bool,
}

/// What came of one item.
struct Reading {
    item: ItemId,
    documents: Noted<Vec<Document>>,
    claims: Noted<Vec<Claim>>,
}

/// An item whose results are out of date.
struct Due<'i> {
    item: &'i Item,
    keys: Keys,
    /// Only its claims are.
    is_read: bool,
}

/// Under which keys results of items are kept.
#[derive(Default)]
struct Have {
    read: HashMap<Vec<u8>, Sha256>,
    claims: HashMap<Vec<u8>, Sha256>,
}

impl Have {
    fn of(cache: &Cache) -> Result<Self, CaseError> {
        let keys = |stage| Ok::<_, CaseError>(cache.keys(stage)?.into_iter().collect());
        Ok(Self { read: keys(READ)?, claims: keys(EXTRACT)? })
    }
}

/// Keys of one item's results.
#[derive(Clone, Copy)]
pub(crate) struct Keys {
    pub(crate) read: Sha256,
    pub(crate) extract: Sha256,
}

impl Case {
    /// Runs the stages that are out of date and keeps what they give.
    ///
    /// # Errors
    /// [`CaseError::Building`] if another kua builds this case; the vault's and the disk's errors.
    /// Material that cannot be read is no error: it gives notices.
    pub fn build(&self, progress: &dyn Progress, stop: &Stop) -> Result<Built, CaseError> {
        let _alone = self.only_builder()?;
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(self.threads).stack_size(STACK).build()?;
        let open = || {
            let cache = Cache::open(&self.derived())?;
            let have = Have::of(&cache)?;
            Ok::<_, CaseError>((cache, have))
        };
        let (opened, items) = pool.install(|| rayon::join(open, || self.evidence.items_kept()));
        let ((mut cache, have), items) = (opened?, items?);
        cache.sweep()?;

        self.forget_strangers(&mut cache, &have, &items)?;
        let due = self.due(&have, &items);
        // What was read before is loaded while the rest is read.
        let (fresh, kept) = pool.install(|| {
            rayon::join(
                || self.read_items(&mut cache, &due, progress, stop),
                || self.load_readings(&Cache::open(&self.derived())?, &without(&items, &due)),
            )
        });
        let mut built = Built {
            items: items.len(),
            fresh: fresh?,
            cache_rebuilt: cache.was_rebuilt,
            stopped: stop.is_asked(),
            ..Built::default()
        };
        if built.stopped {
            return Ok(built);
        }
        tracing::info!("loading what was read");
        let fresh: Vec<&Item> = due.iter().map(|due| due.item).collect();
        let fresh = self.load_readings(&cache, &fresh)?;
        let readings = match kept?.zip(fresh) {
            Some((kept, fresh)) => in_order(&items, kept, fresh),
            // Rows of another shape: they are worked out again, once.
            None => {
                let all: Vec<Vec<u8>> =
                    items.iter().map(|item| item.id.0.as_bytes().to_vec()).collect();
                cache.forget(&all)?;
                built.cache_rebuilt = true;
                let due = self.due(&Have::default(), &items);
                built.fresh = pool.install(|| self.read_items(&mut cache, &due, progress, stop))?;
                let all: Vec<&Item> = items.iter().collect();
                let readings = self
                    .load_readings(&cache, &all)?
                    .ok_or_else(|| CaseError::NotBuilt { dir: self.dir.clone() })?;
                in_order(&items, readings, Vec::new())
            }
        };
        built.documents = readings.iter().map(|reading| reading.documents.value.len()).sum();
        built.claims = readings.iter().map(|reading| reading.claims.value.len()).sum();
        let notices = pool.install(|| self.whole(&mut cache, items, readings, progress, stop))?;
        (built.notices, built.losses) = notices;
        built.stopped = stop.is_asked();
        Ok(built)
    }

    pub(crate) fn only_builder(&self) -> Result<File, CaseError> {
        let folder = self.derived();
        std::fs::create_dir_all(&folder).map_err(CaseError::io(&folder))?;
        alone(&folder.join("build.lock"), || CaseError::Building { dir: self.dir.clone() })
    }

    fn forget_strangers(
        &self,
        cache: &mut Cache,
        have: &Have,
        items: &[Item],
    ) -> Result<(), CaseError> {
        let known: HashSet<&[u8]> =
            items.iter().map(|item| item.id.0.as_bytes().as_slice()).collect();
        let strangers = have.read.keys().filter(|subject| !known.contains(subject.as_slice()));
        let gone: Vec<Vec<u8>> = strangers.cloned().collect();
        if gone.is_empty() { Ok(()) } else { Ok(cache.forget(&gone)?) }
    }

    /// Items that are to be read, or searched for claims.
    fn due<'i>(&self, have: &Have, items: &'i [Item]) -> Vec<Due<'i>> {
        let settings = Settings::of(self);
        let due = items.iter().filter_map(|item| {
            let keys = settings.keys(item);
            let subject = item.id.0.as_bytes().as_slice();
            let is_read = have.read.get(subject) == Some(&keys.read);
            let is_done = is_read && have.claims.get(subject) == Some(&keys.extract);
            (!is_done).then_some(Due { item, keys, is_read })
        });
        due.collect()
    }

    /// Reads items and finds their claims; how many were.
    fn read_items(
        &self,
        cache: &mut Cache,
        due: &[Due<'_>],
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<usize, CaseError> {
        if due.is_empty() {
            return Ok(0);
        }
        tracing::info!(items = due.len(), "reading");
        progress.begin(Step::Read, Some(due.len() as u64));
        let mut done = 0;
        for batch in due.chunks(BATCH) {
            let mut work = Vec::with_capacity(batch.len());
            for Due { item, keys, is_read } in batch {
                let kept = if *is_read {
                    cache.get(READ, item.id.0.as_bytes(), &keys.read)?.and_then(|v| unpack(&v))
                } else {
                    None
                };
                work.push((*item, *keys, kept));
            }
            let results: Vec<Option<Vec<Kept>>> = work
                .into_par_iter()
                .map(|(item, keys, kept)| {
                    if stop.is_asked() {
                        return Ok(None);
                    }
                    let results = self.one_item(item, keys, kept).map(Some);
                    progress.advance(1);
                    results
                })
                .collect::<Result<_, CaseError>>()?;
            done += results.iter().flatten().count();
            let results: Vec<Kept> = results.into_iter().flatten().flatten().collect();
            cache.put(&results)?;
            if stop.is_asked() {
                break;
            }
        }
        progress.end();
        Ok(done)
    }

    /// Results to keep of one item. `kept` are its documents, if only its claims are out of date.
    fn one_item(
        &self,
        item: &Item,
        keys: Keys,
        kept: Option<Noted<Vec<Document>>>,
    ) -> Result<Vec<Kept>, CaseError> {
        let documents = match kept {
            Some(documents) => documents,
            None => self.read_item(item)?,
        };
        let extract_config = self.extract_config();
        let mut claims = Noted::plain(Vec::new());
        for document in &documents.value {
            let found = catch_unwind(AssertUnwindSafe(|| {
                kua_extract::extract(document, &self.lexicons, &extract_config)
            }));
            match found {
                Ok(found) => {
                    let found = found.collect_into(&mut claims.notices);
                    claims.value.extend(found);
                }
                Err(_) => {
                    claims.notices.push(failed("extract-failed", item.id, "searched for claims"))
                }
            }
        }
        let subject = item.id.0.as_bytes().to_vec();
        Ok(vec![
            Kept {
                stage: READ,
                subject: subject.clone(),
                key: keys.read,
                value: pack(&documents)?,
            },
            Kept { stage: EXTRACT, subject, key: keys.extract, value: pack(&claims)? },
        ])
    }

    /// Reads one item out of the vault, within the limits of the case.
    pub(crate) fn read_item(&self, item: &Item) -> Result<Noted<Vec<Document>>, CaseError> {
        let unread = |code: &str, message: String| Noted {
            value: Vec::new(),
            notices: vec![Notice::new(Severity::Loss, code, NoticePlace::Item(item.id), message)],
        };
        let limit = self.config.limits.read_bytes;
        if item.size > limit {
            return Ok(unread(
                "too-large-to-read",
                format!(
                    "The file has {} bytes and was preserved but not read: at most {limit} are read. Raise limits.read_bytes in case.toml and run kua build (reading takes about four times as much memory as the file has bytes), or add the file in smaller parts.",
                    item.size
                ),
            ));
        }
        let bytes = match self.evidence.bytes(item) {
            Ok(bytes) => bytes,
            // The vault is damaged there: kua verify says how. The rest of the case goes on.
            Err(error) if error.is_about_one_item() => {
                return Ok(unread(
                    "not-in-vault",
                    format!("The file could not be read from the vault: {error}."),
                ));
            }
            Err(error) => return Err(error.into()),
        };
        let read = catch_unwind(AssertUnwindSafe(|| {
            kua_read::read(item, &bytes, &self.lexicons, &self.config.read)
        }));
        Ok(read.unwrap_or_else(|_| Noted {
            value: Vec::new(),
            notices: vec![failed("read-failed", item.id, "read")],
        }))
    }

    /// Everything kept of the items; `None` if something is missing or of another shape.
    fn load_readings(
        &self,
        cache: &Cache,
        items: &[&Item],
    ) -> Result<Option<Vec<Reading>>, CaseError> {
        let settings = Settings::of(self);
        let keys: Vec<Keys> = items.iter().map(|item| settings.keys(item)).collect();
        let documents = results(cache, READ, items, &keys, |keys| keys.read)?;
        let claims = results(cache, EXTRACT, items, &keys, |keys| keys.extract)?;
        let raw: Vec<_> = documents.into_iter().zip(claims).zip(items).collect();
        Ok(raw
            .into_par_iter()
            .map(|((documents, claims), item)| {
                let (documents, claims) = (unpack(&documents?)?, unpack(&claims?)?);
                Some(Reading { item: item.id, documents, claims })
            })
            .collect())
    }

    /// Traces and reconciles the whole case and writes the search index beside. Gives the number
    /// of notices, and how many of them are losses.
    fn whole(
        &self,
        cache: &mut Cache,
        items: Vec<Item>,
        readings: Vec<Reading>,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<(usize, usize), CaseError> {
        let settings = Settings::of(self);
        let by_item: HashMap<ItemId, Keys> =
            items.par_iter().map(|item| (item.id, settings.keys(item))).collect();
        let keys_of = |reading: &Reading| by_item.get(&reading.item).copied();
        let sources: Vec<(ItemId, Sha256)> = readings
            .iter()
            .filter_map(|reading| Some((reading.item, keys_of(reading)?.read)))
            .collect();
        let judgements = self.evidence.judgements()?;
        let mut absent = self.absent()?;
        let said = Drawer::of(&self.dir).read()?;
        absent.extend(unread(&said));

        let mut inputs = Digest::new("trace");
        inputs.number(kua_trace::VERSION).text(self.lexicons.digest()).json(&self.config.trace);
        sources.iter().for_each(|(_, key)| inputs.bytes(key.as_bytes()));
        let trace_key = inputs.done();
        let mut inputs = Digest::new("chronicle");
        inputs.bytes(trace_key.as_bytes());
        inputs.number(kua_reconcile::VERSION).json(&self.config.reconcile);
        inputs.json(&self.config.info()).json(&judgements).json(&absent);
        readings.iter().filter_map(keys_of).for_each(|keys| inputs.bytes(keys.extract.as_bytes()));
        // Cases that no model was asked about keep what they have worked out.
        if let Some(digest) = said.digest {
            inputs.bytes(digest.as_bytes());
        }
        let chronicle_key = inputs.done();
        if cache.key_of(CHRONICLE, WHOLE)? == Some(chronicle_key)
            && let Some(counts) =
                cache.get(COUNTS, WHOLE, &chronicle_key)?.and_then(|value| unpack(&value))
        {
            self.index(cache, &readings, &by_item, progress, stop)?;
            return Ok(counts);
        }

        let kept: Option<Noted<Lineage>> =
            cache.get(TRACE, WHOLE, &trace_key)?.and_then(|value| unpack(&value));
        let mut notices = absent;
        // Grown bit by bit these would be moved, and memory touched, several times over.
        let count = |of: fn(&Reading) -> usize| -> usize { readings.iter().map(of).sum() };
        let mut claims = Vec::with_capacity(count(|reading| reading.claims.value.len()));
        let mut documents = Vec::with_capacity(count(|reading| reading.documents.value.len()));
        self.index(cache, &readings, &by_item, progress, stop)?;
        let digests = digests(&readings, &keys_of);
        for reading in readings {
            documents.extend(reading.documents.collect_into(&mut notices));
            claims.extend(reading.claims.collect_into(&mut notices));
        }
        let documents = Documents::new(documents);
        let info = self.config.info();
        let memo = CacheMemo::open(&self.derived(), &digests)?;
        // Who says what does not depend on who copied whom: both are found at once.
        let voices = || Voices::of(&info, &documents, claims, &judgements, &self.lexicons, &memo);
        let (lineage, traced, voices) = match kept {
            Some(lineage) => (lineage, None, voices()),
            None => {
                tracing::info!("tracing");
                progress.begin(Step::Trace, None);
                let memo = CacheMemo::open(&self.derived(), &digests)?;
                let trace = || {
                    let lineage = kua_trace::trace_with(
                        documents.as_slice(),
                        &self.lexicons,
                        &self.config.trace,
                        &memo,
                    );
                    let packed = pack(&lineage);
                    (lineage, packed)
                };
                let ((lineage, packed), voices) = rayon::join(trace, voices);
                let traced =
                    Kept { stage: TRACE, subject: WHOLE.to_vec(), key: trace_key, value: packed? };
                progress.end();
                (lineage, Some(traced), voices)
            }
        };
        if stop.is_asked() {
            cache.put(traced.as_slice())?;
            return Ok((0, 0));
        }
        tracing::info!("reconciling");
        progress.begin(Step::Reconcile, None);
        let lineage = lineage.collect_into(&mut notices);
        let reconcile = || {
            voices.reconcile(
                &info,
                &items,
                documents,
                lineage,
                &judgements,
                &self.lexicons,
                &self.config.reconcile,
            )
        };
        // Keeping what was traced waits for the disk.
        let (kept_trace, reconciled) = rayon::join(|| cache.put(traced.as_slice()), reconcile);
        kept_trace?;
        let mut chronicle: Chronicle = reconciled.collect_into(&mut notices);
        chronicle.notices.append(&mut notices);
        each_once(&mut chronicle.notices);
        chronicle.judgements = judgements;
        self.lexicons.digest().clone_into(&mut chronicle.lexicon_digest);
        let proposed = proposals_of(self, &said, &chronicle);
        tracing::info!("keeping the chronicle");
        let losses = chronicle.notices.iter().filter(|n| n.severity == Severity::Loss).count();
        let counts = (chronicle.notices.len(), losses);
        let kept =
            |stage, value| Kept { stage, subject: WHOLE.to_vec(), key: chronicle_key, value };
        // Letting go of the texts takes as long as packing half of the rest.
        let documents = std::mem::take(&mut chronicle.documents);
        let (kept_chronicle, statements) = KeptChronicle::of(chronicle, &sources);
        let (value, statements) = rayon::join(
            || pack(&kept_chronicle),
            || {
                let packed = pack(&statements);
                drop((documents, statements));
                packed
            },
        );
        let rows = [
            kept(CHRONICLE, value?),
            kept(STATEMENTS, statements?),
            kept(PROPOSALS, pack(&KeptProposals::of(&said, &proposed))?),
            kept(COUNTS, pack(&counts)?),
        ];
        let (put, ()) = rayon::join(|| cache.put(&rows), || drop(kept_chronicle));
        put?;
        progress.end();
        tracing::info!("built");
        Ok(counts)
    }

    /// Brings the search index up to date.
    fn index(
        &self,
        cache: &mut Cache,
        readings: &[Reading],
        keys: &HashMap<ItemId, Keys>,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<(), CaseError> {
        let have: HashMap<_, _> = cache.keys(INDEX)?.into_iter().collect();
        let due: Vec<(&Reading, Sha256)> = readings
            .iter()
            .filter_map(|reading| Some((reading, keys.get(&reading.item)?.read)))
            .filter(|(reading, key)| have.get(reading.item.0.as_bytes().as_slice()) != Some(key))
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        tracing::info!(items = due.len(), "indexing");
        progress.begin(Step::Index, Some(due.len() as u64));
        for batch in due.chunks(BATCH) {
            if stop.is_asked() {
                break;
            }
            let passages: Vec<_> = batch
                .par_iter()
                .map(|(reading, _)| (reading.item.0.as_bytes().to_vec(), passages_of(reading)))
                .collect();
            let marks: Vec<Kept> = batch
                .iter()
                .map(|(reading, key)| Kept {
                    stage: INDEX,
                    subject: reading.item.0.as_bytes().to_vec(),
                    key: *key,
                    value: Vec::new(),
                })
                .collect();
            cache.index(&passages, &marks)?;
            progress.advance(batch.len() as u64);
        }
        progress.end();
        Ok(())
    }
}

/// What is kept of the items under their keys.
fn results(
    cache: &Cache,
    stage: &'static str,
    items: &[&Item],
    keys: &[Keys],
    key: impl Fn(&Keys) -> Sha256,
) -> Result<Vec<Option<Vec<u8>>>, CaseError> {
    let items = items.iter().map(|item| item.id.0.as_bytes().as_slice()).zip(keys.iter().map(key));
    if items.len() <= MANY {
        return Ok(items
            .map(|(item, key)| cache.get(stage, item, &key))
            .collect::<Result<_, _>>()?);
    }
    let all = cache.all(stage)?.into_iter().map(|kept| (kept.subject, (kept.key, kept.value)));
    let mut all: std::collections::HashMap<Vec<u8>, (Sha256, Vec<u8>)> = all.collect();
    let made_for = |(item, key)| all.remove(item).filter(|kept| kept.0 == key).map(|kept| kept.1);
    Ok(items.map(made_for).collect())
}

/// All but those that are due.
fn without<'i>(items: &'i [Item], due: &[Due<'_>]) -> Vec<&'i Item> {
    let due: std::collections::BTreeSet<ItemId> = due.iter().map(|due| due.item.id).collect();
    items.iter().filter(|item| !due.contains(&item.id)).collect()
}

/// Readings by path, then log, so that the order in which files were added does not show.
fn in_order(items: &[Item], kept: Vec<Reading>, fresh: Vec<Reading>) -> Vec<Reading> {
    let mut order: Vec<&Item> = items.iter().collect();
    order.sort_by(|a, b| (&a.path, a.log_index).cmp(&(&b.path, b.log_index)));
    let rank: std::collections::BTreeMap<ItemId, usize> =
        order.iter().enumerate().map(|(rank, item)| (item.id, rank)).collect();
    let mut readings = kept;
    readings.extend(fresh);
    readings.sort_by_key(|reading| rank.get(&reading.item).copied());
    readings
}

/// A digest of all that each document depends on: what its item was read from and how, and which of
/// the item's documents it is.
fn digests(
    readings: &[Reading],
    keys_of: &(impl Fn(&Reading) -> Option<Keys> + Sync),
) -> HashMap<DocumentId, Sha256> {
    let of_reading = |reading: &Reading| -> Vec<(DocumentId, Sha256)> {
        let Some(Keys { read, .. }) = keys_of(reading) else { return Vec::new() };
        let digest = |id: DocumentId| read.with(&Sha256::of(&id.part().to_be_bytes()));
        reading.documents.value.iter().map(|document| (document.id, digest(document.id))).collect()
    };
    readings.par_iter().flat_map_iter(of_reading).collect()
}

fn failed(code: &str, item: ItemId, what: &str) -> Notice {
    Notice::new(
        Severity::Loss,
        code,
        NoticePlace::Item(item),
        format!(
            "The file could not be {what}: kua itself failed on it. The rest of the case is not touched; please report it, without the file."
        ),
    )
}

fn passages_of(reading: &Reading) -> Vec<Passage> {
    let mut passages = Vec::new();
    for document in &reading.documents.value {
        for block in &document.blocks {
            let Some(text) = block.range.of(&document.text) else { continue };
            if text.trim().is_empty() {
                continue;
            }
            let plain = fold::plain(text);
            let roman = fold::roman(text);
            // A folding that changes nothing but case finds nothing more.
            let lower = text.to_lowercase();
            passages.push(Passage {
                document: document.id.to_string(),
                start: block.range.start,
                end: block.range.end,
                text: text.to_owned(),
                roman: if roman == lower { String::new() } else { roman },
                plain: if plain == lower { String::new() } else { plain },
            });
        }
    }
    passages
}

pub(crate) const READ: &str = "read";
pub(crate) const EXTRACT: &str = "extract";
pub(crate) const TRACE: &str = "trace";
pub(crate) const CHRONICLE: &str = "chronicle";
/// The statements of the chronicle, which stand apart from the rest of it.
pub(crate) const STATEMENTS: &str = "statements";
/// What a model proposed and nobody has decided on.
pub(crate) const PROPOSALS: &str = "proposals";
pub(crate) const INDEX: &str = "index";
/// How many notices the chronicle has, and how many of them are losses.
const COUNTS: &str = "counts";
/// Subject of results about the case as a whole.
pub(crate) const WHOLE: &[u8] = b"";

/// What every item's results depend on beside the item.
pub(crate) struct Settings {
    read: Sha256,
    extract: Sha256,
}

impl Settings {
    pub(crate) fn of(case: &Case) -> Self {
        let lexicons: &Lexicons = &case.lexicons;
        let mut read = Digest::new("read");
        read.number(kua_read::VERSION).text(lexicons.digest());
        read.json(&case.config.read).json(&case.config.limits);
        let mut extract = Digest::new("extract");
        extract.number(kua_extract::VERSION).text(lexicons.digest());
        extract.json(&case.config.info());
        // Cases without gazetteers keep what they have worked out.
        if !case.places.is_empty() {
            extract.json(&case.places);
        }
        Self { read: read.done(), extract: extract.done() }
    }

    pub(crate) fn keys(&self, item: &Item) -> Keys {
        let mut read = Digest::new("item");
        read.bytes(self.read.as_bytes());
        read.bytes(item.id.0.as_bytes());
        read.text(&item.path).text(&item.acquired_at);
        let read = read.done();
        let mut extract = Digest::new("item");
        extract.bytes(self.extract.as_bytes());
        extract.bytes(read.as_bytes());
        Keys { read, extract: extract.done() }
    }
}

/// A digest of several things, each with its length, so that none runs into the next.
pub(crate) struct Digest(Vec<u8>);

impl Digest {
    pub(crate) fn new(purpose: &str) -> Self {
        let mut digest = Self(Vec::new());
        digest.text(purpose);
        digest
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes());
        self
    }

    fn number(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_be_bytes());
        self
    }

    pub(crate) fn json<T: Serialize>(&mut self, value: &T) -> &mut Self {
        // Values of the model and settings have no maps with strange keys: this cannot fail.
        self.bytes(&serde_json::to_vec(value).unwrap_or_default());
        self
    }

    pub(crate) fn done(self) -> Sha256 {
        Sha256::of(&self.0)
    }
}

pub(crate) fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_allocvec(value)
}

/// The value, or nothing if the bytes are of another shape: then it is worked out anew.
pub(crate) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
