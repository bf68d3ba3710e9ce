"""The users of a firm: who they are, how they sign in, and what is signed in now. All of it is in ``firm.db``."""
