//! What every back-end does alike: functions over a [`Home`](crate::given::Home), run once for each back-end.

mod answered;
mod counts;
mod erasing;
mod jobs;
mod lanes;
mod lists;
mod pausing;
mod people;
mod recovery;
mod resending;
mod retaining;
mod runs;
mod texts;
mod tokens;

/// Runs each of these behaviours on every back-end.
macro_rules! on_every_backend {
    ($($behaviour:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::$behaviour(crate::given::Home::sqlite()).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::$behaviour(crate::given::Home::postgres().await).await;
                }
            )*
        }
        mod memory {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::$behaviour(crate::given::Home::memory()).await;
                }
            )*
        }
    };
}
use on_every_backend;
