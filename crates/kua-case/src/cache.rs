//! `derived/case.sqlite` and `derived/large/`: what was worked out from the vault, so that it need
//! not be worked out again. Knows nothing of stages: it keeps bytes under a subject and the key they
//! were made for. Every value has a checksum; what does not agree with its own is not there.
//!
//! Architecture invariant: nothing here is the only copy of anything. The files may be deleted at
//! any time; one that is damaged, or was written by another version, is set aside and made anew.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kua_model::Sha256;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use thiserror::Error;

use crate::large::{LARGE, Large};

/// Bumped when the tables or what they hold change. Another number in the file means: make it anew.
const SCHEMA: i64 = 4;

/// Values stand apart from the index: a search in a table that is its own index reads every large
/// value it passes.
const TABLES: &str = "
    CREATE TABLE result (
        id      INTEGER PRIMARY KEY,
        stage   TEXT NOT NULL,
        subject BLOB NOT NULL,
        key     BLOB NOT NULL,
        sum     INTEGER NOT NULL,
        file    TEXT,
        value   BLOB NOT NULL
    );
    CREATE INDEX result_of ON result (stage, subject, key);
    CREATE INDEX result_subject ON result (subject);
    CREATE INDEX result_file ON result (file) WHERE file IS NOT NULL;
    CREATE TABLE passage (
        id       INTEGER PRIMARY KEY,
        item     BLOB NOT NULL,
        document TEXT NOT NULL,
        start    INTEGER NOT NULL,
        end      INTEGER NOT NULL
    );
    CREATE INDEX passage_item ON passage (item);
    CREATE VIRTUAL TABLE words USING fts5 (
        text, plain, roman,
        content = '', contentless_delete = 1,
        tokenize = 'unicode61 remove_diacritics 0'
    );
";

/// The cache cannot be used, even made anew.
#[derive(Debug, Error)]
#[error("{}: {source}", path.display())]
pub struct CacheError {
    /// The file.
    pub path: PathBuf,
    /// What SQLite or the system says.
    #[source]
    pub source: CacheFault,
}

/// Who refused.
#[derive(Debug, Error)]
pub enum CacheFault {
    /// SQLite.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// The system, about the file of a large value.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl CacheError {
    /// Whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        match &self.source {
            CacheFault::Database(error) => {
                error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
            }
            CacheFault::File(error) => error.kind() == io::ErrorKind::StorageFull,
        }
    }
}

/// The open cache.
pub(crate) struct Cache {
    path: PathBuf,
    db: Connection,
    large: Large,
    /// The file was made anew because what stood there could not be used.
    pub(crate) was_rebuilt: bool,
    writes: bool,
    /// What the file looked like when it was opened without SQLite's locks: whatever is read holds
    /// only if it looks so afterwards, too.
    unlocked: Option<Look>,
}

/// What tells that nobody wrote: length and time of the file, and whether a write-ahead log lies
/// beside it, as it does for as long as somebody has it open for writing.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    length: Option<u64>,
    modified: Option<SystemTime>,
    has_log: bool,
}

impl Look {
    fn at(path: &Path) -> Self {
        let found = fs::metadata(path).ok();
        Self {
            length: found.as_ref().map(fs::Metadata::len),
            modified: found.and_then(|found| found.modified().ok()),
            has_log: log_of(path).exists(),
        }
    }
}

/// One passage of the search index.
pub(crate) struct Passage {
    pub(crate) document: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: String,
    pub(crate) plain: String,
    pub(crate) roman: String,
}

/// One result to be kept.
pub(crate) struct Kept {
    pub(crate) stage: &'static str,
    pub(crate) subject: Vec<u8>,
    pub(crate) key: Sha256,
    pub(crate) value: Vec<u8>,
}

/// Where a value stands: checksum, its file if it has one, bytes if it has none.
type Place = (u32, Option<String>, Vec<u8>);

