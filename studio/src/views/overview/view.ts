import type { RunView } from "../../lib/view.ts";

export const view: RunView = {
  scope: "run",
  id: "overview",
  title: "Training",
  about: "How the training goes, what it makes, and whether it is well.",
  order: 10,
  load: () => import("./Overview.svelte"),
};
