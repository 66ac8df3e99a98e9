"""An article that holds what other blogs' readers misread, and a site with all eleven kinds.

Every hostile thing stands where it means itself: as text, in code, in a cell, in a heading.
"""

import json

SITE = """\
title: Test Journal
base_url: https://test.example/
author: {name: Tess Ter, url: "https://test.example/about"}
editions:
  full: {}
  brief: {sections: [introduction, table, verdict, related]}
channels:
  forem: {kind: forem, status: published, utm: {utm_source: forem}}
  wordpress: {kind: wordpress, status: published}
  ghost: {kind: ghost, status: published}
  hashnode: {kind: hashnode, status: published}
  hugo: {kind: hugo, url: "https://hugo.example/", permalink: "posts/{slug}/"}
  jekyll: {kind: jekyll, url: "https://jekyll.example/", permalink: "{year}/{month}/{day}/{slug}.html"}
  docusaurus: {kind: docusaurus}
  astro: {kind: astro}
  micropub: {kind: micropub, status: published}
  medium: {kind: medium}
  newsletter: {kind: newsletter}
"""

ARTICLE = r"""
title: "C++ vs C#: {{ braces }}, a|b & <T>?"
published: 2026-11-01
updated: 2026-11-02
tags: [C++, C#, R&D, machine-learning]
image: {src: assets/x.png, alt: "A picture [of] {{ braces }}"}
subjects:
  - {name: C++, definition: "The *first*, with `{{ x }}` and `{% y %}`."}
  - {name: C#, definition: "The second: {{ x }} and {% y %} are text here, {{< z >}} too."}
  - {name: "R&D", definition: "Stars *** and 3x4 and --flag and a --- b, 2^10, ~tilde~, snake_case, \\_\\_init\\_\\_."}
introduction: |
  Soft
  line breaks, a [link](other.yaml), an <https://auto.example/x_y>, a bare https://bare.example/a_b.

  import x from "y" is a sentence, and so is

  export const z = 1; and {#id} and {: .class} and $$x$$ and &amp;amp; and \&copy; and :::note, n <5 items, 1<<2.

  : a colon first, x << y >> z, wait ... and "quotes".

  A break\
  in a line, and a footnote[^n]. A stray \` backtick, an [x] box, <kbd>Ctrl</kbd>+<kbd>C</kbd>.

  [^n]: A note with `{{ code }}` and [a link](https://note.example/).

      And a second paragraph.
differences:
  lead: The lead, `[gallery]` and [gallery] and `<T>` and `vector<int>`.
  criteria:
    - name: "a|b"
      values:
        C++: "cell with a|b and `c|d`"
        C#: "{{ cell }} and `{{ code|x }}`"
        "R&D": null
    - name: Operators
      values:
        C++: {text: "Uses `<<` and ``a`b`` and `{{< ref >}}`.", short: "--strict, <T> & 3x4", sources: [s]}
        C#: {text: "Lists:\n\n- one\n    - two\n        - three\n\n          more of three\n- four"}
        "R&D": {text: "1. first\n2. second\n\n    ```js\n    const x = {{ y }};\n    ```"}
sections:
  - title: "Code {{ and }} {% more %}"
    body: |
      ````text
      ```python title="x"
      {{ nested }} {% fence %} {{< short >}} <T> a|b [gallery] -- 3x4
      ```
      ````

      ```python
      print("{% raw %}", {"a": {"b": 1}}, x[0], "src=\"data:x\"")

      # a blank line before this
      ```

          indented <code> {{ here }}
  - title: Folded
    body: |
      <details>
      <summary>More & <b>bold</b> {{ summary }}</summary>

      Inside, *emphasised*.

      </details>

      <div class="x"><p>Raw <strong>bold</strong> and <a href="https://raw.example/">a raw link</a><br>next</p></div>

      A quotation:

      > Quoted words with `code`.

      | In | Field |
      | --- | :-: |
      | `p\|q` | r\|s |
      | **bold** | [cell link](https://cell.example/?a=1&b=2) |
verdict:
  summary: It depends.
  choose:
    C++: [speed matters, "you like `a|b`"]
    C#: ["one\n\n- two"]
faq:
  - {question: "What of <T>, {{ x }} & *stars*?", answer: "It stays. 1\\. stays as well, and # hash."}
conclusion: "1) This ends with 50% {off}."
sources:
  s: {title: "A <source> {{ t }} | x", url: "https://source.example/a_(b)?c=d&e=f"}
"""

OTHER = """\
title: The other article
published: 2026-10-01
tags: [C++]
subjects:
  - {name: A}
  - {name: B}
introduction: Other words. With a second sentence.
"""


def troubled(words: list[str]) -> str:
    """An article that has each of some plain texts as a name, a cell, a title and a reason."""
    subjects = ["One", "Two"]
    return json.dumps(
        {
            "title": " ".join(words[:8]),
            "published": "2026-10-01",
            "subjects": [{"name": name} for name in subjects],
            "introduction": "Plain texts that some reader would read.",
            "differences": {
                "criteria": [
                    {
                        "name": word,
                        "values": {"One": {"short": word}, "Two": {"short": f"x {word} y"}},
                    }
                    for word in words
                ]
            },
            "sections": [{"title": word, "body": "Words."} for word in words],
            "sources": {str(i): {"title": w, "url": BASE} for i, w in enumerate(words)},
        },
        ensure_ascii=False,
    )


BASE = "https://source.example/"
