"""Pages of the post: what a page's head tells of jobs and notices, and views as files and by mail."""
