export { readIdx } from "./idx-file.ts";
export * from "./source.ts";
export { fashionMnist } from "./sources/fashion-mnist.ts";
export { gaussian1d } from "./sources/gaussian-1d.ts";
export { grid25 } from "./sources/grid25.ts";
export { mnist } from "./sources/mnist.ts";
export { ring8 } from "./sources/ring8.ts";
