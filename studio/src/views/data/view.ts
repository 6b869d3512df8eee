import type { StudioView } from "../../lib/view.ts";

export const view: StudioView = {
  id: "data",
  scope: "studio",
  title: "Data",
  about: "What a discriminator will be shown: items, classes, and files that cannot be used.",
  order: 30,
  load: () => import("./Data.svelte"),
};
