//! Model families: what is true of their models, and how to speak to them natively.
//!
//! A family is one file that registers itself, in this crate or in anybody's. It says which ids are its own, gives a
//! [`Profile`], and, where the native Invoke body is worth having, a [`Codec`]. Nothing else in this crate knows a
//! family by name: Converse asks the profile.
//!
//! ```
//! use reqllm_bedrock::{Family, FamilyEntry};
//!
//! #[derive(Debug)]
//! struct Acme;
//!
//! impl Family for Acme {
//!     fn name(&self) -> &'static str {
//!         "acme"
//!     }
//!     fn prefixes(&self) -> &'static [&'static str] {
//!         &["acme."]
//!     }
//! }
//!
//! reqllm_bedrock::register_family!(FamilyEntry(&Acme));
//! ```

use std::fmt;

use bytes::Bytes;
use reqllm_core::{Call, Error, Fold, Model, Part, Resolution, Result, Warning, inventory};
use reqllm_dialects::StreamCodec;
use serde_json::{Map, Value};

use crate::profile::Profile;
use crate::{json, merge, model_id};

/// A model family.
pub trait Family: fmt::Debug + Send + Sync {
    /// Its name, as in `family` of a full model spec.
    fn name(&self) -> &'static str;

    /// What the ids of its models begin with, geography aside: `anthropic.`, `amazon.nova`.
    fn prefixes(&self) -> &'static [&'static str];

    /// What is true of its models.
    fn profile(&self) -> &'static Profile {
        &Profile::CAUTIOUS
    }

    /// What is true of one of its models, where its lines differ. The id has no geography; it is empty where it says
    /// nothing, as that of an application inference profile.
    fn profile_of(&self, _id: &str) -> &'static Profile {
        self.profile()
    }

    /// Its native Invoke body, if this crate or the family's own speaks it.
    fn codec(&self) -> Option<&dyn Codec> {
        None
    }
}

/// Speaks a family's native Invoke body. Pure.
pub trait Codec: Send + Sync {
    /// The body of InvokeModel and InvokeModelWithResponseStream; a JSON object, the same for the same call. The call has
    /// been shaped by the family's profile: turns are in order, names are legal, what contradicts itself is settled, and
    /// `call.object` is there only if `ObjectForm::Native` was chosen. The fields of reasoning, and then
    /// `additional_model_request_fields`, are merged over the body afterwards. Options of Bedrock that are the family's
    /// own are in `call.options`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) or
    /// [`ErrorKind::Unsupported`](reqllm_core::ErrorKind::Unsupported), naming the field.
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value>;

