"""What a person can do: one function for each thing, whether a button or a program asks for it."""
