//! Who was answered: a reply counts once its bytes were handed to a connection that was still open.
//!
//! A reply's body tells its connection when the server has taken the last of it; the connection tells the journal
//! when it has written out all that it was given. What a broken connection had taken is forgotten, so its delivery
//! counts as not answered, and the caller's retry gets the stored response.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use bookhook_dispatch::Dispatcher;
use bookhook_model::DeliveryId;

/// What a connection was given and has not written out.
#[derive(Clone, Default)]
pub(crate) struct Unwritten(Arc<Mutex<Vec<(DeliveryId, u16)>>>);

impl Unwritten {
    fn add(&self, delivery: DeliveryId, status: u16) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((delivery, status));
    }

    fn take(&self) -> Vec<(DeliveryId, u16)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The body of a reply to a delivery's caller.
pub(crate) struct ReplyBody {
    data: Option<Bytes>,
    delivery: DeliveryId,
    status: u16,
    unwritten: Unwritten,
}

impl ReplyBody {
    pub(crate) fn new(data: Bytes, delivery: DeliveryId, status: u16, unwritten: Unwritten) -> Self {
        Self { data: Some(data), delivery, status, unwritten }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(data) = self.data.take() else { return Poll::Ready(None) };
        self.unwritten.add(self.delivery, self.status);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.as_ref().map_or(0, |data| data.len() as u64))
    }
}

/// A connection that notes what it has written out.
pub(crate) struct Noting<Io> {
    pub(crate) io: Io,
    pub(crate) unwritten: Unwritten,
    pub(crate) dispatcher: Dispatcher,
}

impl<Io: AsyncRead + Unpin> AsyncRead for Noting<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Noting<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    /// The server flushes when it has written all that it had buffered.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        for (delivery, status) in self.unwritten.take() {
            self.dispatcher.note_answered(delivery, status);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
