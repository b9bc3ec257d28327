//! Lists: typed when every item is.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{Misfit, Place, Wire, scalars_are_misfits};

impl<T: Wire + Serialize> Wire for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        *place = None;
        json.deserialize_any(ListVisitor(place))
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
