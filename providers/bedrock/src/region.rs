//! Regions, partitions, and the host that serves them.

use reqllm_core::{Environment, Error, Result};

use crate::auth::Settings;
use crate::model_id::Arn;
use crate::options::{Endpoint, Read};

/// Where a call goes if nothing says otherwise.
const DEFAULT_REGION: &str = "us-east-1";

/// A partition of AWS: which regions it has, and under which names it serves them.
///
/// Source: AWS's endpoint partitions file, as shipped with its SDKs in November 2026.
struct Partition {
    /// What the names of its regions begin with. More specific ones stand before less specific ones.
    prefixes: &'static [&'static str],
    dns_suffix: &'static str,
    dual_stack_dns_suffix: &'static str,
}

/// The last one, `aws`, takes every region that no other claims: it is where new regions appear.
const PARTITIONS: &[Partition] = &[
    Partition {
        prefixes: &["cn-"],
        dns_suffix: "amazonaws.com.cn",
        dual_stack_dns_suffix: "api.amazonwebservices.com.cn",
    },
    Partition {
        prefixes: &["eusc-"],
        dns_suffix: "amazonaws.eu",
        dual_stack_dns_suffix: "api.amazonwebservices.eu",
    },
    Partition {
        prefixes: &["us-gov-"],
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
    },
    Partition {
        prefixes: &["us-iso-"],
        dns_suffix: "c2s.ic.gov",
        dual_stack_dns_suffix: "api.aws.ic.gov",
    },
    Partition {
        prefixes: &["us-isob-"],
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_dns_suffix: "api.aws.scloud",
    },
    Partition {
        prefixes: &["eu-isoe-"],
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_dns_suffix: "api.cloud-aws.adc-e.uk",
    },
    Partition {
        prefixes: &["us-isof-", "eu-isof-"],
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_dns_suffix: "api.aws.hci.ic.gov",
    },
    Partition {
        prefixes: &[""],
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
    },
];

/// The region of a call: the option, the one that is set with the program's key, `AWS_REGION`, `AWS_DEFAULT_REGION`, the region inside the ARN, the profile's,
/// `us-east-1`.
pub(crate) fn resolve(
    options: &Read,
    set: Option<&str>,
    env: &Environment,
    settings: &Settings,
    arn: Option<&Arn<'_>>,
) -> Result<String> {
    let of_profile = format!("profile {:?}", settings.profile);
    let candidates = [
        ("option `region`", options.region.clone()),
        ("the key that is set", set.map(str::to_owned)),
        ("AWS_REGION", env.get("AWS_REGION")),
        ("AWS_DEFAULT_REGION", env.get("AWS_DEFAULT_REGION")),
        (
            "the model's ARN",
            arn.filter(|arn| !arn.region.is_empty())
                .map(|arn| arn.region.to_owned()),
        ),
        (of_profile.as_str(), settings.region.clone()),
    ];
    for (source, region) in candidates {
        if let Some(region) = region {
            check(&region, source)?;
            return Ok(region);
        }
    }
    Ok(DEFAULT_REGION.to_owned())
}

/// A region becomes part of a host name, so it must be able to be one of its labels.
pub(crate) fn check(region: &str, source: &str) -> Result<()> {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let well_formed = (1..=63).contains(&region.len())
        && region.bytes().all(legal)
        && region.starts_with(|c: char| c.is_ascii_lowercase())
        && !region.ends_with('-');
    if well_formed {
        return Ok(());
    }
    Err(Error::config(format!(
        "the region from {source} is {region:?}; a name such as us-east-1 would do"
    )))
}

/// The host of Bedrock Runtime in `region`.
pub(crate) fn runtime_host(region: &str, fips: bool, dual_stack: bool) -> String {
    host("bedrock-runtime", region, fips, dual_stack)
}

/// The host of Bedrock's control plane in `region`.
pub(crate) fn control_host(region: &str, fips: bool, dual_stack: bool) -> String {
    host("bedrock", region, fips, dual_stack)
}

/// The host of `bedrock-mantle` in `region`: always below `api.aws`, over both versions of IP, and never with FIPS. Sources:
/// AWS user guide, "Endpoints supported by Amazon Bedrock"; Bifrost, tried on AWS.
pub(crate) fn mantle_host(region: &str, fips: bool) -> Result<String> {
    const SUFFIX: &str = "api.aws";
    if fips {
        return Err(Error::config(format!(
            "bedrock-mantle has no FIPS endpoint, and use_fips is set; option `endpoint` {:?} has one, or leave use_fips out",
            Endpoint::Runtime.as_str()
        )));
    }
    if partition(region).dual_stack_dns_suffix != SUFFIX {
        return Err(Error::config(format!(
            "bedrock-mantle is not in the partition of {region:?}; a region such as us-east-1 or us-gov-west-1 would do"
        )));
    }
    Ok(format!("bedrock-mantle.{region}.{SUFFIX}"))
}

/// Where `bedrock-mantle` is known to be. Source: AWS user guide, "Endpoints supported by Amazon Bedrock", September 2026.
const MANTLE: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-south-1",
    "ap-northeast-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-south-1",
    "eu-north-1",
    "sa-east-1",
    "us-gov-west-1",
];

/// Whether `bedrock-mantle` is known to be in a region.
pub(crate) fn has_mantle(region: &str) -> bool {
    MANTLE.contains(&region)
}

