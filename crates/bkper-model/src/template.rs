//! Templates: books to start from.

use crate::BookId;
use crate::wire::resource::resource;

resource! {
    /// A book that others can be copied from.
    pub struct Template {
        /// Name of the template.
        name: String = "name",
        /// What kind of use it is for.
        category: String = "category",
        /// What it is for.
        description: String = "description",
        /// Picture: a web address.
        image_url: String = "imageUrl",
        /// The book.
        book_id: BookId = "bookId",
        /// Web address of the book.
        book_link: String = "bookLink",
        /// Web address of a spreadsheet that goes with it.
        sheets_link: String = "sheetsLink",
        /// How often it was used.
        times_used: u64 = "timesUsed",
    }
}
