// Compiles files as Docusaurus does, MDX with tables, footnotes and front matter, and prints what
// each of them renders to, as a list of JSON.
import { readFileSync } from "node:fs";
import { evaluate } from "@mdx-js/mdx";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import * as runtime from "react/jsx-runtime";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";

const rendered = [];
for (const file of process.argv.slice(2)) {
  const options = { ...runtime, remarkPlugins: [remarkFrontmatter, remarkGfm], format: "mdx" };
  const { default: Content } = await evaluate(readFileSync(file, "utf8"), options);
  rendered.push(renderToStaticMarkup(createElement(Content)));
}
process.stdout.write(JSON.stringify(rendered));