/// Whether two regions are of one partition, so that the accounts of one have the other too.
#[cfg(feature = "aws-config")]
pub(crate) fn are_of_one_partition(one: &str, two: &str) -> bool {
    std::ptr::eq(partition(one), partition(two))
}

fn partition(region: &str) -> &'static Partition {
    let claims = |partition: &&Partition| {
        let prefixes = partition.prefixes.iter();
        prefixes.copied().any(|prefix| region.starts_with(prefix))
    };
    PARTITIONS
        .iter()
        .find(claims)
        .unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
}

fn host(service: &str, region: &str, fips: bool, dual_stack: bool) -> String {
    let partition = partition(region);
    let suffix = if dual_stack {
        partition.dual_stack_dns_suffix
    } else {
        partition.dns_suffix
    };
    let fips = if fips { "-fips" } else { "" };
    format!("{service}{fips}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    #[test]
    fn every_partition_has_its_host() {
        for (region, fips, dual_stack, host) in [
            (
                "us-east-1",
                false,
                false,
                "bedrock-runtime.us-east-1.amazonaws.com",
            ),
            (
                "us-east-1",
                true,
                false,
                "bedrock-runtime-fips.us-east-1.amazonaws.com",
            ),
            (
                "eu-west-1",
                false,
                true,
                "bedrock-runtime.eu-west-1.api.aws",
            ),
            (
                "us-gov-west-1",
                true,
                true,
                "bedrock-runtime-fips.us-gov-west-1.api.aws",
            ),
            (
                "cn-north-1",
                false,
                false,
                "bedrock-runtime.cn-north-1.amazonaws.com.cn",
            ),
            (
                "cn-north-1",
                false,
                true,
                "bedrock-runtime.cn-north-1.api.amazonwebservices.com.cn",
            ),
            (
                "eusc-de-east-1",
                false,
                false,
                "bedrock-runtime.eusc-de-east-1.amazonaws.eu",
            ),
            (
                "us-iso-east-1",
                false,
                false,
                "bedrock-runtime.us-iso-east-1.c2s.ic.gov",
            ),
            (
                "us-isob-east-1",
                false,
                false,
                "bedrock-runtime.us-isob-east-1.sc2s.sgov.gov",
            ),
            (
                "eu-isoe-west-1",
                false,
                false,
                "bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk",
            ),
            (
                "us-isof-south-1",
                false,
                false,
                "bedrock-runtime.us-isof-south-1.csp.hci.ic.gov",
            ),
        ] {
            assert_eq!(runtime_host(region, fips, dual_stack), host);
        }
    }

    #[test]
    fn the_control_plane_is_beside_it() {
        let host = control_host("us-gov-west-1", true, true);
        assert_eq!(host, "bedrock-fips.us-gov-west-1.api.aws");
        let host = control_host("cn-north-1", false, false);
        assert_eq!(host, "bedrock.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn sources_are_asked_in_order() {
        let resolve = |options: &Options, env: &Environment, arn: Option<&Arn<'_>>| {
            let options = Read::of(&options.clone().into()).unwrap();
            resolve(&options, None, env, &Settings::default(), arn)
        };
        let arn = Arn::parse("arn:aws:bedrock:ap-south-1:1:inference-profile/x").unwrap();
        let env = |pairs: &[(&'static str, &'static str)]| Environment::of(pairs.iter().copied());
        let both = env(&[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
        ]);
        let second = env(&[("AWS_REGION", " "), ("AWS_DEFAULT_REGION", "eu-west-2")]);
        let options = Options::new().region("eu-west-3");
        for (options, env, region) in [
            (&options, &both, "eu-west-3"),
            (&Options::new(), &both, "eu-west-1"),
            (&Options::new(), &second, "eu-west-2"),
            (&Options::new(), &env(&[]), "ap-south-1"),
        ] {
            assert_eq!(resolve(options, env, Some(&arn)).unwrap(), region);
        }
        assert_eq!(
            resolve(&Options::new(), &env(&[]), None).unwrap(),
            "us-east-1"
        );
    }

    #[test]
    fn the_profile_s_region_serves_where_none_is_set_otherwise() {
        let settings = Settings {
            profile: "dev".into(),
            region: Some("eu-west-3".into()),
            ..Settings::default()
        };
        let arn = Arn::parse("arn:aws:bedrock:ap-south-1:1:inference-profile/x").unwrap();
        let env = Environment::of([("AWS_REGION", "eu-west-1")]);
        let none = Environment::empty();
        for (env, arn, region) in [
            (&env, None, "eu-west-1"),
            (&none, Some(&arn), "ap-south-1"),
            (&none, None, "eu-west-3"),
        ] {
            let resolved = resolve(&Read::default(), None, env, &settings, arn).unwrap();
            assert_eq!(resolved, region);
        }
        let settings = Settings {
            region: Some("EU".into()),
            ..settings
        };
        let error = resolve(&Read::default(), None, &none, &settings, None).unwrap_err();
        assert!(error.message().contains("profile \"dev\""), "{error}");
    }

    #[test]
    fn a_region_cannot_smuggle_a_host() {
        let resolve = |options: Options| {
            resolve(
                &Read::of(&options.into()).unwrap(),
                None,
                &Environment::empty(),
                &Settings::default(),
                None,
            )
        };
        for region in [
            "evil.com/",
            "us-east-1.evil.com",
            "US-EAST-1",
            "-a",
            "a-",
            "us east",
        ] {
            let error = resolve(Options::new().region(region));
            assert!(
                error.unwrap_err().message().contains("option `region`"),
                "{region:?}"
            );
        }
    }
}
