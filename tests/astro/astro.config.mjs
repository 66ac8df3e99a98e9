// A blog without a theme, whose Markdown is as Astro's makers set it.
export default { cacheDir: "./.cache", vite: { cacheDir: "./.vite" } };
