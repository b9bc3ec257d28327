//! Files of a book.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use bkper_model::{File, FileList};
use reqwest::Method;

use crate::paging::{Listing, paged};
use crate::{BookHandle, Error, RefersTo};

/// # Files
impl BookHandle {
    /// The files, newest first and without their contents. Nothing is sent yet.
    pub fn files(&self) -> Files {
        Files(Listing::new(self.clone(), "files"))
    }

    /// The file with this id. Nothing is sent yet.
    pub fn file(&self, file: impl RefersTo<File>) -> FileHandle {
        FileHandle { book: self.clone(), id: file.reference().in_path().to_owned() }
    }

    /// Uploads a file. Bkper takes about 20 MB.
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), bkper_client::Error> {
    /// let receipt = book.upload_file("receipt.txt", "text/plain", "Coffee 2.40").await?;
    /// let coffee = book
    ///     .new_transaction()
    ///     .amount("2.40")
    ///     .description("Cash Coffee")
    ///     .file(&receipt)
    ///     .create()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload_file(
        &self,
        name: &str,
        content_type: &str,
        content: impl AsRef<[u8]>,
    ) -> Result<File, Error> {
        let file = File {
            name: Some(name.to_owned()),
            content_type: Some(content_type.to_owned()),
            content: Some(BASE64_STANDARD.encode(content)),
            ..File::default()
        };
        self.create_file(&file).await
    }

    /// Makes a file: its `content` is Base64. See [`upload_file`](Self::upload_file) for one of bytes.
    pub async fn create_file(&self, file: &File) -> Result<File, Error> {
        self.at(Method::POST, &["files"]).body(file).send().await
    }

    /// Changes the file that has the `id`: the fields that are set. `properties` replace all that were there.
    pub async fn update_file(&self, file: &File) -> Result<File, Error> {
        self.at(Method::PUT, &["files"]).body(file).refusing(file.id.is_none()).send().await
    }
}

/// The files of a book: see [`BookHandle::files`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until they are asked for"]
pub struct Files(Listing<FileList>);

paged!(Files lists File as FileList, 100 a page);

/// One file of a book, to be acted upon. What it *says* is a [`File`].
#[derive(Clone, Debug)]
pub struct FileHandle {
    book: BookHandle,
    id: String,
}

impl FileHandle {
    /// The file, with its content in Base64.
    pub async fn get(&self) -> Result<File, Error> {
        self.book.get_at(&["files", &self.id]).send().await
    }

    /// The file, or `None` when there is none.
    pub async fn find(&self) -> Result<Option<File>, Error> {
        crate::books::found(self.get().await)
    }

    /// The content of the file.
    pub async fn download(&self) -> Result<Vec<u8>, Error> {
        let request = self.book.get_at(&["files", &self.id]);
        let call = request.call();
        let file: File = request.send().await?;
        let Some(content) = file.content else { return Err(Error::Incomplete { call, missing: "content" }) };
        decoded(&content).map_err(|source| Error::NotBase64 { call, source })
    }

    /// Deletes the file, and gives it back as it was.
    pub async fn delete(&self) -> Result<File, Error> {
        self.book.at(Method::DELETE, &["files", &self.id]).send().await
    }
}

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A file comes back letter by letter as some client sent it: in either alphabet, with or without padding.
fn decoded(content: &str) -> Result<Vec<u8>, base64::DecodeError> {
    STANDARD.decode(content).or_else(|error| URL_SAFE.decode(content).map_err(|_| error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_read_however_it_was_written() {
        for (content, bytes) in
            [("", &b""[..]), ("aGk=", b"hi"), ("aGk", b"hi"), ("+/8=", &[0xfb, 0xff]), ("-_8", &[0xfb, 0xff])]
        {
            assert_eq!(decoded(content).as_deref(), Ok(bytes), "{content}");
        }
        assert!(decoded("no base64!").is_err());
    }
}
