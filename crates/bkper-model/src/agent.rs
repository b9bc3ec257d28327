//! Agents: the apps that act.

use crate::AgentId;
use crate::wire::resource::resource;

resource! {
    /// The app that caused an event: Bkper's own, or a bot.
    pub struct Agent {
        /// Id of the app.
        id: AgentId = "id",
        /// Name of the app.
        name: String = "name",
        /// Logo: a web address or Base64.
        logo: String = "logo",
        /// Logo for dark surroundings: a web address or Base64.
        logo_dark: String = "logoDark",
    }
}
