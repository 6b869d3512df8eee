import type { RunView } from "../../lib/view.ts";

export const view: RunView = {
  scope: "run",
  id: "export",
  title: "Export",
  about: "Take pictures, or the generator itself, out of here as one file.",
  order: 40,
  load: () => import("./Export.svelte"),
};