/// The columns `sum, file, value` of a row, from column `first` on.
fn place(row: &Row<'_>, first: usize) -> rusqlite::Result<Place> {
    Ok((row.get(first)?, row.get(first + 1)?, row.get(first + 2)?))
}

impl Cache {
    /// Opens the cache in `folder`, making the folder and the file as needed.
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheError> {
        let path = folder.join("case.sqlite");
        let existed = path.exists();
        let cache = |db, was_rebuilt| Self::over(folder, db, was_rebuilt, true);
        if let Ok(Some(db)) = attempt(&path) {
            return Ok(cache(db, false));
        }
        // Damaged or of another version: the vault has everything, so nothing is lost.
        for end in ["case.sqlite", "case.sqlite-wal", "case.sqlite-shm"] {
            let _ = fs::remove_file(folder.join(end));
        }
        let _ = fs::remove_dir_all(folder.join("large"));
        let _ = fs::create_dir_all(folder);
        let wrap =
            |source: rusqlite::Error| CacheError { path: path.clone(), source: source.into() };
        match attempt(&path).map_err(wrap)? {
            Some(db) => Ok(cache(db, existed)),
            None => Err(wrap(rusqlite::Error::InvalidQuery)),
        }
    }

    /// The cache in `folder` to read from; nothing in the folder changes, so this works on a
    /// read-only disk, too. `None` if there is none, or none that this kua understands. While a
    /// build is writing, or after one was killed, SQLite makes its files beside it, so that the two
    /// keep out of each other's way.
    pub(crate) fn look(folder: &Path) -> Result<Option<Self>, CacheError> {
        let path = folder.join("case.sqlite");
        if !path.is_file() {
            return Ok(None);
        }
        match looked_at(&path) {
            Ok(cache) => Ok(cache),
            Err(source) if is_strange(&source) => Ok(None),
            Err(source) => Err(CacheError { path, source: source.into() }),
        }
    }

    fn over(folder: &Path, db: Connection, was_rebuilt: bool, writes: bool) -> Self {
        let large = Large(folder.join("large"));
        let path = folder.join("case.sqlite");
        Self { path, db, large, was_rebuilt, writes, unlocked: None }
    }

    fn wrap<T, E: Into<CacheFault>>(&self, result: Result<T, E>) -> Result<T, CacheError> {
        let wrap = |source| CacheError { path: self.path.clone(), source };
        if self.unlocked.as_ref().is_some_and(|look| *look != Look::at(&self.path)) {
            let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
            let what = "it was written to while it was read; try again";
            return Err(wrap(rusqlite::Error::SqliteFailure(busy, Some(what.to_owned())).into()));
        }
        result.map_err(|source| wrap(source.into()))
    }

    /// The value at a place, if it is there and what its checksum says.
    fn value(&self, (sum, file, value): Place) -> Option<Vec<u8>> {
        let value = match file {
            Some(name) => self.large.read(&name)?,
            None => value,
        };
        (crc32fast::hash(&value) == sum).then_some(value)
    }

