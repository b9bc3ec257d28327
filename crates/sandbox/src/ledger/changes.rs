//! What an update changes: the previous values, as an event tells them.

use bkper_model::TextMap;

use super::Properties;

/// The changes of one update. Without any, nothing happened and no event is fired: bots that mirror each other's books
/// would otherwise never end.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    previous: TextMap,
    is_any: bool,
}

impl Changes {
    /// Sets a field, and notes its previous value under the name that events use, as `text` writes it.
    pub(crate) fn set<T: PartialEq>(
        &mut self,
        name: &str,
        field: &mut T,
        value: T,
        text: impl Fn(&T) -> String,
    ) {
        if *field != value {
            self.previous.insert(name, text(field));
            *field = value;
            self.is_any = true;
        }
    }

    /// Sets a field that events do not tell about.
    pub(crate) fn set_untold<T: PartialEq>(&mut self, field: &mut T, value: T) {
        if *field != value {
            *field = value;
            self.is_any = true;
        }
    }

    /// Replaces the properties. Each one that changed stands under its own key, `""` where it is new.
    pub(crate) fn set_properties(&mut self, field: &mut Properties, value: Properties) {
        let keys = field.iter().chain(value.iter()).map(|(key, _)| key);
        for key in keys.filter(|key| field.get(key) != value.get(key)) {
            self.previous.insert(key, field.get(key).unwrap_or_default());
        }
        self.set_untold(field, value);
    }

    /// What events tell about the update; `None` when it changed nothing.
    pub(crate) fn previous(self) -> Option<TextMap> {
        self.is_any.then_some(self.previous)
    }
}
