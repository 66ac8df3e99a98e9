// The collection that the copies are for: the schema is what their front matter must hold.
import { defineCollection, z } from "astro:content";
import { glob } from "astro/loaders";
const blog = defineCollection({
  loader: glob({ pattern: "**/*.md", base: "./src/content/blog" }),
  schema: z.object({
    title: z.string(), description: z.string(), pubDate: z.coerce.date(), updatedDate: z.coerce.date().optional(),
    draft: z.boolean(), author: z.string().optional(), tags: z.array(z.string()),
    image: z.object({ url: z.string().url(), alt: z.string() }).optional(), canonicalURL: z.string().url(),
  }),
});
export const collections = { blog };