    /// The value kept for `subject`, if it was made for `key`.
    pub(crate) fn get(
        &self,
        stage: &str,
        subject: &[u8],
        key: &Sha256,
    ) -> Result<Option<Vec<u8>>, CacheError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT sum, file, value FROM result WHERE stage = ? AND subject = ? AND key = ?",
            )
            .and_then(|mut query| {
                let row = params![stage, subject, key.as_bytes()];
                query.query_row(row, |row| place(row, 0)).optional()
            });
        Ok(self.wrap(found)?.and_then(|place| self.value(place)))
    }

    /// Every result of a stage, in the order in which they were kept.
    pub(crate) fn all(&self, stage: &'static str) -> Result<Vec<Kept>, CacheError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT subject, key, sum, file, value FROM result NOT INDEXED WHERE stage = ?",
            )
            .and_then(|mut query| {
                let rows = query.query_map(params![stage], |row| {
                    let (subject, key) = (row.get(0)?, Sha256::from_bytes(row.get(1)?));
                    Ok(self.value(place(row, 2)?).map(|value| Kept { stage, subject, key, value }))
                })?;
                rows.filter_map(Result::transpose).collect()
            });
        self.wrap(found)
    }

    /// The value kept for `subject` and the key it was made for.
    pub(crate) fn latest(
        &self,
        stage: &str,
        subject: &[u8],
    ) -> Result<Option<(Sha256, Vec<u8>)>, CacheError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT key, sum, file, value FROM result WHERE stage = ? AND subject = ?",
            )
            .and_then(|mut query| {
                query
                    .query_row(params![stage, subject], |row| {
                        Ok((Sha256::from_bytes(row.get(0)?), place(row, 1)?))
                    })
                    .optional()
            });
        Ok(self.wrap(found)?.and_then(|(key, place)| Some((key, self.value(place)?))))
    }

    /// The key of what is kept for `subject`.
    pub(crate) fn key_of(&self, stage: &str, subject: &[u8]) -> Result<Option<Sha256>, CacheError> {
        let found = self
            .db
            .prepare_cached("SELECT key FROM result WHERE stage = ? AND subject = ?")
            .and_then(|mut query| {
                query
                    .query_row(params![stage, subject], |row| Ok(Sha256::from_bytes(row.get(0)?)))
                    .optional()
            });
        self.wrap(found)
    }

    /// Keys of all results of a stage, by subject.
    pub(crate) fn keys(&self, stage: &str) -> Result<Vec<(Vec<u8>, Sha256)>, CacheError> {
        let found = self
            .db
            .prepare_cached("SELECT subject, key FROM result WHERE stage = ? ORDER BY subject")
            .and_then(|mut query| {
                query
                    .query_map(params![stage], |row| {
                        Ok((row.get(0)?, Sha256::from_bytes(row.get(1)?)))
                    })?
                    .collect()
            });
        self.wrap(found)
    }

    /// Keeps all of `results`, or none of them.
    pub(crate) fn put(&mut self, results: &[Kept]) -> Result<(), CacheError> {
        let rows: Vec<ToPut<'_>> = results.iter().map(ToPut::of).collect();
        for row in &rows {
            if let Some(name) = &row.file {
                self.wrap(self.large.write(name, &row.kept.value))?;
            }
        }
        let done = (|| {
            let transaction = self.db.transaction()?;
            let gone = put_in(&transaction, &rows)?;
            transaction.commit()?;
            Ok::<_, rusqlite::Error>(gone)
        })();
        self.wrap(done)?.iter().for_each(|name| self.large.remove(name));
        Ok(())
    }

    /// Forgets everything about items that are not in the vault any more.
    pub(crate) fn forget(&mut self, items: &[Vec<u8>]) -> Result<(), CacheError> {
        let done = (|| {
            let transaction = self.db.transaction()?;
            let mut gone = Vec::new();
            for item in items {
                let mut query = transaction
                    .prepare_cached("DELETE FROM result WHERE subject = ? RETURNING file")?;
                let files = query.query_map([item], |row| row.get::<_, Option<String>>(0))?;
                gone.extend(files.collect::<Result<Vec<_>, _>>()?.into_iter().flatten());
                drop_passages(&transaction, item)?;
            }
            transaction.commit()?;
            Ok::<_, rusqlite::Error>(gone)
        })();
        self.wrap(done)?.iter().for_each(|name| self.large.remove(name));
        Ok(())
    }

    /// Removes files of large values that no row names: a build that was killed left them. Only
    /// for who builds alone.
    pub(crate) fn sweep(&self) -> Result<(), CacheError> {
        let named = self
            .db
            .prepare_cached("SELECT file FROM result WHERE file IS NOT NULL")
            .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect());
        let named: HashSet<String> = self.wrap(named)?;
        self.large.keep_only(&named);
        Ok(())
    }

    /// Puts the passages of `items` into the search index in the place of what it had of them.
    /// `mark` is the result that says it was done.
    pub(crate) fn index(
        &mut self,
        items: &[(Vec<u8>, Vec<Passage>)],
        marks: &[Kept],
    ) -> Result<(), CacheError> {
        let done = (|| {
            let transaction = self.db.transaction()?;
            for (item, passages) in items {
                drop_passages(&transaction, item)?;
                let mut place = transaction.prepare_cached(
                    "INSERT INTO passage (item, document, start, end) VALUES (?, ?, ?, ?)",
                )?;
                let mut words = transaction.prepare_cached(
                    "INSERT INTO words (rowid, text, plain, roman) VALUES (?, ?, ?, ?)",
                )?;
                for passage in passages {
                    place.execute(params![
                        item,
                        passage.document,
                        number(passage.start),
                        number(passage.end)
                    ])?;
                    words.execute(params![
                        transaction.last_insert_rowid(),
                        passage.text,
                        passage.plain,
                        passage.roman
                    ])?;
                }
            }
            // Marks hold nothing: none has a file.
            put_in(&transaction, &marks.iter().map(ToPut::of).collect::<Vec<_>>())?;
            transaction.commit()
        })();
        self.wrap(done)
    }

    /// Passages that match a query of FTS5, best first: document, start, end.
    pub(crate) fn find(
        &self,
        query: &str,
        limit: usize,
    ) -> Result<Vec<(String, usize, usize)>, CacheError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT passage.document, passage.start, passage.end FROM words
                 JOIN passage ON passage.id = words.rowid
                 WHERE words MATCH ? ORDER BY bm25(words, 4.0, 2.0, 1.0), passage.id LIMIT ?",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![query, number(limit)], |row| {
                        Ok((row.get(0)?, offset(row.get(1)?), offset(row.get(2)?)))
                    })?
                    .collect()
            });
        self.wrap(found)
    }
}

