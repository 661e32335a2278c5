//! The files that overlays are looked for in.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use reqllm_core::{Environment, Error, Result};

use super::{Origin, Overlay};

/// Names a file.
const VARIABLE: &str = "REQLLM_MODELS";
/// In the user's config folder.
const USER_FILE: &str = "reqllm/models.toml";
/// In a project's folder.
const PROJECT_FILE: &str = "reqllm.toml";

impl Overlay {
    /// Reads the files that there are, in the order in which they are to be laid over a model, so that the later wins:
    ///
    /// 1. `reqllm/models.toml` in the user's config folder: `$XDG_CONFIG_HOME`, else `~/.config`; on macOS
    ///    `~/Library/Application Support`; on Windows `%APPDATA%`.
    /// 2. `reqllm.toml` in `directory`, or in the nearest folder above that has one.
    /// 3. The file, `.toml` or `.json`, that `REQLLM_MODELS` names; a relative path starts at `directory`.
    ///
    /// The first two may be absent. Nothing of the process is read but through `env`, save that a relative `directory` starts
    /// where the process is.
    ///
    /// # Errors
    ///
    /// As of [`Overlay::read`], for the first file that will not do.
    pub fn discover(env: &Environment, directory: &Path) -> Result<Vec<Self>> {
        let mut overlays = Vec::new();
        if let Some(path) = user_file(env, Platform::THIS) {
            let origin = Origin::UserFile(path.clone());
            if exists(&path, &origin)? {
                overlays.push(Self::read(&path, origin)?);
            }
        }
        let directory = std::path::absolute(directory).map_err(|error| {
            Error::config(format!("the project folder {directory:?} is none: {error}"))
                .with_source(error)
        })?;
        for folder in directory.ancestors() {
            let path = folder.join(PROJECT_FILE);
            let origin = Origin::ProjectFile(path.clone());
            if exists(&path, &origin)? {
                overlays.push(Self::read(&path, origin)?);
                break;
            }
        }
        if let Some(path) = env.get(VARIABLE) {
            let path = directory.join(path);
            let origin = Origin::Environment {
                variable: VARIABLE.to_owned(),
                path: path.clone(),
            };
            overlays.push(Self::read(&path, origin)?);
        }
        Ok(overlays)
    }
}

/// Each keeps the files of its users in a place of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Platform {
    Xdg,
    MacOs,
    Windows,
}

impl Platform {
    pub(super) const THIS: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Xdg
    };
}

pub(super) fn user_file(env: &Environment, platform: Platform) -> Option<PathBuf> {
    // "All paths set in these environment variables must be absolute. If an implementation encounters a relative path […] it
    // should consider the path invalid and ignore it." (XDG Base Directory Specification 0.8)
    let folder = |name| {
        env.get(name)
            .map(PathBuf::from)
            .filter(|it| it.is_absolute())
    };
    let folder = match platform {
        Platform::Xdg => {
            folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))
        }
        Platform::MacOs => folder("HOME").map(|it| it.join("Library/Application Support")),
        Platform::Windows => env.get("APPDATA").map(PathBuf::from),
    };
    Some(folder?.join(USER_FILE))
}

/// A folder that one may not look into has no file for us: `HOME=/root` is common in containers of other users.
fn exists(path: &Path, origin: &Origin) -> Result<bool> {
    match path.try_exists() {
        Ok(there) => Ok(there),
        Err(error) => match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::NotADirectory => Ok(false),
            _ => Err(
                Error::config(format!("{origin} cannot be looked for: {error}")).with_source(error),
            ),
        },
    }
}
