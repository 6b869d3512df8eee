import { test } from "vitest";
test("x", () => console.log(import.meta.resolve("tsx/esm/api")));