/// As SQLite counts. No text is longer than it can count.
fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn offset(value: i64) -> usize {
    usize::try_from(value).unwrap_or_default()
}

/// A result on its way into the table.
struct ToPut<'k> {
    kept: &'k Kept,
    sum: u32,
    /// Of a large value, the file it stands in.
    file: Option<String>,
}

impl<'k> ToPut<'k> {
    fn of(kept: &'k Kept) -> Self {
        let sum = crc32fast::hash(&kept.value);
        let is_large = kept.value.len() > LARGE;
        let file = is_large.then(|| Large::name(kept.stage, &kept.subject, &kept.key, sum));
        Self { kept, sum, file }
    }
}

/// Puts `rows` in the place of what is there under their stages and subjects; gives the files that
/// belong to nothing any more.
fn put_in(
    transaction: &rusqlite::Transaction<'_>,
    rows: &[ToPut<'_>],
) -> rusqlite::Result<Vec<String>> {
    let mut forget = transaction
        .prepare_cached("DELETE FROM result WHERE stage = ? AND subject = ? RETURNING file")?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO result (stage, subject, key, sum, file, value) VALUES (?, ?, ?, ?, ?, ?)",
    )?;
    let mut gone = Vec::new();
    for ToPut { kept, sum, file } in rows {
        let old = forget.query_map(params![kept.stage, kept.subject], |row| row.get(0))?;
        let old: Vec<Option<String>> = old.collect::<Result<_, _>>()?;
        gone.extend(old.into_iter().flatten());
        let value: &[u8] = if file.is_some() { &[] } else { &kept.value };
        let key = kept.key.as_bytes();
        insert.execute(params![kept.stage, kept.subject, key, sum, file, value])?;
    }
    gone.retain(|gone| rows.iter().all(|row| row.file.as_ref() != Some(gone)));
    Ok(gone)
}

