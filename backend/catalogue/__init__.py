"""The catalogue (目录): what the city offers, what it asks for, and until when it answers.

1. An operator writes YAML in ``data/``: the dictionary of data elements (数据元), offices, material
   types (材料), regions, service items (事项) with their forms, and themes (一件事).
2. ``source`` reads it with the line of every key; ``check`` finds what a citizen would stumble
   over and names file, line and fix. A faulty catalogue does not start (``book``).
3. ``forms`` fills an item's short notation from the dictionary: one form per published version.
   An item's earlier versions stay in ``data/items/archive/<code>@<version>.yaml`` for the cases
   that were submitted with them.
4. ``rules`` examines answers: conditions, types, rows, every error at once. The same vectors
   (``tests/vectors``) hold the citizens' app and the mini-program to the same rules.
5. ``views`` says everything in three languages: English from the ``_en`` twins, Traditional
   Chinese (``traditional``) from the Simplified texts. ``search`` finds items by everyday words,
   ``display`` says how a stored value reads.
6. ``holidays`` counts working days (工作日) and refuses to guess in years without a table.
7. ``usecases`` is the door for the other houses, ``api`` the one for everybody.
"""
