//! What people know of models beyond the catalogue, laid over it field by field.
//!
//! A file says only what it wants to say; everything else stays. It is TOML or JSON of this shape:
//!
//! ```toml
//! [models."bedrock:our-model"]                # provider:id
//! base_model = "anthropic.claude-haiku-4-5-20251001-v1:0"
//! limits = { context = 200000, output = 8192 }
//! capabilities = { tools = true, citations = false }
//! cost = { input = "0.80", output = 4 }       # USD per 1,000,000 tokens
//! aliases = ["ours"]                          # other ids of the same provider
//! unset = ["cost.cache_read"]                 # no longer known
//!
//! [providers.amazon-bedrock.models."openai.gpt-oss-20b-1:0"] # an entry pasted from models.dev
//! limit = { context = 128000, output = 16384 }
//! tool_call = true
//! ```
//!
//! An entry under `models` has the fields of a full spec ([`Model::from_toml`]) but for provider and id, which its key tells.
//! Tables merge, lists and `reasoning.budget` replace, aliases add up. `unset` names fields or groups of them (`cost`); it goes
//! before what the same entry sets. There is no `null`.
//!
//! An entry under `providers` has the fields of models.dev and its meaning of 0, which is "not known": such a field is left
//! alone. What says nothing that a [`Model`] holds is passed over: `description`, `id`, `interleaved`, `experimental`, the audio
//! prices of tiers, and addresses of models with variables. `alpha` is read as `beta`.
//!
//! Of the provider itself `npm`, `api` and `env` say how it is spoken to, where it is, and which variables set it up, whether
//! the catalogue has it or not:
//!
//! ```toml
//! [providers.acmo]
//! npm = "@ai-sdk/openai-compatible"           # or @ai-sdk/anthropic
//! api = "https://api.acmo.example/v1"
//! env = ["ACMO_API_KEY"]
//! ```
//!
//! In a project's file they may only lead to this machine ([`Registry::lay`](crate::Registry::lay)).
//!
//! Everything else is an error that names the file, the key and the nearest key that there is.

mod discover;
mod field;
mod models_dev;
mod place;
mod read;
mod tree;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use reqllm_core::{Error, Model, Result};

use field::Patch;
pub(crate) use models_dev::ProviderPatch;

/// Where a fact about a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The catalogue.
    Catalogue,
    /// The file in the user's config folder.
    UserFile(PathBuf),
    /// The file of a project.
    ProjectFile(PathBuf),
    /// A file that an environment variable names.
    Environment {
        /// The variable.
        variable: String,
        /// The file.
        path: PathBuf,
    },
    /// The program itself.
    Program,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalogue => f.write_str("the catalogue"),
            Self::UserFile(path) => write!(f, "the user file {}", path.display()),
            Self::ProjectFile(path) => write!(f, "the project file {}", path.display()),
            Self::Environment { variable, path } => {
                write!(f, "the file {} of {variable}", path.display())
            }
            Self::Program => f.write_str("the program"),
        }
    }
}

/// The most that is read of a file, in bytes. One that names every model there is has less than three million.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// What one source says of models.
///
/// ```
/// use reqllm_core::Model;
/// use reqllm_registry::{Origin, Overlay, Provenance};
///
/// let overlay = Overlay::from_toml(
///     r#"models."bedrock:our-model".limits.output = 8192"#,
///     Origin::Program,
/// )?;
/// let mut model = Model::new("bedrock", "our-model").family("claude");
/// let mut provenance = Provenance::default();
/// assert!(overlay.apply("bedrock", "our-model", &mut model, &mut provenance));
/// assert_eq!(model.limits.output, Some(8192));
/// assert_eq!(model.family.as_deref(), Some("claude"), "what it does not name stays");
/// assert_eq!(provenance.get("limits.output"), Some(&Origin::Program));
///
/// let error = Overlay::from_toml(
///     r#"models."bedrock:our-model".limits.contxt = 8192"#,
///     Origin::Program,
/// );
/// assert!(error.unwrap_err().message().contains(r#"did you mean "context"?"#));
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overlay {
    origin: Origin,
    /// By provider and id.
    patches: BTreeMap<(String, String), Patch>,
    /// By provider.
    providers: BTreeMap<String, ProviderPatch>,
}

impl Overlay {
    /// Reads TOML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config), naming the origin and the key.
    pub fn from_toml(text: &str, origin: Origin) -> Result<Self> {
        let tree = tree::toml(text)
            .map_err(|reason| Error::config(format!("{origin} is no TOML: {reason}")))?;
        Self::new(&tree, origin)
    }

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// As of [`Overlay::from_toml`].
    pub fn from_json(text: &str, origin: Origin) -> Result<Self> {
        let tree = tree::json(text)
            .map_err(|reason| Error::config(format!("{origin} is no JSON: {reason}")))?;
        Self::new(&tree, origin)
    }

