//! Roles: STS is asked for the credentials of one, with others in hand.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::provider::ProvideCredentials;
use reqllm_core::{Error, ErrorKind, Result};

use super::{Way, explain, of_aws, quiet};
use crate::auth::credential::{Credential, CredentialSource, Keys};
use crate::auth::role::Role;

/// The credentials of a role, assumed with those of another source, which is asked each time.
#[derive(Debug)]
pub(super) struct Assumed {
    base: Arc<dyn CredentialSource>,
    role: Role,
    way: Way,
}

impl Assumed {
    pub(super) fn new(base: Arc<dyn CredentialSource>, role: Role, way: Way) -> Self {
        Self { base, role, way }
    }
}

#[async_trait]
impl CredentialSource for Assumed {
    async fn credential(&self, now: SystemTime) -> Result<Credential> {
        let Credential::Keys(keys) = self.base.credential(now).await? else {
            let message = format!(
                "the role {} is assumed with IAM keys, and the source of credentials gave an API key; give keys, or drop option `role_arn`",
                self.role.arn
            );
            return Err(Error::new(ErrorKind::Authentication, message).with_provider(crate::ID));
        };
        match assume(&self.role, &keys, &self.way, now).await {
            Ok(keys) => Ok(Credential::Keys(keys)),
            Err(error) => {
                // What STS refused may have expired, whatever its expiry said.
                self.base.forget(&Credential::Keys(keys));
                Err(error)
            }
        }
    }

    fn forget(&self, _refused: &Credential) -> bool {
        true
    }
}

/// Asks STS once for the credentials of `role`.
pub(super) async fn assume(role: &Role, keys: &Keys, way: &Way, now: SystemTime) -> Result<Keys> {
    let config = way.calling_with(keys, now).await;
    let mut provider = AssumeRoleProvider::builder(&role.arn)
        .session_name(&role.session_name)
        .configure(&config);
    if let Some(id) = &role.external_id {
        provider = provider.external_id(id);
    }
    let assumed = async { provider.build().await.provide_credentials().await };
    match quiet::in_time(assumed).await? {
        Ok(found) => Ok(of_aws(&found)),
        Err(error) => Err(explain::role(&error, &role.arn)),
    }
}
