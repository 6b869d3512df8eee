/** Runes everywhere; nothing else differs from Svelte's own choices. */
export default { compilerOptions: { runes: true } };
