/** jax-js: Node and a browser's page load it in their own ways, before anything is built. */
export let jax;

export function useJax(library) {
  jax = library;
}

let key = 0;
/** Seeds the random numbers of what is built next. */
export const seedWith = (seed) => {
  key = seed * 1_000_000;
};
export const nextKey = () => jax.random.key(key++);
