"""What an admin means: words for each tool, what the API cannot do, and the ranking over both."""
