"""Where the bytes beside the books are kept: documents and finished files, in a folder or in an S3-compatible store."""
