"""The desk's pages, by noun: posts, verbs, sources, pieces set aside, people, sign-in."""
