"""My Space (我的空间): what a person has here, and what spares them typing and paper.

1. ``open_space`` makes it by itself at registration and asks every register in the background; a
   space that is missing is opened when it is first looked at.
2. ``prefill`` turns the facts of the library into answers of one form (预填), each with where it
   came from and whether it may stand unasked, and says which papers are no longer needed.
3. ``documents`` keeps what the person uploads (材料): checked, sealed, typed, used again.
4. ``space`` shows it all: facts by group, papers, sources and who read what.
"""
