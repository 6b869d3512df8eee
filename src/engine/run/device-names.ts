/** Where graphs may run, by the names that users know them by. */
export const deviceNames = ["cpu", "webgpu", "cuda", "dml", "coreml"] as const;

export type DeviceName = (typeof deviceNames)[number];

/** What a user may ask for: a device, or the best that there is. */
export const deviceChoices = ["auto", ...deviceNames] as const;

export type DeviceChoice = (typeof deviceChoices)[number];
