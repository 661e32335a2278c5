//! The Security Token Service, in its Query protocol: forms come, XML goes.
//!
//! Source of shapes and limits: the service model of `sts`, version 2011-06-15. AWS's page on common errors has the codes.

mod xml;

use http::StatusCode;

use self::xml::{Element, Refusal};
use super::form::Form;
use super::{Desk, Role, Visit};
use crate::auth::{Signed, Temporary};
use crate::error::ApiError;
use crate::record::Authentication;
use crate::reply::Reply;
use crate::time;

const VERSION: &str = "2011-06-15";
const ACCOUNT: &str = "123456789012";
/// Seconds that a session may last.
const DURATION: std::ops::RangeInclusive<i64> = 900..=43_200;
/// The longest session of a role that a role assumed.
const CHAINED: i64 = 3600;

/// The name of what was asked, and the answer.
pub(super) fn answer(desk: &mut Desk, visit: &Visit<'_>) -> (String, Reply) {
    let form = Form::of(&String::from_utf8_lossy(visit.body));
    let action = form.get("Action").unwrap_or_default();
    let role = form.get("RoleArn").unwrap_or_default();
    let what = format!("{action} {role}").trim_end().to_owned();
    let answered = match action {
        _ if form.get("Version") != Some(VERSION) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "InvalidAction",
            format!(
                "Could not find operation {action} for version {:?}",
                form.get("Version")
            ),
        )),
        "AssumeRole" => assume_role(desk, visit, &form),
        "AssumeRoleWithWebIdentity" => assume_role_with_web_identity(desk, visit, &form),
        "GetCallerIdentity" => caller(desk, visit).map(|caller| caller.identity()),
        _ => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "InvalidAction",
            format!("Could not find operation {action} for version {VERSION}"),
        )),
    };
    let reply = match answered {
        Ok(result) => xml::success(action, &result),
        Err(refusal) => refusal.into_reply(),
    };
    (what, reply)
}

fn assume_role(desk: &mut Desk, visit: &Visit<'_>, form: &Form) -> Result<Element, Refusal> {
    let caller = caller(desk, visit)?;
    let asked = Assumed::of(form)?;
    let denied = || {
        Refusal::new(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                caller.arn(),
                asked.role
            ),
        )
    };
    if let Some(role) = role(desk, asked.role).ok_or_else(denied)? {
        let external_id = form.get("ExternalId");
        let fits = role.external_id.is_none() || role.external_id.as_deref() == external_id;
        let trusted = role
            .trusts
            .as_ref()
            .is_none_or(|trusts| trusts.iter().any(|trusted| caller.is(trusted)));
        if !fits || !trusted || !asked.is_named_for(role) {
            return Err(denied());
        }
    }
    if caller.role.is_some() && asked.duration.is_some_and(|seconds| seconds > CHAINED) {
        return Err(Refusal::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    let source = format!("assume_role {}", asked.role);
    let ends = desk.ends(visit.now, asked.duration);
    let temporary = desk.ledger.issue(&source, Some(caller.access_key), ends);
    Ok(asked.result("AssumeRoleResult", &temporary))
}

fn assume_role_with_web_identity(
    desk: &mut Desk,
    visit: &Visit<'_>,
    form: &Form,
) -> Result<Element, Refusal> {
    let asked = Assumed::of(form)?;
    let token = form.get("WebIdentityToken").map(str::trim);
    let token = token.filter(|token| !token.is_empty()).ok_or_else(|| {
        Refusal::validation("1 validation error detected: Value null at 'webIdentityToken' failed to satisfy constraint: Member must not be null")
    })?;
    let wanted = desk.rules.web_identity_token.as_deref();
    if wanted.is_some_and(|wanted| wanted != token) {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        ));
    }
    let denied = || {
        Refusal::new(
            StatusCode::FORBIDDEN,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        )
    };
    let role = role(desk, asked.role).ok_or_else(denied)?;
    if role.is_some_and(|role| !asked.is_named_for(role)) {
        return Err(denied());
    }
    let source = format!("web_identity {}", asked.role);
    let ends = desk.ends(visit.now, asked.duration);
    let temporary = desk.ledger.issue(&source, None, ends);
    Ok(asked
        .result("AssumeRoleWithWebIdentityResult", &temporary)
        .with("SubjectFromWebIdentityToken", "reqllm-subject"))
}

/// What the rules say of a role; `Some(None)` if every role will do, `None` if this one does not.
#[expect(
    clippy::option_option,
    reason = "three answers: a rule, no rules, no such role"
)]
fn role<'a>(desk: &'a Desk, arn: &str) -> Option<Option<&'a Role>> {
    match &desk.rules.roles {
        None => Some(None),
        Some(roles) => roles.iter().find(|role| role.arn == arn).map(Some),
    }
}

/// What both ways to assume a role have in common.
struct Assumed<'a> {
    role: &'a str,
    session: &'a str,
    duration: Option<i64>,
}

