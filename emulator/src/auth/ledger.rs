//! Temporary credentials that the emulator gave out, and until when they are good.

use std::collections::VecDeque;

use super::Credential;
use crate::dice::Dice;

/// Most credentials that are remembered; a test that wants more is in a loop.
const MAX_ISSUED: usize = 10_000;

/// Credentials that were given to somebody.
#[derive(Debug, Clone)]
pub(crate) struct Temporary {
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) session_token: String,
    /// Seconds since the epoch.
    pub(crate) expires_at: i64,
    pub(crate) revoked: bool,
    /// What gave them, for example `imds reqllm-instance-role`.
    pub(crate) source: String,
    /// The access key id that asked for them, where that takes a signature.
    pub(crate) asked_by: Option<String>,
}

impl Temporary {
    /// As something that signs. `now` decides whether it still does.
    pub(super) fn credential(&self, now: i64) -> Credential {
        Credential {
            access_key: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
            session_token: Some(self.session_token.clone()),
            expired: !self.is_good_at(now),
        }
    }

    pub(crate) fn is_good_at(&self, now: i64) -> bool {
        !self.revoked && now < self.expires_at
    }
}

/// All that were given out, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    issued: VecDeque<Temporary>,
    count: usize,
}

impl Ledger {
    /// Gives out credentials. They look as AWS's do: the id of a temporary access key begins with `ASIA`. The `n`-th ones of
    /// an emulator are the same in each run.
    pub(crate) fn issue(
        &mut self,
        source: &str,
        asked_by: Option<String>,
        expires_at: i64,
    ) -> Temporary {
        let dice = Dice::new(&[b"credentials", source.as_bytes()]);
        let throw = |label: &str, length| dice.token(label, self.count, length);
        let temporary = Temporary {
            access_key: format!("ASIA{}", throw("access key", 16).to_uppercase()),
            // 40 characters, with those in them that have to be encoded somewhere.
            secret_key: format!("{}/+{}", throw("secret", 20), throw("secret", 18)),
            session_token: format!("IQoJ{}//{}==", throw("token", 32), throw("end", 32)),
            expires_at,
            revoked: false,
            source: source.to_owned(),
            asked_by,
        };
        self.count += 1;
        self.issued.push_back(temporary.clone());
        if self.issued.len() > MAX_ISSUED {
            self.issued.pop_front();
        }
        temporary
    }

    /// The ones that a request names.
    pub(super) fn find(&self, access_key: &str) -> Option<&Temporary> {
        self.issued.iter().find(|it| it.access_key == access_key)
    }

    /// The newest of a source that is good for `spare` seconds from `now` on.
    pub(crate) fn newest(&self, source: &str, now: i64, spare: i64) -> Option<&Temporary> {
        let newest = self.issued.iter().rev().find(|it| it.source == source)?;
        (newest.is_good_at(now) && newest.expires_at - now > spare).then_some(newest)
    }

    /// Makes everything expired that was given out so far. Returns how much of it was not already.
    pub(crate) fn revoke(&mut self, now: i64) -> usize {
        let good = self.issued.iter_mut().filter(|it| it.is_good_at(now));
        good.map(|it| it.revoked = true).count()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Temporary> {
        self.issued.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_issued_is_found_until_it_is_revoked_or_over() {
        let mut ledger = Ledger::default();
        let first = ledger.issue("imds role", None, 1000);
        let second = ledger.issue("imds role", None, 2000);
        assert_ne!(first.access_key, second.access_key);
        assert_eq!((first.access_key.len(), first.secret_key.len()), (20, 40));
        let found = |now| ledger.find(&first.access_key).unwrap().credential(now);
        assert!(!found(999).expired && found(1000).expired);
        let newest = |ledger: &Ledger, now| ledger.newest("imds role", now, 300).cloned();
        assert_eq!(newest(&ledger, 1600).unwrap().access_key, second.access_key);
        assert!(newest(&ledger, 1700).is_none());
        assert_eq!(ledger.revoke(1500), 1);
        assert!(newest(&ledger, 1600).is_none());
        let again = Ledger::default().issue("imds role", None, 1000);
        assert_eq!(again.session_token, first.session_token);
    }
}
