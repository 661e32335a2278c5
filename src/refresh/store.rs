//! The cache: `catalogue.packed`, which ends with the CRC-32 of what is before it, and `catalogue.json`, which says where it is
//! from. Each is replaced as a whole. The first is good by itself; the second counts only if it is about the first, so it does
//! no harm if two refreshes at once leave one file each.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use reqllm_core::{Environment, Error, Result};
use reqllm_registry::Packed;
use serde::{Deserialize, Serialize};

/// The variable that names the folder.
pub(super) const CACHE_DIR: &str = "REQLLM_CACHE_DIR";

pub(super) const PACKED: &str = "catalogue.packed";
const FACTS: &str = "catalogue.json";

/// What is larger was not written here.
const MAX_PACKED: u64 = 64 << 20;
const MAX_FACTS: u64 = 64 << 10;

/// So many names are tried for a new file.
const MAX_NAMES: usize = 1_000;

/// A catalogue in the cache.
pub(super) struct Cached {
    pub(super) packed: Packed,
    pub(super) facts: Option<Facts>,
}

/// What is known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    /// Where it is from, without secrets.
    pub(super) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    pub(super) fetched_at: String,
    /// When it was last known to be what the server has.
    pub(super) checked_at: String,
    /// Of the file that it was made from.
    pub(super) sha256: String,
    pub(super) date: String,
    pub(super) providers: usize,
    pub(super) models: usize,
    /// The version of this crate.
    pub(super) made_by: String,
}

impl Cached {
    /// The last day on which it was known to hold.
    fn day(&self) -> Option<String> {
        let checked = self.facts.as_ref().and_then(|facts| {
            // What is no moment is no day either.
            super::time::parse(&facts.checked_at).map(super::time::day)
        });
        checked.max(day(&self.packed))
    }

    /// Whether the built-in catalogue is newer, as it is after an update of this crate.
    pub(super) fn is_outdated(&self, embedded: &Packed) -> bool {
        self.day() < day(embedded)
    }
}

fn day(packed: &Packed) -> Option<String> {
    packed.source().date.map(|date| date.to_string())
}

/// The catalogue in the cache. None if there is none, if the built-in one is newer, or, with a warning, if it cannot be read.
/// It never fails: the built-in one is always there.
pub fn load(env: &Environment) -> Option<Packed> {
    let directory = directory(env)?;
    let cached = read(&directory)
        .inspect_err(|reason| tracing::warn!("the cached catalogue is ignored: {reason}"))
        .ok()??;
    (!cached.is_outdated(&Packed::embedded())).then_some(cached.packed)
}

/// Where the cache is; none if nothing says so.
pub(super) fn directory(env: &Environment) -> Option<PathBuf> {
    if let Some(directory) = env.get(CACHE_DIR) {
        return Some(directory.into());
    }
    // A folder that depends on where the process happens to be is none.
    let absolute = |name: &str| {
        let path = env.get(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let caches = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        absolute("HOME").map(|home| home.join("Library/Caches"))
    } else {
        absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))
    };
    Some(caches?.join("reqllm"))
}

/// What is in the cache, or why it cannot be used.
pub(super) fn read(directory: &Path) -> Result<Option<Cached>, String> {
    let path = directory.join(PACKED);
    let refused = |reason: String| format!("{}: {reason}", path.display());
    let Some(mut bytes) = slurp(&path, MAX_PACKED).map_err(|error| refused(error.to_string()))?
    else {
        return Ok(None);
    };
    let sound = bytes
        .split_last_chunk()
        .filter(|(packed, crc)| crc32fast::hash(packed) == u32::from_le_bytes(**crc))
        .map(|(packed, _)| packed.len());
    let len = sound.ok_or_else(|| refused("its checksum is wrong".to_owned()))?;
    bytes.truncate(len);
    let packed = Packed::new(bytes).map_err(|error| refused(error.to_string()))?;
    let facts = slurp(&directory.join(FACTS), MAX_FACTS).ok().flatten();
    let facts = facts
        .and_then(|facts| serde_json::from_slice(&facts).ok())
        .filter(|facts: &Facts| facts.sha256 == packed.source().sha256);
    Ok(Some(Cached { packed, facts }))
}

/// A whole file, if it is there.
fn slurp(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let metadata = match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    if !metadata.is_file() || metadata.len() > limit {
        return Err(io::Error::other("it is no file, or too large"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Replaces the catalogue, or leaves it as it is. Gives its path.
pub(super) fn write(directory: &Path, packed: &Packed, facts: &Facts) -> Result<PathBuf> {
    let packed = packed.as_bytes();
    let crc = crc32fast::hash(packed).to_le_bytes();
    let write = || {
        fs::create_dir_all(directory)?;
        // Both are there before either takes its place: a full disk is noticed in time.
        let packed = Temporary::write(directory, PACKED, &[packed, &crc])?;
        let facts = Temporary::write(directory, FACTS, &[&json(facts)?])?;
        let path = packed.keep()?;
        facts.keep()?;
        Ok(path)
    };
    write().map_err(|error| failed(directory, error))
}

/// Replaces what is known of the catalogue.
pub(super) fn write_facts(directory: &Path, facts: &Facts) -> Result<()> {
    json(facts)
        .and_then(|facts| Temporary::write(directory, FACTS, &[&facts])?.keep())
        .map(drop)
        .map_err(|error| failed(directory, error))
}

fn json(facts: &Facts) -> io::Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(facts)?;
    json.push(b'\n');
    Ok(json)
}

fn failed(directory: &Path, error: io::Error) -> Error {
    let message = format!(
        "the cache folder {} cannot be written: {error}; {CACHE_DIR} names another",
        directory.display()
    );
    Error::config(message).with_source(error)
}

/// A file under a name that is nobody else's, until it takes its place.
struct Temporary {
    path: PathBuf,
    place: PathBuf,
}

impl Temporary {
    fn write(directory: &Path, name: &str, parts: &[&[u8]]) -> io::Result<Self> {
        let (mut file, temporary) = Self::create(directory, name)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.sync_all()?;
        Ok(temporary)
    }

    fn create(directory: &Path, name: &str) -> io::Result<(File, Self)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // Machines that share the folder may have processes of the same number.
        for _ in 0..MAX_NAMES {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!(".{name}.{}.{count}.new", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => {
                    let place = directory.join(name);
                    return Ok((file?, Self { path, place }));
                }
            }
        }
        Err(io::Error::other("every name for a new file is taken"))
    }

    fn keep(mut self) -> io::Result<PathBuf> {
        fs::rename(&self.path, &self.place)?;
        // From now on the name may be somebody else's.
        self.path.clear();
        // So that a power cut does not undo it. Not every platform can, and the file is whole either way.
        if let Some(directory) = self.place.parent() {
            File::open(directory).and_then(|it| it.sync_all()).ok();
        }
        Ok(self.place.clone())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            fs::remove_file(&self.path).ok();
        }
    }
}
