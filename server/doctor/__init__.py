"""What is well with an installation and what is not, as lines that each say what to do. Nothing in them is about a patient."""
