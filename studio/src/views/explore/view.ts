import type { RunView } from "../../lib/view.ts";

export const view: RunView = {
  scope: "run",
  id: "explore",
  title: "Explore",
  about: "What this generator can make, and how its codes relate to what one sees.",
  order: 20,
  load: () => import("./Explore.svelte"),
};
