-- So many free pages at the file's end, at most; pages in use before them are moved to where there is room.
PRAGMA incremental_vacuum(64)
