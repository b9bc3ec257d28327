//! Resources: JSON objects with known fields, and an `extra` for everything else.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use serde_json::{Map, Value};

use super::{Misfit, Wire, scalars_are_misfits};
use crate::fault::{Fault, Findings};

/// What all resources can do, for programs that handle them alike. Only the types of this crate are resources.
#[expect(private_bounds, reason = "keeps other crates from implementing it")]
pub trait Resource: Fields + Wire + Clone + Serialize + DeserializeOwned {
    /// What in the object, and in the objects inside of it, has a form that the API does not have: values of a known
    /// field that are neither of its type nor `null`, and unknown values of enumerations. Unknown fields are no
    /// faults, and neither is an [`Amount`](crate::Amount) that is no number.
    ///
    /// ```
    /// use bkper_model::{Resource, Transaction};
    ///
    /// let transaction: Transaction = serde_json::from_str(
    ///     r#"{"posted": "yes", "date": null, "creditAccount": {"type": "GOLD", "groups": [{"id": 7}]}, "colour": 1}"#,
    /// )?;
    /// let faults: Vec<String> = transaction.faults().iter().map(ToString::to_string).collect();
    /// assert_eq!(faults, [
    ///     r#"creditAccount.type: "GOLD" is none of ASSET, LIABILITY, INCOMING, OUTGOING"#,
    ///     "creditAccount.groups[0].id: expected a text (GroupId), found a number",
    ///     "posted: expected a boolean, found a text",
    /// ]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn faults(&self) -> Vec<Fault> {
        let mut findings = Findings::default();
        self.inspect(&mut findings);
        findings.into_faults()
    }

    /// Whether the field with this JSON name came as `null`: that is how a client clears it.
    ///
    /// ```
    /// use bkper_model::{App, Resource};
    ///
    /// let app: App = serde_json::from_str(r#"{"id": "tax-bot", "webhookUrlDev": null}"#)?;
    /// assert!(app.is_null("webhookUrlDev"));
    /// assert!(!app.is_null("webhookUrl"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn is_null(&self, json_name: &str) -> bool {
        !self.has(json_name) && self.extra().get(json_name).is_some_and(Value::is_null)
    }
}

/// What the `resource!` macro makes of a list of fields.
pub(crate) trait Fields: Default {
    /// Reads the next value of `entries` into the field called `name`. Where there is no such field, every value is
    /// a misfit.
    fn read_field<'de, A: MapAccess<'de>>(&mut self, name: &str, entries: &mut A)
    -> Result<Misfit, A::Error>;

    /// Whether the typed field with this JSON name is set.
    fn has(&self, json_name: &str) -> bool;

    fn extra(&self) -> &Map<String, Value>;

    fn extra_mut(&mut self) -> &mut Map<String, Value>;

    /// Called when the whole object is read, for what depends on more than one field.
    fn settle(&mut self) -> Result<(), serde_json::Error>;
}

/// Reads any JSON; an object becomes the resource.
pub(crate) fn read<'de, T: Fields, D: Deserializer<'de>>(
    place: &mut Option<T>,
    json: D,
) -> Result<Misfit, D::Error> {
    *place = None;
    json.deserialize_any(ObjectVisitor(place))
}

/// The faults of a field: those inside of it, or of what came in its place.
pub(crate) fn inspect_field<T: Wire>(
    field: Option<&T>,
    name: &str,
    extra: &Map<String, Value>,
    findings: &mut Findings,
) {
    match (field, extra.get(name)) {
        (Some(value), _) => findings.in_field(name, |findings| value.inspect(findings)),
        (None, None | Some(Value::Null)) => {}
        (None, Some(misfit)) => findings.in_field(name, |findings| T::explain(misfit, findings)),
    }
}

struct ObjectVisitor<'a, T>(&'a mut Option<T>);

impl<'de, T: Fields> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = Misfit;

    scalars_are_misfits!();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Misfit, A::Error> {
        let resource = self.0.get_or_insert_default();
        while let Some(Name(name)) = entries.next_key()? {
            // A name that comes twice counts as it came last, as everywhere in JSON.
            match resource.read_field(&name, &mut entries)? {
                None => resource.extra_mut().remove(&*name),
                Some(misfit) => resource.extra_mut().insert(name.into_owned(), misfit),
            };
        }
        resource.settle().map_err(A::Error::custom)?;
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Misfit, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Some)
    }
}

/// The name of a field, borrowed from the input where that is possible.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Declares a resource: a struct of optional fields, each with its JSON name, read and written as described in the
/// crate's documentation. `settled by F` names a function that completes the resource once it is read.
macro_rules! resource {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$field_about:meta])* $field:ident: $type:ty = $json:literal,)*
        }
        $(settled by $settle:path)?
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $(
                $(#[$field_about])*
                #[doc = concat!("\n\nJSON: `", $json, "`.")]
                pub $field: Option<$type>,
            )*
            /// What the JSON object has beyond the fields above: unknown fields, `null`s, and values of another form.
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl $crate::Resource for $name {}

        impl $crate::wire::resource::Fields for $name {
            fn read_field<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                entries: &mut A,
            ) -> Result<$crate::wire::Misfit, A::Error> {
                match name {
                    $($json => entries.next_value_seed($crate::wire::Place(&mut self.$field)),)*
                    _ => entries.next_value().map(Some),
                }
            }

            fn has(&self, json_name: &str) -> bool {
                match json_name {
                    $($json => self.$field.is_some(),)*
                    _ => false,
                }
            }

            fn extra(&self) -> &serde_json::Map<String, serde_json::Value> {
                &self.extra
            }

            fn extra_mut(&mut self) -> &mut serde_json::Map<String, serde_json::Value> {
                &mut self.extra
            }

            fn settle(&mut self) -> Result<(), serde_json::Error> {
                $($settle(self)?;)?
                Ok(())
            }
        }

        impl $crate::wire::Wire for $name {
            const EXPECTED: &'static str = concat!("an object (", stringify!($name), ")");

            fn read<'de, D: serde::Deserializer<'de>>(
                place: &mut Option<Self>,
                json: D,
            ) -> Result<$crate::wire::Misfit, D::Error> {
                $crate::wire::resource::read(place, json)
            }

            fn inspect(&self, findings: &mut $crate::fault::Findings) {
                $($crate::wire::resource::inspect_field(self.$field.as_ref(), $json, &self.extra, findings);)*
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                $crate::wire::deserialize(json)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;

                use $crate::wire::resource::Fields;

                let mut entries = json.serialize_map(None)?;
                $(
                    if let Some(value) = &self.$field {
                        entries.serialize_entry($json, value)?;
                    }
                )*
                for (name, value) in self.extra.iter().filter(|(name, _)| !self.has(name)) {
                    entries.serialize_entry(name, value)?;
                }
                entries.end()
            }
        }
    };
}
pub(crate) use resource;

/// A resource in a box, for those that contain their own kind.
impl<T: Wire> Wire for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        let mut unboxed = None;
        let misfit = T::read(&mut unboxed, json)?;
        *place = unboxed.map(Box::new);
        Ok(misfit)
    }

    fn inspect(&self, findings: &mut Findings) {
        self.as_ref().inspect(findings);
    }

    fn explain(misfit: &Value, findings: &mut Findings) {
        T::explain(misfit, findings);
    }
}