    /// [`Codec::encode`], with what is merged over it, as bytes. One that borrows from the call need not build the whole body
    /// first.
    ///
    /// # Errors
    ///
    /// As [`Codec::encode`].
    #[doc(hidden)]
    fn write(
        &self,
        model: &Model,
        call: &Call,
        over: &[&Map<String, Value>],
        streams: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Bytes> {
        let Value::Object(mut body) = self.encode(model, call, warnings)? else {
            return Err(Error::config(
                "the family's codec gave a body that is no JSON object",
            ));
        };
        if streams {
            self.ask_for_stream(&mut body);
        }
        for fields in over {
            merge::deep(&mut body, fields);
        }
        json::write(&body, json::room_for(call))
    }

    /// Says in the body that the answer is to be streamed, for the forms that want it said there. To most of them the
    /// operation says it.
    fn ask_for_stream(&self, _body: &mut Map<String, Value>) {}

    /// Whether the body has a place for a part of a message. If not, the call takes Converse, unless it says otherwise;
    /// then it is for [`Codec::encode`] to refuse the part.
    fn takes(&self, _part: &Part) -> bool {
        true
    }

    /// Reads a whole answer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) if it is not in the family's form.
    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()>;

    /// A reader for one stream.
    fn stream(&self) -> Box<dyn StreamCodec>;

    /// Whether a call that nothing else decides goes native, without `use_converse` being false. Not where Converse does
    /// as well or better, and the native body is there for those who ask for it.
    fn by_default(&self) -> bool {
        true
    }
}

/// Registers a family; see [`register_family!`](crate::register_family).
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "outside crates make it in a const"
)]
pub struct FamilyEntry(pub &'static dyn Family);

inventory::collect!(FamilyEntry);

/// Registers a family with every Bedrock provider of the program. At module level.
#[macro_export]
macro_rules! register_family {
    ($entry:expr) => {
        $crate::inventory::submit! { $entry }
    };
}

/// A family of which nothing is known.
#[derive(Debug)]
struct Unknown;

impl Family for Unknown {
    fn name(&self) -> &'static str {
        "unknown"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The families that one provider knows: those handed over, those registered by other crates, and this crate's own.
#[derive(Clone, Debug)]
pub(crate) struct Families {
    all: Vec<&'static dyn Family>,
    /// The beginnings of ids and whose they are, longer ones first. Of two that are alike the first family's wins, so that a
    /// family of this crate can be replaced.
    prefixes: Vec<(&'static str, &'static dyn Family)>,
}

impl Families {
    pub(crate) fn new(handed_over: &[&'static dyn Family]) -> Self {
        let registered = inventory::iter::<FamilyEntry>
            .into_iter()
            .map(|entry| entry.0);
        let built_in = crate::families::BUILT_IN.iter().copied();
        let handed_over = handed_over.iter().copied();
        let all: Vec<_> = handed_over.chain(registered).chain(built_in).collect();
        let of = |family: &&'static dyn Family| {
            let family = *family;
            let prefixes = family.prefixes().iter();
            prefixes.map(move |prefix| (*prefix, family))
        };
        let mut prefixes: Vec<_> = all.iter().flat_map(of).collect();
        prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Self { all, prefixes }
    }

    /// The family of a model, and what is true of the model's line.
    pub(crate) fn of(&self, model: &Model) -> (&'static dyn Family, &'static Profile) {
        let (family, id) = self.family_of(model);
        (family, family.profile_of(id))
    }

    /// The family that a full spec names, else the one with the longest prefix that fits one of the model's ids, else
    /// the one that the registry names; and the id by which it knows the model, if there is one.
    fn family_of<'m>(&self, model: &'m Model) -> (&'static dyn Family, &'m str) {
        let by_name = model.family.as_deref().and_then(|name| {
            self.all
                .iter()
                .copied()
                .find(|family| family.name() == name)
        });
        let known_by = |family: &'static dyn Family| {
            let starts = |id: &&str| family.prefixes().iter().any(|it| id.starts_with(it));
            let id = ids(model).flat_map(model_id::readings).find(starts);
            (family, id.unwrap_or_default())
        };
        let explicit = model.resolution == Resolution::Explicit;
        if let Some(family) = by_name.filter(|_| explicit) {
            return known_by(family);
        }
        let owned = |id| Some((self.owner(id)?, id));
        ids(model)
            .flat_map(model_id::readings)
            .find_map(owned)
            .unwrap_or_else(|| known_by(by_name.unwrap_or(&Unknown)))
    }

    /// The id without the geography of an inference profile, if it has one: a family knows what stands behind the first
    /// segment, and none knows the whole.
    pub(crate) fn without_geography<'a>(&self, id: &'a str) -> &'a str {
        let known = |id: &str| self.owner(id).is_some();
        match id.split_once('.') {
            Some((_, base)) if known(base) && !known(id) => base,
            _ => id,
        }
    }

    fn owner(&self, id: &str) -> Option<&'static dyn Family> {
        let mut prefixes = self.prefixes.iter();
        let (_, family) = prefixes.find(|(prefix, _)| id.starts_with(prefix))?;
        Some(*family)
    }
}

/// The ids by which a model can be known, the one that says most first.
fn ids(model: &Model) -> impl Iterator<Item = &str> {
    let ids = [
        model.base_model.as_deref(),
        Some(model.id.as_str()),
        model.wire_id.as_deref(),
    ];
    ids.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(model: &Model) -> &'static str {
        Families::new(&[]).of(model).0.name()
    }

    #[test]
    fn a_model_finds_its_family_by_name_base_or_id() {
        let model = |id: &str| Model::new("bedrock", id);
        for id in [
            "anthropic.claude-3-haiku-20240307-v1:0",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "brand-new-geo.anthropic.claude-x",
            "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-x",
        ] {
            assert_eq!(family(&model(id)), "claude", "{id}");
        }
        let opaque = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
        assert_eq!(family(&model(opaque)), "unknown");
        assert_eq!(
            family(&model(opaque).base_model("anthropic.claude-x")),
            "claude"
        );
        assert_eq!(family(&model(opaque).family("claude")), "claude");
        assert_eq!(family(&model("us.amazon.nova-pro-v1:0")), "nova");
        assert_eq!(family(&model("acme.x")), "unknown");
    }

    #[test]
    fn a_family_handed_over_wins() {
        #[derive(Debug)]
        struct Mine;
        impl Family for Mine {
            fn name(&self) -> &'static str {
                "mine"
            }
            fn prefixes(&self) -> &'static [&'static str] {
                &["anthropic."]
            }
        }
        let families = Families::new(&[&Mine]);
        let mut model = Model::new("bedrock", "us.anthropic.claude-x");
        assert_eq!(families.of(&model).0.name(), "mine");
        // What the catalogue says of the family is no wish of the caller's; what a full spec says is.
        model.family = Some("claude".to_owned());
        assert_eq!(families.of(&model).0.name(), "claude");
        model.resolution = Resolution::Exact;
        assert_eq!(families.of(&model).0.name(), "mine");
    }
}
