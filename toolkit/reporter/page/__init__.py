"""The report as files: its page, its folder, and the page that lists all reports."""
