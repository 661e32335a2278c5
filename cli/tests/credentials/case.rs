//! What a folder says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reqllm_emulator::CredentialRules;
use serde::Deserialize;

/// `case.json`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The name of the folder.
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    /// What the case is there for.
    pub(crate) shows: String,
    /// Variables beside those of [`stage`](super::stage); null takes one of those away. `${HOME}` and `${ENDPOINT}` stand for the home and the
    /// address of the emulator, here and in the files.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, Option<String>>,
    /// The profile that the caller asks for: option `profile` here, `Session(profile_name=…)` there.
    pub(crate) profile: Option<String>,
    /// What the emulator's services expect.
    #[serde(default)]
    pub(crate) rules: CredentialRules,
    /// How the call ends.
    pub(crate) expected: Expected,
    #[serde(default)]
    pub(crate) boto3: Boto3,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// What the call was made with: an access key id, `api key`, or the source of temporary credentials, and then what these were
    /// asked for with.
    #[serde(default)]
    pub(crate) made_with: Vec<String>,
    /// The region that was signed for, if it matters.
    #[serde(default)]
    pub(crate) region: Option<String>,
    /// Why nothing was called.
    #[serde(default)]
    pub(crate) error: Option<Refusal>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) kind: String,
    /// A part of the message.
    pub(crate) message: String,
}

/// What boto3 makes of the same.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Boto3 {
    /// The same.
    #[default]
    #[serde(skip)]
    Agrees,
    /// It fails as well, in its own words: the class of the error, and a part of its message.
    Fails {
        error: String,
        #[serde(default)]
        message: String,
    },
    /// It does something else, and we mean to.
    Differs { why: String, made_with: Vec<String> },
    /// It cannot be asked.
    LeftOut { why: String },
}

impl Case {
    /// All folders, by name.
    pub(crate) fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/credentials");
        let entries = std::fs::read_dir(root).unwrap();
        let folders = entries.map(|entry| entry.unwrap().path());
        let mut cases: Vec<Self> = folders
            .filter(|path| path.is_dir())
            .map(|folder| Self::read(&folder))
            .collect();
        cases.sort_by(|one, other| one.name.cmp(&other.name));
        cases
    }

    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
        let mut case: Self =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        case.name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        case.folder = folder.to_owned();
        assert!(case.shows.ends_with('.'), "{folder:?}: {:?}", case.shows);
        let fails = case.expected.error.is_some();
        assert_ne!(fails, !case.expected.made_with.is_empty(), "{folder:?}");
        // Where we fail, the folder has to say what boto3 does.
        assert!(
            !fails || !matches!(case.boto3, Boto3::Agrees),
            "{folder:?}: no word of boto3"
        );
        case
    }
}