impl<'a> Assumed<'a> {
    fn of(form: &'a Form) -> Result<Self, Refusal> {
        let role = form.get("RoleArn").unwrap_or_default();
        if role_name(role).is_none() {
            return Err(Refusal::validation(format!("{role} is invalid")));
        }
        let session = form.get("RoleSessionName").unwrap_or_default();
        let legal = |c: char| c.is_ascii_alphanumeric() || "_=,.@-".contains(c);
        if !(2..=64).contains(&session.len()) || !session.chars().all(legal) {
            return Err(Refusal::validation(format!(
                "1 validation error detected: Value '{session}' at 'roleSessionName' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: [\\w+=,.@-]*"
            )));
        }
        let duration = form.get("DurationSeconds").map(str::parse::<i64>);
        let duration = match duration {
            None => None,
            Some(Ok(seconds)) if DURATION.contains(&seconds) => Some(seconds),
            Some(_) => {
                return Err(Refusal::validation(format!(
                    "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: \
                     Member must have value between {} and {}",
                    DURATION.start(),
                    DURATION.end()
                )));
            }
        };
        Ok(Self {
            role,
            session,
            duration,
        })
    }

    fn is_named_for(&self, role: &Role) -> bool {
        let wanted = role.session_name.as_deref();
        wanted.is_none_or(|wanted| wanted == self.session)
    }

    fn result(&self, name: &'static str, temporary: &Temporary) -> Element {
        let credentials = Element::new("Credentials")
            .with("AccessKeyId", &temporary.access_key)
            .with("SecretAccessKey", &temporary.secret_key)
            .with("SessionToken", &temporary.session_token)
            .with("Expiration", time::iso(temporary.expires_at));
        let user = Element::new("AssumedRoleUser")
            .with("Arn", session_arn(self.role, self.session))
            .with(
                "AssumedRoleId",
                format!("AROAREQLLMEXAMPLE:{}", self.session),
            );
        Element::new(name).holding(credentials).holding(user)
    }
}

/// Who signed a request.
struct Caller {
    access_key: String,
    /// The ARN of the role that the credentials are of, if they are of one.
    role: Option<String>,
}

impl Caller {
    fn is(&self, trusted: &str) -> bool {
        self.access_key == trusted || self.role.as_deref() == Some(trusted)
    }

    fn arn(&self) -> String {
        match &self.role {
            Some(role) => session_arn(role, "session"),
            None => format!("arn:aws:iam::{ACCOUNT}:user/{}", self.access_key),
        }
    }

    fn identity(&self) -> Element {
        Element::new("GetCallerIdentityResult")
            .with("Arn", self.arn())
            .with("UserId", &self.access_key)
            .with("Account", ACCOUNT)
    }
}

fn caller(desk: &Desk, visit: &Visit<'_>) -> Result<Caller, Refusal> {
    let request = Signed {
        method: visit.head.method.as_str(),
        path: visit.path(),
        query: visit.head.uri.query().unwrap_or_default(),
        headers: &visit.head.headers,
        body: visit.body,
    };
    let verdict = visit
        .keyring
        .check_signature(&desk.ledger, "sts", &request, visit.now);
    match verdict.map_err(in_words_of_sts)? {
        Authentication::SigV4 { access_key, .. } => {
            let mut issued = desk.ledger.all();
            let source = issued.find(|it| it.access_key == access_key);
            let role = source.and_then(|it| it.source.split_once(' '));
            let role = role.map(|(_, role)| role.to_owned());
            Ok(Caller {
                access_key,
                role: role.filter(|role| role_name(role).is_some()),
            })
        }
        _ => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )),
    }
}

/// The Query protocol has other names for the same refusals.
fn in_words_of_sts(error: ApiError) -> Refusal {
    let (status, code) = match &*error.code {
        "UnrecognizedClientException" => (StatusCode::FORBIDDEN, "InvalidClientTokenId"),
        "ExpiredTokenException" => (StatusCode::FORBIDDEN, "ExpiredToken"),
        "MissingAuthenticationTokenException" => {
            (StatusCode::FORBIDDEN, "MissingAuthenticationToken")
        }
        "IncompleteSignatureException" => (StatusCode::BAD_REQUEST, "IncompleteSignature"),
        _ => (StatusCode::FORBIDDEN, "SignatureDoesNotMatch"),
    };
    Refusal::new(status, code, error.message)
}

/// The account and the name in the ARN of a role.
fn role_name(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = *parts.as_slice() else {
        return None;
    };
    let name = resource.strip_prefix("role/")?;
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (partition.starts_with("aws") && digits && !name.is_empty()).then_some((account, name))
}

fn session_arn(role: &str, session: &str) -> String {
    let (account, name) = role_name(role).unwrap_or((ACCOUNT, role));
    // The path of a role is not part of the name of its sessions.
    let name = name.rsplit('/').next().unwrap_or(name);
    format!("arn:aws:sts::{account}:assumed-role/{name}/{session}")
}
