//! Lists that come page by page.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};

use crate::http::Request;
use crate::lists::{Page, items};
use crate::{BookHandle, Error};

/// What is to be listed, and how many of it on a page.
#[derive(Clone, Debug)]
pub(crate) struct Listing<L> {
    book: BookHandle,
    resource: &'static str,
    parameters: Vec<(&'static str, String)>,
    page_size: Option<u32>,
    list: PhantomData<fn() -> L>,
}

impl<L: Page + 'static> Listing<L>
where
    L::Item: Send + 'static,
{
    pub(crate) fn new(book: BookHandle, resource: &'static str) -> Self {
        Self { book, resource, parameters: Vec::new(), page_size: None, list: PhantomData }
    }

    /// The same with a parameter, in the place of what it was.
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.parameters.retain(|(other, _)| *other != name);
        self.parameters.push((name, value));
        self
    }

    pub(crate) fn page_size(self, items: u32) -> Self {
        Self { page_size: Some(items), ..self }
    }

    /// The call for the number of items.
    pub(crate) fn count(&self) -> Request {
        self.with_parameters(self.book.get_at(&[self.resource, "count"]))
    }

    fn with_parameters(&self, request: Request) -> Request {
        self.parameters.iter().fold(request, |request, (name, value)| request.parameter(name, value))
    }

    fn request(&self, cursor: Option<&str>) -> Request {
        let limit = self.page_size.map(|items| items.to_string());
        self.with_parameters(self.book.get_at(&[self.resource])).maybe("limit", limit).cursor(cursor)
    }

    pub(crate) async fn page(&self, cursor: Option<&str>) -> Result<L, Error> {
        self.request(cursor).send().await
    }

    pub(crate) async fn first(self) -> Result<Option<L::Item>, Error> {
        let items = self.page_size(1).request(None).list::<L>().await?;
        Ok(items.into_iter().next())
    }

    pub(crate) fn stream(self) -> Paged<L::Item> {
        let pages = stream::try_unfold(Some(Place::Start), move |place| {
            let listing = self.clone();
            async move {
                match place {
                    Some(place) => listing.next_page(place).await.map(Some),
                    None => Ok(None),
                }
            }
        });
        let items = pages.map_ok(|items| stream::iter(items.into_iter().map(Ok))).try_flatten();
        Paged(items.boxed())
    }

    /// The items of a page, and the place of the next one. A server that repeats a cursor or sends an empty page has
    /// nothing more.
    async fn next_page(&self, place: Place) -> Result<(VecDeque<L::Item>, Option<Place>), Error> {
        let request = self.request(place.cursor());
        let call = request.call();
        let page: L = request.send().await?;
        let next = page.next().filter(|next| place.cursor() != Some(next)).map(str::to_owned);
        let items = VecDeque::from(items(call, page)?);
        let next = next.filter(|_| !items.is_empty()).map(Place::At);
        Ok((items, next))
    }
}

/// Where a page begins.
enum Place {
    Start,
    At(String),
}

impl Place {
    fn cursor(&self) -> Option<&str> {
        match self {
            Self::Start => None,
            Self::At(cursor) => Some(cursor),
        }
    }
}

/// All items of a list, one after the other. The next page is fetched when the items of the last one are used up.
///
/// It is a [`Stream`], for those who use `futures`; without, [`try_next`](Paged::try_next) is enough. It ends after the
/// first error.
///
/// ```no_run
/// # async fn example(book: bkper_client::BookHandle) -> Result<(), bkper_client::Error> {
/// let mut drafts = book.transactions("is:draft").stream();
/// while let Some(draft) = drafts.try_next().await? {
///     println!("{:?}", draft.description);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is fetched until it is polled"]
pub struct Paged<T>(BoxStream<'static, Result<T, Error>>);

impl<T> Paged<T> {
    /// The next item; `None` after the last. Nothing is lost when the future is dropped before it is done.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.0.try_next().await
    }

    /// All items that are left.
    pub async fn try_collect(self) -> Result<Vec<T>, Error> {
        self.0.try_collect().await
    }
}

impl<T> Stream for Paged<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<T> fmt::Debug for Paged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paged").finish_non_exhaustive()
    }
}

/// The methods that all paged lists have.
macro_rules! paged {
    ($name:ident lists $item:ident as $list:ident, $most:literal a page) => {
        impl $name {
            #[doc = concat!(
                "How many come on a page, at most ", stringify!($most), ". The server chooses when it is not told."
            )]
            ///
            /// It changes how often the server is asked, never what is listed.
            pub fn page_size(self, items: u32) -> Self {
                Self(self.0.page_size(items))
            }

            /// All of them, one after the other. The next page is fetched when it is needed.
            pub fn stream(self) -> $crate::Paged<$item> {
                self.0.stream()
            }

            /// All of them at once. Prefer [`stream`](Self::stream) where there may be many.
            pub async fn all(self) -> Result<Vec<$item>, $crate::Error> {
                self.stream().try_collect().await
            }

            /// The first one, if there is any.
            pub async fn first(self) -> Result<Option<$item>, $crate::Error> {
                self.0.first().await
            }

            /// One page as the server sent it. Without a cursor it is the first; the next begins at the `cursor` of
            /// this one. A cursor stays valid while new ones come.
            pub async fn page(&self, cursor: Option<&str>) -> Result<$list, $crate::Error> {
                self.0.page(cursor).await
            }
        }
    };
}
pub(crate) use paged;
