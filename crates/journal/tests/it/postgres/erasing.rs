//! What becomes of the bytes of what is erased, on a server.

use bookhook_journal::{Journal, Whose};
use bookhook_model::Response;
use bookhook_testkit::{Database, eventually};

use super::{key, lasting_host};
use crate::given::{erasing, settled};

#[tokio::test]
async fn the_server_is_asked_to_use_the_room_again() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    settled(&journal, "e", &Response::result(1)).await;
    journal.erase(erasing(Whose::User("mia".into())), |_| ()).await.unwrap();
    let client = database.connect().await;
    let sql = "SELECT count(*) FROM pg_stat_user_tables
               WHERE schemaname = 'bookhook' AND relname IN ('delivery', 'payload', 'run') AND vacuum_count > 0";
    eventually("three tables are vacuumed", async || {
        let vacuumed: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
        (vacuumed == 3).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_may_not_ask_for_that_erases_all_the_same() {
    let database = Database::new().await;
    lasting_host(&database).await.close().await;
    let client = database.connect().await;
    let user = format!("guest_{}", std::process::id());
    let rights = format!(
        "CREATE ROLE {user} LOGIN PASSWORD 'x';
         GRANT USAGE ON SCHEMA bookhook TO {user};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bookhook TO {user};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA bookhook TO {user}"
    );
    client.batch_execute(&rights).await.unwrap();
    let (_, rest) = database.address().rsplit_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let address = format!("postgres://{user}:x@{rest}").parse().unwrap();
    let journal = Journal::open(&address, Some(key())).await.unwrap();
    settled(&journal, "e", &Response::result(1)).await;
    assert_eq!(journal.erase(erasing(Whose::User("mia".into())), |_| ()).await.unwrap().deliveries, 1);
    journal.close().await;
    client.batch_execute(&format!("DROP OWNED BY {user}; DROP ROLE {user}")).await.unwrap();
}
