//! What AWS's messages mean: AWS has few codes, and says the rest in words.

use reqllm_core::ErrorKind::{
    self, Authentication, ContextWindow, InvalidRequest, NotFound, Permission, Quota, RateLimited,
};
use reqllm_core::Remedy;

/// A message that is known by what it has in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saying {
    /// All of these are in the message, in small letters and with plain apostrophes.
    parts: &'static [&'static str],
    /// The kinds that code or status must have given; any if there are none.
    of: &'static [ErrorKind],
    /// The kind that it is in truth. Such an error is not retryable.
    pub(super) kind: Option<ErrorKind>,
    pub(super) remedy: Option<Remedy>,
    /// What to do.
    pub(super) advice: &'static str,
}

/// The first saying that fits a message of this kind.
pub(super) fn find(message: &str, kind: ErrorKind) -> Option<&'static Saying> {
    let said = message.to_ascii_lowercase().replace('\u{2019}', "'");
    SAYINGS.iter().find(|saying| {
        (saying.of.is_empty() || saying.of.contains(&kind))
            && saying.parts.iter().all(|part| said.contains(part))
    })
}

const TOO_LONG: &str = "shorten the conversation, or lower `max_tokens`, which counts too";

/// The first that fits counts, so the special stand before the general. Sources: AWS's documentation of Bedrock's errors,
/// of IAM's denials and of Signature Version 4; recorded answers; issues of other clients, where the documentation is silent.
const SAYINGS: &[Saying] = &[
    // Clock, signature, keys
    said(&["signature expired"]).advice(
        "the request came to AWS more than five minutes after it was signed, by AWS's clock: set this machine's clock",
    ),
    said(&["signature not yet current"])
        .advice("this machine's clock runs more than five minutes ahead of AWS's: set it"),
    said(&["signature we calculated does not match"]).advice(
        "check the secret access key; if it is right, a proxy changes the request on its way",
    ),
    said(&["credential should be scoped to"]).advice(
        "the request is signed for another region than the endpoint's: option `region` and the endpoint have to name one",
    ),
    said(&["security token included in the request is expired"])
        .advice("the temporary credentials have run out: get new ones"),
    said(&["security token included in the request is invalid"]).advice(
        "AWS does not know the access key id; or it is temporary and its session token is missing, or the region has to be enabled for the account first",
    ),
    said(&["security token included in the request is malformed"])
        .advice("the session token is cut off or of other keys: copy all three again"),
    // API keys
    said(&["bedrock:callwithbearertoken"]).of(&[Permission]).advice(
        "API keys need the action bedrock:CallWithBearerToken for the identity behind them, beside bedrock:InvokeModel",
    ),
    said(&["bearer token has expired"]).of(&[Permission, Authentication]).means(Authentication).advice(
        "make a new API key; short-term ones live at most 12 hours",
    ),
    said(&["api key"]).of(&[Permission, Authentication]).means(Authentication).advice(
        "check AWS_BEARER_TOKEN_BEDROCK or option `api_key`, and that it is of this region; short-term keys live at most 12 hours",
    ),
    // Rights
    said(&["aws-marketplace:"]).of(&[Permission]).advice(
        "somebody who may aws-marketplace:Subscribe and aws-marketplace:ViewSubscriptions has to call the model once in this account; after that nobody needs these rights",
    ),
    said(&["invalid_payment_instrument"]).of(&[Permission])
        .advice("the AWS account needs a valid means of payment for models of the AWS Marketplace"),
    said(&["marketplace"]).of(&[Permission])
        .advice("the account's subscription to this model in the AWS Marketplace is not complete; try again in some minutes, then look there"),
    said(&["service control policy"]).of(&[Permission]).advice(
        "a policy of the organisation forbids it, often by region: an inference profile is forbidden as soon as one of its regions is; its administrators can say what is allowed",
    ),
    said(&["with an explicit deny"]).of(&[Permission])
        .advice("a policy forbids it in so many words; no other policy can allow it, so that statement has to change"),
    said(&["vpc endpoint policy"]).of(&[Permission]).advice("the policy of the VPC endpoint has to allow it, too"),
    said(&["not authorized to perform", "bedrock:invokemodelwithresponsestream"]).of(&[Permission]).advice(
        "streams need the action bedrock:InvokeModelWithResponseStream; long answers are streamed inside unless option `stream_inside` is false",
    ),
    said(&["not authorized to perform", "bedrock:invokemodel"]).of(&[Permission]).advice(
        "allow bedrock:InvokeModel for the model, and for an inference profile both for the profile and for the model in every region that it reaches",
    ),
    said(&["not authorized to perform"]).of(&[Permission])
        .advice("allow the action that is named for the resource that is named"),
    said(&["supported-countries"]).of(&[Permission, InvalidRequest]).means(Permission)
        .advice("the vendor does not serve its models in this country"),
    said(&["channel program account"]).of(&[Permission])
        .advice("accounts of resellers get this model from the reseller only"),
    // Access to models
    said(&["use case details have not been submitted"]).means(Permission).advice(
        "fill in the form for Anthropic's models once for the account (Bedrock console, model catalog); it takes effect after some 15 minutes",
    ),
    said(&["ftuformnotfilled"]).means(Permission)
        .advice("fill in the form for Anthropic's models once for the account (Bedrock console, model catalog)"),
    said(&["marked by provider as legacy"]).means(NotFound)
        .advice("the model is about to be retired and closed to those who have not used it lately: take a newer one"),
    said(&["end of its life"]).means(NotFound).advice("AWS does not serve this version any more: take a newer model"),
    said(&["don't have access to the model"]).of(&[Permission]).advice(
        "the account has no access to the model in this region: see Model access in the Bedrock console there; some models want a form or a subscription first",
    ),
    // Ids
    said(&["on-demand throughput", "provisioned throughput"]).of(&[InvalidRequest])
        .advice("the model is served by provisioned throughput only: call it by the ARN of a provisioned model"),
    said(&["on-demand throughput", "isn't supported"]).of(&[InvalidRequest]).remedy(Remedy::OtherId)
        .advice("call it by an inference profile, which is the same id with a geography in front"),
    said(&["model identifier is invalid"]).remedy(Remedy::IdOrPlace)
        .advice("the id is misspelt, or this region does not have the model"),
    said(&["could not resolve the foundation model"]).remedy(Remedy::IdOrPlace)
        .advice("the id is misspelt, or this region does not have the model"),
    said(&["model", "not", "in this region"]).of(&[InvalidRequest, NotFound, Permission]).remedy(Remedy::IdOrPlace)
        .advice("call it in another region, or by an inference profile of this one"),
    said(&["model", "not", "in your region"]).of(&[InvalidRequest, NotFound, Permission]).remedy(Remedy::IdOrPlace)
        .advice("call it in another region, or by an inference profile of this one"),
    said(&["inference profile", "not found"]).of(&[InvalidRequest, NotFound]).remedy(Remedy::IdOrPlace)
        .advice("the region does not have this inference profile: check the geography in front of the id, and the account in an ARN"),
    said(&["'modelid' failed to satisfy"]).of(&[InvalidRequest])
        .advice("this is neither an id nor an ARN of a form that Bedrock has: check it for blanks and missing parts"),
    said(&["arn", "malformed"]).of(&[InvalidRequest])
        .advice("an ARN has the form arn:aws:bedrock:REGION:ACCOUNT:KIND/ID"),
    said(&["invalid arn"]).of(&[InvalidRequest])
        .advice("an ARN has the form arn:aws:bedrock:REGION:ACCOUNT:KIND/ID"),
    // Load. A quota of a day does not refill while anybody waits.
    said(&["per day"]).of(&[RateLimited]).means(Quota)
        .advice("the quota of the day is used up: wait for the next, ask AWS for more (Service Quotas), or take another model"),
    said(&["daily"]).of(&[RateLimited]).means(Quota)
        .advice("the quota of the day is used up: wait for the next, ask AWS for more (Service Quotas), or take another model"),
    said(&["too many tokens"]).of(&[RateLimited]).advice(
        "the quota of tokens a minute is used up, and `max_tokens` counts in full against it: give a lower one, or ask AWS for a higher quota (Service Quotas)",
    ),
    // Too long. AWS has no code for it, and every model its own words.
    said(&["input is too long"]).of(&[InvalidRequest]).means(ContextWindow).advice(TOO_LONG),
    said(&["prompt is too long"]).of(&[InvalidRequest]).means(ContextWindow).advice(TOO_LONG),
    said(&["exceed context limit"]).of(&[InvalidRequest]).means(ContextWindow).advice(TOO_LONG),
    said(&["maximum context length"]).of(&[InvalidRequest]).means(ContextWindow).advice(TOO_LONG),
    said(&["too many total text bytes"]).of(&[InvalidRequest]).means(ContextWindow).advice(TOO_LONG),
    said(&["too many input tokens"]).of(&[InvalidRequest]).means(ContextWindow).advice("shorten the input"),
    said(&["input tokens exceed"]).of(&[InvalidRequest]).means(ContextWindow).advice(TOO_LONG),
    said(&["maximum tokens you requested exceeds"]).of(&[InvalidRequest])
        .advice("lower `max_tokens`: the model cannot write so many"),
];

const fn said(parts: &'static [&'static str]) -> Saying {
    Saying {
        parts,
        of: &[],
        kind: None,
        remedy: None,
        advice: "",
    }
}

impl Saying {
    const fn of(mut self, kinds: &'static [ErrorKind]) -> Self {
        self.of = kinds;
        self
    }

    const fn means(mut self, kind: ErrorKind) -> Self {
        self.kind = Some(kind);
        self
    }

    const fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    const fn advice(mut self, advice: &'static str) -> Self {
        self.advice = advice;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saying_can_be_said() {
        for saying in SAYINGS {
            assert!(!saying.advice.is_empty(), "{:?}", saying.parts);
            for part in saying.parts {
                assert_eq!(
                    *part,
                    part.to_ascii_lowercase(),
                    "it is looked for in small letters"
                );
            }
            // None is hidden by one before it.
            let kind = saying.of.first().copied().unwrap_or(InvalidRequest);
            let found = find(&saying.parts.join(" "), kind).map(|found| found.advice);
            assert_eq!(found, Some(saying.advice), "{:?}", saying.parts);
        }
    }
}
