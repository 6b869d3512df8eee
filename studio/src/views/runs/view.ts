import type { StudioView } from "../../lib/view.ts";

export const view: StudioView = {
  scope: "studio",
  id: "runs",
  title: "Runs",
  about: "Start trainings, watch them, and compare what came of them.",
  order: 0,
  load: () => import("./Runs.svelte"),
};
