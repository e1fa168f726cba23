"""The base library of natural persons (自然人库): every fact about a person, and its source.

1. A register's answer, a person's own words or a finished case become *assertions* (认定): this
   source says this value of this element, verified then, valid until then, with this trust.
2. ``library_assertion`` keeps them all, append-only. It is the history and the truth.
3. ``library_facts`` keeps what is current, folded from them: one sealed document per person and
   group of elements, so that a form reads only the groups it asks for (``rules`` holds the fold).
4. ``sources`` knows each register: whom to ask, and how its answer becomes assertions. ``pull``
   asks after the commit; a register that is down is marked so and asked again later.
5. ``usecases.current`` is the one door for reading (数据查询). It takes a reader and a purpose and
   writes the access log that the person sees in My Space (谁看过我的数据).
"""