fn drop_passages(transaction: &rusqlite::Transaction<'_>, item: &[u8]) -> rusqlite::Result<()> {
    // Of an item that was never indexed there is nothing to drop, and the index of words would look
    // through all it has not yet written down.
    let is_known =
        transaction.prepare_cached("SELECT 1 FROM passage WHERE item = ?")?.exists([item])?;
    if !is_known {
        return Ok(());
    }
    transaction
        .prepare_cached("DELETE FROM words WHERE rowid IN (SELECT id FROM passage WHERE item = ?)")?
        .execute([item])?;
    transaction.prepare_cached("DELETE FROM passage WHERE item = ?")?.execute([item])?;
    Ok(())
}

impl Drop for Cache {
    fn drop(&mut self) {
        if self.writes {
            // The last writer leaves a file that can be read without writing beside it. If others
            // have it open, they will.
            let _ = self.db.busy_timeout(std::time::Duration::ZERO);
            let _ = self.db.pragma_update(None, "journal_mode", "DELETE");
        }
    }
}

/// The file opened so that looking changes nothing, if that can be; `None` if it is of another
/// version.
fn looked_at(path: &Path) -> rusqlite::Result<Option<Cache>> {
    let mut head = [0; 20];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.map_err(|_| rusqlite::Error::InvalidPath(path.to_owned()))?;
    let look = Look::at(path);
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // Bytes 18 and 19 of the file format: 2 where a write-ahead log belongs to it. To read one
    // SQLite makes files beside it, unless told that nobody writes; then it takes no lock at all,
    // and whoever does write shows it pages of two states.
    if head.get(18..20) == Some(&[1, 1]) {
        return of_this_version(path, flags | OpenFlags::SQLITE_OPEN_READ_ONLY, None);
    }
    // A file of ours is in this state while it is written, or where that was cut short: rarely, and
    // where it can be written somebody may be about to.
    let may_write = fs::File::options().read(true).write(true).open(path).is_ok();
    if look.has_log || may_write {
        match of_this_version(path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE, None) {
            // A full disk: there is no room for the files beside it.
            Err(error) if !look.has_log && !is_strange(&error) => {}
            found => return found,
        }
    }
    of_this_version(path, flags, Some(look))
}

/// Opened without any lock if there is something to tell afterwards that nobody wrote.
fn of_this_version(
    path: &Path,
    flags: OpenFlags,
    unlocked: Option<Look>,
) -> rusqlite::Result<Option<Cache>> {
    let writes = flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE);
    let db = if unlocked.is_some() {
        let name = path.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(path.to_owned()))?;
        let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    db.busy_timeout(std::time::Duration::from_secs(30))?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != SCHEMA {
        return Ok(None);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut cache = Cache::over(folder, db, false, writes);
    cache.unlocked = unlocked;
    Ok(Some(cache))
}

