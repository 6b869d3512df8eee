import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder } from "./cache-folder.ts";

test("our variable first, then the user's cache, then the home folder", () => {
  expect(cacheFolder({ GANYMEDE_CACHE: "/g", XDG_CACHE_HOME: "/x" })).toBe("/g");
  expect(cacheFolder({ GANYMEDE_CACHE: "", XDG_CACHE_HOME: "/x" })).toBe(join("/x", "ganymede"));
  if (process.platform === "win32") return;
  expect(cacheFolder({})).toBe(join(homedir(), ".cache", "ganymede"));
});
