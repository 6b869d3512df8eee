export type { IdxArray } from "./idx.ts";
export { readIdx } from "./idx-file.ts";
export * from "./source.ts";
export * from "./sources/index.ts";
export * from "./tab.ts";
export * from "./triangles.ts";
