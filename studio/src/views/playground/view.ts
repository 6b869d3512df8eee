import type { StudioView } from "../../lib/view.ts";

export const view: StudioView = {
  id: "playground",
  scope: "studio",
  title: "Playground",
  about: "Two nets that play against each other over points of a plane, training in this page.",
  order: 20,
  load: () => import("./Playground.svelte"),
};