/// Whether there is no cache to be read at all, as far as this kua can tell.
fn is_strange(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error, rusqlite::Error::InvalidPath(_))
        || matches!(error.sqlite_error_code(), Some(NotADatabase | DatabaseCorrupt))
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// The open file; `None` if it is of another version.
fn attempt(path: &Path) -> rusqlite::Result<Option<Connection>> {
    if let Some(folder) = path.parent() {
        // If this fails, opening says why.
        let _ = fs::create_dir_all(folder);
    }
    let db = Connection::open(path)?;
    db.busy_timeout(std::time::Duration::from_secs(30))?;
    // Values are kilobytes and more: small pages mean a system call for every few of their bytes.
    // Holds for a file that is made now; an older one keeps its own.
    db.pragma_update(None, "page_size", 16_384)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // A crash of the machine may cost the last batch, never the file: it is a cache.
    db.pragma_update(None, "synchronous", "NORMAL")?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        SCHEMA => Ok(Some(db)),
        0 => {
            db.execute_batch(&format!(
                "BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;"
            ))?;
            Ok(Some(db))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(subject: &[u8], key: &[u8], value: &[u8]) -> Kept {
        Kept {
            stage: "read",
            subject: subject.to_vec(),
            key: Sha256::of(key),
            value: value.to_vec(),
        }
    }

    #[test]
    fn a_value_is_found_only_under_the_key_it_was_made_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        cache.put(&[kept(b"one", b"k1", b"v1")]).unwrap();
        assert_eq!(cache.get("read", b"one", &Sha256::of(b"k1")).unwrap().unwrap(), b"v1");
        assert!(cache.get("read", b"one", &Sha256::of(b"k2")).unwrap().is_none());
        assert!(cache.get("trace", b"one", &Sha256::of(b"k1")).unwrap().is_none());
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder.join("large")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    #[test]
    fn a_large_value_stands_in_a_file_as_long_as_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        let large = |byte: u8| vec![byte; LARGE + 1];
        cache.put(&[kept(b"one", b"k", &large(1)), kept(b"two", b"k", b"small")]).unwrap();
        assert_eq!(cache.get("read", b"one", &Sha256::of(b"k")).unwrap(), Some(large(1)));
        assert_eq!(cache.latest("read", b"one").unwrap(), Some((Sha256::of(b"k"), large(1))));
        assert_eq!(cache.all("read").unwrap().len(), 2);
        assert_eq!(files(folder.path()).len(), 1);
        // Another in its place, and the same once more.
        for _ in 0..2 {
            cache.put(&[kept(b"one", b"", b""), kept(b"one", b"k2", &large(2))]).unwrap();
            assert_eq!(cache.get("read", b"one", &Sha256::of(b"k2")).unwrap(), Some(large(2)));
            assert_eq!(files(folder.path()).len(), 1);
        }
        cache.forget(&[b"one".to_vec()]).unwrap();
        assert!(files(folder.path()).is_empty());
    }

    #[test]
    fn a_large_value_that_is_damaged_or_gone_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        let key = Sha256::of(b"k");
        let mut flipped = vec![7; LARGE + 1];
        flipped[LARGE / 2] ^= 16;
        for damage in [Some(&flipped[..]), Some(&flipped[..9]), Some(&[]), None] {
            cache.put(&[kept(b"one", b"k", &vec![7; LARGE + 1])]).unwrap();
            let [file] = &files(folder.path())[..] else { panic!("one file") };
            match damage {
                Some(bytes) => fs::write(file, bytes).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
            assert_eq!(cache.get("read", b"one", &key).unwrap(), None);
            assert_eq!(cache.latest("read", b"one").unwrap(), None);
            assert!(cache.all("read").unwrap().is_empty());
        }
    }

    #[test]
    fn a_row_whose_bytes_changed_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        cache.put(&[kept(b"one", b"k", b"value")]).unwrap();
        cache.db.execute("UPDATE result SET value = x'00'", []).unwrap();
        assert_eq!(cache.get("read", b"one", &Sha256::of(b"k")).unwrap(), None);
    }

    #[test]
    fn files_that_no_row_names_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        cache.sweep().unwrap();
        cache.put(&[kept(b"one", b"k", &vec![7; LARGE + 1])]).unwrap();
        fs::write(folder.path().join("large/read-00.part"), "half of one").unwrap();
        cache.sweep().unwrap();
        assert_eq!(files(folder.path()).len(), 1);
        assert!(cache.get("read", b"one", &Sha256::of(b"k")).unwrap().is_some());
    }

    #[test]
    fn a_damaged_or_strange_file_is_made_anew() {
        for bytes in [
            &b"not a database at all, but long enough to be looked at"[..],
            b"",
            b"SQLite format 3\0cut",
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("case.sqlite"), bytes).unwrap();
            let mut cache = Cache::open(folder.path()).unwrap();
            cache.put(&[kept(b"one", b"k", b"v")]).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        Connection::open(folder.path().join("case.sqlite"))
            .unwrap()
            .execute_batch("CREATE TABLE result (other); PRAGMA user_version = 77;")
            .unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        assert!(cache.was_rebuilt);
        assert!(cache.keys("read").unwrap().is_empty());
    }

    #[test]
    fn passages_of_an_item_are_replaced_not_doubled() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        let passage = |text: &str| Passage {
            document: "d".into(),
            start: 0,
            end: text.len(),
            text: text.into(),
            plain: crate::fold::plain(text),
            roman: crate::fold::roman(text),
        };
        cache.index(&[(b"i".to_vec(), vec![passage("Мамай спас")])], &[]).unwrap();
        assert_eq!(cache.find("roman:\"mamay\"", 9).unwrap().len(), 1);
        cache.index(&[(b"i".to_vec(), vec![passage("тишина")])], &[]).unwrap();
        assert!(cache.find("roman:\"mamay\"", 9).unwrap().is_empty());
    }

    /// A file that a write-ahead log belongs to, without one: as one closed by other programs.
    fn without_log(folder: &Path) -> PathBuf {
        let path = folder.join("case.sqlite");
        let mut cache = Cache::open(folder).unwrap();
        cache.put(&[kept(b"one", b"k", &[b'a'; 300_000])]).unwrap();
        drop(cache);
        let db = Connection::open(&path).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        db.execute("UPDATE result SET subject = subject", []).unwrap();
        drop(db);
        assert!(fs::read(&path).unwrap().get(18..20) == Some(&[2, 2]) && !log_of(&path).exists());
        path
    }

    #[test]
    fn what_is_read_without_locks_while_somebody_writes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = without_log(folder.path());
        let get = |cache: &Cache| cache.get("read", b"one", &Sha256::of(b"k"));
        let unlocked = || {
            let look = Look::at(&path);
            of_this_version(&path, OpenFlags::SQLITE_OPEN_NO_MUTEX, Some(look)).unwrap().unwrap()
        };
        let reader = unlocked();
        assert_eq!(get(&reader).unwrap().unwrap(), [b'a'; 300_000]);
        let mut writer = Cache::open(folder.path()).unwrap();
        let refused = get(&reader).unwrap_err();
        assert!(refused.to_string().contains("try again"), "{refused}");
        writer.put(&[kept(b"one", b"k", &[b'b'; 300_000])]).unwrap();
        drop(writer);
        // Whatever SQLite remembers of the old pages: the file is another now.
        assert!(get(&reader).is_err() && reader.keys("read").is_err());
        let look = Cache::look(folder.path()).unwrap().unwrap();
        assert_eq!(get(&look).unwrap().unwrap(), [b'b'; 300_000]);
    }

    #[test]
    fn looking_while_somebody_writes_shows_one_state_or_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let value = |n: u8| kept(b"one", b"k", &vec![n; 200_000 + usize::from(n) * 30_000]);
        for _ in 0..4 {
            without_log(folder.path());
            std::thread::scope(|scope| {
                let writing = scope.spawn(|| {
                    for n in 0..6 {
                        let mut writer = Cache::open(folder.path()).unwrap();
                        writer.put(&[value(n)]).unwrap();
                    }
                });
                let mut seen = 0;
                while !writing.is_finished() || seen == 0 {
                    let found = Cache::look(folder.path()).and_then(|cache| {
                        cache.map(|cache| cache.get("read", b"one", &Sha256::of(b"k"))).transpose()
                    });
                    // Refused is fine, mixed is not.
                    let Ok(Some(Some(value))) = found else { continue };
                    assert!(value.iter().all(|byte| Some(byte) == value.first()));
                    seen += 1;
                }
            });
        }
    }

    #[test]
    fn looking_makes_no_file_anew() {
        for bytes in
            [&b"not a database at all, but long enough to be looked at"[..], b"", b"SQLite"]
        {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("case.sqlite"), bytes).unwrap();
            assert!(Cache::look(folder.path()).unwrap().is_none());
            assert_eq!(fs::read(folder.path().join("case.sqlite")).unwrap(), bytes);
        }
    }
}
