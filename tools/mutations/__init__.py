"""Changes the rules of ``server/billing`` one by one and sees whether a test fails each time: ``just mutate``.

A test that cannot fail proves nothing. docs/mutations.md has the result.
"""
