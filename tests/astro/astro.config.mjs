// A blog without a theme. Typographic marks are left as they are written, to compare them.
export default { cacheDir: "./.cache", vite: { cacheDir: "./.vite" }, markdown: { smartypants: false } };
