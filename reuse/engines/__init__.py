"""Where the stages run: on this machine, or on a cluster. An engine knows no stage by name.

What stages ask of an engine (`local.Local` says it in full), and what answers it on a cluster whose
data frames take functions of Arrow batches, as Spark's do:

- ``map``, a function of each batch: ``mapInArrow``. What comes back is to be small.
- ``together``, rows that a function gives for each batch, those of one share in one place: the same
  with a column that says the share, then ``repartition`` by it. A share is sorted by whoever reads
  it, and a frequent hash makes links and not pairs, so that no task has more than its share.
- ``shelve``, columns of articles looked up by rank: a table of one row an article, joined by rank
  with the shares that ask for it.
- ``given``, a value that all tasks need: a broadcast.
- ``begin``, a function of one value while others go on: a job of its own.

All of these give handles, which say where rows lie; none has rows pass through the process that
asks, but for what a step says in a word (counts, headlines) and the matches themselves.
"""
