"""Pages for people in a browser: signing in, one's own account, and what administrators do. They need no script."""
