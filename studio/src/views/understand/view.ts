import type { View } from "../../lib/view.ts";

export const view: View = {
  id: "understand",
  title: "Understand",
  about: "What the units of a layer see, and what becomes of the pictures without them.",
  order: 30,
  scope: "run",
  load: () => import("./Understand.svelte"),
};
