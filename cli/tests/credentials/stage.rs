//! The world of one case: an emulator, a home, an environment.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use reqllm_emulator::{API_KEY, Authentication, Emulator};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::case::{Case, Expected};

/// Access key ids that the files and variables of cases have; `secret-of-ID` is the secret.
const LASTING: [&str; 4] = [
    "AKIDENVIRONMENT",
    "AKIDCREDENTIALS",
    "AKIDCONFIG",
    "AKIDPROCESS",
];
/// It goes with the session token `token-of-ID`.
const TEMPORARY: &str = "AKIDTEMPORARY";

pub(crate) struct Stage {
    environment: BTreeMap<String, String>,
    home: TempDir,
    // Dropped before the runtime that it needs.
    emulator: Emulator,
    _runtime: Runtime,
}

impl Stage {
    pub(crate) fn of(case: &Case) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut builder = Emulator::builder().credential_rules(case.rules.clone());
        for id in LASTING {
            builder = builder.credential(id, secret(id), None);
        }
        let token = format!("token-of-{TEMPORARY}");
        builder = builder.credential(TEMPORARY, secret(TEMPORARY), Some(token));
        let emulator = runtime.block_on(builder.start()).unwrap();
        let home = TempDir::new().unwrap();
        let mut stage = Self {
            environment: BTreeMap::new(),
            home,
            emulator,
            _runtime: runtime,
        };
        stage.lay_out(&case.folder.join("home"), stage.home.path());
        stage.environment = stage.variables(case);
        stage
    }

    /// Copies the home. Places are put in for their names, and scripts stay scripts.
    fn lay_out(&self, from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        // A case without files has no folder for them.
        let Ok(entries) = fs::read_dir(from) else {
            return;
        };
        for entry in entries {
            let from = entry.unwrap().path();
            let to = to.join(from.file_name().unwrap());
            if from.is_dir() {
                self.lay_out(&from, &to);
                continue;
            }
            let text = fs::read_to_string(&from).unwrap();
            fs::write(&to, self.put_in(&text)).unwrap();
            if to.extension().is_some_and(|end| end == "sh") {
                fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    }

    fn put_in(&self, text: &str) -> String {
        text.replace("${HOME}", self.home.path().to_str().unwrap())
            .replace("${ENDPOINT}", &self.emulator.endpoint())
    }

    /// Every service is the emulator, and instance metadata are off unless a case wants them.
    fn variables(&self, case: &Case) -> BTreeMap<String, String> {
        let mut variables: BTreeMap<String, Option<String>> = [
            ("HOME", "${HOME}"),
            ("AWS_REGION", "us-east-1"),
            // The only one that boto3 knows.
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "${ENDPOINT}"),
            ("AWS_ENDPOINT_URL_STS", "${ENDPOINT}"),
            ("AWS_ENDPOINT_URL_SSO", "${ENDPOINT}"),
            ("AWS_ENDPOINT_URL_SSO_OIDC", "${ENDPOINT}"),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "${ENDPOINT}/"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), Some(value.to_owned())))
        .into();
        variables.extend(case.environment.clone());
        variables
            .into_iter()
            .filter_map(|(name, value)| Some((name, self.put_in(&value?))))
            .collect()
    }

    /// What is run tells all that there is to tell.
    pub(crate) fn logged(mut self) -> Self {
        self.environment
            .insert("REQLLM_LOG".to_owned(), "trace".to_owned());
        self
    }

    /// Runs to the end, with nothing in the environment but the case's.
    pub(crate) fn run(&self, command: &mut Command) -> Output {
        command.env_clear();
        // Scripts need a shell, and Python its libraries.
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
            .envs(&self.environment)
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What the call of Bedrock was made with.
    pub(crate) fn ended(&self) -> Ended {
        let mut ended = Ended::default();
        let requests = self.emulator.requests();
        let Some(last) = requests.last() else {
            return ended;
        };
        let access_key = match &last.authentication {
            Authentication::SigV4 {
                access_key, region, ..
            } => {
                ended.region = Some(region.clone());
                access_key.clone()
            }
            Authentication::ApiKey => {
                ended.made_with.push("api key".to_owned());
                return ended;
            }
            other => {
                ended.made_with.push(format!("{other:?}"));
                return ended;
            }
        };
        let issued = self.emulator.issued();
        let mut next = Some(access_key);
        while let Some(access_key) = next {
            let found = issued.iter().find(|it| it.access_key == access_key);
            ended
                .made_with
                .push(found.map_or(access_key, |it| it.source.clone()));
            next = found.and_then(|it| it.asked_by.clone());
        }
        ended
    }
}

/// How a call ended, as the emulator saw it.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// Empty if Bedrock was not called.
    pub(crate) made_with: Vec<String>,
    pub(crate) region: Option<String>,
}

impl Ended {
    pub(crate) fn is(&self, expected: &Expected) -> Result<(), String> {
        let region = expected.region.is_none() || expected.region == self.region;
        if region && self.made_with == expected.made_with {
            return Ok(());
        }
        Err(format!("expected {expected:?}, got {self:?}"))
    }
}

/// What no run may tell.
pub(crate) fn secrets() -> Vec<String> {
    let mut secrets: Vec<String> = LASTING.iter().copied().map(secret).collect();
    secrets.extend([
        secret(TEMPORARY),
        format!("token-of-{TEMPORARY}"),
        API_KEY.to_owned(),
        reqllm_emulator::SSO_ACCESS_TOKEN.to_owned(),
        reqllm_emulator::SSO_REFRESH_TOKEN.to_owned(),
    ]);
    secrets
}

fn secret(id: &str) -> String {
    format!("secret-of-{id}")
}
