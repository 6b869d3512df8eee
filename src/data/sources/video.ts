import { z } from "zod";
import { frameOptions } from "../pictures/options.ts";
import { defineSource } from "../source.ts";
import { openVideo } from "../video-source.ts";

export const video = defineSource({
  id: "video",
  description:
    "moving pictures: folders of frames, or GIFs; name it, as folders are taken for classes",
  options: {
    ...frameOptions,
    path: z.string().describe("folder or zip of clips: folders of frames, and GIFs"),
    frames: z.int().min(1).max(4096).default(16).describe("frames of an item"),
    step: z.int().min(1).optional().describe("frames from one item to the next; frames if absent"),
    mirror: z.boolean().default(false).describe("turn half of the items left to right, by chance"),
  },
  open: openVideo,
});
