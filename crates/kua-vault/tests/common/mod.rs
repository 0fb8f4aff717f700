//! A disk in memory that fails and crashes on command, and small helpers for cases.
//! Models what the contract of `Storage` leaves open: what was not synced may be lost.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, reason = "a test module is no library")]

pub mod folder;
pub mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use kua_vault::{Access, Acquisition, Collector, Listed, Lock, Storage, Vault};

/// What goes wrong at the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An error, and nothing happened.
    Failed,
    /// An error, but it happened.
    FailedButDone,
    /// The disk is full; a write leaves its first half.
    Full,
    /// The process or machine stops: this and every later operation fails.
    Stop,
}

/// What the disk holds after the power was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Everything done, as after `kill -9`.
    Kept,
    /// Only what was synced.
    Lost,
    /// What was synced, and of the rest whatever a seeded coin decides; contents torn.
    Torn(u64),
}

#[derive(Clone, Default)]
struct File {
    now: Vec<u8>,
    safe: Option<Vec<u8>>,
}

#[derive(Clone, Default)]
struct State {
    files: BTreeMap<u64, File>,
    next: u64,
    /// Path to file number; folders have 0.
    now: BTreeMap<String, u64>,
    safe: BTreeMap<String, u64>,
    locked: bool,
    operations: u64,
    fault: Option<(u64, Fault)>,
    stopped: bool,
    /// How many bytes all files may have together.
    room: Option<usize>,
}

impl State {
    fn used(&self) -> usize {
        let numbers: BTreeSet<u64> = self.now.values().copied().collect();
        numbers.iter().filter_map(|number| self.files.get(number)).map(|file| file.now.len()).sum()
    }
}

/// The disk. Clones share it.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Makes the `n`-th changing operation from now (from 0) go wrong.
    pub fn fail_at(&self, n: u64, fault: Fault) {
        let mut state = self.state();
        let at = state.operations + n;
        state.fault = Some((at, fault));
    }

    /// From now on all files may have `more` bytes more than they have now.
    pub fn leave_room(&self, more: usize) {
        let mut state = self.state();
        state.room = Some(state.used() + more);
    }

    /// Bytes of all files together.
    pub fn used(&self) -> usize {
        self.state().used()
    }

    /// The disk as the next process finds it after `kill -9`: everything done is there, but what
    /// was not synced is no safer than before.
    pub fn killed(&self) -> Memory {
        let state = self.state().clone();
        Memory(Arc::new(Mutex::new(State {
            locked: false,
            operations: 0,
            fault: None,
            stopped: false,
            ..state
        })))
    }

    /// Changing operations so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// The disk as found when the machine is switched on again.
    pub fn after(&self, crash: Crash) -> Memory {
        let state = self.state().clone();
        let mut coin = match crash {
            Crash::Torn(seed) => seed,
            _ => 1,
        };
        let mut toss = || {
            coin = coin
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (coin >> 33).is_multiple_of(2)
        };
        let mut names: BTreeMap<String, u64> = BTreeMap::new();
        let all: BTreeSet<&String> = state.now.keys().chain(state.safe.keys()).collect();
        for path in all {
            let (now, safe) = (state.now.get(path), state.safe.get(path));
            let found = match crash {
                Crash::Kept => now,
                Crash::Lost => safe,
                Crash::Torn(_) => {
                    if now == safe || toss() {
                        now
                    } else {
                        safe
                    }
                }
            };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if let Some(file) = found
                && (folder.is_empty() || names.contains_key(folder))
            {
                names.insert(path.clone(), *file);
            }
        }
        let mut files = state.files.clone();
        for file in files.values_mut() {
            let safe = file.safe.clone().unwrap_or_default();
            file.now = match crash {
                Crash::Kept => file.now.clone(),
                Crash::Lost => safe,
                Crash::Torn(_) if file.safe.as_ref() == Some(&file.now) => safe,
                Crash::Torn(_) => match (toss(), toss()) {
                    (true, true) => file.now.clone(),
                    (true, false) => file.now[..file.now.len() / 2].to_vec(),
                    (false, true) => vec![0; file.now.len()],
                    (false, false) => safe,
                },
            };
            file.safe = Some(file.now.clone());
        }
        let next = state.next;
        Memory(Arc::new(Mutex::new(State {
            files,
            next,
            safe: names.clone(),
            now: names,
            ..State::default()
        })))
    }

    /// Every file, for damage to be done to it.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let files = state.now.iter().filter(|(_, number)| **number != 0);
        files.map(|(path, number)| (path.clone(), state.files[number].now.clone())).collect()
    }

    /// Overwrites a file behind the vault's back; `None` removes it.
    pub fn tamper(&self, path: &str, bytes: Option<Vec<u8>>) {
        let mut state = self.state();
        match bytes {
            Some(bytes) => {
                let number = state.now.get(path).copied().filter(|n| *n != 0);
                let number = number.unwrap_or_else(|| {
                    state.next += 1;
                    state.next
                });
                state.now.insert(path.to_owned(), number);
                state.files.insert(number, File { safe: Some(bytes.clone()), now: bytes });
            }
            None => {
                state.now.remove(path);
            }
        }
    }

    pub fn shared(&self) -> Arc<dyn Storage> {
        Arc::new(self.clone())
    }

    /// Runs a changing operation under the fault that is due, if any.
    fn operate(&self, act: impl FnOnce(&mut State, bool) -> io::Result<()>) -> io::Result<()> {
        let mut state = self.state();
        if state.stopped {
            return Err(io::Error::other("the machine is off"));
        }
        let due = state.fault.filter(|(at, _)| *at == state.operations).map(|(_, fault)| fault);
        state.operations += 1;
        match due {
            None => act(&mut state, false),
            Some(Fault::Failed) => Err(io::Error::other("injected failure")),
            Some(Fault::FailedButDone) => {
                act(&mut state, false)?;
                Err(io::Error::other("injected failure after the fact"))
            }
            Some(Fault::Full) => {
                act(&mut state, true)?;
                Err(ErrorKind::StorageFull.into())
            }
            Some(Fault::Stop) => {
                state.stopped = true;
                Err(io::Error::other("the machine stops"))
            }
        }
    }
}

