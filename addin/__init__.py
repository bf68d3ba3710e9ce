"""The two halves of the add-in. Neither knows anything of the server but its HTTP contract."""
