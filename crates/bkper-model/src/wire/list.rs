//! Lists: typed when every item is.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{Misfit, Place, Wire, scalars_are_misfits};
use crate::fault::Findings;

impl<T: Wire + Serialize> Wire for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        *place = None;
        json.deserialize_any(ListVisitor(place))
    }

    fn inspect(&self, findings: &mut Findings) {
        for (index, item) in self.iter().enumerate() {
            findings.in_item(index, |findings| item.inspect(findings));
        }
    }

    /// One odd item makes the whole list a misfit; the others may have faults of their own.
    fn explain(misfit: &Value, findings: &mut Findings) {
        let Value::Array(items) = misfit else { return findings.wrong_form(Self::EXPECTED, misfit) };
        for (index, item) in items.iter().enumerate() {
            findings.in_item(index, |findings| inspect_json::<T>(item, findings));
        }
    }
}

fn inspect_json<T: Wire>(json: &Value, findings: &mut Findings) {
    let mut typed: Option<T> = None;
    match (T::read(&mut typed, json), typed) {
        (Ok(None), Some(typed)) => typed.inspect(findings),
        _ => T::explain(json, findings),
    }
}

struct ListVisitor<'a, T>(&'a mut Option<Vec<T>>);

impl<'de, T: Wire + Serialize> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Misfit;

    scalars_are_misfits!();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Misfit, A::Error> {
        let mut list = Vec::new();
        let mut item = None;
        while let Some(misfit) = items.next_element_seed(Place(&mut item))? {
            if let Some(odd) = misfit {
                return untyped(&list, odd, items).map(Some);
            }
            list.extend(item.take());
        }
        *self.0 = Some(list);
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Misfit, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(entries)).map(Some)
    }
}

/// The whole list as JSON: what was read so far, the odd item, and the rest.
fn untyped<'de, T: Serialize, A: SeqAccess<'de>>(
    read: &[T],
    odd: Value,
    mut rest: A,
) -> Result<Value, A::Error> {
    let mut list =
        read.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>().map_err(A::Error::custom)?;
    list.push(odd);
    while let Some(item) = rest.next_element()? {
        list.push(item);
    }
    Ok(Value::Array(list))
}