impl Storage for Memory {
    fn create(&self, path: &str, _: Access) -> io::Result<Box<dyn Write + Send>> {
        let mut number = 0;
        self.operate(|state, full| {
            if full {
                return Ok(());
            }
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if !folder.is_empty() && state.now.get(folder) != Some(&0) {
                return Err(ErrorKind::NotFound.into());
            }
            // Emptied in place, as O_TRUNC does: a file of that name keeps its number.
            number = state.now.get(path).copied().unwrap_or_else(|| {
                state.next += 1;
                state.next
            });
            state.now.insert(path.to_owned(), number);
            state.files.entry(number).or_default().now.clear();
            Ok(())
        })?;
        Ok(Box::new(Writing { memory: self.clone(), number }))
    }

    fn sync(&self, paths: &[String]) -> io::Result<()> {
        self.operate(|state, full| {
            for path in paths.iter().filter(|_| !full) {
                let number = state.now.get(path).copied().ok_or(ErrorKind::NotFound)?;
                let file = state.files.entry(number).or_default();
                file.safe = Some(file.now.clone());
            }
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.operate(|state, full| {
            if full {
                return Ok(());
            }
            let folder = to.rsplit_once('/').map_or("", |(folder, _)| folder);
            if !folder.is_empty() && state.now.get(folder) != Some(&0) {
                return Err(ErrorKind::NotFound.into());
            }
            let number = state.now.remove(from).ok_or(ErrorKind::NotFound)?;
            state.now.insert(to.to_owned(), number);
            Ok(())
        })
    }

    fn sync_dirs(&self, dirs: &[String]) -> io::Result<()> {
        self.operate(|state, full| {
            for dir in dirs.iter().filter(|_| !full) {
                let inside = |path: &String| path.rsplit_once('/').map_or("", |(d, _)| d) == dir;
                state.safe.retain(|path, _| !inside(path));
                let names: Vec<_> = state
                    .now
                    .iter()
                    .filter(|(path, _)| inside(path))
                    .map(|(p, n)| (p.clone(), *n))
                    .collect();
                state.safe.extend(names);
            }
            Ok(())
        })
    }

    fn create_dirs(&self, dir: &str, _: Access) -> io::Result<()> {
        self.operate(|state, full| {
            let mut path = String::new();
            for part in dir.split('/').filter(|_| !full) {
                path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
                state.now.entry(path.clone()).or_insert(0);
            }
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.operate(|state, full| {
            let busy = state.now.keys().any(|p| p.starts_with(&format!("{path}/")));
            if !full && (busy || state.now.remove(path).is_none()) {
                return Err(ErrorKind::NotFound.into());
            }
            Ok(())
        })
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        let state = self.state();
        let number = state.now.get(path).filter(|n| **n != 0).ok_or(ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(state.files[number].now.clone())))
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        let state = self.state();
        let number = state.now.get(path).filter(|n| **n != 0);
        Ok(number.map(|number| state.files[number].now.len() as u64))
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Listed>> {
        let state = self.state();
        let inside = state.now.iter().filter_map(|(path, number)| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            (folder == dir).then(|| Listed { name: name.to_owned(), is_dir: *number == 0 })
        });
        Ok(inside.collect())
    }

    fn lock(&self, _: &str) -> io::Result<Option<Box<dyn Lock>>> {
        let mut state = self.state();
        if state.locked {
            return Ok(None);
        }
        state.locked = true;
        Ok(Some(Box::new(Held(self.clone()))))
    }
}

struct Writing {
    memory: Memory,
    number: u64,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.memory.operate(|state, full| {
            let room = state.room.map_or(usize::MAX, |room| room.saturating_sub(state.used()));
            let half = if full { bytes.len() / 2 } else { bytes.len() };
            let part = &bytes[..half.min(room)];
            state.files.entry(self.number).or_default().now.extend_from_slice(part);
            if bytes.len() > room { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Held(Memory);

impl Lock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.state().locked = false;
    }
}

/// The collector of every case here.
pub fn collector() -> Collector {
    Collector { name: "River Archive".into() }
}

/// An acquisition under a path on a fixed day.
pub fn acquired(path: &str) -> Acquisition {
    Acquisition {
        path: path.into(),
        acquired_at: "2031-05-04T10:00:00Z".into(),
        ..Acquisition::default()
    }
}

/// An empty vault in memory.
pub fn vault() -> (Memory, Vault) {
    let memory = Memory::default();
    let vault = Vault::create_on(memory.shared(), &collector()).unwrap();
    (memory, vault)
}

/// The folder of shared test data, or `None` after saying that the test is skipped.
pub fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KUA_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not on this machine", path.display());
    None
}
