//! What happened: events are recorded, listed, and sent to the apps that listen.

mod record;
