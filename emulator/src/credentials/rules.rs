//! What the services that give out credentials expect, and what they give.

use serde::{Deserialize, Serialize};

use crate::{SSO_ACCESS_TOKEN, SSO_REFRESH_TOKEN};

/// How the services behave that credentials come from: instance metadata (IMDSv2), containers, STS and IAM Identity Center
/// (SSO). In JSON every member may be left out, and has its default then.
///
/// ```
/// use reqllm_emulator::CredentialRules;
///
/// let mut rules = CredentialRules::default();
/// rules.lifetime_seconds = 60;
/// rules.container_token = Some("let me in".to_owned());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CredentialRules {
    /// The longest that credentials and access tokens last, in seconds of the emulator's clock. Default: 3600.
    pub lifetime_seconds: u32,
    /// The region that instance metadata tell. Default: `us-west-2`.
    pub region: String,
    /// The role of the instance. Default: `reqllm-instance-role`.
    pub instance_role: String,
    /// What has to be in `Authorization` for a container's credentials. Default: nothing, and whatever comes is passed over.
    pub container_token: Option<String>,
    /// The roles that may be assumed. Default: every role whose ARN is well formed, by everyone who is known.
    pub roles: Option<Vec<Role>>,
    /// The web identity token that opens roles. Default: any that is not blank.
    pub web_identity_token: Option<String>,
    /// The access token that the SSO portal takes, besides those that came of a refresh. Default:
    /// [`SSO_ACCESS_TOKEN`](crate::SSO_ACCESS_TOKEN).
    pub sso_access_token: String,
    /// The refresh token that gets a new access token. Default: [`SSO_REFRESH_TOKEN`](crate::SSO_REFRESH_TOKEN).
    pub sso_refresh_token: String,
    /// The roles that the SSO portal gives. Default: every one of every account.
    pub sso_roles: Option<Vec<SsoRole>>,
    /// Services that answer with 503. Default: none.
    pub unavailable: Vec<Service>,
}

impl Default for CredentialRules {
    fn default() -> Self {
        Self {
            lifetime_seconds: 3600,
            region: "us-west-2".to_owned(),
            instance_role: "reqllm-instance-role".to_owned(),
            container_token: None,
            roles: None,
            web_identity_token: None,
            sso_access_token: SSO_ACCESS_TOKEN.to_owned(),
            sso_refresh_token: SSO_REFRESH_TOKEN.to_owned(),
            sso_roles: None,
            unavailable: Vec::new(),
        }
    }
}

/// A role that STS knows, and whom it lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// The external id that has to come along, if any has to.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The name that the session has to have, if it matters.
    #[serde(default)]
    pub session_name: Option<String>,
    /// Who may assume it: access key ids, and the ARNs of roles. Default: everyone who is known.
    #[serde(default)]
    pub trusts: Option<Vec<String>>,
}

impl Role {
    /// A role that lets everyone in who is known.
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            external_id: None,
            session_name: None,
            trusts: None,
        }
    }
}

/// A role in an account, as the SSO portal names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SsoRole {
    /// Twelve digits.
    pub account_id: String,
    /// The name of the permission set.
    pub role_name: String,
}

impl SsoRole {
    /// The role `role_name` of `account_id`.
    pub fn new(account_id: impl Into<String>, role_name: impl Into<String>) -> Self {
        Self {
            account_id: account_id.into(),
            role_name: role_name.into(),
        }
    }
}

/// A service that credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Service {
    /// Instance metadata, version 2.
    Imds,
    /// Credentials of a container: ECS, and Pod Identity of EKS.
    Container,
    /// The Security Token Service.
    Sts,
    /// The portal of IAM Identity Center, which gives the credentials of a role.
    Sso,
    /// The tokens of IAM Identity Center.
    SsoOidc,
}
