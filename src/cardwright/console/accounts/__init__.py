"""Sign-in, sessions, people and access keys.

A sign-in through an identity provider would be a view here that ends with ``begin_session``, as :mod:`.sign_in` does.
"""
