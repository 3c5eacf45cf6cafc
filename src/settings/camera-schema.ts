import { LIVE_SCHEMA } from "./live-schema";
import { MOTION_SCHEMA } from "./motion-schema";
import { mergeSchemas, type ValuesOf } from "./schema";
import { SHARED_SCHEMA } from "./shared-schema";

/** The settings of a camera on every host: those of its parts. */
export const CAMERA_SCHEMA = mergeSchemas(SHARED_SCHEMA, LIVE_SCHEMA, MOTION_SCHEMA);

/** The values of {@link CAMERA_SCHEMA}. */
export type CameraSettings = ValuesOf<typeof CAMERA_SCHEMA>;
