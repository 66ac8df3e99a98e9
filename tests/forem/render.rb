# What Forem does with a body, as far as it decides what readers see: `first` shields code from
# Liquid and renders Markdown; `second`, given the sanitised HTML, runs Liquid and renders again.
require "liquid"
require "redcarpet"

OPTIONS = {
  autolink: true, fenced_code_blocks: true, footnotes: true, lax_html_blocks: true, lax_spacing: true,
  no_intra_emphasis: true, strikethrough: true, superscript: true, tables: true,
}.freeze

# Folded text, as dev.to's tag of that name.
class Details < Liquid::Block
  def initialize(name, markup, context)
    super
    @summary = markup.strip
  end

  def render(context)
    "<details><summary>#{@summary}</summary>#{super}</details>"
  end
end
Liquid::Template.register_tag("details", Details)

def markdown(text)
  Redcarpet::Markdown.new(Redcarpet::Render::HTML.new(hard_wrap: true), OPTIONS).render(text)
end

def shielded(text)
  text.gsub(/[[:space:]]*`{3}.*?`{3}|`{2}.+?`{2}|`.+?`/m) do |code|
    inside = code.gsub("{% endraw %}", "{----% endraw %----}").gsub("{% raw %}", "{----% raw %----}")
    block = code.lstrip.start_with?("```")
    block ? "\n{% raw %}\n#{inside}\n{% endraw %}\n" : "{% raw %}#{inside}{% endraw %}"
  end
end

text = $stdin.read.force_encoding("UTF-8")
if ARGV.first == "first"
  puts markdown(shielded(text))
else
  shown = Liquid::Template.parse(text, error_mode: :strict).render!
  puts markdown(shown).gsub("{----%", "{%").gsub("%----}", "%}")
end
