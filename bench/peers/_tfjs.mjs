/** TensorFlow.js: Node and a browser's page load it in their own ways, before anything is built. */
export let tf;

export function useTf(library) {
  tf = library;
}
