//! [`Storage`] on a real file system.
//! On Linux many files are made safe by one `syncfs(2)` instead of one `fsync(2)` each.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::storage::{Access, Listed, Lock, Storage};

/// Below this many files or folders, one `fsync` each disturbs the rest of the system least.
const FEW: usize = 24;

/// 1 January 1980, the first day that every file system knows.
const NO_TIME: Duration = Duration::from_secs(315_532_800);

/// Most room made beforehand for a file that is read whole.
const MOST_ROOM: u64 = 16 << 20;

/// A folder on disk.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// Whether files get a fixed time instead of the one they were written at.
    timeless: bool,
    /// Open for as long as we live: the kernel reports to this handle every write-back error that
    /// happens on the file system from now on.
    #[cfg(target_os = "linux")]
    handle: Option<File>,
}

impl Disk {
    /// The folder at `root`, which need not exist yet.
    #[must_use]
    pub fn new(root: &Path) -> Disk {
        Disk {
            root: root.to_owned(),
            timeless: false,
            #[cfg(target_os = "linux")]
            handle: File::open(root).ok(),
        }
    }

    /// The same folder, whose files and folders tell nobody when they were written: they get the
    /// first day of 1980 as their time of change. What the file system notes beside that (time of
    /// creation, of change of the inode, journals) is not in our hands.
    #[must_use]
    pub fn without_times(mut self) -> Disk {
        self.timeless = true;
        self
    }

    fn hide_time(&self, path: &Path) {
        if self.timeless {
            // A system that will not set it is no reason to lose an item.
            let _ = File::open(path)
                .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + NO_TIME));
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    /// One `syncfs` for everything; `None` where the system has no such call.
    fn sync_all(&self) -> Option<io::Result<()>> {
        #[cfg(target_os = "linux")]
        if let Some(handle) = &self.handle {
            return Some(rustix::fs::syncfs(handle).map_err(io::Error::from));
        }
        None
    }
}

impl Storage for Disk {
    fn create(&self, path: &str, access: Access) -> io::Result<Box<dyn Write + Send>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        if access == Access::Private {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        #[cfg(not(unix))]
        let _ = access;
        // A small buffer, allocated only as it fills, so that small files cost one write.
        Ok(Box::new(BufWriter::with_capacity(8 * 1024, options.open(self.at(path))?)))
    }

    fn sync(&self, paths: &[String]) -> io::Result<()> {
        if paths.len() > FEW
            && let Some(result) = self.sync_all()
        {
            return result;
        }
        paths.iter().try_for_each(|path| {
            let path = self.at(path);
            match OpenOptions::new().read(true).write(true).open(&path) {
                // An object that was copied from a medium that cannot be written to. Where files
                // have to be open for writing to be synced, this says so.
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    File::open(&path)?.sync_all()
                }
                opened => opened?.sync_all(),
            }
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.hide_time(&self.at(from));
        fs::rename(self.at(from), self.at(to))
    }

    fn sync_dirs(&self, dirs: &[String]) -> io::Result<()> {
        for dir in dirs {
            self.hide_time(&self.at(dir));
        }
        if dirs.len() > FEW
            && let Some(result) = self.sync_all()
        {
            return result;
        }
        // Elsewhere than on Unix a folder cannot be opened as a file; renames are journalled.
        if cfg!(unix) {
            dirs.iter().try_for_each(|dir| File::open(self.at(dir))?.sync_all())?;
        }
        Ok(())
    }

    fn create_dirs(&self, dir: &str, access: Access) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        if access == Access::Private {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        #[cfg(not(unix))]
        let _ = access;
        builder.create(self.at(dir))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.at(path);
        if fs::symlink_metadata(&path)?.is_dir() {
            fs::remove_dir(path)
        } else {
            fs::remove_file(path)
        }
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(open_file(&self.at(path))?.0))
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let (mut file, length) = open_file(&self.at(path))?;
        // Room for one byte more, so that the end is seen without growing. A length that only
        // claims to be long gets no room beforehand.
        let room = usize::try_from(length.min(MOST_ROOM)).unwrap_or(0) + 1;
        let mut bytes = Vec::with_capacity(room);
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        match fs::metadata(self.at(path)) {
            Ok(meta) if meta.is_file() => Ok(Some(meta.len())),
            Ok(_) => Ok(None),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Listed>> {
        let entries = match fs::read_dir(self.at(dir)) {
            Ok(entries) => entries,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            Err(e) => return Err(e),
        };
        let mut listed = entries
            .map(|entry| {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                Ok(Listed { name, is_dir: entry.file_type()?.is_dir() })
            })
            .collect::<io::Result<Vec<Listed>>>()?;
        listed.sort();
        Ok(listed)
    }

    fn lock(&self, path: &str) -> io::Result<Option<Box<dyn Lock>>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.at(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(FileLock(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Opens a regular file, and nothing else; and its length as the system tells it.
fn open_file(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.read(true);
    // A pipe planted under an object's name must not make us wait for ever.
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    #[cfg(not(target_os = "linux"))]
    if !fs::metadata(path)?.is_file() {
        return Err(not_a_file());
    }
    let file = options.open(path)?;
    let meta = file.metadata()?;
    if meta.is_file() { Ok((file, meta.len())) } else { Err(not_a_file()) }
}

fn not_a_file() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "not a regular file")
}

/// The system releases the lock when the file is closed, also by the death of the process.
struct FileLock(#[expect(dead_code, reason = "held open, never read")] File);

impl Lock for FileLock {}