    /// Reads a file by its extension: `.toml` or `.json`.
    ///
    /// # Errors
    ///
    /// As of [`Overlay::from_toml`]; and if the file is missing or cannot be read.
    pub fn read(path: impl AsRef<Path>, origin: Origin) -> Result<Self> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("");
        let parse = match extension.to_ascii_lowercase().as_str() {
            "toml" => Self::from_toml,
            "json" => Self::from_json,
            _ => {
                return Err(Error::config(format!(
                    "{origin} cannot be read: {:?} ends in neither .toml nor .json",
                    path.display().to_string()
                )));
            }
        };
        let text = read_text(path).map_err(|error| {
            Error::config(format!("{origin} cannot be read: {error}")).with_source(error)
        })?;
        parse(&text, origin)
    }

    fn new(tree: &serde_json::Value, origin: Origin) -> Result<Self> {
        let read::Entries { models, providers } = read::entries(tree, &origin)?;
        let overlay = Self {
            origin,
            patches: models,
            providers,
        };
        overlay.check_aliases()?;
        Ok(overlay)
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.patches.is_empty() && self.providers.is_empty()
    }

    /// The models that it says something of, by provider and id, in that order. Ids are as they are written; providers are
    /// in lower case with `-` for `_`, and go by the name that is written until [`Overlay::canonicalise`].
    pub fn models(&self) -> impl Iterator<Item = (&str, &str)> {
        self.patches
            .keys()
            .map(|(provider, id)| (provider.as_str(), id.as_str()))
    }

    /// What it says of providers themselves.
    pub(crate) fn providers(&self) -> impl Iterator<Item = (&str, &ProviderPatch)> {
        self.providers
            .iter()
            .map(|(provider, patch)| (provider.as_str(), patch))
    }

    /// The other ids that it gives to models: each with the provider and the id that it stands for.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, (&str, &str))> {
        self.patches.iter().flat_map(|((provider, id), patch)| {
            let aliases = patch.aliases.iter().map(String::as_str);
            aliases.map(move |alias| (alias, (provider.as_str(), id.as_str())))
        })
    }

    /// Gives providers the names that the registry has for them. `name` is asked with each; where it has no answer, the
    /// provider keeps its name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if two entries turn out to be about one model, or one provider.
    pub fn canonicalise(&mut self, name: impl Fn(&str) -> Option<String>) -> Result<()> {
        let mut renamed: BTreeMap<(String, String), (String, Patch)> = BTreeMap::new();
        for ((provider, id), patch) in std::mem::take(&mut self.patches) {
            let key = (name(&provider).unwrap_or_else(|| provider.clone()), id);
            if let Some((other, _)) = renamed.get(&key) {
                return Err(Error::config(format!(
                    "{}: `{provider}:{id}` and `{other}:{id}` are one model; one entry would do",
                    self.origin,
                    id = key.1
                )));
            }
            renamed.insert(key, (provider, patch));
        }
        let mut providers = BTreeMap::new();
        for (provider, patch) in std::mem::take(&mut self.providers) {
            let id = name(&provider).unwrap_or_else(|| provider.clone());
            if providers.insert(id.clone(), patch).is_some() {
                return Err(Error::config(format!(
                    "{}: `providers.{provider}` is the second entry for provider {id:?}; one would do",
                    self.origin
                )));
            }
        }
        self.providers = providers;
        let patches = renamed.into_iter();
        self.patches = patches.map(|(key, (_, patch))| (key, patch)).collect();
        self.check_aliases()
    }

    /// Lays what this says of a model over it, and notes whence the fields are that it set or removed. Whether it says
    /// anything of the model. Provider and id are taken as they are.
    pub fn apply(
        &self,
        provider: &str,
        id: &str,
        model: &mut Model,
        provenance: &mut Provenance,
    ) -> bool {
        // Only a handful of models is in an overlay; the key is not worth a borrowed form.
        let Some(patch) = self.patches.get(&(provider.to_owned(), id.to_owned())) else {
            return false;
        };
        patch.apply(model, |field| provenance.note(field, &self.origin));
        true
    }

    /// Within a provider, an alias stands for one model.
    fn check_aliases(&self) -> Result<()> {
        let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for (alias, (provider, id)) in self.aliases() {
            let stands = match seen.insert((provider, alias), id) {
                Some(other) => Some(format!("also an alias of `{provider}:{other}`")),
                None => self
                    .patches
                    .contains_key(&(provider.to_owned(), alias.to_owned()))
                    .then(|| "also the id of a model".to_owned()),
            };
            if let Some(stands) = stands {
                return Err(Error::config(format!(
                    "{}: the alias {alias:?} of `{provider}:{id}` is {stands}; another name would do",
                    self.origin
                )));
            }
        }
        Ok(())
    }
}

/// Which fields of a model come from which overlay. Those that are not in it come from the catalogue.
///
/// Fields go by their paths, such as `limits.context`, `capabilities.tools` or `cost.service_tiers.flex`. One that an overlay
/// removed is in it as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance(BTreeMap<String, Origin>);

impl Provenance {
    /// Where a field comes from.
    pub fn get(&self, field: &str) -> Option<&Origin> {
        self.0.get(field)
    }

    /// Every field, and where it comes from.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.0
            .iter()
            .map(|(field, origin)| (field.as_str(), origin))
    }

    /// The overlays that had a say, in no particular order.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        let mut seen = BTreeSet::new();
        self.0
            .values()
            .filter(move |origin| seen.insert(origin.to_string()))
    }

    /// Whether everything comes from the catalogue.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn note(&mut self, field: &str, origin: &Origin) {
        self.0.insert(field.to_owned(), origin.clone());
    }
}

/// The text of a file. A project's file comes with a checkout: it may be a link to something without end.
fn read_text(path: &Path) -> std::io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        let message = format!("it has more than {MAX_FILE} bytes");
        return Err(std::io::Error::other(message));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
