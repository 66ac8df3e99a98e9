"""Taking copies to the blogs and keeping them in step.

    Built → Copy × Record × Remote → Step → done, and written down

`plan` compares what we want there (`Copy`), what we wrote down (`ledger.Record`) and what the
platform shows (`Remote`), and says what to do; it is pure. `apply` does exactly that, one article
after another, and writes the ledger after each. A target is one module below `targets`.
"""
